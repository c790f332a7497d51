import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DayCount, dayCountOf, type Every, everyOf } from '../interest/day-count.ts'
import { fraction } from '../interest/fraction.ts'
import { asItTurnsOut } from './late-interest.ts'
import { dueDates, equalInstalments, equalParts, type ScheduleTerms } from './schedule.ts'

const dayCounts = [
  'actual/365',
  'actual/360',
  'actual/364',
  'actual/actual',
  '30/360',
  'actual/365, and 366 in a period that holds 29 February',
].map((name) => dayCountOf(name)!)

const anyTerms: fc.Arbitrary<ScheduleTerms> = fc.record({
  principal_minor: fc.bigInt(1n, 10_000_000_000n),
  annual_rate: fc.integer({ min: 0, max: 60_000 }).map((bps) => fraction(bps, 100_000)),
  day_count: fc.constantFrom<DayCount>(...dayCounts),
  disbursed_on: fc
    .integer({ min: 0, max: 4_000 })
    .map((days) => Temporal.PlainDate.from('2019-11-28').add({ days }).toString()),
  instalments: fc.integer({ min: 1, max: 60 }),
  every: fc.constantFrom<Every>(
    ...['1 weeks', '2 weeks', '1 months', '2 months', '15 days'].map((e) => everyOf(e)!),
  ),
})

test('rounding never loses or makes a minor unit: principals of a schedule add up to the principal', () => {
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const { rows } = equalInstalments(terms)
      expect(rows.reduce((sum, row) => sum + row.principal_minor, 0n)).toBe(terms.principal_minor)
      expect(rows.at(-1)!.balance_minor).toBe(0n)
      expect(rows.every((row) => row.principal_minor >= 0n && row.balance_minor >= 0n)).toBe(true)
    }),
  )
})

test('equal parts add up to the whole and differ only in the last', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10_000_000_000n), fc.integer({ min: 1, max: 500 }), (total, count) => {
      const parts = equalParts(total, count)
      expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total)
      expect(parts.every((part) => part >= 0n)).toBe(true)
    }),
  )
})

test('four minor units in six parts: nobody pays less than nothing', () => {
  expect(equalParts(4n, 6)).toEqual([1n, 1n, 1n, 1n, 0n, 0n])
  expect(equalParts(7n, 6)).toEqual([1n, 1n, 1n, 1n, 1n, 2n])
})

test('however payments come, principals as they turn out add up to the principal', () => {
  const payment = fc.record({
    day: fc.integer({ min: 1, max: 900 }),
    amount_minor: fc.bigInt(1n, 500_000_000n),
  })
  fc.assert(
    fc.property(anyTerms, fc.array(payment, { maxLength: 6 }), (terms, payments) => {
      const received = payments.map(({ day, amount_minor }) => ({
        on: Temporal.PlainDate.from(terms.disbursed_on).add({ days: day }).toString(),
        amount_minor,
      }))
      const { rows } = asItTurnsOut(terms, equalInstalments(terms).instalment_minor, received)
      expect(rows.reduce((sum, row) => sum + row.principal_minor, 0n)).toBe(terms.principal_minor)
      expect(rows.every((row) => row.interest_minor >= 0n && row.principal_minor >= 0n)).toBe(true)
    }),
  )
})

test('a loan paid to the day turns out as it was agreed', () => {
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const agreed = equalInstalments(terms)
      expect(asItTurnsOut(terms, agreed.instalment_minor, []).rows).toEqual(agreed.rows)
    }),
  )
})

const monthly = { ...fc.sample(anyTerms, 1)[0]!, every: everyOf('1 months')!, instalments: 4 }

test('a loan of the 31st falls due on the last day of shorter months and on the 31st again', () => {
  expect(dueDates({ ...monthly, disbursed_on: '2023-12-31' })).toEqual([
    '2024-01-31',
    '2024-02-29',
    '2024-03-31',
    '2024-04-30',
  ])
})

test('fortnightly dates run on over the year end', () => {
  expect(dueDates({ ...monthly, every: everyOf('2 weeks')!, disbursed_on: '2024-12-20' })).toEqual([
    '2025-01-03',
    '2025-01-17',
    '2025-01-31',
    '2025-02-14',
  ])
})
