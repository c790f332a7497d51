import { expect, test } from 'vitest'
import { asksOf, carryOnValue, offerSettlement, presentValue, type SettlementFacts } from './settlement.ts'

const facts: SettlementFacts = {
  as_of: '2025-03-01',
  status: 'active',
  is_disputed: false,
  currency: 'USD',
  outstanding_minor: 100_000,
  days_past_due: 130,
  fees_minor: 5_000,
  penalty_minor: 0,
  interest_minor: 15_000,
  has_offer: false,
  offer_days_max: 30,
  carry_on: [
    { from_days: 0, bps: 9_000 },
    { from_days: 91, bps: 4_000 },
    { from_days: 121, bps: 3_000 },
    { charged_off: true, bps: 1_280 },
  ],
  discount_bps: 1_000,
}
const ask = { currency: 'USD', offer_minor: 70_000, expires_on: '2025-03-15', pay_by: '2025-03-31' }

test('an offer above the value of carrying on is made', () => {
  expect(offerSettlement(facts, ask)).toEqual({ ok: true, value: { carry_on_minor: 30_000n } })
})

test.each([
  ['loan_is_sold', { ...facts, status: 'sold' }, ask],
  ['loan_is_closed', { ...facts, status: 'closed' }, ask],
  ['loan_is_disputed', { ...facts, is_disputed: true }, ask],
  ['currency_is_not_the_loans', facts, { ...ask, currency: 'EUR' }],
  ['amount_is_not_positive', facts, { ...ask, offer_minor: 0 }],
  ['amount_is_not_positive', facts, { ...ask, prompt_minor: -1, prompt_by: '2025-03-10' }],
  ['offer_is_not_below_the_balance', facts, { ...ask, offer_minor: 100_000 }],
  ['prompt_sum_is_not_below_the_offer', facts, { ...ask, prompt_minor: 70_000, prompt_by: '2025-03-10' }],
  ['offer_lapses_before_it_begins', facts, { ...ask, expires_on: '2025-02-28' }],
  ['offer_stands_too_long', facts, { ...ask, expires_on: '2025-04-01', pay_by: '2025-04-02' }],
  ['last_day_is_before_the_offer_lapses', facts, { ...ask, pay_by: '2025-03-14' }],
  ['prompt_day_is_out_of_range', facts, { ...ask, prompt_minor: 60_000, prompt_by: '2025-02-28' }],
  ['prompt_day_is_out_of_range', facts, { ...ask, prompt_minor: 60_000, prompt_by: '2025-04-01' }],
  ['loan_has_an_offer', { ...facts, has_offer: true }, ask],
  ['offer_is_below_the_value_of_carrying_on', facts, { ...ask, offer_minor: 30_000 }],
] as const)('refuses: %s', (refusal, given, asked) => {
  expect(offerSettlement(given as SettlementFacts, asked)).toEqual({ ok: false, refusal })
})

test.each(['2025-03-01', '2025-03-31'])('the prompt day may be today, or the last day: %s', (prompt_by) => {
  expect(offerSettlement(facts, { ...ask, prompt_minor: 60_000, prompt_by }).ok).toBe(true)
})

test('what carrying on is worth follows days past due, and the charge-off', () => {
  expect(carryOnValue({ ...facts, days_past_due: 90 })).toBe(90_000n)
  expect(carryOnValue({ ...facts, days_past_due: 91 })).toBe(40_000n)
  expect(carryOnValue({ ...facts, status: 'charged_off' })).toBe(12_800n)
})

test('money in a year is worth less by the rate', () => {
  expect(presentValue(110_000n, 365, 1_000)).toBe(100_000n)
  expect(presentValue(110_000n, 0, 1_000)).toBe(110_000n)
})

test('what is let off comes from fees, then interest, then principal; shares are rounded up', () => {
  expect(asksOf(facts, ask, 0)).toEqual([
    { what: 'fee_waiver', units: 10_000, concessions: 0 },
    { what: 'interest_waiver', units: 10_000, concessions: 0 },
    { what: 'principal_discount', units: 1_250, concessions: 0, term_days: 30 },
  ])
  expect(asksOf(facts, { ...ask, offer_minor: 97_000 }, 1)).toEqual([
    { what: 'fee_waiver', units: 6_000, concessions: 1 },
  ])
})

test('the prompt sum is what the grid is asked for, since it may be all that comes', () => {
  const prompt = { ...ask, prompt_minor: 60_000, prompt_by: '2025-03-10' }
  expect(asksOf(facts, prompt, 0).at(-1)).toMatchObject({ what: 'principal_discount', units: 2_500 })
})
