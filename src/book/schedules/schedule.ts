import {
  type DayCount,
  datedAfter,
  type Every,
  interestFactor,
  monthsOf,
  type Stretch,
} from '../interest/day-count.ts'
import {
  dividedBy,
  type Fraction,
  fraction,
  least,
  plus,
  roundHalfEven,
  times,
  whole,
} from '../interest/fraction.ts'

/** What a schedule is made from. Money in minor units; `annual_rate` 0.12 is 12 % a year. */
export type ScheduleTerms = {
  principal_minor: bigint
  annual_rate: Fraction
  day_count: DayCount
  disbursed_on: string
  instalments: number
  every: Every
  /** Due date of the first instalment when it is not one period after `disbursed_on`. */
  first_due_on?: string
}

export type Instalment = {
  no: number
  due_on: string
  principal_minor: bigint
  interest_minor: bigint
  balance_minor: bigint
}

/** From one due date to the next, as agreed, and what a unit of principal bears over it. */
export type Period = Stretch & { factor: Fraction }

/** Due dates of all instalments. */
export function dueDates({ disbursed_on, every, instalments, first_due_on }: ScheduleTerms): string[] {
  const first = first_due_on ?? datedAfter(disbursed_on, every, 1)
  return Array.from({ length: instalments }, (_, index) =>
    first_due_on ? datedAfter(first, every, index) : datedAfter(disbursed_on, every, index + 1),
  )
}

/** Whether the first period is shorter or longer than the others: it then counts its own days. */
export const hasOddFirst = ({ disbursed_on, every, first_due_on }: ScheduleTerms): boolean =>
  first_due_on !== undefined && first_due_on !== datedAfter(disbursed_on, every, 1)

/** The periods of all instalments; an odd first one counts its own days. */
export function periodsOf(terms: ScheduleTerms): Period[] {
  const months = monthsOf(terms.every)
  let from_on = terms.disbursed_on
  return dueDates(terms).map((to_on, index) => {
    const isWhole = months !== undefined && !(index === 0 && hasOddFirst(terms))
    const stretch: Stretch = isWhole ? { from_on, to_on, months } : { from_on, to_on }
    from_on = to_on
    return { ...stretch, factor: interestFactor(terms.annual_rate, terms.day_count, stretch) }
  })
}

/**
 * The equal instalment E = P · Π(1 + r_k) / f with f_1 = 1, f_k = f_(k−1) · (1 + r_k) + 1, rounded half to
 * even to the minor unit: exactly the annuity when all r_k are alike, and still right when the periods differ
 * in length.
 */
export function equalInstalment(principal_minor: bigint, factors: Fraction[]): bigint {
  let growth = whole(principal_minor)
  let divisor = whole(0)
  for (const factor of factors) {
    const grown = plus(whole(1), factor)
    growth = times(growth, grown)
    divisor = plus(times(divisor, grown), whole(1))
  }
  return roundHalfEven(dividedBy(growth, divisor))
}

const size = (value: bigint) => (value < 0n ? -value : value)

/** Runs the balance down with instalments of `instalment_minor`; the last takes whatever is left. */
function runDown(principal_minor: bigint, periods: Period[], instalment_minor: bigint): Instalment[] {
  let balance = principal_minor
  return periods.map(({ to_on, factor }, index) => {
    const interest = roundHalfEven(times(whole(balance), factor))
    const share = instalment_minor - interest
    const principal = index === periods.length - 1 ? balance : least(share < 0n ? 0n : share, balance)
    balance -= principal
    return {
      no: index + 1,
      due_on: to_on,
      principal_minor: principal,
      interest_minor: interest,
      balance_minor: balance,
    }
  })
}

const amountOf = (row: Instalment) => row.principal_minor + row.interest_minor
const remainderOf = (rows: Instalment[], instalment_minor: bigint) =>
  amountOf(rows.at(-1)!) - instalment_minor

/**
 * Equal instalments on a declining balance. When the last instalment differs from the others by more than
 * floor(n / 2) minor units, all are moved once by the difference / n, and that is kept if it brings them
 * closer.
 */
export function equalInstalments(terms: ScheduleTerms): { instalment_minor: bigint; rows: Instalment[] } {
  const periods = periodsOf(terms)
  const first = equalInstalment(
    terms.principal_minor,
    periods.map((period) => period.factor),
  )
  const rows = runDown(terms.principal_minor, periods, first)
  const difference = remainderOf(rows, first)
  if (size(difference) <= BigInt(Math.floor(terms.instalments / 2))) return { instalment_minor: first, rows }
  const moved = first + roundHalfEven(fraction(difference, terms.instalments))
  const movedRows = runDown(terms.principal_minor, periods, moved)
  const better = size(remainderOf(movedRows, moved)) < size(difference)
  return better ? { instalment_minor: moved, rows: movedRows } : { instalment_minor: first, rows }
}

/**
 * `total` in `count` parts equal to the minor unit; the last takes the rest. The parts always add up to the
 * whole.
 */
export function equalParts(total: bigint, count: number): bigint[] {
  const part = roundHalfEven(fraction(total, count))
  let left = total
  return Array.from({ length: count }, (_, index) => {
    const own = index === count - 1 ? left : least(part, left)
    left -= own
    return own
  })
}

/** A payment on the day of the loan: `percent` of the principal, to the minor unit, half to even. */
export const downPayment = (principal_minor: bigint, percent: Fraction): bigint =>
  roundHalfEven(dividedBy(times(whole(principal_minor), percent), whole(100)))
