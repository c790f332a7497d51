import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int()

/** The amounts stand there twice: in minor units, and as decimal text of the currency. */
export const BalanceDifference = z
  .object({
    borrower_id: z.string(),
    name: z.string().nullable(),
    lender: z.string(),
    loan_no: z.string(),
    as_of: Day,
    currency: z.string(),
    before_minor: Minor,
    moved_minor: Minor,
    expected_minor: Minor,
    stated_minor: Minor,
    limit_minor: Minor,
    before: z.string(),
    moved: z.string(),
    expected: z.string(),
    stated: z.string(),
    differs: z.string(),
    limit: z.string(),
  })
  .openapi('BalanceDifference')
export type BalanceDifference = z.infer<typeof BalanceDifference>
export const BalanceDifferences = z.object({
  differences: z.array(BalanceDifference),
  next_cursor: z.string().nullable(),
})
export const Explanation = z.object({ explanation: z.string().min(3).max(1000) }).openapi('Explanation')
