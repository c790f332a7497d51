import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int().max(Number.MAX_SAFE_INTEGER)

export const StatementLine = z
  .object({
    sha256: z.string(),
    line_no: z.int(),
    booked_on: Day,
    amount_minor: Minor,
    currency: z.string(),
    reference: z.string(),
    payer: z.string().nullable(),
    suggestions: z.array(
      z.object({ borrower_id: z.string(), loan_no: z.string(), matched_by: z.string(), confidence: z.int() }),
    ),
    /** Of money that went out: the payments of its sum that it may take back, newest first. */
    may_take_back: z.array(
      z.object({ borrower_id: z.string(), loan_no: z.string(), payment_no: z.string(), paid_on: Day }),
    ),
    waits_because: z.string().nullable(),
  })
  .openapi('StatementLine')
export type StatementLine = z.infer<typeof StatementLine>
export const SuspenseList = z.object({
  lines: z.array(StatementLine),
  next_cursor: z.string().nullable(),
})

export const Clearing = z
  .union([
    z.object({
      borrower_id: z.string().regex(/^-?\d{1,19}$/),
      loan_no: z.string(),
      /** Of money that went out: the payment that it takes back. */
      reverses: z.string().min(1).max(100).optional(),
      note: z.string().max(500).optional(),
    }),
    z.object({ outcome: z.enum(['returned', 'not_ours', 'ignored']), note: z.string().min(3).max(500) }),
  ])
  .openapi('Clearing')

export const LoadedStatement = z
  .object({
    sha256: z.string(),
    format: z.string(),
    account_no: z.string(),
    statement_no: z.string(),
    lines: z.int(),
    booked: z.int(),
    waiting: z.int(),
    ignored: z.int(),
  })
  .openapi('LoadedStatement')
export type LoadedStatement = z.infer<typeof LoadedStatement>
