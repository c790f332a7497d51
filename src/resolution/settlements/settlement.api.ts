import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int().max(Number.MAX_SAFE_INTEGER)

export const NewSettlement = z
  .object({
    currency: z.string().length(3),
    offer_minor: Minor,
    prompt_minor: Minor.optional(),
    prompt_by: Day.optional(),
    expires_on: Day,
    pay_by: Day,
    reason: z.string().max(500).optional(),
  })
  .refine((asked) => (asked.prompt_minor === undefined) === (asked.prompt_by === undefined), {
    message: 'prompt_minor and prompt_by come together',
    path: ['prompt_by'],
  })
  .openapi('NewSettlement')
export type NewSettlement = z.infer<typeof NewSettlement>

export const Settlement = z
  .object({
    loan_no: z.string(),
    settlement_no: z.int(),
    currency: z.string(),
    balance_minor: Minor,
    offer_minor: Minor,
    prompt_minor: Minor.nullable(),
    prompt_by: Day.nullable(),
    pay_by: Day,
    carry_on_minor: Minor,
    grid_version: z.string(),
    level_needed: z.string(),
    is_within_authority: z.boolean(),
    offered_on: Day,
    offered_by: z.string(),
    expires_on: Day,
    accepted_on: Day.nullable(),
    outcome: z.enum(['completed', 'broken', 'expired', 'withdrawn', 'rejected']).nullable(),
    ended_on: Day.nullable(),
    paid_minor: Minor,
    forgiven_minor: Minor,
  })
  .openapi('Settlement')
export type Settlement = z.infer<typeof Settlement>
export const Settlements = z.object({ settlements: z.array(Settlement) })
