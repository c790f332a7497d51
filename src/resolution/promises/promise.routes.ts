import { decided, lockBorrower, lockLoan } from '../../book/positions/standing.sql.ts'
import { stopWork } from '../../conduct/stops/stop.sql.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { CancelPromise, NewPromise, PromisesToPay, PromiseToPay } from './promise.api.ts'
import { cancelPromise, insertPromise, promiseFacts, promisesOf } from './promise.sql.ts'
import { takePromise } from './promise.ts'

const OfBorrower = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/) })
const OfPromise = OfBorrower.extend({ loan_no: z.string(), promise_no: z.coerce.number().int().positive() })

const list = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/promises',
  permission: 'borrowers.read',
  tags: ['promises'],
  summary: 'The promises that a borrower gave, the newest first.',
  request: { params: OfBorrower },
  responses: { 200: jsonAnswer(PromisesToPay, 'The promises.') },
})

const take = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/promises',
  permission: 'promises.write',
  tags: ['promises'],
  summary: 'Take a promise to pay. It never moves a due date.',
  request: { params: OfBorrower, ...jsonBody(NewPromise) },
  responses: { 201: jsonAnswer(PromiseToPay, 'The promise.') },
})

const cancel = endpoint({
  method: 'put',
  path: '/borrowers/{borrower_id}/loans/{loan_no}/promises/{promise_no}/cancellation',
  permission: 'promises.write',
  tags: ['promises'],
  summary: 'Cancel an open promise, with the reason.',
  request: { params: OfPromise, ...jsonBody(CancelPromise) },
  responses: { 204: { description: 'Cancelled.' } },
})

/** Promises to pay: list, take, cancel. */
export const promiseRoutes = () =>
  newRoutes()
    .openapi(list, async (c) =>
      c.json({ promises: await promisesOf(c.var.db, c.req.valid('param').borrower_id) }, 200),
    )
    .openapi(take, async (c) => {
      const { borrower_id } = c.req.valid('param')
      const asked = c.req.valid('json')
      const as_of = c.var.clock.today()
      const promise = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, borrower_id, asked.loan_no, as_of)
        const taken = decided(takePromise(await promiseFacts(tx, loan, as_of), asked))
        const by = c.var.person.staff_id
        const at = c.var.clock.now().toString()
        const made = await insertPromise(tx, loan, asked, taken, { staff: by, at })
        // While it is open nobody asks for what was promised: what is planned about the loan stops at once.
        const cause = {
          cause: 'promise',
          cause_no: `${made.loan_no}:${made.promise_no}`,
          debts: [made.loan_no],
        }
        await stopWork(tx, borrower_id, { ...cause, at, stopped_by: by })
        return made
      })
      return c.json(promise, 201)
    })
    .openapi(cancel, async (c) => {
      const about = c.req.valid('param')
      const { reason } = c.req.valid('json')
      await c.var.db.transaction().execute(async (tx) => {
        await lockBorrower(tx, about.borrower_id)
        if (await cancelPromise(tx, about, c.var.clock.today(), reason)) return
        throw new Refused('no_such_open_promise', 'There is no open promise of that number.')
      })
      return c.body(null, 204)
    })
