import { exponentOf, toMinor } from '../../platform/money.ts'
import { accept, type Decision, refuse } from '../../platform/refusal.ts'

export type StatementRefusal =
  | 'statement_is_not_well_formed'
  | 'statement_is_incomplete'
  | 'statement_holds_two_currencies'
  | 'statement_does_not_add_up'

/** A line of a bank statement. `amount_minor` is positive for money in. */
export type BankLine = {
  booked_on: string
  amount_minor: bigint
  currency: string
  entry_reference: string | null
  reference: string
  payer: string | null
  virtual_account: string | null
  /** The bank takes back what it booked before, and says so. */
  is_reversal: boolean
}

export type Statement = {
  format: 'camt.053' | 'mt940'
  account_no: string
  statement_no: string
  currency: string
  closed_on: string
  opening_minor: bigint
  closing_minor: bigint
  lines: BankLine[]
}

/** Minor units with their sign, or undefined when the text is no amount of the currency. */
export function signedMinor(given: {
  amount: string
  currency: string
  isCredit: boolean
}): bigint | undefined {
  if (exponentOf(given.currency) === undefined || !/^\d+(\.\d+)?$/.test(given.amount)) return undefined
  try {
    const minor = toMinor(given.amount, given.currency)
    return given.isCredit ? minor : -minor
  } catch {
    return undefined
  }
}

type Draft = Omit<Statement, 'opening_minor' | 'closing_minor' | 'lines'> & {
  opening: bigint | undefined
  closing: bigint | undefined
  lines: (Omit<BankLine, 'amount_minor'> & { amount_minor: bigint | undefined })[]
}

/** A statement that adds up: opening balance plus lines is the closing balance, all in one currency. */
export function withBalances({
  opening,
  closing,
  lines,
  ...rest
}: Draft): Decision<Statement, StatementRefusal> {
  if (opening === undefined || closing === undefined) return refuse('statement_is_incomplete')
  const read: BankLine[] = []
  for (const line of lines) {
    if (line.amount_minor === undefined) return refuse('statement_is_incomplete')
    if (line.currency !== rest.currency) return refuse('statement_holds_two_currencies')
    read.push({ ...line, amount_minor: line.amount_minor })
  }
  const sum = read.reduce((total, line) => total + line.amount_minor, opening)
  if (sum !== closing) return refuse('statement_does_not_add_up')
  return accept({ ...rest, opening_minor: opening, closing_minor: closing, lines: read })
}

/** A file's statements, or why it is refused and by which of its statements, the first being 1. */
export type ReadFile =
  | { ok: true; value: Statement[] }
  | { ok: false; refusal: StatementRefusal; statement: number | null }

/** Reads every statement of a file, up to the first that is refused. */
export function eachOf<Raw>(
  raws: readonly Raw[],
  read: (raw: Raw) => Decision<Statement, StatementRefusal>,
): ReadFile {
  const value: Statement[] = []
  for (const [index, raw] of raws.entries()) {
    const decision = read(raw)
    if (!decision.ok) return { ...decision, statement: index + 1 }
    value.push(decision.value)
  }
  return accept(value)
}

/** What is wrong with such a file, and what mends it. */
export const mends: Readonly<Record<StatementRefusal, string>> = {
  statement_is_not_well_formed: 'it is neither MT940 nor camt.053; send the file as the bank gave it',
  statement_is_incomplete:
    'its account, number, a balance, or the day or amount of a line is missing or unreadable',
  statement_holds_two_currencies:
    'a line is in another currency than the balances; ask the bank for one statement each',
  statement_does_not_add_up:
    'the opening balance and the lines do not make the closing balance; it was cut or changed',
}

/** An account that a loan had from one day to the other, both included; without an end it has it still. */
type HeldAccount = { account_no: string; opened_on: string; closed_on: string | null }

/** A loan that a line may be meant for, as the book knows it. */
export type Candidate = {
  borrower_id: string
  loan_no: string
  name: string | null
  currency: string
  /** Amounts that would be expected: the instalment, what is past due, what is owed, what was promised. */
  expected_minor: readonly number[]
  virtual_accounts: readonly HeldAccount[]
  /** Numbers that stand for this loan: its own, the borrower's, references of agreements. */
  references: readonly string[]
  /** So many loans expect these amounts that others of the same name may not have been looked at. */
  twins_unseen: boolean
}

export type Match = {
  borrower_id: string
  loan_no: string
  matched_by: 'virtual_account' | 'reference' | 'loan_number' | 'amount_and_name'
  confidence: number
}

const plain = (text: string) => text.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
const words = (text: string) => new Set(text.toUpperCase().match(/[\p{L}\p{N}]+/gu) ?? [])

/** What stands between spaces, commas and the like: numbers as payers type them. */
export const tokensOf = (reference: string): string[] => reference.split(/[\s,;]+/).filter(Boolean)

/** Written out as a word of its own, or, being long, anywhere in the text: payers leave out spaces. */
function holds(reference: string, number: string): boolean {
  const wanted = plain(number)
  if (wanted.length < 4) return false
  if (tokensOf(reference).some((token) => plain(token) === wanted)) return true
  return wanted.length >= 8 && plain(reference).includes(wanted)
}

function nameAgrees(payer: string, name: string): boolean {
  const given = words(payer)
  const known = [...words(name)].filter((word) => word.length > 1)
  // A Chinese name is one word; a Latin one may come in any order, with a middle name more or less.
  return known.length > 0 && known.filter((word) => given.has(word)).length >= Math.min(2, known.length)
}

/**
 * Whose the account was on the day of the money, not of the reading. On the day on which it goes from one
 * loan to another it was both loans': they are equally sure, and a person decides.
 */
const wasPaidTo = (line: BankLine, account: HeldAccount) =>
  account.account_no === line.virtual_account &&
  account.opened_on <= line.booked_on &&
  (account.closed_on === null || line.booked_on <= account.closed_on)

function matchOf(line: BankLine, candidate: Candidate): Match | undefined {
  const { borrower_id, loan_no } = candidate
  const by = (matched_by: Match['matched_by'], confidence: number) => ({
    borrower_id,
    loan_no,
    matched_by,
    confidence,
  })
  if (candidate.virtual_accounts.some((account) => wasPaidTo(line, account))) return by('virtual_account', 99)
  if (candidate.references.some((number) => holds(line.reference, number))) return by('reference', 95)
  if (holds(line.reference, loan_no)) return by('loan_number', 90)
  const expected = candidate.expected_minor.includes(Number(line.amount_minor))
  if (expected && line.payer && candidate.name && nameAgrees(line.payer, candidate.name)) {
    return by('amount_and_name', candidate.twins_unseen ? 35 : 70)
  }
  return undefined
}

/**
 * Whom a line may be from, surest first. Two equally sure ones are both unsure: each loses half of its
 * confidence, since either may be right.
 */
export function matchesOf(line: BankLine, candidates: readonly Candidate[]): Match[] {
  const found = candidates
    .flatMap((candidate) => matchOf(line, candidate) ?? [])
    .toSorted((a, b) => b.confidence - a.confidence)
  const best = found[0]?.confidence
  const tied = found.filter(({ confidence }) => confidence === best).length > 1
  return found.map((match) =>
    tied && match.confidence === best ? { ...match, confidence: Math.floor(match.confidence / 2) } : match,
  )
}
