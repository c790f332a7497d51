import { expect, test } from 'vitest'
import { type KnownPayment, type ReceiptAsk, type ReceiptFacts, receivePayment } from './receipt.ts'

const facts: ReceiptFacts = {
  as_of: '2025-03-10',
  status: 'active',
  currency: 'USD',
  outstanding_minor: 10_000,
  days_back_max: 365,
  same: null,
  reversed: null,
}
const ask: ReceiptAsk = {
  payment_no: 'P2',
  loan_no: 'L1',
  paid_on: '2025-03-10',
  amount_minor: 5_000,
  currency: 'USD',
  kind: 'payment',
  reverses: null,
  may_overpay: false,
}
const known: KnownPayment = {
  payment_no: 'P1',
  loan_no: 'L1',
  paid_on: '2025-03-01',
  amount_minor: 5_000,
  currency: 'USD',
  kind: 'payment',
  reverses: null,
  is_reversed: false,
}
const reversal: ReceiptAsk = { ...ask, kind: 'reversal', reverses: 'P1' }
const taking = (more: Partial<KnownPayment>) => ({ ...facts, reversed: { ...known, ...more } })

test('money of today on an open loan is booked, and a reversal of it', () => {
  expect(receivePayment(facts, ask)).toEqual({ ok: true, value: 'new' })
  expect(receivePayment(taking({}), reversal)).toEqual({ ok: true, value: 'new' })
})

test('the same payment again changes nothing; the same number for another one is refused', () => {
  const same = { ...facts, same: { ...known, payment_no: 'P2', paid_on: '2025-03-10' } }
  expect(receivePayment(same, ask)).toEqual({ ok: true, value: 'known' })
  expect(receivePayment(same, { ...ask, amount_minor: 5_001 })).toEqual({
    ok: false,
    refusal: 'payment_no_was_used_otherwise',
  })
})

test('more than is owed is taken only when it is meant; a bounce comes even after close or sale', () => {
  expect(receivePayment(facts, { ...ask, amount_minor: 10_001, may_overpay: true }).ok).toBe(true)
  expect(receivePayment({ ...taking({}), status: 'closed' }, reversal).ok).toBe(true)
  expect(receivePayment({ ...taking({}), status: 'sold' }, reversal).ok).toBe(true)
})

test.each([
  ['loan_is_sold', { ...facts, status: 'sold' }, ask],
  ['loan_is_closed', { ...facts, status: 'closed' }, ask],
  ['currency_is_not_the_loans', facts, { ...ask, currency: 'EUR' }],
  ['amount_is_not_positive', facts, { ...ask, amount_minor: 0 }],
  ['amount_is_not_positive', facts, { ...ask, amount_minor: -5_000 }],
  ['payment_is_in_the_future', facts, { ...ask, paid_on: '2025-03-11' }],
  ['payment_is_too_old', facts, { ...ask, paid_on: '2024-03-09' }],
  ['amount_exceeds_what_is_owed', facts, { ...ask, amount_minor: 10_001 }],
  ['no_such_payment', facts, reversal],
  ['payment_is_on_another_loan', taking({ loan_no: 'L2' }), reversal],
  ['payment_is_itself_a_reversal', taking({ kind: 'reversal' }), reversal],
  ['payment_was_reversed_before', taking({ is_reversed: true }), reversal],
  ['reversal_is_of_another_amount', taking({ amount_minor: 4_000 }), reversal],
  ['reversal_is_before_the_payment', taking({ paid_on: '2025-03-11' }), reversal],
] as const)('refuses: %s', (refusal, given, asked) => {
  expect(receivePayment(given as ReceiptFacts, asked as ReceiptAsk)).toEqual({ ok: false, refusal })
})
