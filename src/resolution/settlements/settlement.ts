import { addDays, daysBetween } from '../../book/interest/calendar-day.ts'
import { accept, type Decision, refuse } from '../../platform/refusal.ts'
import type { Ask } from '../authority/authority.ts'

export type SettlementRefusal =
  | 'loan_is_sold'
  | 'loan_is_closed'
  | 'loan_is_disputed'
  | 'currency_is_not_the_loans'
  | 'amount_is_not_positive'
  | 'offer_is_not_below_the_balance'
  | 'prompt_sum_is_not_below_the_offer'
  | 'offer_lapses_before_it_begins'
  | 'offer_stands_too_long'
  | 'last_day_is_before_the_offer_lapses'
  | 'prompt_day_is_out_of_range'
  | 'loan_has_an_offer'
  | 'offer_is_below_the_value_of_carrying_on'

/** A band of the setting `carry_on_value`. */
export type CarryOn = { from_days?: number; charged_off?: boolean; bps: number }

export type SettlementFacts = {
  as_of: string
  status: 'active' | 'charged_off' | 'closed' | 'sold'
  is_disputed: boolean
  currency: string
  outstanding_minor: number
  days_past_due: number
  /** Parts as the tape states them; null where it does not. */
  fees_minor: number | null
  penalty_minor: number | null
  interest_minor: number | null
  has_offer: boolean
  offer_days_max: number
  carry_on: readonly CarryOn[]
  discount_bps: number
}

export type SettlementAsk = {
  currency: string
  offer_minor: number
  prompt_minor?: number | undefined
  prompt_by?: string | undefined
  expires_on: string
  pay_by: string
}

/** What going on without a deal is worth on `days_past_due`: the last band that holds, in minor units. */
export function carryOnValue(facts: SettlementFacts): bigint {
  const band = facts.carry_on.findLast((row) =>
    row.charged_off
      ? facts.status === 'charged_off'
      : facts.status !== 'charged_off' && (row.from_days ?? 0) <= facts.days_past_due,
  )
  return (BigInt(facts.outstanding_minor) * BigInt(band?.bps ?? 0)) / 10_000n
}

/** What the least acceptable sum is worth today: simple discount over the days until its last day. */
export function presentValue(minor: bigint, days: number, discount_bps: number): bigint {
  return (minor * 3_650_000n) / (3_650_000n + BigInt(discount_bps) * BigInt(days))
}

type Sum = Pick<SettlementAsk, 'offer_minor' | 'prompt_minor'>
const least = (ask: Sum) => ask.prompt_minor ?? ask.offer_minor

/**
 * Decides whether an offer can be made; accepted, it has the value of carrying on that it was held against.
 * The order of refusals is their precedence. Who may give it is a question of authority.
 */
export function offerSettlement(
  facts: SettlementFacts,
  ask: SettlementAsk,
): Decision<{ carry_on_minor: bigint }, SettlementRefusal> {
  if (facts.status === 'sold') return refuse('loan_is_sold')
  if (facts.status === 'closed') return refuse('loan_is_closed')
  if (facts.is_disputed) return refuse('loan_is_disputed')
  if (ask.currency !== facts.currency) return refuse('currency_is_not_the_loans')
  if (least(ask) <= 0) return refuse('amount_is_not_positive')
  if (ask.offer_minor >= facts.outstanding_minor) return refuse('offer_is_not_below_the_balance')
  if (ask.prompt_minor !== undefined && ask.prompt_minor >= ask.offer_minor) {
    return refuse('prompt_sum_is_not_below_the_offer')
  }
  if (ask.expires_on < facts.as_of) return refuse('offer_lapses_before_it_begins')
  if (ask.expires_on > addDays(facts.as_of, facts.offer_days_max)) return refuse('offer_stands_too_long')
  if (ask.pay_by < ask.expires_on) return refuse('last_day_is_before_the_offer_lapses')
  if (ask.prompt_by !== undefined && (ask.prompt_by < facts.as_of || ask.prompt_by > ask.pay_by)) {
    return refuse('prompt_day_is_out_of_range')
  }
  if (facts.has_offer) return refuse('loan_has_an_offer')
  const carry_on_minor = carryOnValue(facts)
  const days = daysBetween(facts.as_of, ask.pay_by)
  if (presentValue(BigInt(least(ask)), days, facts.discount_bps) < carry_on_minor) {
    return refuse('offer_is_below_the_value_of_carrying_on')
  }
  return accept({ carry_on_minor })
}

/**
 * Decides whether the borrower can take an offer: what was sold, closed or disputed since cannot be settled.
 */
export function acceptOffer(
  loan: Pick<SettlementFacts, 'status' | 'is_disputed'>,
): Decision<true, SettlementRefusal> {
  if (loan.status === 'sold') return refuse('loan_is_sold')
  if (loan.status === 'closed') return refuse('loan_is_closed')
  if (loan.is_disputed) return refuse('loan_is_disputed')
  return accept(true)
}

const share = (given: number, of: number) =>
  of === 0 ? 0 : Number((BigInt(given) * 10_000n + BigInt(of) - 1n) / BigInt(of))

/**
 * What an offer asks of the authority grid: what is let off comes from fees and penalty first, then interest,
 * then principal, each as a share of its part, rounded up.
 */
export function asksOf(
  facts: SettlementFacts,
  ask: Sum & Pick<SettlementAsk, 'pay_by'>,
  concessions: number,
): Ask[] {
  const term_days = daysBetween(facts.as_of, ask.pay_by)
  const fees = (facts.fees_minor ?? 0) + (facts.penalty_minor ?? 0)
  const interest = facts.interest_minor ?? 0
  const principal = Math.max(facts.outstanding_minor - fees - interest, 0)
  let left = facts.outstanding_minor - least(ask)
  const take = (of: number) => {
    const taken = Math.min(left, of)
    left -= taken
    return share(taken, of)
  }
  const asks: Ask[] = [
    { what: 'fee_waiver', units: take(fees), concessions },
    { what: 'interest_waiver', units: take(interest), concessions },
    { what: 'principal_discount', units: take(principal), concessions, term_days },
  ]
  return asks.filter(({ units }) => units > 0)
}
