import { disputedMinor } from '../../book/allocation/book-allocation.sql.ts'
import { decided, lockLoan } from '../../book/positions/standing.sql.ts'
import { recordFact } from '../../conduct/facts/fact.sql.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, type Person, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { approvalsOf, decideRequest } from '../authority/authority.sql.ts'
import { type Ask, isApproved, type Level } from '../authority/authority.ts'
import { hasDisputedInstalment } from '../disputes/dispute.sql.ts'
import { factIdOf } from '../hardship/hold.ts'
import { NewApproval, Plan, PlanAgreement } from './plan.api.ts'
import { agreePlan, cancelPlan, planOf } from './plan.sql.ts'
import { agreeToPlan, monthsOfPlan } from './plan.ts'

const OfPlan = z.object({
  borrower_id: z.string().regex(/^-?\d{1,19}$/),
  loan_no: z.string(),
  plan_no: z.coerce.number().int().positive(),
})
const plan = '/borrowers/{borrower_id}/loans/{loan_no}/plans/{plan_no}'

const approve = endpoint({
  method: 'post',
  path: `${plan}/approvals`,
  permission: 'approvals.decide',
  tags: ['plans'],
  summary: 'Approve or reject a plan beyond the proposer’s authority.',
  request: { params: OfPlan, ...jsonBody(NewApproval) },
  responses: { 201: jsonAnswer(z.object({ is_approved: z.boolean() }), 'Recorded.') },
})
const agree = endpoint({
  method: 'put',
  path: `${plan}/agreement`,
  permission: 'plans.write',
  tags: ['plans'],
  summary: 'The borrower agreed: the plan performs from today, and collecting stops.',
  request: { params: OfPlan, ...jsonBody(PlanAgreement) },
  responses: { 200: jsonAnswer(Plan, 'The plan.') },
})
const cancel = endpoint({
  method: 'put',
  path: `${plan}/cancellation`,
  permission: 'plans.write',
  tags: ['plans'],
  summary: 'End an open plan that nobody goes on with.',
  request: { params: OfPlan, ...jsonBody(z.object({ reason: z.string().min(3).max(500) })) },
  responses: { 204: { description: 'Cancelled.' } },
})

const notOpen = () => new Refused('plan_is_not_open', 'The plan is agreed already, or has ended.')
const subjectOf = (about: { loan_no: string; plan_no: number }) => `plan:${about.loan_no}:${about.plan_no}`

/** One more person's word on a proposal; true when it needs no more. A rejected proposal has ended. */
async function approved(
  tx: Db,
  about: z.infer<typeof OfPlan>,
  given: { approved: boolean; reason: string },
  person: Person,
  clock: Clock,
): Promise<boolean> {
  const on = clock.today()
  const loan = await lockLoan(tx, about.borrower_id, about.loan_no, on)
  const found = await planOf(tx, about)
  // An approver decides on what the borrower has not agreed to yet; ending a plan that performs is a
  // cancellation.
  if (found.agreed_on || found.outcome) throw notOpen()
  const months = monthsOfPlan(found, found.instalments.at(-1)!.due_on)
  const request = {
    subject: subjectOf(about),
    proposed_by: found.proposed_by,
    level: found.level_needed as Level,
    asks: (concessions: number): Ask[] => [{ what: 'plan_months', units: months, concessions }],
    given: { what: 'plan_months' as const, size: months },
  }
  const word = { person, ...given, on, at: clock.now().toString() }
  const enough = await decideRequest(tx, loan, request, word)
  if (!given.approved) await cancelPlan(tx, about, on, `rejected: ${given.reason}`)
  return enough
}

async function agreed(
  tx: Db,
  about: z.infer<typeof OfPlan>,
  by: { on: string; staff_id: string; how_agreed: PlanAgreement['how_agreed'] },
): Promise<Plan> {
  const loan = await lockLoan(tx, about.borrower_id, about.loan_no, by.on)
  const found = await planOf(tx, about)
  const approvals = await approvalsOf(tx, about.borrower_id, subjectOf(about))
  decided(
    agreeToPlan({
      as_of: by.on,
      status: loan.status,
      is_disputed: loan.is_disputed || (await hasDisputedInstalment(tx, loan)),
      outstanding_minor: loan.outstanding_minor - (await disputedMinor(tx, loan, by.on)),
      principal_minor: found.principal_minor,
      first_due_on: found.instalments.find(({ no }) => no > 0)!.due_on,
      is_approved: found.is_within_authority || isApproved(found.level_needed as Level, approvals),
      was_rejected: approvals.some(({ approved }) => !approved),
    }),
  )
  if (await agreePlan(tx, about, { ...by, owed_minor: loan.outstanding_minor })) return planOf(tx, about)
  throw notOpen()
}

/** What becomes of a proposed plan: approve, agree, cancel. */
export const planAgreementRoutes = () =>
  newRoutes()
    .openapi(approve, async (c) => {
      const is_approved = await c.var.db
        .transaction()
        .execute((tx) => approved(tx, c.req.valid('param'), c.req.valid('json'), c.var.person, c.var.clock))
      return c.json({ is_approved }, 201)
    })
    .openapi(agree, async (c) => {
      const about = c.req.valid('param')
      const { person, clock } = c.var
      const by = { on: clock.today(), staff_id: person.staff_id, how_agreed: c.req.valid('json').how_agreed }
      const made = await c.var.db.transaction().execute((tx) => agreed(tx, about, by))
      const hold = {
        kind: 'plan_performing',
        fact_id: factIdOf('plan', about.borrower_id, about.loan_no, about.plan_no),
        debts: [about.loan_no],
        reason: `plan ${about.plan_no} performs`,
      }
      await recordFact(c.var.db, about.borrower_id, 'holds', hold, { clock, recorded_by: person.staff_id })
      return c.json(made, 200)
    })
    .openapi(cancel, async (c) => {
      const about = c.req.valid('param')
      await c.var.db.transaction().execute(async (tx) => {
        await lockLoan(tx, about.borrower_id, about.loan_no, c.var.clock.today())
        if (await cancelPlan(tx, about, c.var.clock.today(), c.req.valid('json').reason)) return
        throw new Refused('no_such_open_plan', 'There is no open plan of that number.')
      })
      return c.body(null, 204)
    })
