import { z } from '@hono/zod-openapi'

const Day = z.iso.date()

export const NewHardship = z
  .object({
    /** None: all of the borrower's loans. */
    loan_nos: z.array(z.string()).min(1).max(200).optional(),
    channel: z.enum(['call', 'portal', 'message', 'visit', 'letter']),
    cause: z.enum([
      'job_loss',
      'income_fall',
      'illness',
      'family_event',
      'business_failure',
      'money_management',
      'unwilling',
      'poor_service',
      'loose_approval',
      'downturn',
      'law_change',
      'competition',
      'disaster',
      'other',
    ]),
    statement: z.string().min(3).max(2000),
    evidence: z
      .array(z.object({ what: z.string().max(60), reference: z.string().max(200) }))
      .max(40)
      .default([]),
    vulnerability: z.enum(['none', 'health', 'life_event', 'resilience', 'capability']).default('none'),
  })
  .openapi('NewHardship')
export type NewHardship = z.infer<typeof NewHardship>

export const Hardship = z
  .object({
    borrower_id: z.string(),
    request_no: z.int(),
    loan_nos: z.array(z.string()).nullable(),
    asked_on: Day,
    channel: z.string(),
    cause: z.string(),
    statement: z.string(),
    evidence: z.array(z.object({ what: z.string(), reference: z.string() })),
    vulnerability: z.string(),
    decide_by: Day,
    /** Null while it is looked at. */
    outcome: z.enum(['granted', 'partly_granted', 'declined', 'withdrawn']).nullable(),
    decided_on: Day.nullable(),
    decided_by: z.string().nullable(),
    decision: z.string().nullable(),
  })
  .openapi('Hardship')
export type Hardship = z.infer<typeof Hardship>
export const Hardships = z.object({ requests: z.array(Hardship) })
/** One that is looked at, with whose it is. */
export const OpenHardship = Hardship.extend({ name: z.string().nullable() }).openapi('OpenHardship')
export type OpenHardship = z.infer<typeof OpenHardship>
export const HardshipPage = z.object({
  requests: z.array(OpenHardship),
  next_cursor: z.string().nullable(),
})

export const HardshipDecision = z
  .object({
    outcome: z.enum(['granted', 'partly_granted', 'declined', 'withdrawn']),
    decision: z.string().min(3).max(2000),
  })
  .openapi('HardshipDecision')
export type HardshipDecision = z.infer<typeof HardshipDecision>
