import { addDays } from '../../book/interest/calendar-day.ts'
import type { DayCount, Every } from '../../book/interest/day-count.ts'
import {
  dividedBy,
  type Fraction,
  fraction,
  least,
  most,
  plus,
  roundHalfEven,
  times,
  whole,
} from '../../book/interest/fraction.ts'
import {
  dueDates,
  equalInstalments,
  type Period,
  periodsOf,
  type ScheduleTerms,
} from '../../book/schedules/schedule.ts'
import { type Calendar, movedTo } from './calendar.ts'

export type PlanShape =
  | { shape: 'equal' }
  /** Every `each` instalments the amount grows by `step_bps`. */
  | { shape: 'step_up'; each: number; step_bps: number }
  /** The first `months` instalments hold interest only. */
  | { shape: 'interest_only_start'; interest_only: number }
  /** The last instalment holds `balloon_minor` of the principal. */
  | { shape: 'balloon'; balloon_minor: bigint }

/**
 * What a plan's schedule is built from. Amounts in minor units; `annual_rate` 0.12 is 12 % a year, 0 for
 * none.
 */
export type PlanTerms = PlanShape & {
  principal_minor: bigint
  annual_rate: Fraction
  day_count: DayCount
  /** The principal is what is owed on this day, so interest runs from it. */
  proposed_on: string
  first_due_on: string
  every: Every
  instalments: number
  /** Due on the day of the agreement, before the rest. */
  first_payment_minor: bigint
  calendar: Calendar
  cure_days: number
}

export type PlanInstalment = {
  no: number
  due_on: string
  moved_from: string | null
  principal_minor: bigint
  interest_minor: bigint
  due_so_far_minor: bigint
  cure_until: string
}

/** The terms as book/schedules takes them, the first payment left out: that bears no interest. */
const spread = (terms: PlanTerms): ScheduleTerms => ({
  principal_minor: terms.principal_minor - terms.first_payment_minor,
  annual_rate: terms.annual_rate,
  day_count: terms.day_count,
  disbursed_on: terms.proposed_on,
  first_due_on: terms.first_due_on,
  instalments: terms.instalments,
  every: terms.every,
})

/** How much each instalment weighs against the first, and what of the principal is not spread at all. */
function weightsOf(terms: PlanTerms): { weights: Fraction[]; apart_minor: bigint } {
  const count = terms.instalments
  const weights = Array.from({ length: count }, () => whole(1))
  if (terms.shape === 'step_up') {
    const growth = fraction(10_000 + terms.step_bps, 10_000)
    const step = (index: number) => Math.floor(index / terms.each)
    for (let index = 1; index < count; index++) {
      const before = weights[index - 1]!
      weights[index] = step(index) > step(index - 1) ? times(before, growth) : before
    }
  }
  return { weights, apart_minor: terms.shape === 'balloon' ? terms.balloon_minor : 0n }
}

/**
 * The first amount A such that instalments A · w_k pay off `principal` over `periods`: with d_k = Π 1/(1 +
 * r_i) the present value of a unit at k, A = (principal − apart · d_n) / Σ w_k · d_k.
 */
function firstAmount(principal: bigint, apart: bigint, weights: Fraction[], periods: Period[]): bigint {
  // Everything is carried to the last due date instead, which needs no division but one.
  let grown = whole(principal)
  let weighed = whole(0)
  for (const [index, { factor }] of periods.entries()) {
    const growth = plus(whole(1), factor)
    grown = times(grown, growth)
    weighed = plus(times(weighed, growth), weights[index]!)
  }
  return roundHalfEven(dividedBy(plus(grown, whole(-apart)), weighed))
}

const interestOf = (balance: bigint, factor: Fraction) => roundHalfEven(times(whole(balance), factor))

/**
 * Principal and interest of each instalment of a shape that is not equal; book/schedules knows only equal
 * ones. The last takes the rest, so that the parts always are the whole.
 */
function shaped(terms: PlanTerms, periods: Period[], principal_minor: bigint): [bigint, bigint][] {
  const start = terms.shape === 'interest_only_start' ? terms.interest_only : 0
  const { weights, apart_minor } = weightsOf(terms)
  const amount = firstAmount(principal_minor, apart_minor, weights.slice(start), periods.slice(start))
  let balance = principal_minor
  return periods.map(({ factor }, index) => {
    const interest = interestOf(balance, factor)
    const own = roundHalfEven(times(whole(amount), weights[index]!)) - interest
    const rest = index === periods.length - 1 ? balance : least(most(own, 0n), balance)
    const principal = index < start && index < periods.length - 1 ? 0n : rest
    balance -= principal
    return [principal, interest]
  })
}

/** Principal and interest of each instalment. */
function parts(terms: PlanTerms): [bigint, bigint][] {
  const even = spread(terms)
  if (terms.shape !== 'equal') return shaped(terms, periodsOf(even), even.principal_minor)
  return equalInstalments(even).rows.map((row) => [row.principal_minor, row.interest_minor])
}

/**
 * The plan's instalments; number 0 is the first payment. It stands on the day of the proposal until the plan
 * is agreed, and moves to that day then.
 */
export function planSchedule(terms: PlanTerms): PlanInstalment[] {
  const dates = dueDates(spread(terms))
  let due_so_far_minor = terms.first_payment_minor
  const first: PlanInstalment[] =
    terms.first_payment_minor > 0n
      ? [
          {
            no: 0,
            due_on: terms.proposed_on,
            moved_from: null,
            principal_minor: terms.first_payment_minor,
            interest_minor: 0n,
            due_so_far_minor,
            cure_until: addDays(terms.proposed_on, terms.cure_days),
          },
        ]
      : []
  const rest = parts(terms).map(([principal_minor, interest_minor], index) => {
    // Interest runs over the agreed dates; a holiday moves the day on which it is paid, not what it costs.
    const dated_on = dates[index]!
    const due_on = movedTo(dated_on, terms.calendar)
    const moved_from = due_on === dated_on ? null : dated_on
    due_so_far_minor += principal_minor + interest_minor
    const cure_until = addDays(due_on, terms.cure_days)
    return {
      no: index + 1,
      due_on,
      moved_from,
      principal_minor,
      interest_minor,
      due_so_far_minor,
      cure_until,
    }
  })
  return [...first, ...rest]
}

/** The largest that one month of the plan may ask for: what affordability is held against. */
export function heaviestMonth(every: Every, instalments: readonly PlanInstalment[]): bigint {
  const amounts = instalments
    .filter(({ no }) => no > 0)
    .map((row) => row.principal_minor + row.interest_minor)
  const largest = amounts.reduce(most, 0n)
  const perMonth = {
    days: fraction(365, 12 * every.count),
    weeks: fraction(52, 12 * every.count),
    months: fraction(1, every.count),
    years: fraction(1, 12 * every.count),
  }[every.unit]
  return roundHalfEven(times(whole(largest), perMonth))
}
