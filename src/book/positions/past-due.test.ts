import { expect, test } from 'vitest'
import { type CountingRule, pastDue, pausedDays } from './past-due.ts'

const rule: CountingRule = {
  day_origin: 0,
  grace_days: 0,
  ranges: [
    [1, 30],
    [31, 60],
    [61, null],
  ],
}
const owed = [
  { due_on: '2024-01-31', amount_minor: 500n },
  { due_on: '2024-03-01', amount_minor: 500n },
]

test('the due day is day 0 and not past due; the day after is day 1', () => {
  expect(pastDue(owed, 0n, [], rule, '2024-01-31').past_due_days).toBe(0)
  expect(pastDue(owed, 0n, [], rule, '2024-02-01')).toMatchObject({ past_due_days: 1, past_due_minor: 500n })
})

test('with day origin 1 the due day is day 1 and past due', () => {
  const fromOne = { ...rule, day_origin: 1 as const }
  expect(pastDue(owed, 0n, [], fromOne, '2024-01-30').past_due_days).toBe(0)
  expect(pastDue(owed, 0n, [], fromOne, '2024-01-31')).toMatchObject({
    past_due_days: 1,
    past_due_minor: 500n,
  })
})

test('overlapping and nested pauses count each day once', () => {
  const pauses = [
    { from_on: '2024-02-05', to_on: '2024-02-20' },
    { from_on: '2024-02-08', to_on: '2024-02-10' },
    { from_on: '2024-02-15', to_on: '2024-02-25' },
  ]
  expect(pausedDays(pauses, '2024-02-01', '2024-03-31')).toBe(20)
  expect(pausedDays(pauses, '2024-02-10', '2024-02-12')).toBe(3)
  expect(pausedDays(pauses, '2024-03-01', '2024-03-31')).toBe(0)
})

test('a fee is owed from its own due date, and paid in its turn', () => {
  const withFee = [...owed, { due_on: '2024-02-10', amount_minor: 40n }]
  expect(pastDue(withFee, 500n, [], rule, '2024-02-10').past_due_minor).toBe(0n)
  expect(pastDue(withFee, 500n, [], rule, '2024-02-15')).toMatchObject({
    past_due_days: 5,
    past_due_minor: 40n,
  })
  expect(pastDue(withFee, 540n, [], rule, '2024-03-02')).toMatchObject({
    past_due_days: 1,
    past_due_minor: 500n,
  })
})

test('nothing is past due when everything is paid, and there is no first day', () => {
  expect(pastDue(owed, 1_000n, [], rule, '2024-06-01')).toMatchObject({
    past_due_days: 0,
    delinquent_from: null,
  })
})
