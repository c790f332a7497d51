import { expect, test } from 'vitest'
import { dayOf, daysBetween, decimalOf, minorOf } from './typed.ts'

test('an amount is taken as it is typed, with no more decimals than the currency has', () => {
  expect([minorOf('270', 2), minorOf('270.5', 2), minorOf('1,204.75', 2), minorOf('15420', 0)]).toEqual([
    27000, 27050, 120475, 15420,
  ])
  expect([minorOf('270.505', 2), minorOf('-5', 2), minorOf('1e3', 2), minorOf('', 2)]).toEqual([
    null,
    null,
    null,
    null,
  ])
})

test('minor units are written with all decimals of the currency', () => {
  expect([decimalOf(27050, 2), decimalOf(5, 2), decimalOf(0, 2), decimalOf(15420, 0)]).toEqual([
    '270.50',
    '0.05',
    '0.00',
    '15420',
  ])
  expect([decimalOf(-5, 2), decimalOf(-27050, 2)]).toEqual(['-0.05', '-270.50'])
})

test('days from one date to another, over the change to summer time too', () => {
  expect([daysBetween('2026-03-01', '2026-04-01'), daysBetween('2026-05-12', '2026-05-11')]).toEqual([31, -1])
})

test('days by short names, from a Tuesday', () => {
  const from = (text: string) => dayOf(text, '2026-05-12')
  expect([from('fr'), from('tu'), from('+3'), from('25'), from('12'), from('31')]).toEqual([
    '2026-05-15',
    '2026-05-19',
    '2026-05-15',
    '2026-05-25',
    '2026-06-12',
    '2026-05-31',
  ])
  expect([from('2026-06-01'), from('soon'), from('40'), from('')]).toEqual(['2026-06-01', null, null, null])
})
