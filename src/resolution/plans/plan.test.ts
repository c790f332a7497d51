import { expect, test } from 'vitest'
import { dayCountOf } from '../../book/interest/day-count.ts'
import { fraction } from '../../book/interest/fraction.ts'
import { type PlanAsk, type PlanFacts, planEvery, proposePlan } from './plan.ts'

const inLanguages = (text: string) => ({ en: text, 'zh-Hans': text, 'zh-Hant': text })

const facts: PlanFacts = {
  as_of: '2025-03-15',
  status: 'active',
  is_disputed: false,
  currency: 'CNY',
  outstanding_minor: 600_000,
  caps: [
    { kind: 'cap', yearly: '0.16', clause: inLanguages('art. 205') },
    { kind: 'alert', yearly: '0.10', clause: inLanguages('look') },
  ],
  months_max: 60,
  open_plan_no: null,
  affordability: {
    stated_on: '2025-03-01',
    holds_until: '2025-08-28',
    currency: 'CNY',
    free_minor: 30_000n,
    taken_minor: 0n,
  },
}
const terms: PlanAsk['terms'] = {
  shape: 'equal',
  principal_minor: 600_000n,
  annual_rate: fraction(0, 1),
  day_count: dayCountOf('actual/365')!,
  proposed_on: '2025-03-15',
  first_due_on: '2025-04-15',
  every: planEvery.monthly,
  instalments: 60,
  first_payment_minor: 0n,
  calendar: { weekend: [6, 7], holidays: [], workdays: [], move: 'following' },
  cure_days: 5,
}
const ask: PlanAsk = { currency: 'CNY', terms, renegotiates: null }
const afford = facts.affordability!

test('sixty months of a card plan are allowed, with their schedule', () => {
  const decision = proposePlan(facts, ask)
  expect(decision.ok && decision.value.length).toBe(60)
})

test.each([
  ['loan_is_sold', { ...facts, status: 'sold' as const }, ask],
  ['loan_is_closed', { ...facts, status: 'closed' as const }, ask],
  ['loan_is_disputed', { ...facts, is_disputed: true }, ask],
  ['currency_is_not_the_loans', facts, { ...ask, currency: 'USD' }],
  ['amount_is_not_positive', facts, { ...ask, terms: { ...terms, principal_minor: 0n } }],
  ['amount_is_not_positive', facts, { ...ask, terms: { ...terms, principal_minor: -1n } }],
  ['amount_exceeds_what_is_owed', facts, { ...ask, terms: { ...terms, principal_minor: 600_001n } }],
  [
    'rate_is_above_the_cap',
    facts,
    { ...ask, terms: { ...terms, annual_rate: fraction(160_001, 1_000_000) } },
  ],
  ['first_payment_is_out_of_range', facts, { ...ask, terms: { ...terms, first_payment_minor: 600_000n } }],
  [
    'shape_does_not_fit',
    facts,
    { ...ask, terms: { ...terms, shape: 'balloon' as const, balloon_minor: 0n } },
  ],
  [
    'shape_does_not_fit',
    facts,
    { ...ask, terms: { ...terms, shape: 'interest_only_start' as const, interest_only: 60 } },
  ],
  ['first_due_date_is_in_the_past', facts, { ...ask, terms: { ...terms, first_due_on: '2025-03-15' } }],
  ['plan_is_longer_than_allowed', facts, { ...ask, terms: { ...terms, instalments: 61 } }],
  ['loan_has_a_plan', { ...facts, open_plan_no: 1 }, ask],
  ['loan_has_a_plan', facts, { ...ask, renegotiates: 1 }],
  ['affordability_is_missing', { ...facts, affordability: null }, ask],
  ['affordability_is_missing', { ...facts, affordability: { ...afford, currency: 'USD' } }, ask],
  [
    'affordability_is_out_of_date',
    { ...facts, affordability: { ...afford, holds_until: '2025-03-14' } },
    ask,
  ],
  ['instalment_is_not_affordable', { ...facts, affordability: { ...afford, taken_minor: 20_001n } }, ask],
] as const)('refuses: %s', (refusal, given, asked) => {
  expect(proposePlan(given as PlanFacts, asked as PlanAsk)).toEqual({ ok: false, refusal })
})

test('a rate at the cap keeps it, and an alert forbids nothing', () => {
  const asked = { ...ask, terms: { ...terms, annual_rate: fraction(16, 100) } }
  expect(proposePlan(facts, asked).ok).toBe(true)
})

test('a plan is renegotiated by naming the one it replaces', () => {
  expect(proposePlan({ ...facts, open_plan_no: 1 }, { ...ask, renegotiates: 1 }).ok).toBe(true)
})

test('weekly due dates that a long holiday would put on one day are refused', () => {
  const holidays = Array.from({ length: 10 }, (_, day) => `2025-04-${String(day + 14).padStart(2, '0')}`)
  const closed = { ...terms, every: planEvery.weekly, instalments: 10, principal_minor: 10_000n }
  const asked = { ...ask, terms: { ...closed, calendar: { ...terms.calendar, holidays } } }
  expect(proposePlan(facts, asked)).toEqual({ ok: false, refusal: 'due_dates_collide' })
})
