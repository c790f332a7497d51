import { expect, test } from 'vitest'
import { dayCountOf, everyOf, partOfYear } from './day-count.ts'
import { decimal, fraction, reduced, roundHalfEven } from './fraction.ts'

const part = (name: string, from_on: string, to_on: string, months?: number) => {
  const stretch = months === undefined ? { from_on, to_on } : { from_on, to_on, months }
  const { numerator, denominator } = reduced(partOfYear(dayCountOf(name)!, stretch))
  return `${numerator}/${denominator}`
}

test('actual/actual: 31 December is the last day of the old year', () => {
  // 19 days to 31 December 2023, of 365; 12 days of 2024, of 366
  expect(part('actual/actual', '2023-12-12', '2024-01-12')).toBe(part19and12())
  expect(part('actual/actual', '2023-12-31', '2024-01-31')).toBe('31/366')
  expect(part('actual/actual', '2023-12-01', '2023-12-31')).toBe('6/73')
})
const part19and12 = () => {
  const { numerator, denominator } = reduced(fraction(19n * 366n + 12n * 365n, 365n * 366n))
  return `${numerator}/${denominator}`
}

test('30/360: a month counts 30 days whatever its length; weeks and days count their own', () => {
  expect(part('30/360', '2024-01-31', '2024-02-29', 1)).toBe('1/12')
  expect(part('30/360', '2024-01-31', '2024-03-31', 2)).toBe('1/6')
  expect(part('30/360', '2024-01-01', '2024-01-15')).toBe('7/180')
})

test('366 days only in a period that holds 29 February', () => {
  const leap = 'actual/365, and 366 in a period that holds 29 February'
  expect(part(leap, '2024-01-12', '2024-02-12')).toBe('31/365')
  expect(part(leap, '2024-02-12', '2024-03-12')).toBe('29/366')
  expect(part(leap, '2023-02-12', '2023-03-12')).toBe('28/365')
})

test('fixed years', () => {
  expect(part('actual/360', '2024-01-01', '2024-01-31')).toBe('1/12')
  expect(part('actual/364', '2024-01-01', '2024-01-08')).toBe('1/52')
})

test('an unknown day count or period is not guessed', () => {
  expect(dayCountOf('31/360')).toBeUndefined()
  expect(dayCountOf('actual/365 or so')).toBeUndefined()
  expect(everyOf('0 days')).toBeUndefined()
  expect(everyOf('1 moon')).toBeUndefined()
})

test.each([
  ['0.5', 0n],
  ['1.5', 2n],
  ['2.5', 2n],
  ['-0.5', 0n],
  ['-1.5', -2n],
  ['2.51', 3n],
  ['2.49', 2n],
])('%s rounds half to even', (text, rounded) => {
  expect(roundHalfEven(decimal(text))).toBe(rounded)
})
