import { z } from 'zod'
import type { Part, Timing } from '../allocation/allocation.ts'

const parts = ['penalty', 'fee', 'interest', 'principal'] as const satisfies readonly Part[]
const timings = ['past_due', 'due', 'in_advance'] as const satisfies readonly Timing[]

/** All of a kind, each once: money finds no way to what an order leaves out. */
const each = (count: number) => (list: readonly unknown[]) =>
  list.length === count && new Set(list.map((one) => JSON.stringify(one))).size === count
const Parts = z.array(z.enum(parts)).refine(each(parts.length), `names each of ${parts.join(', ')} once`)
const ByAge = z
  .array(z.strictObject({ from_days: z.int().min(0), due_order: Parts }))
  .refine((rows) => rows.every((row, i) => i === 0 || row.from_days > rows[i - 1]!.from_days), {
    error: 'from_days rises from row to row',
  })
const Steps = z
  .array(z.strictObject({ timing: z.enum(timings), part: z.enum(parts) }))
  .refine(
    each(timings.length * parts.length),
    `names each of ${parts.join(', ')} once for each of ${timings.join(', ')}`,
  )
const future = ['next_instalment', 'last_instalment', 'next_then_last_instalment', 'reamortisation'] as const

/** A rule as a file gives it: the same shape that money is applied by. */
const Rule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('due_first'),
    due_order: Parts,
    in_advance_order: Parts,
    by_age: ByAge.optional(),
  }),
  z.strictObject({
    kind: z.literal('advanced'),
    processing: z.enum(['horizontal', 'vertical']),
    order: Steps,
    future_instalments: z.record(z.string(), z.enum(future)),
  }),
])

const Order = z.strictObject({
  /** '' is any */
  pack: z.string().default(''),
  lender: z.string().default(''),
  product: z.string().default(''),
  asset_state: z.enum(['', 'current', 'non_performing', 'charged_off', 'settled']).default(''),
  /** days past due of the oldest instalment from which the row holds */
  from_days: z.int().min(0).max(2_000_000_000).default(0),
  rule: Rule,
  /** where it stands: law, contract */
  clause: z.string().min(1).max(500),
})

/** Orders that hold from a day on, as a file gives them. */
export const AllocationOrders = z.strictObject({
  effective_from: z.iso.date(),
  orders: z.array(Order).min(1),
})
export type AllocationOrders = z.infer<typeof AllocationOrders>
export type AllocationOrder = AllocationOrders['orders'][number]

/** Which loans an order is for. */
export const forWhich = ({ pack, lender, product, asset_state, from_days }: AllocationOrder) => [
  pack,
  lender,
  product,
  asset_state,
  from_days,
]
