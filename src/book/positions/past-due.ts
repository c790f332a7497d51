import { addDays, daysBetween, earlier, later } from '../interest/calendar-day.ts'
import { least } from '../interest/fraction.ts'

/** Settings of lender, product or pack by which days are counted. */
export type CountingRule = {
  /** 0: the due day is day 0 and an instalment due today is not past due; 1: the due day is day 1. */
  day_origin: 0 | 1
  /** Belongs to the loan, not to its instalments. */
  grace_days: number
  /** Bands of days, first and last day included; null is an open end. */
  ranges: readonly DayRange[]
}

export type DayRange = readonly [number, number | null]
export type Owed = { due_on: string; amount_minor: bigint }
/** The count stands still on the days after `from_on`, up to and including `to_on`. */
export type Pause = { from_on: string; to_on: string }

/** An instalment (or fee) that is due and not fully paid, by its own days; grace is the loan's. */
export type PastDueInstalment<Row extends Owed = Owed> = {
  owed: Row
  past_due_minor: bigint
  days: number
  range: DayRange | null
}

export type PastDue<Row extends Owed = Owed> = {
  past_due_days: number
  delinquent_days: number
  past_due_minor: bigint
  range: DayRange | null
  /**
   * The first day counted: the due date of the oldest unpaid instalment plus the grace; null when nothing is.
   */
  delinquent_from: string | null
  instalment_ranges: { range: DayRange; amount_minor: bigint }[]
  /** The oldest first. */
  instalments: PastDueInstalment<Row>[]
}

/** What is left of each instalment (or fee) after `paid_minor` went to the oldest first. */
function unpaidOf<Row extends Owed>(owed: readonly Row[], paid_minor: bigint) {
  let left = paid_minor
  const inOrder = owed.toSorted((a, b) => (a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : 0))
  return inOrder.flatMap((row) => {
    const paid = least(left, row.amount_minor)
    left -= paid
    return row.amount_minor > paid ? [{ owed: row, past_due_minor: row.amount_minor - paid }] : []
  })
}

/**
 * Days of `pauses` inside the overdue window from `first_on` to `last_on`, both counted. Overlapping pauses
 * count once: the days are walked from the left, never twice.
 */
export function pausedDays(pauses: readonly Pause[], first_on: string, last_on: string): number {
  let days = 0
  let free_from = first_on
  for (const pause of pauses.toSorted((a, b) => (a.from_on < b.from_on ? -1 : 1))) {
    const start = later(addDays(pause.from_on, 1), free_from)
    const end = earlier(pause.to_on, last_on)
    if (start > end) continue
    days += daysBetween(start, end) + 1
    free_from = addDays(end, 1)
  }
  return days
}

const rangeOf = (ranges: readonly DayRange[], days: number): DayRange | null =>
  ranges.find(([min, max]) => days >= min && (max === null || days <= max)) ?? null

const sumOf = (rows: readonly { past_due_minor: bigint }[]): bigint =>
  rows.reduce((sum, { past_due_minor }) => sum + past_due_minor, 0n)

/** Past-due amount per range. */
const byRange = (instalments: readonly PastDueInstalment[], ranges: readonly DayRange[]) =>
  ranges.flatMap((range) => {
    const amount_minor = sumOf(instalments.filter((row) => row.range === range))
    return amount_minor > 0n ? [{ range, amount_minor }] : []
  })

/**
 * How far a loan is behind at the close of `as_of`. `owed` holds instalments and fees, each owed from its own
 * due date; `paid_minor` is everything received by then.
 */
export function pastDue<Row extends Owed>(
  owed: readonly Row[],
  paid_minor: bigint,
  pauses: readonly Pause[],
  rule: CountingRule,
  as_of: string,
): PastDue<Row> {
  const lastDue = addDays(as_of, rule.day_origin - 1)
  const unpaid = unpaidOf(owed, paid_minor).filter(({ owed: { due_on } }) => due_on <= lastDue)
  const oldest = unpaid[0]?.owed
  if (!oldest) {
    return {
      past_due_days: 0,
      delinquent_days: 0,
      past_due_minor: 0n,
      range: null,
      delinquent_from: null,
      instalment_ranges: [],
      instalments: [],
    }
  }
  const daysOf = (due_on: string) => daysBetween(due_on, as_of) + rule.day_origin
  const countedDays = (due_on: string) =>
    daysOf(due_on) - pausedDays(pauses, addDays(due_on, 1 - rule.day_origin), as_of)
  const instalments = unpaid.map((row) => {
    const days = countedDays(row.owed.due_on)
    return { ...row, days, range: rangeOf(rule.ranges, days) }
  })
  const delinquent_days = Math.max(0, countedDays(oldest.due_on) - rule.grace_days)
  return {
    past_due_days: daysOf(oldest.due_on),
    delinquent_days,
    past_due_minor: sumOf(instalments),
    range: rangeOf(rule.ranges, delinquent_days),
    delinquent_from: addDays(oldest.due_on, rule.grace_days),
    instalment_ranges: delinquent_days > 0 ? byRange(instalments, rule.ranges) : [],
    instalments,
  }
}
