import type { DemoLoan } from './loan.ts'
import { type DemoBorrower, NEVER } from './people.ts'
import type { Random } from './random.ts'
import { effects, type Planted, routine, type Temper, tempers } from './truth.ts'

const isLoose = (loan: DemoLoan, planted: Planted) =>
  loan.terms.opened >= planted.loose_from && loan.terms.opened <= planted.loose_to

/** Factor on missing an instalment and on trouble, of this loan against others of the borrower's type. */
export const riskOf = (loan: DemoLoan, planted: Planted): number =>
  loan.borrower.risk * loan.terms.product.risk * (isLoose(loan, planted) ? effects.loose_month : 1)

const inTrouble = (borrower: DemoBorrower, day: number) =>
  day >= borrower.trouble_from && day <= borrower.trouble_to

const troubleOf = (temper: Temper, borrower: DemoBorrower, day: number) =>
  inTrouble(borrower, day) ? temper.trouble : null

/** Trouble may begin on a due day; it ends by itself. True when it has just begun. */
export function meetTrouble(random: Random, borrower: DemoBorrower, day: number, risk: number): boolean {
  const temper = tempers[borrower.type]
  if (!temper.trouble || inTrouble(borrower, day)) return false
  // The day on which the employer fails is fixed already.
  if (borrower.trouble_from > day && borrower.trouble_from !== NEVER) return false
  if (!random.chance(Math.min(0.5, temper.onset * risk))) return false
  borrower.trouble_from = day
  borrower.trouble_to = day + random.between(...temper.trouble.days)
  borrower.troubles.push([day, borrower.trouble_to])
  return true
}

/** Whether an instalment is paid by its due day, by who is not late; `season` above 1 makes it likelier. */
export function paysOnTime(
  random: Random,
  borrower: DemoBorrower,
  day: number,
  risk: number,
  season: number,
): boolean {
  if (borrower.deceased_on) return false
  const temper = tempers[borrower.type]
  const trouble = troubleOf(temper, borrower, day)
  const misses = trouble ? trouble.misses : Math.min(0.7, (temper.misses * risk) / season)
  return !random.chance(misses)
}

/** What a borrower who is late pays today, in minor units; mostly 0. */
export function paysLate(random: Random, loan: DemoLoan, day: number, season: number): number {
  const { borrower } = loan
  if (borrower.deceased_on) return 0
  const temper = tempers[borrower.type]
  const trouble = troubleOf(temper, borrower, day)
  const days_past_due = loan.daysPastDue(day)
  const usual = trouble
    ? trouble.pays_late * Math.exp(-days_past_due / trouble.fades_days)
    : temper.pays_late * Math.exp(-days_past_due / 200)
  const touched = day - loan.contacted_on <= routine.effect_days ? temper.contact_effect : 1
  const charged_off = loan.status === 'active' ? 1 : 0.35
  if (!random.chance(Math.min(0.9, usual * season * touched * charged_off))) return 0
  return amountOf(random, loan, trouble ? temper.habit : calmHabit)
}

const calmHabit: Temper['habit'] = { all: 0.93, one: 0.07, part: 0 }

function amountOf(random: Random, loan: DemoLoan, habit: Temper['habit']): number {
  const { past_due } = loan
  const draw = random.next()
  if (draw < habit.all) return past_due
  const one = loan.instalment(loan.oldest)
  if (draw < habit.all + habit.one) return Math.min(past_due, one)
  // A part is a round sum.
  const part = Math.ceil((one * (0.25 + 0.5 * random.next())) / 1_000) * 1_000
  return Math.min(past_due, part)
}
