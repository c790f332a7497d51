import { compare, decimal } from '../../book/interest/fraction.ts'
import type { RateCap } from '../../book/quotes/quote.ts'
import { accept, type Decision, refuse } from '../../platform/refusal.ts'
import { heaviestMonth, type PlanInstalment, type PlanTerms, planSchedule } from './plan-schedule.ts'

export type PlanRefusal =
  | 'loan_is_sold'
  | 'loan_is_closed'
  | 'loan_is_disputed'
  | 'currency_is_not_the_loans'
  | 'amount_is_not_positive'
  | 'amount_exceeds_what_is_owed'
  | 'rate_is_above_the_cap'
  | 'first_payment_is_out_of_range'
  | 'shape_does_not_fit'
  | 'first_due_date_is_in_the_past'
  | 'due_dates_collide'
  | 'plan_is_longer_than_allowed'
  | 'loan_has_a_plan'
  | 'affordability_is_missing'
  | 'affordability_is_out_of_date'
  | 'instalment_is_not_affordable'

/** What must be known before a plan is proposed. */
export type PlanFacts = {
  as_of: string
  status: 'active' | 'charged_off' | 'closed' | 'sold'
  is_disputed: boolean
  currency: string
  outstanding_minor: number
  /** What law says of yearly rates; an alert forbids nothing. */
  caps: readonly RateCap[]
  /** By law or house rule, in months. */
  months_max: number
  /** The plan of the loan that is proposed or, without one, performs; it must be the one renegotiated. */
  open_plan_no: number | null
  affordability: Affordability | null
}

export type Affordability = {
  stated_on: string
  holds_until: string
  currency: string
  /** What instalments of all plans may take of a month's income after expenditure. */
  free_minor: bigint
  /** What other plans of the borrower take of it already. */
  taken_minor: bigint
}

export type PlanAsk = { currency: string; terms: PlanTerms; renegotiates: number | null }

/** Whole months from the proposal to the last due date, a begun one counted. */
export function monthsOfPlan({ proposed_on }: Pick<PlanTerms, 'proposed_on'>, last_due_on: string): number {
  const from = Temporal.PlainDate.from(proposed_on)
  const span = from.until(Temporal.PlainDate.from(last_due_on), { largestUnit: 'month' })
  return span.months + (span.days > 0 ? 1 : 0)
}

function shapeFits(terms: PlanTerms): boolean {
  const spread_minor = terms.principal_minor - terms.first_payment_minor
  if (terms.shape === 'step_up') return terms.each >= 1 && terms.step_bps > 0 && terms.step_bps <= 10_000
  if (terms.shape === 'interest_only_start') {
    return terms.interest_only >= 1 && terms.interest_only < terms.instalments
  }
  if (terms.shape === 'balloon') {
    return terms.balloon_minor > 0n && terms.balloon_minor < spread_minor && terms.instalments >= 2
  }
  return true
}

function affordabilityRefusal(facts: PlanFacts, month_minor: bigint): PlanRefusal | undefined {
  const { affordability } = facts
  if (!affordability || affordability.currency !== facts.currency) return 'affordability_is_missing'
  if (facts.as_of > affordability.holds_until) return 'affordability_is_out_of_date'
  const left = affordability.free_minor - affordability.taken_minor
  return month_minor > left ? 'instalment_is_not_affordable' : undefined
}

function loanRefusal(facts: PlanFacts, { currency, terms }: PlanAsk): PlanRefusal | undefined {
  if (facts.status === 'sold') return 'loan_is_sold'
  if (facts.status === 'closed') return 'loan_is_closed'
  if (facts.is_disputed) return 'loan_is_disputed'
  if (currency !== facts.currency) return 'currency_is_not_the_loans'
  if (terms.principal_minor <= 0n) return 'amount_is_not_positive'
  if (terms.principal_minor > BigInt(facts.outstanding_minor)) return 'amount_exceeds_what_is_owed'
  return brokenCap(facts, terms) ? 'rate_is_above_the_cap' : undefined
}

/** The cap that a plan's rate goes beyond, with its clause; a rate at the cap keeps it. */
export const brokenCap = (
  { caps }: Pick<PlanFacts, 'caps'>,
  { annual_rate }: Pick<PlanTerms, 'annual_rate'>,
) => caps.find(({ kind, yearly }) => kind === 'cap' && compare(annual_rate, decimal(yearly)) > 0n)

/**
 * Decides whether a plan can be proposed; accepted, it has its schedule. Which level must approve is a
 * question of authority, not of this. The order of refusals is their precedence.
 */
export function proposePlan(facts: PlanFacts, ask: PlanAsk): Decision<PlanInstalment[], PlanRefusal> {
  const { terms } = ask
  const about_loan = loanRefusal(facts, ask)
  if (about_loan) return refuse(about_loan)
  if (terms.first_payment_minor < 0n || terms.first_payment_minor >= terms.principal_minor) {
    return refuse('first_payment_is_out_of_range')
  }
  if (!shapeFits(terms)) return refuse('shape_does_not_fit')
  if (terms.first_due_on <= facts.as_of) return refuse('first_due_date_is_in_the_past')
  const rows = planSchedule(terms)
  if (rows.some((row, index) => index > 0 && row.due_on <= rows[index - 1]!.due_on)) {
    return refuse('due_dates_collide')
  }
  if (monthsOfPlan(terms, rows.at(-1)!.moved_from ?? rows.at(-1)!.due_on) > facts.months_max) {
    return refuse('plan_is_longer_than_allowed')
  }
  if (facts.open_plan_no !== ask.renegotiates) return refuse('loan_has_a_plan')
  const about_money = affordabilityRefusal(facts, heaviestMonth(terms.every, rows))
  if (about_money) return refuse(about_money)
  return accept(rows)
}

export type AgreementRefusal =
  | 'loan_is_sold'
  | 'loan_is_closed'
  | 'loan_is_disputed'
  | 'request_was_rejected'
  | 'approval_is_missing'
  | 'amount_exceeds_what_is_owed'
  | 'first_due_date_is_in_the_past'

/** What must be known on the day the borrower agrees: much may have happened since the proposal. */
export type AgreementFacts = {
  as_of: string
  status: PlanFacts['status']
  is_disputed: boolean
  outstanding_minor: number
  principal_minor: number
  first_due_on: string
  is_approved: boolean
  was_rejected: boolean
}

/** Decides whether a proposed plan can be agreed today. The order of refusals is their precedence. */
export function agreeToPlan(facts: AgreementFacts): Decision<true, AgreementRefusal> {
  if (facts.status === 'sold') return refuse('loan_is_sold')
  if (facts.status === 'closed') return refuse('loan_is_closed')
  if (facts.is_disputed) return refuse('loan_is_disputed')
  if (facts.was_rejected) return refuse('request_was_rejected')
  if (!facts.is_approved) return refuse('approval_is_missing')
  // Money came since the proposal: its sums are not those that are owed any more.
  if (facts.principal_minor > facts.outstanding_minor) return refuse('amount_exceeds_what_is_owed')
  if (facts.first_due_on < facts.as_of) return refuse('first_due_date_is_in_the_past')
  return accept(true)
}

/** Periods that plans are made of. */
export const planEvery = {
  weekly: { count: 1, unit: 'weeks' },
  fortnightly: { count: 2, unit: 'weeks' },
  monthly: { count: 1, unit: 'months' },
} as const
