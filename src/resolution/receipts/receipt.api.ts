import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int().max(Number.MAX_SAFE_INTEGER)

export const NewPayment = z
  .object({
    payment_no: z.string().min(1).max(100),
    loan_no: z.string().min(1),
    paid_on: Day,
    amount_minor: Minor,
    currency: z.string().length(3),
    kind: z.enum(['payment', 'reversal']).default('payment'),
    /** For a reversal: the payment that is taken back. */
    reverses: z.string().optional(),
    method: z.string().max(40).optional(),
    reference: z.string().max(200).optional(),
    /** Instalments that the borrower wants paid first, where the law lets the borrower say so. */
    directed_to: z.array(z.int().positive()).max(100).optional(),
    may_overpay: z.boolean().default(false),
  })
  .openapi('NewPayment')
export type NewPayment = z.infer<typeof NewPayment>

const Part = z.object({ penalty: Minor, fee: Minor, interest: Minor, principal: Minor, overpaid: Minor })

/** What the money did: how it was applied, and what it changed of what stood before. */
export const Receipt = z
  .object({
    payment_no: z.string(),
    /** False: the same payment came before, and nothing changed. */
    is_new: z.boolean(),
    outstanding_minor: Minor,
    applied: Part.nullable(),
    changes: z.array(
      z.object({
        /** `payment:…`, `promise:…`, `plan:…` or `settlement:…` of the loan. */
        what: z.string(),
        before: z.unknown(),
        after: z.unknown(),
      }),
    ),
  })
  .openapi('Receipt')
export type Receipt = z.infer<typeof Receipt>

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
    waits_because: z.string().nullable(),
  })
  .openapi('StatementLine')
export type StatementLine = z.infer<typeof StatementLine>
export const SuspenseList = z.object({ lines: z.array(StatementLine) })

export const Clearing = z
  .union([
    z.object({
      borrower_id: z.string().regex(/^-?\d{1,19}$/),
      loan_no: z.string(),
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
