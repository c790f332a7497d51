import { z } from '@hono/zod-openapi'

/** How fresh the book is. */
export const BookStatus = z
  .object({
    tape_as_of: z.string().nullable(),
    payments_loaded_at: z.string().nullable(),
    night_as_of: z.string().nullable(),
    night_failed_step: z.string().nullable(),
    held_loads: z.number().int(),
  })
  .openapi('BookStatus')

const Bucket = z.object({
  bucket: z.string(),
  from_days: z.number().int().nullable(),
  to_days: z.number().int().nullable(),
  loans: z.number().int(),
  outstanding: z.string(),
  past_due: z.string(),
  /** of the currency's past-due amount, 0 to 1 */
  share: z.number().nullable(),
})

/** One currency of the book; currencies are never added to each other. Amounts are decimal text. */
export const CurrencyBook = z
  .object({
    currency: z.string(),
    loans: z.number().int(),
    outstanding: z.string(),
    past_due: z.string(),
    past_due_loans: z.number().int(),
    /** of the currency's loans, 0 to 1 */
    past_due_loans_share: z.number(),
    past_due_borrowers: z.number().int(),
    buckets: z.array(Bucket),
  })
  .openapi('CurrencyBook')

export const Portfolio = z
  .object({ as_of: z.string(), lenders: z.array(z.string()), currencies: z.array(CurrencyBook) })
  .openapi('Portfolio')

export const Trend = z
  .object({
    currencies: z.array(
      z.object({
        currency: z.string(),
        points: z.array(z.object({ on: z.string(), past_due: z.string(), loans: z.number().int() })),
      }),
    ),
  })
  .openapi('Trend')

const Cell = z.object({
  bucket: z.string(),
  loans: z.number().int(),
  outstanding: z.string(),
  loans_share: z.number(),
  outstanding_share: z.number(),
})

/** Rows: the bucket at `from`. Cells: where its loans were at `to`; `closed` is the last. */
export const Rolls = z
  .object({
    from: z.string(),
    to: z.string(),
    currency: z.string(),
    buckets: z.array(z.string()),
    rows: z.array(
      z.object({
        bucket: z.string(),
        loans: z.number().int(),
        outstanding: z.string(),
        cells: z.array(Cell),
      }),
    ),
  })
  .openapi('Rolls')

export const PortfolioLoan = z
  .object({
    borrower_id: z.string(),
    loan_no: z.string(),
    lender: z.string(),
    product: z.string(),
    branch: z.string().nullable(),
    currency: z.string(),
    bucket: z.string(),
    days_past_due: z.number().int(),
    outstanding: z.string(),
    past_due: z.string(),
    oldest_due_on: z.string().nullable(),
  })
  .openapi('PortfolioLoan')

export type BookStatus = z.infer<typeof BookStatus>
export type Portfolio = z.infer<typeof Portfolio>
export type CurrencyBook = z.infer<typeof CurrencyBook>
export type Trend = z.infer<typeof Trend>
export type Rolls = z.infer<typeof Rolls>
export type PortfolioLoan = z.infer<typeof PortfolioLoan>
