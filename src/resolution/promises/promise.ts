import { addDays } from '../../book/interest/calendar-day.ts'
import { accept, type Decision, refuse } from '../../platform/refusal.ts'
import type { NewPromise } from './promise.api.ts'

export type PromiseRefusal =
  | 'loan_is_sold'
  | 'loan_is_closed'
  | 'currency_is_not_the_loans'
  | 'amount_is_not_positive'
  | 'amount_exceeds_what_is_owed'
  | 'no_such_instalment'
  | 'due_date_is_in_the_past'
  | 'due_date_is_beyond_the_window'
  | 'promise_for_that_day_exists'
  | 'loan_has_too_many_promises'

/** How promises of a lender's product are taken and judged. */
export type PromiseTerms = {
  tolerance_bps: number
  grace_days: number
  window_days: number
  per_loan_max: number
}

/** What must be known about a loan before a promise on it is taken. */
export type PromiseFacts = {
  as_of: string
  status: 'active' | 'charged_off' | 'closed' | 'sold'
  currency: string
  outstanding_minor: number
  terms: PromiseTerms
  /** Open promises on the loan. */
  open: { promise_no: number; instalment_no: number | null; made_on: string; due_on: string }[]
  /** Numbers of the loan's instalments; empty where the lender sent none. */
  instalment_nos: readonly number[]
}

/** How a promise is recorded, and what becomes of the word given before. */
export type TakenPromise = {
  made_on: string
  due_on: string
  counts_until: string
  promised_minor: number
  enough_minor: number
  one_of_several: boolean
  /**
   * Open promises of an earlier day: this word takes their place. Those whose day has come are judged as they
   * are.
   */
  replaces: { promise_no: number; is_due: boolean }[]
}

/** A number, or one for each segment: by days past due from which it holds, the last that was reached. */
export type BySegment = number | readonly { from_days: number; value: number }[]

/** The number that holds for a loan of so many days past due; without one that was reached, 0. */
export const forSegment = (given: BySegment, days_past_due: number): number =>
  typeof given === 'number'
    ? given
    : (given.findLast(({ from_days }) => from_days <= days_past_due)?.value ?? 0)

/** The least that still counts as kept; the tolerance never makes nothing enough. */
export const enoughOf = (promised_minor: number, tolerance_bps: number): number =>
  Math.max(1, promised_minor - Number((BigInt(promised_minor) * BigInt(tolerance_bps)) / 10_000n))

/**
 * Decides whether a borrower's word can be taken. Promises given on one day form one agreement and stand side
 * by side; one of a later day replaces what is still open, so that no payment serves two agreements. The
 * order of refusals is their precedence.
 */
export function takePromise(facts: PromiseFacts, asked: NewPromise): Decision<TakenPromise, PromiseRefusal> {
  const { as_of, terms, open } = facts
  if (facts.status === 'sold') return refuse('loan_is_sold')
  if (facts.status === 'closed') return refuse('loan_is_closed')
  if (asked.currency !== facts.currency) return refuse('currency_is_not_the_loans')
  if (asked.promised_minor <= 0) return refuse('amount_is_not_positive')
  if (asked.promised_minor > facts.outstanding_minor) return refuse('amount_exceeds_what_is_owed')
  if (asked.instalment_no !== undefined && !facts.instalment_nos.includes(asked.instalment_no)) {
    return refuse('no_such_instalment')
  }
  if (asked.due_on < as_of) return refuse('due_date_is_in_the_past')
  if (asked.due_on > addDays(as_of, terms.window_days)) return refuse('due_date_is_beyond_the_window')
  const today = open.filter(({ made_on }) => made_on === as_of)
  const about = asked.instalment_no ?? null
  if (today.some(({ due_on, instalment_no }) => due_on === asked.due_on && instalment_no === about)) {
    return refuse('promise_for_that_day_exists')
  }
  if (today.length >= terms.per_loan_max) return refuse('loan_has_too_many_promises')
  return accept({
    made_on: as_of,
    due_on: asked.due_on,
    counts_until: addDays(asked.due_on, terms.grace_days),
    promised_minor: asked.promised_minor,
    enough_minor: enoughOf(asked.promised_minor, terms.tolerance_bps),
    one_of_several: today.length > 0,
    replaces: open
      .filter(({ made_on }) => made_on < as_of)
      .map(({ promise_no, due_on }) => ({ promise_no, is_due: due_on < as_of })),
  })
}
