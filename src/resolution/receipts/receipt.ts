import { addDays } from '../../book/interest/calendar-day.ts'
import { accept, type Decision, refuse } from '../../platform/refusal.ts'

export type ReceiptRefusal =
  | 'payment_no_was_used_otherwise'
  | 'loan_is_sold'
  | 'loan_is_closed'
  | 'currency_is_not_the_loans'
  | 'amount_is_not_positive'
  | 'payment_is_in_the_future'
  | 'payment_is_too_old'
  | 'amount_exceeds_what_is_owed'
  | 'no_such_payment'
  | 'payment_is_on_another_loan'
  | 'payment_is_itself_a_reversal'
  | 'payment_was_reversed_before'
  | 'reversal_is_of_another_amount'
  | 'reversal_is_before_the_payment'

/** A payment that the book has. */
export type KnownPayment = {
  payment_no: string
  loan_no: string
  paid_on: string
  amount_minor: number
  currency: string
  kind: 'payment' | 'reversal'
  reverses: string | null
  is_reversed: boolean
}

export type ReceiptFacts = {
  as_of: string
  status: 'active' | 'charged_off' | 'closed' | 'sold'
  currency: string
  outstanding_minor: number
  days_back_max: number
  /** The payment of the same number, if there is one. */
  same: KnownPayment | null
  /** The payment that is to be taken back, if there is one. */
  reversed: KnownPayment | null
}

export type ReceiptAsk = {
  payment_no: string
  loan_no: string
  paid_on: string
  amount_minor: number
  currency: string
  kind: 'payment' | 'reversal'
  reverses: string | null
  /** More than is owed is taken only when it is said to be meant. */
  may_overpay: boolean
}

function reversalRefusal(ask: ReceiptAsk, reversed: KnownPayment | null): ReceiptRefusal | undefined {
  if (!reversed) return 'no_such_payment'
  if (reversed.loan_no !== ask.loan_no) return 'payment_is_on_another_loan'
  if (reversed.kind === 'reversal') return 'payment_is_itself_a_reversal'
  if (reversed.is_reversed) return 'payment_was_reversed_before'
  if (reversed.amount_minor !== ask.amount_minor) return 'reversal_is_of_another_amount'
  if (ask.paid_on < reversed.paid_on) return 'reversal_is_before_the_payment'
  return undefined
}

const isSame = (known: KnownPayment, ask: ReceiptAsk) =>
  known.loan_no === ask.loan_no &&
  known.paid_on === ask.paid_on &&
  known.amount_minor === ask.amount_minor &&
  known.currency === ask.currency &&
  known.kind === ask.kind &&
  known.reverses === ask.reverses

/**
 * Decides whether money can be booked on a loan: `new`, or `known` when the same payment came before, which
 * changes nothing. A reversal may come after the loan was closed or sold, as it may in a file: the bank took
 * the money whoever the claim's owner is. The order of refusals is their precedence.
 */
export function receivePayment(
  facts: ReceiptFacts,
  ask: ReceiptAsk,
): Decision<'new' | 'known', ReceiptRefusal> {
  if (facts.same)
    return isSame(facts.same, ask) ? accept('known' as const) : refuse('payment_no_was_used_otherwise')
  if (ask.kind === 'payment') {
    if (facts.status === 'sold') return refuse('loan_is_sold')
    if (facts.status === 'closed') return refuse('loan_is_closed')
  }
  if (ask.currency !== facts.currency) return refuse('currency_is_not_the_loans')
  if (ask.amount_minor <= 0) return refuse('amount_is_not_positive')
  if (ask.paid_on > facts.as_of) return refuse('payment_is_in_the_future')
  if (ask.paid_on < addDays(facts.as_of, -facts.days_back_max)) return refuse('payment_is_too_old')
  if (ask.kind === 'reversal') {
    const refusal = reversalRefusal(ask, facts.reversed)
    return refusal ? refuse(refusal) : accept('new' as const)
  }
  if (ask.amount_minor > facts.outstanding_minor && !ask.may_overpay)
    return refuse('amount_exceeds_what_is_owed')
  return accept('new' as const)
}
