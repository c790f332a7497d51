import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { isMachine } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { type Asker, type BookSays, checkPerson, placedBy, type Said } from './asker.ts'
import { contactAddress } from './contact.ts'

const NOTHING: BookSays = {
  unknown_debts: [],
  are_sold: null,
  placed_with: null,
  is_in_book: false,
  holders: [],
  reached: null,
}

async function bookSays(tx: Db, borrower_id: string, said: Said): Promise<BookSays> {
  const { debts = [], party = 'debtor' } = said
  const party_id = party === 'debtor' ? '' : (said.party_id ?? '')
  const address = contactAddress(said.address)
  const { rows } = await sql<BookSays>`
    select array(
             select d from unnest(${debts}::text[]) d
              where not exists (
                select from loans l where l.borrower_id = b.borrower_id and l.loan_no = d)) as unknown_debts,
           (select bool_and(l.status = 'sold') from loans l
             where l.borrower_id = b.borrower_id and l.loan_no = any (${debts}::text[])) as are_sold,
           (select p.agency from placements p
             where p.borrower_id = b.borrower_id and p.recalled_at is null) as placed_with,
           exists (select from contact_points c
                    where (c.borrower_id, c.party, c.party_name)
                        = (b.borrower_id, ${party}, ${party_id})) as is_in_book,
           (select coalesce(jsonb_agg(jsonb_build_object('party', c.party, 'party_id', c.party_name)
                                      order by c.party, c.party_name), '[]')
              from contact_points c
             where c.borrower_id = b.borrower_id
               and ${address} <> ''
               and is_same_address(c.value, ${address})) as holders,
           (select jsonb_build_object('party', c.party, 'party_id', c.party_id)
              from contacts c
             where c.borrower_id = b.borrower_id
               and ${address} <> ''
               and c.address <> ''
               and (c.party, c.party_id) <> (${party}, ${party_id})
               and is_same_address(c.address, ${address})
             order by c.at
             limit 1) as reached
      from borrowers b
     where b.borrower_id = ${borrower_id}`.execute(tx)
  return rows[0] ?? NOTHING
}

/**
 * A contact as it is asked about by somebody who is signed in, or by a machine: who makes it is whoever asks,
 * and who is reached and about what debts must be in the book. `isMade`: it shall be made, not only asked
 * about. The caller has locked the borrower. Refused: `automated_is_for_machines`, `no_such_loan`, and what
 * `placedBy` and `checkPerson` refuse.
 */
export async function askedBy<Asked extends Said>(
  tx: Db,
  borrower_id: string,
  said: Asked,
  asker: Asker,
  isMade = false,
): Promise<Asked & { placed_by: string; staff_id: string }> {
  const is_machine = isMachine(asker)
  if (said.automated && !is_machine) {
    throw new Refused('automated_is_for_machines', 'What you do yourself no machine does.')
  }
  // Of the borrower, by the lender, about all loans, at whatever number: there is nothing to look up.
  const { debts, party = 'debtor', address, placed_by } = said
  const isPlain = !(debts || address || placed_by) && party === 'debtor' && !asker.roles.includes('agency')
  const book = isPlain ? NOTHING : await bookSays(tx, borrower_id, said)
  if (book.unknown_debts.length > 0) {
    throw new Refused('no_such_loan', `The borrower has no loan ${book.unknown_debts.join(', ')}.`)
  }
  checkPerson(said, book, isMade)
  return { ...said, placed_by: placedBy(said, { ...asker, is_machine }, book), staff_id: asker.staff_id }
}
