import { accept, type Decision, refuse } from '../../platform/refusal.ts'
import { type Ask, isBeyondDay, type LetOffOn } from '../authority/authority.ts'

export type WaiverRefusal =
  | 'loan_is_sold'
  | 'loan_is_closed'
  | 'currency_is_not_the_loans'
  | 'amount_is_not_positive'
  | 'part_is_unknown'
  | 'amount_exceeds_what_is_owed'
  | 'limit_of_the_day_is_reached'

/** What a waiver is applied to: what is left of the part; null where the tape does not say. */
export type WaivedLoan = {
  status: 'active' | 'charged_off' | 'closed' | 'sold'
  part_minor: number | null
}

export type WaiverFacts = WaivedLoan & LetOffOn & { currency: string }

export type WaiverAsk = {
  part: 'fee' | 'interest' | 'penalty'
  currency: string
  amount_minor: number
}

/** What giving up so much of a part asks of the grid: its share in 1/10000, rounded up. */
export function askOf(
  { part, amount_minor }: Pick<WaiverAsk, 'amount_minor'> & { part: string },
  part_minor: number,
  concessions: number,
): Ask {
  const units = Number((BigInt(amount_minor) * 10_000n + BigInt(part_minor) - 1n) / BigInt(part_minor))
  return { what: part === 'interest' ? 'interest_waiver' : 'fee_waiver', units, concessions }
}

/**
 * Decides whether a part of a debt can be proposed to be given up; accepted, it has what is asked of the
 * grid. The order of refusals is their precedence.
 */
export function proposeWaiver(
  facts: WaiverFacts,
  ask: WaiverAsk,
  concessions: number,
): Decision<{ part_minor: number; ask: Ask }, WaiverRefusal> {
  if (facts.status === 'sold') return refuse('loan_is_sold')
  if (facts.status === 'closed') return refuse('loan_is_closed')
  if (ask.currency !== facts.currency) return refuse('currency_is_not_the_loans')
  if (ask.amount_minor <= 0) return refuse('amount_is_not_positive')
  const { part_minor } = facts
  if (part_minor === null) return refuse('part_is_unknown')
  if (ask.amount_minor > part_minor) return refuse('amount_exceeds_what_is_owed')
  if (isBeyondDay(facts, ask.amount_minor)) return refuse('limit_of_the_day_is_reached')
  return accept({ part_minor, ask: askOf(ask, part_minor, concessions) })
}

/**
 * Decides whether a proposed waiver can still be approved: the loan may be sold, or the part paid, since.
 */
export function approveWaiver(loan: WaivedLoan, amount_minor: number): Decision<true, WaiverRefusal> {
  if (loan.status === 'sold') return refuse('loan_is_sold')
  if (loan.status === 'closed') return refuse('loan_is_closed')
  if (loan.part_minor === null) return refuse('part_is_unknown')
  if (amount_minor > loan.part_minor) return refuse('amount_exceeds_what_is_owed')
  return accept(true)
}
