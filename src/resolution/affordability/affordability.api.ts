import { z } from '@hono/zod-openapi'

// Sixty lines of this size still add up to a number that is read exactly.
const Minor = z
  .int()
  .min(0)
  .max(10 ** 14)

const Line = z.object({
  kind: z.enum(['income', 'expenditure']),
  what: z.string().min(1).max(60),
  amount_minor: Minor,
  evidence: z.string().max(200).optional(),
})

/** Income and expenditure of a month, once for all loans of the borrower. */
export const NewAffordability = z
  .object({
    currency: z.string().length(3),
    lines: z.array(Line).min(1).max(60),
    dependants: z.int().min(0).max(30).default(0),
  })
  .openapi('NewAffordability')
export type NewAffordability = z.infer<typeof NewAffordability>

export const AffordabilityStatement = z
  .object({
    stated_on: z.iso.date(),
    currency: z.string(),
    lines: z.array(Line),
    income_minor: z.int().min(0),
    expenditure_minor: z.int().min(0),
    dependants: z.int(),
    recorded_by: z.string(),
  })
  .openapi('AffordabilityStatement')
export type AffordabilityStatement = z.infer<typeof AffordabilityStatement>
