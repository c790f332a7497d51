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
        /**
         * `payment:…`, `promise:…`, `plan:…` or `settlement:…` of the loan; its `status`, `bucket` and
         * `risk_class`, and the borrower's `case`; `buckets` when nights have judged the day from which its
         * history is derived anew: at once, or by the next night while a night is at work.
         */
        what: z.string(),
        before: z.unknown(),
        after: z.unknown(),
      }),
    ),
  })
  .openapi('Receipt')
export type Receipt = z.infer<typeof Receipt>
