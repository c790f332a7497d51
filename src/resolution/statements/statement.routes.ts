import type { Context } from 'hono'
import { decided, lockLoan } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import {
  type Env,
  endpoint,
  jsonAnswer,
  jsonBody,
  newRoutes,
  pageAsked,
  pageFrom,
  pageOf,
  pageQuery,
  z,
} from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { type About, askOf, bookLine, loadStatements, paymentNoOf } from './load-statement.sql.ts'
import { BankStatement, Clearing, LineOfStatement, LoadedStatements, SuspenseList } from './statement.api.ts'
import { clearLine, linesOf, lockLine, statements, suspense } from './statement.sql.ts'

const digest = z.string().regex(/^[0-9a-f]{64}(-\d+)?$/)

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
  responses: { 201: jsonAnswer(LoadedStatements, 'What became of each.') },
})
const loaded = endpoint({
  method: 'get',
  path: '/bank-statements',
  permission: 'payments.write',
  tags: ['bank statements'],
  summary: 'Bank statements that were loaded, and where their lines stand; the newest first.',
  request: { query: pageQuery(50) },
  responses: { 200: jsonAnswer(pageOf(BankStatement), 'A page of the statements.') },
})
const lines = endpoint({
  method: 'get',
  path: '/bank-statements/{sha256}/lines',
  permission: 'payments.write',
  tags: ['bank statements'],
  summary: 'The lines of a bank statement and what became of each.',
  request: { params: z.object({ sha256: digest }), query: pageQuery(100) },
  responses: { 200: jsonAnswer(pageOf(LineOfStatement), 'A page of the lines.') },
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
      sha256: digest,
      line_no: z.coerce.number().int().min(1),
    }),
    ...jsonBody(Clearing),
  },
  responses: { 204: { description: 'Cleared.' } },
})

const lineKey = z.tuple([z.iso.date(), z.string().max(100), z.int()])
const statementKey = z.tuple([z.iso.date(), z.string().max(100)])

const byWhom = (c: Context<Env>) => ({
  as_of: c.var.clock.today(),
  at: c.var.clock.now().toString(),
  staff_id: c.var.person.staff_id,
})

async function clearing(
  tx: Db,
  given: z.infer<typeof Clearing>,
  key: { sha256: string; line_no: number },
  about: Omit<About, 'lender'>,
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
  const payment_no = paymentNoOf(key.sha256, key.line_no)
  const ask = askOf(line, loan.loan_no, payment_no, reverses)
  decided(await bookLine(tx, about, loan, line, ask))
  await clearLine(tx, key, { outcome: 'booked', payment_no }, by)
}

/** Bank statements and the suspense list. */
export const statementRoutes = () =>
  newRoutes()
    .openapi(load, async (c) => {
      const { lender } = c.req.valid('query')
      const about = { lender, ...byWhom(c) }
      return c.json({ statements: await loadStatements(c.var.db, about, await c.req.text()) }, 201)
    })
    .openapi(loaded, async (c) => {
      const page = pageAsked(c.req.valid('query'), statementKey)
      const { rows, next_cursor } = pageFrom(await statements(c.var.db, page), page.limit, (row) => [
        row.closed_on,
        row.sha256,
      ])
      return c.json({ rows, next_cursor }, 200)
    })
    .openapi(lines, async (c) => {
      const page = pageAsked(c.req.valid('query'), z.tuple([z.int()]))
      const found = await linesOf(c.var.db, c.req.valid('param').sha256, page)
      const { rows, next_cursor } = pageFrom(found, page.limit, (row) => [row.line_no])
      return c.json({ rows, next_cursor }, 200)
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
      await c.var.db.transaction().execute((tx) => clearing(tx, c.req.valid('json'), key, byWhom(c)))
      return c.body(null, 204)
    })
