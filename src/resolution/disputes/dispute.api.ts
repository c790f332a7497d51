import { z } from '@hono/zod-openapi'

const Day = z.iso.date()

export const NewDispute = z
  .object({ instalment_no: z.int().positive(), reason: z.string().min(3).max(500) })
  .openapi('NewDispute')

export const DisputeDecision = z
  .object({ outcome: z.enum(['upheld', 'rejected', 'withdrawn']), decision: z.string().min(3).max(500) })
  .openapi('DisputeDecision')
export type DisputeDecision = z.infer<typeof DisputeDecision>

export const DisputedInstalment = z
  .object({
    loan_no: z.string(),
    instalment_no: z.int(),
    disputed_on: Day,
    reason: z.string(),
    recorded_by: z.string(),
    /** Null while it is open. */
    outcome: z.enum(['upheld', 'rejected', 'withdrawn']).nullable(),
    decided_on: Day.nullable(),
    decided_by: z.string().nullable(),
    decision: z.string().nullable(),
  })
  .openapi('DisputedInstalment')
export type DisputedInstalment = z.infer<typeof DisputedInstalment>
export const DisputedInstalments = z.object({
  disputes: z.array(DisputedInstalment),
  /** All that the lender sent, by which a person knows the one that is meant. */
  instalments: z.array(z.object({ instalment_no: z.int(), due_on: Day, amount_minor: z.int() })),
})
