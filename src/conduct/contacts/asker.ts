import { Refused } from '../../platform/refusal.ts'

/** Whoever asks about a contact, as the sign-in or the token says. */
export type Asker = { staff_id: string; roles: readonly string[]; agencies: readonly string[] }

/** What is said of a contact: by whom, with whom, about what. */
export type Said = {
  channel?: string | undefined
  debts?: string[] | undefined
  party?: string | undefined
  party_id?: string | undefined
  address?: string | undefined
  placed_by?: string | undefined
  automated?: boolean | undefined
}

/** Somebody near the borrower: `party` and the name under which they are told apart. */
export type Somebody = { party: string; party_id: string }

/** What the book holds about what was said. */
export type BookSays = {
  unknown_debts: string[]
  /** Every debt that was named was sold; null when none was named. */
  are_sold: boolean | null
  /** The agency that has the case now. */
  placed_with: string | null
  /** Somebody of this party and name has a number or address in the book. */
  is_in_book: boolean
  /** Whose the address is by the book. */
  holders: Somebody[]
  /** Who was contacted there before, of those who are not the one that is named now. */
  reached: Somebody | null
}

// Who owes beside the borrower, and whom the borrower named when applying: those the lender's files bring.
const ofTheBook = ['co_borrower', 'co_obligor', 'guarantor', 'contact_person']
// A visit, a letter or a posting is not counted by the address; these are.
const addressed = ['call', 'sms', 'email', 'message']

const nameOf = ({ party, party_id }: Somebody) => (party_id ? `${party} ${party_id}` : party)

/**
 * Who makes the contact: an agency's people for their agency, when it has the case; everybody else for the
 * lender. A machine may say that it works for the agency that has the case, or for the buyer of debts that
 * were sold. Refused: `placed_by_is_not_yours`, `case_is_not_placed_with_the_agency`, `loan_is_not_sold`.
 */
export function placedBy(said: Said, asker: Asker & { is_machine: boolean }, book: BookSays): string {
  const { placed_by } = said
  const placed = book.placed_with === null ? null : `agency:${book.placed_with}`
  const notPlaced = () =>
    new Refused('case_is_not_placed_with_the_agency', 'The agency does not have this case now.')
  if (asker.is_machine) {
    if (placed_by?.startsWith('buyer:') && book.are_sold !== true) {
      throw new Refused('loan_is_not_sold', 'A buyer contacts about debts that were sold, each named.')
    }
    if (placed_by?.startsWith('agency:') && placed_by !== placed) throw notPlaced()
    return placed_by ?? 'lender'
  }
  const isTheirs = book.placed_with !== null && asker.agencies.includes(book.placed_with)
  if (asker.roles.includes('agency') && !isTheirs && asker.roles.every((role) => role === 'agency')) {
    throw notPlaced()
  }
  const own = asker.roles.includes('agency') && isTheirs ? placed! : 'lender'
  if (placed_by !== undefined && placed_by !== own) {
    throw new Refused('placed_by_is_not_yours', `You make contacts for ${own}, not for ${placed_by}.`)
  }
  return own
}

/**
 * Whether the person who is named is one, and whose the address is. Somebody whom the book does not hold (a
 * third party who may know where the borrower is) is told apart by the number: one number is one person, so
 * that another name does not begin another count. Refused: `person_is_not_in_the_book`, `address_is_missing`
 * (`isMade`: a contact, not a question), `address_is_of_another_person`.
 */
export function checkPerson(said: Said, book: BookSays, isMade: boolean): void {
  const party = said.party ?? 'debtor'
  const somebody = { party, party_id: party === 'debtor' ? '' : (said.party_id ?? '') }
  const isSame = (it: Somebody) =>
    it.party === party && (party === 'debtor' || it.party_id === somebody.party_id)
  if (ofTheBook.includes(party) && !book.is_in_book) {
    throw new Refused('person_is_not_in_the_book', `The book has no ${nameOf(somebody)} of this borrower.`)
  }
  const known = party === 'debtor' || book.is_in_book
  if (isMade && !known && !said.address && addressed.includes(said.channel ?? '')) {
    throw new Refused('address_is_missing', `Say at which number or address ${nameOf(somebody)} is.`)
  }
  const other = book.holders.some(isSame) ? undefined : (book.holders[0] ?? book.reached)
  // The borrower is one person at every number: nothing is gained by another.
  if (!other || (party === 'debtor' && book.holders.length === 0)) return
  throw new Refused('address_is_of_another_person', `This address is that of ${nameOf(other)}.`)
}
