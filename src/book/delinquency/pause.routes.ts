import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { lockLoan } from '../positions/standing.sql.ts'
import { NewPause, PauseChange, Pauses, Resumption } from './pause.api.ts'
import { grantPause, pausesOf, resumeCount } from './pause.sql.ts'

const OfLoan = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/), loan_no: z.string() })
const OfPause = OfLoan.extend({ pause_no: z.coerce.number().int().positive().max(100_000) })
const path = '/borrowers/{borrower_id}/loans/{loan_no}/pauses'

const list = endpoint({
  method: 'get',
  path,
  permission: 'borrowers.read',
  tags: ['pauses'],
  summary: 'The pauses of a loan’s count of days past due, the newest first.',
  request: { params: OfLoan },
  responses: { 200: jsonAnswer(Pauses, 'The pauses.') },
})
const grant = endpoint({
  method: 'post',
  path,
  permission: 'approvals.decide',
  tags: ['pauses'],
  summary: 'Let the count of days past due stand still after a day, up to a day or until it is resumed.',
  request: { params: OfLoan, ...jsonBody(NewPause) },
  responses: { 201: jsonAnswer(PauseChange, 'The pause, and what it changed.') },
})
const resume = endpoint({
  method: 'put',
  path: `${path}/{pause_no}/resumption`,
  permission: 'approvals.decide',
  tags: ['pauses'],
  summary: 'Count again before the pause ends, once.',
  request: { params: OfPause, ...jsonBody(Resumption) },
  responses: { 200: jsonAnswer(PauseChange, 'The pause, and what it changed.') },
})

/** Pauses of the count: list, grant, resume. */
export const pauseRoutes = () =>
  newRoutes()
    .openapi(list, async (c) => {
      const { borrower_id, loan_no } = c.req.valid('param')
      return c.json({ pauses: await pausesOf(c.var.db, borrower_id, loan_no) }, 200)
    })
    .openapi(grant, async (c) => {
      const { borrower_id, loan_no } = c.req.valid('param')
      const by = { on: c.var.clock.today(), staff_id: c.var.person.staff_id }
      const changed = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, borrower_id, loan_no, by.on)
        if (loan.status === 'sold') throw new Refused('loan_is_sold', 'A sold loan is its buyer’s.')
        if (loan.status === 'closed') throw new Refused('loan_is_closed', 'The loan is closed.')
        return grantPause(tx, loan, c.req.valid('json'), by)
      })
      return c.json(changed, 201)
    })
    .openapi(resume, async (c) => {
      const { borrower_id, loan_no, pause_no } = c.req.valid('param')
      const by = { on: c.var.clock.today(), staff_id: c.var.person.staff_id }
      const changed = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, borrower_id, loan_no, by.on)
        return resumeCount(tx, { loan, pause_no }, c.req.valid('json'), by)
      })
      return c.json(changed, 200)
    })
