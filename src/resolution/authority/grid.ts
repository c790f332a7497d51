import { z } from 'zod'
import { levels } from './authority.ts'

const count = z.int().min(0).max(2_000_000_000)
const perhaps = <Shape extends z.ZodType>(shape: Shape) => shape.nullable().default(null)

const Rule = z
  .strictObject({
    level: z.enum(levels),
    what: z.enum(['fee_waiver', 'interest_waiver', 'principal_discount', 'plan_months']),
    /** '' is any */
    lender: z.string().default(''),
    product: z.string().default(''),
    agency: z.string().default(''),
    from_days: count.default(0),
    to_days: perhaps(count),
    charged_off: perhaps(z.boolean()),
    /** of the outstanding balance, in whole units of its currency */
    balance_to_units: perhaps(z.int().min(0)),
    /** 1/10000 of the part for waivers and discounts; months for plans */
    limit_units: count,
    concessions_max: perhaps(count),
    term_days_max: perhaps(count),
  })
  .superRefine((rule, context) => {
    const fault = (path: keyof typeof rule, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (rule.to_days !== null && rule.to_days < rule.from_days) {
      fault('to_days', 'lies before from_days; name a later day, or none for every day after')
    }
    if (rule.what !== 'plan_months' && rule.limit_units > 10_000) {
      fault('limit_units', 'is more than the whole; it counts 1/10000 of the part, 10000 at most')
    }
    if (rule.what !== 'principal_discount' && rule.term_days_max !== null) {
      fault('term_days_max', 'bounds a principal_discount only; leave it out')
    }
  })

/** A whole version of the grid, as a file gives it: it takes the place of the one in force. */
export const Grid = z.strictObject({
  grid_version: z.string().min(1).max(60),
  effective_from: z.iso.date(),
  published_by: z.string().min(1).max(200),
  /** what it rests on: the decision, its day */
  source: z.string().min(1).max(500),
  rules: z.array(Rule).min(1),
})
export type Grid = z.infer<typeof Grid>
export type GridRule = Grid['rules'][number]

/** What a row is about: two rows about the same would be two limits. */
export const aboutOf = (rule: GridRule) => [
  rule.level,
  rule.what,
  rule.lender,
  rule.product,
  rule.agency,
  rule.from_days,
  rule.to_days,
  rule.charged_off,
  rule.balance_to_units,
]
