import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int().max(Number.MAX_SAFE_INTEGER)

export const NewWaiver = z
  .object({
    part: z.enum(['fee', 'interest', 'penalty']),
    currency: z.string().length(3),
    amount_minor: Minor,
    reason: z.string().min(3).max(500),
  })
  .openapi('NewWaiver')
export type NewWaiver = z.infer<typeof NewWaiver>

export const Waiver = z
  .object({
    loan_no: z.string(),
    waiver_no: z.int(),
    part: z.string(),
    currency: z.string(),
    amount_minor: Minor,
    part_minor: Minor,
    grid_version: z.string(),
    level_needed: z.string(),
    is_within_authority: z.boolean(),
    proposed_on: Day,
    proposed_by: z.string(),
    reason: z.string(),
    /** Null while it waits for an approval. */
    applied_on: Day.nullable(),
    rejected_on: Day.nullable(),
    undone_on: Day.nullable(),
  })
  .openapi('Waiver')
export type Waiver = z.infer<typeof Waiver>
export const Waivers = z.object({ waivers: z.array(Waiver) })
