import { addDays, daysBetween, yearOf } from './calendar-day.ts'
import { type Fraction, fraction, plus, reduced, whole } from './fraction.ts'

/**
 * How days become a part of a year. `days` counts a whole month as 30 or as its own days; `year` is the
 * number of days of a year, the calendar year's own, or 365 except in a period that holds 29 February.
 */
export type DayCount = { days: 'actual' | '30'; year: number | 'actual' | '29_february' }

/** A stretch of time that bears interest: from the close of `from_on` to the close of `to_on`. */
export type Stretch = { from_on: string; to_on: string; months?: number }

/** `'actual/365'`, `'30/360'`, `'actual/365, and 366 in a period that holds 29 February'` … or undefined. */
export function dayCountOf(name: string): DayCount | undefined {
  const parts = /^(actual|act|30)\s*\/\s*(actual|act|\d{3})\b(.*)$/i.exec(name.trim())
  if (!parts) return undefined
  const [, days, year, more = ''] = parts
  const counted = days === '30' ? '30' : 'actual'
  if (/366.*(29 feb|feb\w* 29)/i.test(more)) return { days: counted, year: '29_february' }
  if (more.trim() !== '') return undefined
  return { days: counted, year: /^a/i.test(year!) ? 'actual' : Number(year) }
}

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const daysOfYear = (year: number) => (isLeap(year) ? 366 : 365)

/** Each calendar year's days over that year's length; 31 December is the last day of the old year. */
function byCalendarYear({ from_on, to_on }: Stretch): Fraction {
  let total = whole(0)
  let from = from_on
  for (let year = yearOf(from_on); year <= yearOf(to_on); year++) {
    const until = year === yearOf(to_on) ? to_on : `${String(year).padStart(4, '0')}-12-31`
    total = reduced(plus(total, fraction(daysBetween(from, until), daysOfYear(year))))
    from = until
  }
  return total
}

function holds29February({ from_on, to_on }: Stretch): boolean {
  for (let year = yearOf(from_on); year <= yearOf(to_on); year++) {
    const leapDay = `${String(year).padStart(4, '0')}-02-29`
    if (isLeap(year) && from_on < leapDay && leapDay <= to_on) return true
  }
  return false
}

function daysOfTheYear(dayCount: DayCount, stretch: Stretch, period: Stretch): number {
  if (dayCount.year === '29_february') return holds29February(period) ? 366 : 365
  return dayCount.year === 'actual' ? daysOfYear(yearOf(stretch.from_on)) : dayCount.year
}

/**
 * The part of a year that `stretch` is. `months` is given for a whole period of calendar months: with a
 * 30-day month it then counts 30 days for each, whatever its length; any other stretch counts its own days.
 * `period` is the instalment's period that a shorter stretch lies in (the leap day is looked for there).
 */
export function partOfYear(dayCount: DayCount, stretch: Stretch, period: Stretch = stretch): Fraction {
  if (dayCount.days === '30' && stretch.months !== undefined) {
    return fraction(30 * stretch.months, daysOfTheYear(dayCount, stretch, period))
  }
  if (dayCount.year === 'actual') return byCalendarYear(stretch)
  return fraction(daysBetween(stretch.from_on, stretch.to_on), daysOfTheYear(dayCount, stretch, period))
}

/** What one unit of principal bears over `stretch` at `annual_rate` (0.12 is 12 %), as an exact fraction. */
export const interestFactor = (
  annual_rate: Fraction,
  dayCount: DayCount,
  stretch: Stretch,
  period?: Stretch,
) =>
  reduced({
    numerator: annual_rate.numerator * partOfYear(dayCount, stretch, period).numerator,
    denominator: annual_rate.denominator * partOfYear(dayCount, stretch, period).denominator,
  })

/**
 * A due date's distance from the first: calendar months keep the day of the month, or the month's last day.
 */
export type Every = { count: number; unit: 'days' | 'weeks' | 'months' | 'years' }

/** `'2 weeks'`, `'1 months'`, `'15 days'` → a count and its unit, or undefined. */
export function everyOf(text: string): Every | undefined {
  const parts = /^(\d+)\s+(day|week|month|year)s?$/i.exec(text.trim())
  if (!parts || Number(parts[1]) < 1) return undefined
  return { count: Number(parts[1]), unit: `${parts[2]!.toLowerCase()}s` as Every['unit'] }
}

/** Calendar months in one period, or undefined for periods of days and weeks. */
export const monthsOf = (every: Every): number | undefined =>
  every.unit === 'months' ? every.count : every.unit === 'years' ? every.count * 12 : undefined

/**
 * The date `periods` periods after `first_on`, always reckoned from `first_on` so that month ends do not
 * drift.
 */
export function datedAfter(first_on: string, every: Every, periods: number): string {
  const months = monthsOf(every)
  if (months !== undefined) {
    return Temporal.PlainDate.from(first_on)
      .add({ months: months * periods }, { overflow: 'constrain' })
      .toString()
  }
  return addDays(first_on, every.count * (every.unit === 'weeks' ? 7 : 1) * periods)
}
