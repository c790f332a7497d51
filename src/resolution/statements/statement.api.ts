import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int().max(Number.MAX_SAFE_INTEGER)

/** A loan that a line may be meant for; the amounts, in its currency, are what it is expected to pay. */
const Suggestion = z.object({
  borrower_id: z.string(),
  loan_no: z.string(),
  matched_by: z.string(),
  confidence: z.int(),
  name: z.string().nullable(),
  currency: z.string().nullable(),
  past_due: z.string().nullable(),
  instalment: z.string().nullable(),
})

export const StatementLine = z
  .object({
    sha256: z.string(),
    line_no: z.int(),
    lender: z.string(),
    booked_on: Day,
    /** Negative: money out. `amount` is the same as decimal text. */
    amount_minor: Minor,
    amount: z.string(),
    currency: z.string(),
    reference: z.string(),
    payer: z.string().nullable(),
    suggestions: z.array(Suggestion),
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
export const LoadedStatements = z.object({ statements: z.array(LoadedStatement) })

/** A statement that was loaded, and where its lines stand now. Balances are decimal text. */
export const BankStatement = z
  .object({
    sha256: z.string(),
    format: z.string(),
    lender: z.string(),
    account_no: z.string(),
    statement_no: z.string(),
    currency: z.string(),
    closed_on: Day,
    opening: z.string(),
    money_in: z.string(),
    money_out: z.string(),
    closing: z.string(),
    lines: z.int(),
    loaded_at: z.string(),
    loaded_by: z.string(),
    waiting: z.int(),
    booked: z.int(),
    returned: z.int(),
    not_ours: z.int(),
    ignored: z.int(),
  })
  .openapi('BankStatement')
export type BankStatement = z.infer<typeof BankStatement>

/** What became of a line: by a match, or by the person who cleared it. Without an outcome it waits. */
export const LineOfStatement = z
  .object({
    line_no: z.int(),
    booked_on: Day,
    amount: z.string(),
    currency: z.string(),
    reference: z.string(),
    payer: z.string().nullable(),
    outcome: z.enum(['booked', 'returned', 'not_ours', 'ignored']).nullable(),
    waits_because: z.string().nullable(),
    matched_by: z.string().nullable(),
    confidence: z.int().nullable(),
    payment_no: z.string().nullable(),
    borrower_id: z.string().nullable(),
    loan_no: z.string().nullable(),
    cleared_at: z.string().nullable(),
    cleared_by: z.string().nullable(),
    note: z.string().nullable(),
  })
  .openapi('LineOfStatement')
export type LineOfStatement = z.infer<typeof LineOfStatement>
