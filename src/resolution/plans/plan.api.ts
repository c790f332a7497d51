import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int().max(Number.MAX_SAFE_INTEGER)

export const NewPlan = z
  .object({
    currency: z.string().length(3),
    principal_minor: Minor,
    /** Per year, as a decimal fraction: 0.12 is 12 %. */
    annual_rate: z
      .string()
      .regex(/^\d(\.\d{1,8})?$/)
      .default('0'),
    shape: z.enum(['equal', 'step_up', 'interest_only_start', 'balloon']).default('equal'),
    step_each: z.int().min(1).optional(),
    step_bps: z.int().min(1).optional(),
    interest_only: z.int().min(1).optional(),
    balloon_minor: Minor.optional(),
    every: z.enum(['weekly', 'fortnightly', 'monthly']),
    instalments: z.int().min(1).max(600),
    first_due_on: Day,
    first_payment_minor: Minor.min(0).default(0),
    /** The same as a share of what the plan covers, instead of an amount. */
    first_payment_percent: z
      .string()
      .regex(/^\d{1,2}(\.\d{1,4})?$/)
      .optional(),
    renegotiates: z.int().positive().optional(),
    reason: z.string().max(500).optional(),
  })
  .refine((plan) => plan.first_payment_minor === 0 || plan.first_payment_percent === undefined, {
    error: 'The first payment is an amount or a percentage, not both.',
  })
  .openapi('NewPlan')
export type NewPlan = z.infer<typeof NewPlan>

const PlanRow = z.object({
  no: z.int(),
  due_on: Day,
  moved_from: Day.nullable(),
  principal_minor: Minor,
  interest_minor: Minor,
  due_so_far_minor: Minor,
  cure_until: Day,
})

export const Plan = z
  .object({
    loan_no: z.string(),
    plan_no: z.int(),
    currency: z.string(),
    shape: z.string(),
    principal_minor: Minor,
    total_minor: Minor,
    paid_minor: Minor,
    level_needed: z.string(),
    /** False: others must approve before it can be agreed. */
    is_within_authority: z.boolean(),
    proposed_on: Day,
    proposed_by: z.string(),
    agreed_on: Day.nullable(),
    /** On the loan when it was agreed. */
    owed_minor: Minor.nullable(),
    how_agreed: z.string().nullable(),
    /** Null while it is proposed (not agreed yet) or performing. */
    outcome: z.enum(['completed', 'breached', 'renegotiated', 'cancelled']).nullable(),
    ended_on: Day.nullable(),
    replaces_plan_no: z.int().nullable(),
    instalments: z.array(PlanRow),
  })
  .openapi('Plan')
export type Plan = z.infer<typeof Plan>

export const Plans = z.object({ plans: z.array(Plan) })
export const PlanAgreement = z
  .object({ how_agreed: z.enum(['signed', 'recorded_call', 'portal']) })
  .openapi('PlanAgreement')
export type PlanAgreement = z.infer<typeof PlanAgreement>
export const NewApproval = z
  .object({ approved: z.boolean(), reason: z.string().min(3).max(500) })
  .openapi('NewApproval')
/** `amount` is what an instalment asks for, `total` all of them: decimal text, as the borrower is told. */
export const PlanPreview = z.object({
  instalments: z.array(PlanRow.extend({ amount: z.string() })),
  total: z.string(),
  level_needed: z.string(),
})
export type PlanPreview = z.infer<typeof PlanPreview>
