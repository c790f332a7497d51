import { expect, test } from 'vitest'
import type { NewPromise } from './promise.api.ts'
import { enoughOf, forSegment, type PromiseFacts, takePromise } from './promise.ts'

const terms = { tolerance_bps: 500, grace_days: 1, window_days: 30, per_loan_max: 2 }
const day1: PromiseFacts = {
  as_of: '2025-03-01',
  status: 'active',
  currency: 'USD',
  outstanding_minor: 50_000,
  terms,
  open: [],
  instalment_nos: [1, 2, 3],
}
const asked: NewPromise = {
  loan_no: 'L1',
  due_on: '2025-03-10',
  promised_minor: 10_000,
  currency: 'USD',
  channel: 'call',
}

test('a promise is taken with its grace and what is enough', () => {
  expect(takePromise(day1, asked)).toEqual({
    ok: true,
    value: {
      made_on: '2025-03-01',
      due_on: '2025-03-10',
      counts_until: '2025-03-11',
      promised_minor: 10_000,
      enough_minor: 9_500,
      one_of_several: false,
      replaces: [],
    },
  })
})

const open = (made_on: string, due_on: string, instalment_no: number | null = null) => ({
  promise_no: 1,
  instalment_no,
  made_on,
  due_on,
})

test.each([
  ['loan_is_sold', { ...day1, status: 'sold' as const }, asked],
  ['loan_is_closed', { ...day1, status: 'closed' as const }, asked],
  ['currency_is_not_the_loans', day1, { ...asked, currency: 'EUR' }],
  ['amount_is_not_positive', day1, { ...asked, promised_minor: 0 }],
  ['amount_is_not_positive', day1, { ...asked, promised_minor: -5 }],
  ['amount_exceeds_what_is_owed', day1, { ...asked, promised_minor: 50_001 }],
  ['no_such_instalment', day1, { ...asked, instalment_no: 4 }],
  ['due_date_is_in_the_past', day1, { ...asked, due_on: '2025-02-28' }],
  ['due_date_is_beyond_the_window', day1, { ...asked, due_on: '2025-04-01' }],
  ['promise_for_that_day_exists', { ...day1, open: [open('2025-03-01', '2025-03-10')] }, asked],
  [
    'loan_has_too_many_promises',
    { ...day1, open: [open('2025-03-01', '2025-03-05'), open('2025-03-01', '2025-03-20')] },
    asked,
  ],
] as const)('refuses: %s', (refusal, facts, promise) => {
  expect(takePromise(facts as PromiseFacts, promise)).toEqual({ ok: false, refusal })
})

test('two instalments may be promised for the same day', () => {
  const first = { ...day1, open: [open('2025-03-01', '2025-03-10', 1)] }
  expect(takePromise(first, { ...asked, instalment_no: 2 })).toMatchObject({
    value: { one_of_several: true },
  })
  expect(takePromise(first, { ...asked, instalment_no: 1 })).toMatchObject({
    refusal: 'promise_for_that_day_exists',
  })
})

test('grace and tolerance may differ by segment: the last that the days past due have reached', () => {
  const grace = [
    { from_days: 0, value: 1 },
    { from_days: 31, value: 3 },
  ]
  expect([0, 30, 31, 400].map((days) => forSegment(grace, days))).toEqual([1, 1, 3, 3])
  expect(forSegment([{ from_days: 31, value: 3 }], 5)).toBe(0)
  expect(forSegment(2, 400)).toBe(2)
})

test('today and the last day of the window are inside it', () => {
  expect(takePromise(day1, { ...asked, due_on: '2025-03-01' }).ok).toBe(true)
  expect(takePromise(day1, { ...asked, due_on: '2025-03-31' }).ok).toBe(true)
})

test('a word of a later day replaces what is open; of the same day it stands beside it', () => {
  const earlier = { ...day1, open: [open('2025-02-20', '2025-02-27'), open('2025-02-20', '2025-03-05')] }
  expect(takePromise(earlier, asked)).toMatchObject({
    value: { one_of_several: false, replaces: [{ is_due: true }, { is_due: false }] },
  })
  const same = { ...day1, open: [open('2025-03-01', '2025-03-05')] }
  expect(takePromise(same, asked)).toMatchObject({ value: { one_of_several: true, replaces: [] } })
})

test('the tolerance never makes nothing enough', () => {
  expect(enoughOf(1, 10_000)).toBe(1)
  expect(enoughOf(10_000, 0)).toBe(10_000)
  expect(enoughOf(9_999_999_999_999, 500)).toBe(9_500_000_000_000)
})
