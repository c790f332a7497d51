import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int().max(Number.MAX_SAFE_INTEGER)

export const NewQuote = z.object({ for_on: Day }).openapi('NewQuote')

const Words = z.object({ en: z.string(), 'zh-Hans': z.string(), 'zh-Hant': z.string() })

export const PayOff = z
  .object({
    loan_no: z.string(),
    quote_no: z.int(),
    currency: z.string(),
    for_on: Day,
    good_until: Day,
    total_minor: Minor,
    principal_minor: Minor,
    interest_minor: Minor,
    penalty_minor: Minor,
    fees_minor: Minor,
    /** What each further day adds. */
    per_day_minor: Minor,
    /** Each step of the sum: its kind, its amount and the sentence in three languages. */
    steps: z.array(
      z.object({ what: z.string(), part: z.string().nullable(), amount_minor: Minor, words: Words }),
    ),
    /** Facts the sum could not be sure of, such as `rate_is_unknown`. */
    doubts: z.array(z.string()),
  })
  .openapi('PayOff')
export type PayOff = z.infer<typeof PayOff>
export const PayOffs = z.object({ quotes: z.array(PayOff) })
