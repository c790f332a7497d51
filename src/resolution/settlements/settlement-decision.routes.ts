import { decided, lockLoan } from '../../book/positions/standing.sql.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { approvalsOf, recordApproval } from '../authority/authority.sql.ts'
import { isApproved, type Level, levelOf, mayApprove } from '../authority/authority.ts'
import { Settlement } from './settlement.api.ts'
import { acceptSettlement, endOffer, settlementOf } from './settlement.sql.ts'
import { acceptOffer } from './settlement.ts'

const OfSettlement = z.object({
  borrower_id: z.string().regex(/^-?\d{1,19}$/),
  loan_no: z.string(),
  settlement_no: z.coerce.number().int().positive(),
})
const settlement = '/borrowers/{borrower_id}/loans/{loan_no}/settlements/{settlement_no}'

const approve = endpoint({
  method: 'post',
  path: `${settlement}/approvals`,
  permission: 'approvals.decide',
  tags: ['settlements'],
  summary: 'Approve or reject an offer beyond the proposer’s authority.',
  request: {
    params: OfSettlement,
    ...jsonBody(z.object({ approved: z.boolean(), reason: z.string().min(3).max(500) })),
  },
  responses: { 201: jsonAnswer(z.object({ is_approved: z.boolean() }), 'Recorded.') },
})
const take = endpoint({
  method: 'put',
  path: `${settlement}/acceptance`,
  permission: 'settlements.write',
  tags: ['settlements'],
  summary: 'The borrower takes the offer; money counts from today.',
  request: { params: OfSettlement },
  responses: { 200: jsonAnswer(Settlement, 'The settlement.') },
})
const withdraw = endpoint({
  method: 'delete',
  path: settlement,
  permission: 'settlements.write',
  tags: ['settlements'],
  summary: 'Withdraw an offer that was not accepted.',
  request: { params: OfSettlement },
  responses: { 204: { description: 'Withdrawn.' } },
})

const subjectOf = (about: { loan_no: string; settlement_no: number }) =>
  `settlement:${about.loan_no}:${about.settlement_no}`

/** What becomes of an offer: approve, accept, withdraw. */
export const settlementDecisionRoutes = () =>
  newRoutes()
    .openapi(approve, async (c) => {
      const about = c.req.valid('param')
      const { person, clock } = c.var
      const given = c.req.valid('json')
      const is_approved = await c.var.db.transaction().execute(async (tx) => {
        await lockLoan(tx, about.borrower_id, about.loan_no, clock.today())
        const found = await settlementOf(tx, about)
        const request = { borrower_id: about.borrower_id, subject: subjectOf(about) }
        const approvals = await approvalsOf(tx, request.borrower_id, request.subject)
        const needed = found.level_needed as Level
        const asked = { proposed_by: found.offered_by, level: needed, approvals }
        const level = decided(mayApprove(asked, { staff_id: person.staff_id, level: levelOf(person.roles) }))
        const by = { staff_id: person.staff_id, level, ...given, at: clock.now().toString() }
        await recordApproval(tx, request, by)
        if (!given.approved) await endOffer(tx, about, clock.today(), 'rejected')
        return isApproved(needed, await approvalsOf(tx, request.borrower_id, request.subject))
      })
      return c.json({ is_approved }, 201)
    })
    .openapi(take, async (c) => {
      const about = c.req.valid('param')
      const { person, clock } = c.var
      const taken = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, about.borrower_id, about.loan_no, clock.today())
        const found = await settlementOf(tx, about)
        decided(acceptOffer(loan))
        const approvals = await approvalsOf(tx, about.borrower_id, subjectOf(about))
        if (!found.is_within_authority && !isApproved(found.level_needed as Level, approvals)) {
          throw new Refused(
            'approval_is_missing',
            `This offer needs the approval of a ${found.level_needed}.`,
          )
        }
        if (await acceptSettlement(tx, about, clock.today(), person.staff_id)) return settlementOf(tx, about)
        throw new Refused('offer_is_no_longer_open', 'The offer has expired, ended or was accepted already.')
      })
      return c.json(taken, 200)
    })
    .openapi(withdraw, async (c) => {
      const about = c.req.valid('param')
      await c.var.db.transaction().execute(async (tx) => {
        await lockLoan(tx, about.borrower_id, about.loan_no, c.var.clock.today())
        if (await endOffer(tx, about, c.var.clock.today(), 'withdrawn')) return
        throw new Refused('offer_is_no_longer_open', 'There is no open offer of that number.')
      })
      return c.body(null, 204)
    })
