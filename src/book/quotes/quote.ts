import type { Part, Parts } from '../allocation/allocation.ts'
import type { DisputedPart } from '../allocation/replay.ts'
import { addDays, daysBetween, earlier, later } from '../interest/calendar-day.ts'
import { type DayCount, partOfYear } from '../interest/day-count.ts'
import {
  compare,
  decimal,
  type Fraction,
  fraction,
  least,
  roundHalfEven,
  times,
  whole,
} from '../interest/fraction.ts'
import type { MovementKind } from '../ledger/movement.ts'

/** How a penalty is reckoned while a loan is past due. Rates are yearly fractions as decimal text. */
export type PenaltyRule = {
  base: 'past_due_principal' | 'principal' | 'past_due'
  yearly?: string
  times_contract?: string
  in_place_of_interest?: boolean
} | null

/** One thing in the three languages that borrowers are spoken to in. */
export type InLanguages = Record<'en' | 'zh-Hans' | 'zh-Hant', string>

export type RateCap = { kind: 'cap' | 'alert'; yearly: string; clause: InLanguages }

/** Something that moved the debt since the tape; `change_minor` negative for money in and waivers. */
export type Moved = { on: string; change_minor: bigint; part: Part | null; kind: MovementKind }

export type QuoteTerms = {
  /** Yearly contract rate as a fraction; null when the tape does not state it. */
  rate: string | null
  day_count: string
  penalty: PenaltyRule
  grace_days: number
  caps: readonly RateCap[]
  /** In which money is applied to the parts. */
  order: readonly Part[]
}

export type QuoteFacts = {
  currency: string
  tape_on: string
  parts: Parts
  past_due_minor: bigint
  oldest_due_on: string | null
  moved: readonly Moved[]
  /** Sums that are contested: they are not asked for. */
  disputed: readonly DisputedPart[]
}

/** One step of the sum. Figures are what the words are made from. */
export type QuoteStep = {
  what: 'tape' | 'movement' | 'interest' | 'penalty' | 'cap' | 'alert' | 'disputed' | 'total'
  part: Part | null
  amount_minor: bigint
  from_on?: string
  to_on?: string
  days?: number
  base_minor?: bigint
  /** Yearly rate as decimal text. */
  rate?: string
  day_count?: string
  /** What moved the debt. */
  kind?: MovementKind
  clause?: InLanguages
}

export type Quote = {
  for_on: string
  parts: Parts
  total_minor: bigint
  steps: QuoteStep[]
  per_day_minor: bigint
}

/** The yearly rate as decimal text, up to six places. */
function rateText(rate: Fraction): string {
  const millionths = roundHalfEven(times(rate, whole(1_000_000)))
  const digits = millionths.toString().padStart(7, '0')
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/0+$/, '').replace(/\.$/, '')
}

type Rates = { interest: Fraction; penalty: Fraction; steps: QuoteStep[] }

const noStep = { part: null, amount_minor: 0n } as const

/**
 * The rates that hold: a cap cuts interest first to itself, then the penalty to what is left below it (the
 * house takes the cap of art. 205 for both together); an alert only says so.
 */
function ratesOf(terms: QuoteTerms): Rates {
  const contract = decimal(terms.rate ?? '0')
  const rule = terms.penalty
  const asked = rule?.times_contract
    ? times(contract, decimal(rule.times_contract))
    : decimal(rule?.yearly ?? '0')
  const steps: QuoteStep[] = []
  let [interest, penalty] = [contract, asked]
  const together = () =>
    rule?.in_place_of_interest
      ? compare(penalty, interest) > 0n
        ? penalty
        : interest
      : fraction(
          interest.numerator * penalty.denominator + penalty.numerator * interest.denominator,
          interest.denominator * penalty.denominator,
        )
  for (const { kind, yearly, clause } of terms.caps) {
    const cap = decimal(yearly)
    if (compare(together(), cap) <= 0n) continue
    steps.push({ ...noStep, what: kind, rate: yearly, clause })
    if (kind === 'alert') continue
    if (compare(interest, cap) > 0n) interest = cap
    if (rule?.in_place_of_interest) {
      if (compare(penalty, cap) > 0n) penalty = cap
    } else if (compare(together(), cap) > 0n) {
      penalty = fraction(
        cap.numerator * interest.denominator - interest.numerator * cap.denominator,
        cap.denominator * interest.denominator,
      )
    }
  }
  return { interest, penalty, steps }
}

function penaltyBase(facts: QuoteFacts, rule: PenaltyRule, parts: Parts): bigint {
  if (!rule) return 0n
  const paid = facts.parts.principal - parts.principal
  const past_due = facts.past_due_minor > paid ? facts.past_due_minor - paid : 0n
  if (rule.base === 'principal') return parts.principal
  return rule.base === 'past_due' ? past_due : least(past_due, parts.principal)
}

/** Interest and penalty of one stretch of days at one balance, each rounded by itself. */
function accrue(
  facts: QuoteFacts,
  terms: QuoteTerms,
  rates: Rates,
  dayCount: DayCount,
  parts: Parts,
  span: [string, string],
) {
  const steps: QuoteStep[] = []
  const rule = terms.penalty
  const from_penalty =
    facts.oldest_due_on === null ? span[1] : later(span[0], addDays(facts.oldest_due_on, terms.grace_days))
  const base_penalty = from_penalty < span[1] ? penaltyBase(facts, rule, parts) : 0n
  const add = (
    part: 'interest' | 'penalty',
    base_minor: bigint,
    rate: Fraction,
    [from_on, to_on]: [string, string],
  ) => {
    if (base_minor <= 0n || rate.numerator <= 0n || from_on >= to_on) return
    const stretch = { from_on, to_on }
    const amount_minor = roundHalfEven(times(times(whole(base_minor), rate), partOfYear(dayCount, stretch)))
    const days = daysBetween(from_on, to_on)
    const how = { from_on, to_on, days, base_minor, rate: rateText(rate), day_count: terms.day_count }
    steps.push({ what: part, part, amount_minor, ...how })
    parts[part] += amount_minor
  }
  if (rule?.in_place_of_interest && base_penalty > 0n) {
    const begins = earlier(from_penalty, span[1])
    add('interest', parts.principal, rates.interest, [span[0], begins])
    add('interest', parts.principal - least(base_penalty, parts.principal), rates.interest, [begins, span[1]])
  } else {
    add('interest', parts.principal, rates.interest, span)
  }
  add('penalty', base_penalty, rates.penalty, [from_penalty, span[1]])
  return steps
}

/**
 * Puts a movement on the part it names, or money on the parts in their order, past what is contested; what is
 * paid too much lowers the principal.
 */
function apply(parts: Parts, moved: Moved, { disputed }: QuoteFacts, order: readonly Part[]): void {
  if (moved.part !== null || moved.change_minor > 0n) {
    parts[moved.part ?? 'principal'] += moved.change_minor
    return
  }
  let left = -moved.change_minor
  for (const part of order) {
    const held = disputed.find((one) => one.part === part && one.since <= moved.on)?.amount_minor ?? 0n
    const put = least(left, parts[part] > held ? parts[part] - held : 0n)
    parts[part] -= put
    left -= put
  }
  parts.principal -= left
}

const totalOf = (parts: Parts) => parts.fee + parts.penalty + parts.interest + parts.principal

/** What pays a loan off on `for_on`, with every step of the sum. `dayCount` is that of `terms.day_count`. */
export function quote(facts: QuoteFacts, terms: QuoteTerms, dayCount: DayCount, for_on: string): Quote {
  const parts = { ...facts.parts }
  const rates = ratesOf(terms)
  const steps: QuoteStep[] = (['principal', 'interest', 'penalty', 'fee'] as const)
    .filter((part) => parts[part] !== 0n)
    .map((part) => ({ what: 'tape' as const, part, amount_minor: parts[part], to_on: facts.tape_on }))
  let since = facts.tape_on
  const inOrder = facts.moved
    .filter(({ on }) => on <= for_on)
    .toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
  for (const moved of inOrder) {
    steps.push(...accrue(facts, terms, rates, dayCount, parts, [since, moved.on]))
    since = later(since, moved.on)
    apply(parts, moved, facts, terms.order)
    const { change_minor: amount_minor, on: to_on, part, kind } = moved
    steps.push({ what: 'movement', part, amount_minor, to_on, kind })
  }
  steps.push(...accrue(facts, terms, rates, dayCount, parts, [since, for_on]), ...rates.steps)
  const tomorrow = { ...parts }
  accrue(facts, terms, rates, dayCount, tomorrow, [for_on, addDays(for_on, 1)])
  const per_day_minor = totalOf(tomorrow) - totalOf(parts)
  for (const { part, amount_minor } of facts.disputed) {
    const held = least(amount_minor, parts[part] > 0n ? parts[part] : 0n)
    parts[part] -= held
    steps.push({ what: 'disputed', part, amount_minor: -held, to_on: for_on })
  }
  const total = totalOf(parts)
  const total_minor = total > 0n ? total : 0n
  steps.push({ what: 'total', part: null, amount_minor: total_minor, to_on: for_on })
  return { for_on, parts, total_minor, steps, per_day_minor }
}
