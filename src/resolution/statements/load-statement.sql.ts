import { createHash } from 'node:crypto'
import { lockLoan, type Standing, settingOf } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import { accept, type Decision, Refused, refuse } from '../../platform/refusal.ts'
import { bookPayment, receiptFacts } from '../receipts/receipt.sql.ts'
import { type ReceiptAsk, type ReceiptRefusal, receivePayment } from '../receipts/receipt.ts'
import { readCamt053 } from './camt053.ts'
import { readMt940 } from './mt940.ts'
import type { LoadedStatement } from './statement.api.ts'
import { candidatesFor, insertLine, insertStatement, type LineOutcome } from './statement.sql.ts'
import { type BankLine, type Match, matchesOf, mends, type Statement } from './statement.ts'

/** Who loads or clears, on which day, and to which lender's account the money came. */
export type About = { lender: string; as_of: string; at: string; staff_id: string }

/** The payment of a line: `bank:FILE:LINE`; of a file's second statement `bank:FILE-1:LINE`, and so on. */
export const paymentNoOf = (sha256: string, line_no: number) =>
  `bank:${sha256.slice(0, 20)}${sha256.slice(64)}:${line_no}`

/** A line as money on a loan: a payment, or the reversal of the payment that it takes back. */
export const askOf = (
  line: { booked_on: string; currency: string; amount_minor: number | bigint },
  loan_no: string,
  payment_no: string,
  reverses: string | null,
): ReceiptAsk => ({
  payment_no,
  loan_no,
  paid_on: line.booked_on,
  amount_minor: Math.abs(Number(line.amount_minor)),
  currency: line.currency,
  kind: reverses === null ? 'payment' : 'reversal',
  reverses,
  // What is in the bank is in the bank: more than is owed shows as overpaid and can be given back.
  may_overpay: true,
})

/**
 * Books a line on `loan` as `ask` says. No line comes here twice: a payment that has its number already is
 * another one, be it alike to the day and the minor unit.
 */
export async function bookLine(
  tx: Db,
  about: Omit<About, 'lender'>,
  loan: Standing,
  line: { reference: string },
  ask: ReceiptAsk,
): Promise<Decision<'new', ReceiptRefusal>> {
  const decision = receivePayment(await receiptFacts(tx, loan, ask, about.as_of), ask)
  if (!decision.ok) return decision
  if (decision.value === 'known') return refuse('payment_no_was_used_otherwise')
  await bookPayment(tx, loan, ask, {
    method: 'bank',
    reference: line.reference.slice(0, 200),
    directed_to: null,
    as_of: about.as_of,
    actor: about.staff_id,
  })
  return accept('new')
}

/** Books a line on the loan it is surely meant for; otherwise says why it waits. */
async function settleLine(
  tx: Db,
  about: About,
  line: BankLine,
  payment_no: string,
  best?: Match,
): Promise<LineOutcome> {
  const waits = (waits_because: string): LineOutcome => ({
    outcome: null,
    payment_no: null,
    match: best ?? null,
    waits_because,
  })
  // Fees and what the lender pays go out, too; which payment a bounce takes back is for a person to say.
  if (line.amount_minor < 0n) {
    const is_bounce = best || line.is_reversal
    return is_bounce ? waits('money_went_out') : { ...waits('money_went_out'), outcome: 'ignored' }
  }
  if (line.is_reversal) return waits('a_debit_was_taken_back')
  if (!best) return waits('nobody_matches')
  const loan = await lockLoan(tx, best.borrower_id, best.loan_no, about.as_of)
  const enough = (await settingOf<number>(tx, loan, 'match_confidence_min', about.as_of)) ?? 100
  if (best.confidence < enough) return waits('match_is_not_sure')
  const ask = askOf(line, loan.loan_no, payment_no, null)
  const booked = await bookLine(tx, about, loan, line, ask)
  if (!booked.ok) return waits(booked.refusal)
  return { outcome: 'booked', payment_no, match: best, waits_because: null }
}

async function loadOne(tx: Db, about: About, sha256: string, statement: Statement): Promise<LoadedStatement> {
  if (!(await insertStatement(tx, sha256, about.lender, statement, about))) {
    throw new Refused('statement_was_loaded_before', `Statement ${statement.statement_no} came before.`)
  }
  const candidates = await candidatesFor(tx, about.lender, statement.lines)
  const counts = { booked: 0, waiting: 0, ignored: 0 }
  for (const [index, line] of statement.lines.entries()) {
    const matches = matchesOf(line, candidates)
    const line_no = index + 1
    const became = await settleLine(tx, about, line, paymentNoOf(sha256, line_no), matches[0])
    await insertLine(tx, { sha256, line_no, lender: about.lender }, line, matches, became)
    counts[became.outcome === 'booked' ? 'booked' : became.outcome === null ? 'waiting' : 'ignored']++
  }
  const { format, account_no, statement_no } = statement
  return { sha256, format, account_no, statement_no, lines: statement.lines.length, ...counts }
}

/** The statements of a file; refused with the place of the statement and what mends it. */
function statementsIn(document: string): Statement[] {
  const read = document.trimStart().startsWith('<') ? readCamt053(document) : readMt940(document)
  if (read.ok) return read.value
  const { refusal, statement } = read
  const place = statement === null ? 'The file' : `Statement ${statement} of the file`
  throw new Refused(refusal, `${place} was not taken, and nothing of it: ${mends[refusal]}.`, { statement })
}

/**
 * Loads a bank's file, all of it or nothing: books what is surely matched and keeps the rest for a person.
 */
export async function loadStatements(db: Db, about: About, document: string): Promise<LoadedStatement[]> {
  const read = statementsIn(document)
  const sha256 = createHash('sha256').update(document).digest('hex')
  return db.transaction().execute(async (tx) => {
    const loaded: LoadedStatement[] = []
    for (const [index, statement] of read.entries()) {
      loaded.push(await loadOne(tx, about, index === 0 ? sha256 : `${sha256}-${index}`, statement))
    }
    return loaded
  })
}
