import { z } from '@hono/zod-openapi'
import { DisputedInstalment } from './dispute.api.ts'

export const Part = z.enum(['fee', 'penalty', 'interest', 'principal'])

export const NewDisputedPart = z
  .object({
    part: Part,
    /** So much of it; absent: all that is left of it. */
    amount_minor: z.int().max(Number.MAX_SAFE_INTEGER).optional(),
    reason: z.string().min(3).max(500),
  })
  .openapi('NewDisputedPart')
export type NewDisputedPart = z.infer<typeof NewDisputedPart>

export const DisputedPart = DisputedInstalment.omit({ instalment_no: true })
  .extend({ part: Part, amount_minor: z.int() })
  .openapi('DisputedPart')
export type DisputedPart = z.infer<typeof DisputedPart>
export const DisputedParts = z.object({ disputes: z.array(DisputedPart) })
