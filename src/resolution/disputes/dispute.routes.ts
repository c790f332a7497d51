import { lockLoan } from '../../book/positions/standing.sql.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { DisputeDecision, DisputedInstalment, DisputedInstalments, NewDispute } from './dispute.api.ts'
import { decideDispute, disputesOf, hasOpenDispute, insertDispute, instalmentsOf } from './dispute.sql.ts'
import { holdDisputed, releaseDisputed } from './dispute-hold.sql.ts'

const OfLoan = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/), loan_no: z.string() })
const OfInstalment = OfLoan.extend({ instalment_no: z.coerce.number().int().positive().max(100_000) })
const path = '/borrowers/{borrower_id}/loans/{loan_no}/disputed-instalments'

const list = endpoint({
  method: 'get',
  path,
  permission: 'borrowers.read',
  tags: ['disputes'],
  summary: 'The instalments of a loan that are or were disputed, the newest first; and all that it has.',
  request: { params: OfLoan },
  responses: { 200: jsonAnswer(DisputedInstalments, 'The disputes.') },
})
const raise = endpoint({
  method: 'post',
  path,
  permission: 'holds.write',
  tags: ['disputes'],
  summary:
    'The borrower contests an instalment: until that is decided it is not asked for, nor paid by money.',
  request: { params: OfLoan, ...jsonBody(NewDispute) },
  responses: { 201: jsonAnswer(DisputedInstalment, 'The dispute.') },
})
const decide = endpoint({
  method: 'put',
  path: `${path}/{instalment_no}/decision`,
  permission: 'approvals.decide',
  tags: ['disputes'],
  summary: 'Decide an open dispute, once.',
  request: { params: OfInstalment, ...jsonBody(DisputeDecision) },
  responses: { 200: jsonAnswer(DisputedInstalment, 'The dispute.') },
})

/** Disputed instalments: list, raise, decide. */
export const disputeRoutes = () =>
  newRoutes()
    .openapi(list, async (c) => {
      const loan = c.req.valid('param')
      const disputes = await disputesOf(c.var.db, loan.borrower_id, loan.loan_no)
      return c.json({ disputes, instalments: await instalmentsOf(c.var.db, loan) }, 200)
    })
    .openapi(raise, async (c) => {
      const { borrower_id, loan_no } = c.req.valid('param')
      const { clock, person } = c.var
      const by = { on: clock.today(), staff_id: person.staff_id }
      const made = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, borrower_id, loan_no, by.on)
        if (loan.status === 'sold') throw new Refused('loan_is_sold', 'A sold loan is its buyer’s.')
        if (loan.status === 'closed') throw new Refused('loan_is_closed', 'The loan is closed.')
        return insertDispute(tx, loan, c.req.valid('json'), by)
      })
      const { instalment_no, disputed_on } = made
      const reason = `instalment ${instalment_no}: ${made.reason}`
      const held = { borrower_id, loan_no, of: instalment_no, disputed_on, reason }
      await holdDisputed(c.var.db, held, 'standard', { clock, recorded_by: person.staff_id })
      return c.json(made, 201)
    })
    .openapi(decide, async (c) => {
      const about = c.req.valid('param')
      const { clock, person } = c.var
      const by = { on: clock.today(), staff_id: person.staff_id }
      const { decided, others } = await c.var.db.transaction().execute(async (tx) => {
        await lockLoan(tx, about.borrower_id, about.loan_no, by.on)
        const decided = await decideDispute(tx, about, c.req.valid('json'), by)
        return { decided, others: await hasOpenDispute(tx, about) }
      })
      if (!others) {
        const { instalment_no: of, ...loan } = about
        const { disputed_on, outcome } = decided
        const ended = { ...loan, of, disputed_on, reason: `instalment ${of}: ${outcome}` }
        await releaseDisputed(c.var.db, ended, { clock, recorded_by: person.staff_id })
      }
      return c.json(decided, 200)
    })
