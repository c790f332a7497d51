import { decided, lockLoan } from '../../book/positions/standing.sql.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { approvalsOf, decideRequest } from '../authority/authority.sql.ts'
import { isApproved, type Level } from '../authority/authority.ts'
import { Settlement } from './settlement.api.ts'
import { acceptSettlement, endOffer, settlementFacts, settlementOf } from './settlement.sql.ts'
import { acceptOffer, asksOf } from './settlement.ts'

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
  summary: 'The borrower takes the offer; money since the offer counts.',
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
        const on = clock.today()
        const loan = await lockLoan(tx, about.borrower_id, about.loan_no, on)
        const found = await settlementOf(tx, about)
        if (found.outcome || found.accepted_on || found.expires_on < on) {
          throw new Refused(
            'offer_is_no_longer_open',
            'The offer has expired, ended or was accepted already.',
          )
        }
        // Money since the offer counts towards it: what is let off is measured by the balance of its day.
        const outstanding_minor = Math.max(loan.outstanding_minor, found.balance_minor)
        const facts = { ...(await settlementFacts(tx, loan, on)), outstanding_minor }
        const least = found.prompt_minor ?? found.offer_minor
        const request = {
          subject: subjectOf(about),
          proposed_by: found.offered_by,
          level: found.level_needed as Level,
          asks: (concessions: number) =>
            asksOf(facts, { offer_minor: least, pay_by: found.pay_by }, concessions),
          given: { what: 'settlement' as const, size: outstanding_minor - least },
        }
        const word = { person, ...given, on, at: clock.now().toString() }
        const is_approved = await decideRequest(tx, loan, request, word)
        if (!given.approved) await endOffer(tx, about, on, 'rejected')
        return is_approved
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
