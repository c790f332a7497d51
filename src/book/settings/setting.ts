import { z } from 'zod'
import { dayCountOf } from '../interest/day-count.ts'

/** The name of a pack: a jurisdiction, and a part of it that has law of its own (`us`, `usma`, `us-ny`). */
export const PackName = z.string().regex(/^[a-z]{2,20}(-[a-z0-9]{1,20})*$/)

const days = z.int().min(0).max(10_000)
const share = z.number().positive().max(100)

const Edge = z.strictObject({
  bucket: z.string().min(1).max(40),
  from_days: z.int().min(1),
  to_days: z.int().optional(),
})
type Edge = z.infer<typeof Edge>

/** Why edges do not cover every day from the first on, each once; null when they do. */
function gapIn(edges: readonly Edge[]): string | null {
  for (const [i, edge] of edges.entries()) {
    const next = edges[i + 1]
    if (edge.bucket === 'current') return 'current is the name for loans that are not past due'
    if (edge.bucket === 'closed') return 'closed is the name for loans that are no longer open'
    if (!next)
      return edge.to_days === undefined ? null : `the last bucket (${edge.bucket}) must have no to_days`
    if (edge.to_days === undefined) return `${edge.bucket} has no to_days, but ${next.bucket} follows`
    if (edge.to_days < edge.from_days) return `${edge.bucket} ends before it begins`
    if (next.from_days !== edge.to_days + 1) return `${next.bucket} must begin on day ${edge.to_days + 1}`
  }
  return null
}

const BucketEdges = z
  .array(Edge)
  .min(1)
  .superRefine((edges, context) => {
    const gap = gapIn(edges)
    if (gap) context.addIssue({ code: 'custom', message: gap })
    if (edges.length > 0 && edges[0]!.from_days !== 1)
      context.addIssue({ code: 'custom', message: 'the first bucket begins on day 1' })
    if (new Set(edges.map((edge) => edge.bucket)).size !== edges.length) {
      context.addIssue({ code: 'custom', message: 'a bucket stands twice' })
    }
  })

/** Shares in 1/10000 of the whole. */
const bps = z.int().min(0).max(10_000)
const rate = z.string().regex(/^\d{1,3}(\.\d{1,9})?$/, 'is no plain decimal such as "0.05"')

/** Rows that hold from a number of days past due on, in that order. */
const ascending = (rows: readonly { from_days?: number | undefined }[]) =>
  rows.every(({ from_days = 0 }, i) => i === 0 || from_days > (rows[i - 1]!.from_days ?? 0))
const inOrder = { error: 'from_days rises from row to row' }

/** One number, or one for each segment by the days past due from which it holds. */
const bySegment = <Shape extends z.ZodType>(value: Shape) =>
  z.union([
    value,
    z
      .array(z.strictObject({ from_days: days, value }))
      .min(1)
      .refine(ascending, inOrder),
  ])

const PenaltyRule = z
  .strictObject({
    base: z.enum(['past_due_principal', 'principal', 'past_due']),
    yearly: rate.optional(),
    times_contract: rate.optional(),
    in_place_of_interest: z.boolean().optional(),
  })
  .refine(({ yearly, times_contract }) => (yearly === undefined) !== (times_contract === undefined), {
    error: 'names either yearly or times_contract',
  })
  .nullable()

const Calendar = z.strictObject({
  weekend: z.array(z.int().min(1).max(7)).max(6),
  holidays: z.array(z.iso.date()),
  workdays: z.array(z.iso.date()),
  move: z.enum(['following', 'preceding', 'modified_following', 'none']),
  china: z.boolean().optional(),
})

const words = z.string().min(1).max(400)

/** Money that comes in and what is told, promised, agreed and forgiven about it. */
const moneyShapes: Readonly<Record<string, z.ZodType>> = {
  /** how far a tape may differ from what was expected until a person explains it; the larger of the two */
  balance_difference_limit: z.strictObject({ minor: z.int().min(0).optional(), bps: bps.optional() }),
  /** how sure a match of a bank statement must be to be booked without a person, in percent */
  match_confidence_min: z.int().min(1).max(100),
  payment_days_back_max: days,
  day_count: z.string().refine((name) => dayCountOf(name) !== undefined, 'is no day count we know'),
  /** the contract's rule; where it is null, that of the first of the lender's packs that has one */
  penalty_rule: PenaltyRule,
  quote_days_max: days,
  promise_tolerance_bps: bySegment(bps),
  promise_grace_days: bySegment(days),
  promise_window_days: bySegment(days),
  promises_per_loan_max: bySegment(z.int().min(1).max(100)),
  affordability_days: days,
  affordability_share_bps: bps,
  plan_cure_days: days,
  plan_months_max: z.int().min(1).max(600),
  /** whether the product is a card: caps of rates and of a plan's length differ; unset, its code tells */
  is_card: z.boolean(),
  plan_months_max_card_cn: z.int().min(1).max(60),
  calendar: Calendar,
  /** by authority level, in whole units of the loan's currency */
  waivers_per_day_units: z.record(z.string(), z.int().min(0)),
  settlement_offer_days_max: days,
  carry_on_value: z
    .array(
      z.union([
        z.strictObject({ from_days: days, bps }),
        z.strictObject({ charged_off: z.literal(true), bps }),
      ]),
    )
    .min(1)
    .refine((rows) => ascending(rows.filter((row) => 'from_days' in row)), inOrder),
  carry_on_discount_bps: bps,
  hardship_days: days,
  agreement_party: z.strictObject({
    name: words.optional(),
    address: words.optional(),
    method: z.partialRecord(z.enum(['en', 'zh-Hans', 'zh-Hant']), words).optional(),
  }),
}

/**
 * Every setting by its name: what its value may be. Defaults stand in the migration of the module that reads
 * it.
 */
const settingShapes: Readonly<Record<string, z.ZodType>> = {
  /** 0: the due day itself is day 0; 1: it is day 1 */
  day_origin: z.union([z.literal(0), z.literal(1)]),
  /** days past due up to which no case is opened */
  grace_days: days,
  bucket_edges: BucketEdges,
  /** packs of law that bind the lender; the strictest wins */
  packs: z.array(PackName.refine((it) => it !== 'house', 'The house is asked without being named.')),
  /** how far a full tape may move against the one before (fractions) until a person must accept it */
  load_limits: z.strictObject({
    rows: share.optional(),
    outstanding: share.optional(),
    past_due: share.optional(),
    null_share: z.number().positive().max(1).optional(),
  }),
  ...moneyShapes,
}

/** A rule of penalty may also stand for a pack of law: `penalty_rule_cn`. */
const shapeOf = (name: string) =>
  /^penalty_rule_[a-z]{2}(-[a-z0-9-]+)?$/.test(name) ? PenaltyRule : settingShapes[name]

const Scope = z.object({
  effective_from: z.iso.date(),
  lender: z.string().default(''),
  product: z.string().default(''),
})

export type SettingsFile = { scope: z.infer<typeof Scope>; values: Record<string, unknown> }

/** Reads a settings file: the scope and the settings in it, or what is wrong with it, in words. */
export function readSettings(document: unknown): SettingsFile | { wrong: string[] } {
  const scope = Scope.safeParse(document)
  if (!scope.success)
    return { wrong: scope.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) }
  const { effective_from, lender, product, ...rest } = document as Record<string, unknown>
  const wrong: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(rest)) {
    const shape = shapeOf(name)
    if (!shape) {
      wrong.push(`${name}: is no setting; known are ${Object.keys(settingShapes).join(', ')}`)
      continue
    }
    const read = shape.safeParse(value)
    if (read.success) values[name] = read.data
    else
      wrong.push(...read.error.issues.map((issue) => `${[name, ...issue.path].join('.')}: ${issue.message}`))
  }
  return wrong.length ? { wrong } : { scope: scope.data, values }
}
