import { createHash } from 'node:crypto'
import { decided, lockLoan, type Standing, settingOf } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import {
  endpoint,
  jsonAnswer,
  jsonBody,
  newRoutes,
  pageAsked,
  pageFrom,
  pageQuery,
  z,
} from '../../platform/http.ts'
import { accept, type Decision, Refused, refuse } from '../../platform/refusal.ts'
import { bookPayment, receiptFacts } from '../receipts/receipt.sql.ts'
import { type ReceiptAsk, type ReceiptRefusal, receivePayment } from '../receipts/receipt.ts'
import { readCamt053 } from './camt053.ts'
import { readMt940 } from './mt940.ts'
import { Clearing, LoadedStatement, SuspenseList } from './statement.api.ts'
import {
  candidatesFor,
  clearLine,
  insertLine,
  insertStatement,
  type LineOutcome,
  lockLine,
  suspense,
} from './statement.sql.ts'
import { type BankLine, type Match, matchesOf, mends, type Statement } from './statement.ts'

const load = endpoint({
  method: 'post',
  path: '/bank-statements',
  permission: 'payments.write',
  tags: ['bank statements'],
  summary: 'Load a bank statement (camt.053 or MT940): book what is matched, keep the rest for a person.',
  request: {
    query: z.object({ lender: z.string().min(1).default('default') }),
    body: { required: true, content: { 'text/plain': { schema: z.string().max(50_000_000) } } },
  },
  responses: { 201: jsonAnswer(z.object({ statements: z.array(LoadedStatement) }), 'What became of each.') },
})
const waiting = endpoint({
  method: 'get',
  path: '/suspense',
  permission: 'payments.write',
  tags: ['bank statements'],
  summary: 'Lines of bank statements that wait for a person, the oldest first.',
  request: { query: pageQuery(200) },
  responses: { 200: jsonAnswer(SuspenseList, 'A page of the lines.') },
})
const clear = endpoint({
  method: 'put',
  path: '/suspense/{sha256}/{line_no}/clearing',
  permission: 'payments.write',
  tags: ['bank statements'],
  summary: 'Say whose the money is, which payment a bounce takes back, or that it is not ours.',
  request: {
    params: z.object({
      sha256: z.string().regex(/^[0-9a-f]{64}(-\d+)?$/),
      line_no: z.coerce.number().int().min(1),
    }),
    ...jsonBody(Clearing),
  },
  responses: { 204: { description: 'Cleared.' } },
})

const lineKey = z.tuple([z.iso.date(), z.string().max(100), z.int()])

type About = { sha256: string; lender: string; as_of: string; at: string; staff_id: string }

/** `bank:FILE:LINE`; of a file's second statement `bank:FILE-1:LINE`, and so on. */
const paymentNoOf = ({ sha256 }: { sha256: string }, line_no: number) =>
  `bank:${sha256.slice(0, 20)}${sha256.slice(64)}:${line_no}`

const askOf = (
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
async function bookLine(
  tx: Db,
  about: About,
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
  line_no: number,
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
  const payment_no = paymentNoOf(about, line_no)
  const ask = askOf(line, loan.loan_no, payment_no, null)
  const booked = await bookLine(tx, about, loan, line, ask)
  if (!booked.ok) return waits(booked.refusal)
  return { outcome: 'booked', payment_no, match: best, waits_because: null }
}

async function loadOne(tx: Db, about: About, statement: Statement) {
  if (!(await insertStatement(tx, about.sha256, about.lender, statement, about))) {
    throw new Refused('statement_was_loaded_before', `Statement ${statement.statement_no} came before.`)
  }
  const candidates = await candidatesFor(tx, about.lender, statement.lines)
  const counts = { booked: 0, waiting: 0, ignored: 0 }
  for (const [index, line] of statement.lines.entries()) {
    const matches = matchesOf(line, candidates)
    const became = await settleLine(tx, about, line, index + 1, matches[0])
    await insertLine(
      tx,
      { sha256: about.sha256, line_no: index + 1, lender: about.lender },
      line,
      matches,
      became,
    )
    counts[became.outcome === 'booked' ? 'booked' : became.outcome === null ? 'waiting' : 'ignored']++
  }
  const { format, account_no, statement_no } = statement
  return { sha256: about.sha256, format, account_no, statement_no, lines: statement.lines.length, ...counts }
}

async function clearing(
  tx: Db,
  given: z.infer<typeof Clearing>,
  key: { sha256: string; line_no: number },
  about: About,
) {
  const line = await lockLine(tx, key.sha256, key.line_no)
  const by = { at: about.at, staff_id: about.staff_id, note: given.note ?? null }
  if ('outcome' in given) return clearLine(tx, key, { outcome: given.outcome, payment_no: null }, by)
  const reverses = given.reverses ?? null
  if (line.amount_minor < 0 && reverses === null)
    throw new Refused('money_went_out', 'Name the payment that this takes back (reverses).')
  if (line.amount_minor > 0 && reverses !== null)
    throw new Refused('money_came_in', 'Only money that went out takes a payment back.')
  const loan = await lockLoan(tx, given.borrower_id, given.loan_no, about.as_of)
  if (loan.lender !== line.lender)
    throw new Refused('loan_is_of_another_lender', `The money came to an account of ${line.lender}.`)
  const payment_no = paymentNoOf(key, key.line_no)
  const ask = askOf(line, loan.loan_no, payment_no, reverses)
  decided(await bookLine(tx, about, loan, line, ask))
  await clearLine(tx, key, { outcome: 'booked', payment_no }, by)
}

/** The statements of a file; refused with the place of the statement and what mends it. */
function statementsIn(document: string): Statement[] {
  const read = document.trimStart().startsWith('<') ? readCamt053(document) : readMt940(document)
  if (read.ok) return read.value
  const { refusal, statement } = read
  const place = statement === null ? 'The file' : `Statement ${statement} of the file`
  throw new Refused(refusal, `${place} was not taken, and nothing of it: ${mends[refusal]}.`, { statement })
}

/** Bank statements and the suspense list. */
export const statementRoutes = () =>
  newRoutes()
    .openapi(load, async (c) => {
      const { lender } = c.req.valid('query')
      const { clock, person } = c.var
      const document = await c.req.text()
      const read = statementsIn(document)
      const sha256 = createHash('sha256').update(document).digest('hex')
      const about = { lender, as_of: clock.today(), at: clock.now().toString(), staff_id: person.staff_id }
      const statements = await c.var.db.transaction().execute(async (tx) => {
        const loaded = []
        for (const [index, statement] of read.entries()) {
          const part = index === 0 ? sha256 : `${sha256}-${index}`
          loaded.push(await loadOne(tx, { ...about, sha256: part }, statement))
        }
        return loaded
      })
      return c.json({ statements }, 201)
    })
    .openapi(waiting, async (c) => {
      const page = pageAsked(c.req.valid('query'), lineKey)
      const { rows, next_cursor } = pageFrom(await suspense(c.var.db, page), page.limit, (row) => [
        row.booked_on,
        row.sha256,
        row.line_no,
      ])
      return c.json({ lines: rows, next_cursor }, 200)
    })
    .openapi(clear, async (c) => {
      const key = c.req.valid('param')
      const { clock, person } = c.var
      const about = { sha256: key.sha256, lender: '', as_of: clock.today(), at: clock.now().toString() }
      await c.var.db
        .transaction()
        .execute((tx) => clearing(tx, c.req.valid('json'), key, { ...about, staff_id: person.staff_id }))
      return c.body(null, 204)
    })
