import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int().max(Number.MAX_SAFE_INTEGER)

export const NewPromise = z
  .object({
    loan_no: z.string().min(1),
    instalment_no: z.int().positive().optional(),
    due_on: Day,
    promised_minor: Minor,
    currency: z.string().length(3),
    channel: z.enum(['call', 'portal', 'message', 'visit', 'letter']),
    /** The instalment or reason in the borrower's own words. */
    note: z.string().max(500).optional(),
  })
  .openapi('NewPromise')
export type NewPromise = z.infer<typeof NewPromise>

export const PromiseToPay = z
  .object({
    loan_no: z.string(),
    promise_no: z.int(),
    instalment_no: z.int().nullable(),
    made_on: Day,
    due_on: Day,
    counts_until: Day,
    currency: z.string(),
    promised_minor: Minor,
    enough_minor: Minor,
    channel: z.string(),
    taken_by: z.string(),
    /** Null while it is open. */
    outcome: z.enum(['kept', 'partly_kept', 'broken', 'cancelled']).nullable(),
    judged_on: Day.nullable(),
    paid_minor: Minor.nullable(),
    reason: z.string().nullable(),
  })
  .openapi('PromiseToPay')
export type PromiseToPay = z.infer<typeof PromiseToPay>

export const PromisesToPay = z.object({ promises: z.array(PromiseToPay) })
export const CancelPromise = z.object({ reason: z.string().min(3).max(500) })
export type CancelPromise = z.infer<typeof CancelPromise>
