import { z } from 'zod'

const day = z.iso.date()
// A decimal; a JSON number is read by its digits.
const amount = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^\d+(\.\d+)?$/, 'is no plain decimal such as "1234.50", zero or more'))
const currency = z.string().default('USD')

const DelinquencyCase = z.object({
  id: z.string(),
  kind: z.literal('delinquency'),
  currency,
  day_origin: z.union([z.literal(0), z.literal(1)]).default(0),
  grace_days: z.int().min(0).default(0),
  ranges: z.array(z.tuple([z.int(), z.int().nullable()])).default([]),
  instalments: z.array(z.object({ due_on: day, amount, fees: amount.optional() })),
  fees: z.array(z.object({ due_on: day, amount })).default([]),
  payments: z.array(z.object({ on: day, amount, reversed_on: day.nullish() })).default([]),
  pauses: z.array(z.object({ from: day, to: day, resumed_on: day.nullish() })).default([]),
  as_of: day,
})

const part = z.enum(['penalty', 'fee', 'interest', 'principal'])
const step = z
  .string()
  .regex(
    /^(past_due|due|in_advance)_(penalty|fee|interest|principal)$/,
    'is no step such as "past_due_interest"',
  )
const future = z.enum(['next_instalment', 'last_instalment', 'next_then_last_instalment', 'reamortisation'])
const Rule = z.union([
  z.object({ due_order: z.array(part), in_advance_order: z.array(part) }),
  z.object({
    processing: z.enum(['horizontal', 'vertical']).default('horizontal'),
    order: z.array(step),
    future_instalments: z.record(z.string(), future).default({}),
  }),
])
const AllocationCase = z.object({
  id: z.string(),
  kind: z.literal('allocation'),
  currency,
  rule: Rule,
  loan: z.object({
    instalments: z.array(
      z.object({
        no: z.int(),
        due_on: day,
        principal: amount.default('0'),
        interest: amount.default('0'),
        fee: amount.default('0'),
        penalty: amount.default('0'),
      }),
    ),
  }),
  events: z.array(
    z.object({
      id: z.int(),
      type: z.string(),
      on: day.optional(),
      entered_on: day.optional(),
      due_on: day.optional(),
      amount: amount.optional(),
      kind: z.enum(['fee', 'penalty']).optional(),
      of: z.int().optional(),
    }),
  ),
  checkpoints: z.array(z.object({ after_event: z.int() })),
})

const terms = {
  principal: amount,
  annual_rate_percent: amount,
  day_count: z.string().default('actual/365'),
  disbursed_on: day,
  first_due_on: day.optional(),
  instalments: z.int().min(1).max(1200),
  every: z.string(),
}
const ScheduleCase = z.object({
  id: z.string(),
  kind: z.literal('schedule'),
  currency,
  ...terms,
  down_payment_percent: amount.optional(),
  method: z.string().optional(),
})
const LateInterestCase = z.object({
  id: z.string(),
  kind: z.literal('late_interest'),
  currency,
  loan: z.object({ ...terms, instalment: amount, recalculation: z.string().optional() }),
  payments: z.array(z.object({ on: day, amount })).default([]),
  as_of: day.optional(),
})

export const MoneyCase = z.discriminatedUnion('kind', [
  DelinquencyCase,
  AllocationCase,
  ScheduleCase,
  LateInterestCase,
])
export type MoneyCase = z.infer<typeof MoneyCase>
export type RuleGiven = z.infer<typeof Rule>
export type Terms = z.infer<z.ZodObject<typeof terms>>
export type DelinquencyCase = z.infer<typeof DelinquencyCase>
export type AllocationCase = z.infer<typeof AllocationCase>
export type ScheduleCase = z.infer<typeof ScheduleCase>
export type LateInterestCase = z.infer<typeof LateInterestCase>
