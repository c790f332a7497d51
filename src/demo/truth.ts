import { addMonths, dayText, monthOf, monthOfYear, monthStart } from './calendar.ts'
import { employerName } from './fiction.ts'
import { lenders } from './lenders.ts'
import type { Random } from './random.ts'

/** Why a borrower pays late, known to the demo alone. */
export type HiddenType = 'reliable' | 'forgets' | 'cannot_pay' | 'will_not_pay' | 'has_moved' | 'disputes'

/** What a borrower who is late pays at once: everything past due, one instalment, or a part of one. */
export type Habit = { all: number; one: number; part: number }

/** How a type pays. Probabilities are per due date (`misses`, `onset`) or per day past due (`pays_late`). */
export type Temper = {
  share: number
  misses: number
  pays_late: number
  /** probability, per due date, that trouble begins; what then holds instead, and for how many days */
  onset: number
  trouble: { misses: number; pays_late: number; fades_days: number; days: readonly [number, number] } | null
  habit: Habit
  /** a contact reaches the borrower with this probability … */
  reached: number
  /** … and multiplies `pays_late` by this for the week that follows */
  contact_effect: number
}

const whole: Habit = { all: 0.9, one: 0.08, part: 0.02 }

export const tempers: Readonly<Record<HiddenType, Temper>> = {
  reliable: {
    share: 0.66,
    misses: 0.035,
    pays_late: 0.15,
    onset: 0,
    trouble: null,
    habit: whole,
    reached: 0.7,
    contact_effect: 1.5,
  },
  forgets: {
    share: 0.14,
    misses: 0.3,
    pays_late: 0.06,
    onset: 0,
    trouble: null,
    habit: whole,
    reached: 0.65,
    contact_effect: 3.5,
  },
  cannot_pay: {
    share: 0.09,
    misses: 0.04,
    pays_late: 0.09,
    onset: 0.05,
    trouble: { misses: 0.85, pays_late: 0.03, fades_days: 400, days: [60, 300] },
    habit: { all: 0.15, one: 0.5, part: 0.35 },
    reached: 0.6,
    contact_effect: 1.3,
  },
  will_not_pay: {
    share: 0.04,
    misses: 0.04,
    pays_late: 0.1,
    onset: 0.05,
    trouble: { misses: 0.95, pays_late: 0.014, fades_days: 120, days: [200, 700] },
    habit: { all: 0.4, one: 0.5, part: 0.1 },
    reached: 0.35,
    contact_effect: 1.7,
  },
  has_moved: {
    share: 0.04,
    misses: 0.03,
    pays_late: 0.12,
    onset: 0.04,
    trouble: { misses: 0.9, pays_late: 0.006, fades_days: 400, days: [45, 240] },
    habit: whole,
    reached: 0.04,
    contact_effect: 2,
  },
  disputes: {
    share: 0.03,
    misses: 0.03,
    pays_late: 0.1,
    onset: 0.04,
    trouble: { misses: 0.96, pays_late: 0.003, fades_days: 400, days: [30, 150] },
    habit: whole,
    reached: 0.6,
    contact_effect: 1,
  },
}

/** How much more often a borrower of this occupation misses; `employed`: has an employer. */
export const occupations = [
  { occupation: 'teacher', share: 8, income: 1.05, risk: 0.7, employed: true },
  { occupation: 'nurse', share: 7, income: 1.05, risk: 0.8, employed: true },
  { occupation: 'engineer', share: 10, income: 1.8, risk: 0.7, employed: true },
  { occupation: 'clerk', share: 16, income: 0.95, risk: 0.9, employed: true },
  { occupation: 'factory_worker', share: 17, income: 0.85, risk: 1, employed: true },
  { occupation: 'driver', share: 10, income: 0.85, risk: 1.2, employed: true },
  { occupation: 'cook', share: 8, income: 0.7, risk: 1.2, employed: true },
  { occupation: 'shop_owner', share: 8, income: 1.3, risk: 1.1, employed: false },
  { occupation: 'farmer', share: 6, income: 0.65, risk: 1.1, employed: false },
  { occupation: 'courier', share: 7, income: 0.7, risk: 1.6, employed: false },
  { occupation: 'retired', share: 3, income: 0.6, risk: 0.9, employed: false },
] as const

/** Further effects, as factors on `misses` and `onset`. Age has none: a fairness audit must find none. */
export const effects = {
  bad_branch: 2.8,
  /** share of the bad branch's borrowers whom others would have turned down: none is reliable */
  bad_branch_unsound: 0.3,
  loose_month: 3,
  /** per doubling of the income against the lender's median */
  income_doubling: 0.75,
  age: 1,
} as const

/** Share of the employees whose pay stops when their employer fails. */
export const LAID_OFF = 0.4

/** Days past due on which the lender contacted in the past, and who was left alone as a comparison. */
export const routine = { days: [3, 10, 21, 35, 60, 90], effect_days: 7, left_alone: 0.2 } as const

/** What is planted into one book. */
export type Planted = {
  bad_branch: string
  /** loans opened from … to were approved loosely */
  loose_from: number
  loose_to: number
  failing_employer: { lender: string; number: number; fails_on: number }
}

/** Employers per lender, numbered from 0. */
export const EMPLOYERS = 24

/** Chooses what is planted so that a book whose last day is `last` shows it. */
export function plant(random: Random, last: number): Planted {
  const largest = lenders[0]!
  // Seven months before the end: old enough to have gone wrong, young enough to be still in the book.
  const loose_from = monthStart(monthOf(addMonths(last, -7)))
  return {
    bad_branch: random.pick(largest.branches).branch,
    loose_from,
    loose_to: addMonths(loose_from, 1) - 1,
    failing_employer: {
      lender: largest.lender,
      number: random.between(0, EMPLOYERS - 1),
      fails_on: last - 75,
    },
  }
}

/** January to December: how much more readily people pay; bonuses and tax refunds before, holidays after. */
const seasons: Readonly<Record<string, readonly number[]>> = {
  CN: [1, 1, 0.95, 0.95, 1, 1.05, 1, 1, 1, 0.92, 1, 1.05],
  TW: [1.05, 1, 0.95, 0.95, 0.9, 1, 1, 0.92, 0.95, 1, 1, 1.05],
  US: [0.85, 1.15, 1.2, 1.05, 1, 1, 0.97, 0.95, 1, 1, 0.95, 0.85],
}

/** The Lunar New Year where it is kept: [first day, last day, factor], days counted from it. */
const lunarNewYear = [
  [-14, -1, 1.3],
  [0, 8, 0.45],
  [9, 25, 0.85],
] as const

/** How readily people of `country` pay on `day`, a factor; `sinceNewYear`: days since the Lunar New Year. */
export function seasonOf(country: string, day: number, sinceNewYear: number): number {
  const month = seasons[country]?.[monthOfYear(day)] ?? 1
  if (country === 'US') return month
  const feast = lunarNewYear.find(([from, to]) => sinceNewYear >= from && sinceNewYear <= to)
  return month * (feast?.[2] ?? 1)
}

/** The truth as it is written beside the files. */
export const truthDocument = (planted: Planted, shape: Record<string, unknown>) => ({
  note: 'What was planted into the demo book. Never load it: it is there to score what is found in the data.',
  ...shape,
  bad_branch: {
    branch: planted.bad_branch,
    misses_factor: effects.bad_branch,
    unsound: effects.bad_branch_unsound,
  },
  loose_month: {
    from: dayText(planted.loose_from),
    to: dayText(planted.loose_to),
    misses_factor: effects.loose_month,
  },
  failing_employer: {
    lender: planted.failing_employer.lender,
    employer: employerName(lenders[0]!.pack, planted.failing_employer.number),
    fails_on: dayText(planted.failing_employer.fails_on),
    laid_off: LAID_OFF,
  },
  hidden_types: tempers,
  contact: routine,
  effects,
  occupations,
  seasons,
  lunar_new_year: lunarNewYear,
})
