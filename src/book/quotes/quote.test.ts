import { expect, test } from 'vitest'
import { dayCountOf } from '../interest/day-count.ts'
import { type QuoteFacts, type QuoteTerms, quote } from './quote.ts'
import { inWords } from './quote-words.ts'

const actual365 = dayCountOf('actual/365')!
const facts: QuoteFacts = {
  currency: 'TWD',
  tape_on: '2025-03-01',
  parts: { principal: 3_650_000n, interest: 20_000n, penalty: 1_000n, fee: 500n },
  past_due_minor: 365_000n,
  oldest_due_on: '2025-02-01',
  moved: [],
  disputed: [],
}
const terms: QuoteTerms = {
  rate: '0.10',
  day_count: 'actual/365',
  penalty: { base: 'past_due_principal', yearly: '0.02' },
  grace_days: 0,
  caps: [],
  order: ['fee', 'interest', 'principal', 'penalty'],
}
const art205 = {
  en: 'Taiwan Civil Code art. 205',
  'zh-Hans': '台湾《民法》第205条',
  'zh-Hant': '民法第205條',
}
const totalOn = (day: string, more: Partial<QuoteTerms> = {}, given = facts) =>
  quote(given, { ...terms, ...more }, actual365, day)

test('on the day of the tape it is the tape; each day adds interest and penalty', () => {
  expect(totalOn('2025-03-01').total_minor).toBe(3_671_500n)
  expect(totalOn('2025-03-02')).toMatchObject({ total_minor: 3_672_520n, per_day_minor: 1_020n })
  expect(totalOn('2025-03-31').parts).toEqual({
    principal: 3_650_000n,
    interest: 50_000n,
    penalty: 1_600n,
    fee: 500n,
  })
})

test('money since the tape is applied in the order of the law, and less bears interest after it', () => {
  const moved = [{ on: '2025-03-11', change_minor: -670_500n, part: null, kind: 'payment' as const }]
  const { parts, steps } = totalOn('2025-03-21', {}, { ...facts, moved })
  // ten days at 36 500 a year's thousand: 10 000 interest; fee 500, interest 30 000, the rest principal
  expect(parts).toEqual({ fee: 0n, interest: 8_247n, principal: 3_010_000n, penalty: 1_200n })
  expect(
    steps.filter(({ what }) => what === 'interest').map(({ days, base_minor }) => [days, base_minor]),
  ).toEqual([
    [10, 3_650_000n],
    [10, 3_010_000n],
  ])
})

test('Taiwan: above 16 % a year is cut, interest first, then the penalty; the clause is told', () => {
  const caps = [{ kind: 'cap' as const, yearly: '0.16', clause: art205 }]
  const cut = totalOn('2025-03-02', { rate: '0.15', penalty: { base: 'principal', yearly: '0.05' }, caps })
  expect(cut.parts.interest).toBe(21_500n)
  expect(cut.parts.penalty).toBe(1_100n)
  expect(cut.steps.find(({ what }) => what === 'cap')).toMatchObject({
    rate: '0.16',
    clause: art205,
  })
  const over = totalOn('2025-03-02', { rate: '0.20', caps })
  expect([over.parts.interest, over.parts.penalty]).toEqual([21_600n, 1_000n])
})

test('mainland China: above 24 % is told and not cut; the penalty rate stands in place of interest', () => {
  const caps = [{ kind: 'alert' as const, yearly: '0.24', clause: art205 }]
  const penalty = { base: 'past_due_principal' as const, times_contract: '1.5', in_place_of_interest: true }
  const told = totalOn('2025-03-02', { rate: '0.18', penalty, caps })
  expect(told.parts).toMatchObject({ interest: 21_620n, penalty: 1_270n })
  expect(told.steps.some(({ what }) => what === 'alert')).toBe(true)
  expect(
    totalOn('2025-03-02', { rate: '0.16', penalty, caps }).steps.some(({ what }) => what === 'alert'),
  ).toBe(false)
})

test('the penalty waits for the grace and for something past due', () => {
  expect(totalOn('2025-03-11', { grace_days: 35 }).parts.penalty).toBe(1_000n + 60n)
  const current = { ...facts, oldest_due_on: null, past_due_minor: 0n }
  expect(totalOn('2025-03-31', {}, current).parts.penalty).toBe(1_000n)
})

test('overpaid is nothing to pay, and steps add up to the total', () => {
  const moved = [{ on: '2025-03-02', change_minor: -9_000_000n, part: null, kind: 'payment' as const }]
  expect(totalOn('2025-03-05', {}, { ...facts, moved }).total_minor).toBe(0n)
  const { steps, total_minor } = totalOn('2025-03-20')
  const sum = steps
    .filter(({ what }) => what !== 'total')
    .reduce((total, step) => total + step.amount_minor, 0n)
  expect(sum).toBe(total_minor)
})

test('each step is a sentence in three languages', () => {
  const interest = totalOn('2025-03-31').steps.find(({ what }) => what === 'interest')!
  expect(inWords(interest, 'TWD', 'en')).toBe(
    'interest on TWD 36500.00 at 10 % a year for 30 days (2025-03-01 to 2025-03-31, actual/365): TWD 300.00',
  )
  expect(inWords(interest, 'TWD', 'zh-Hant')).toContain('按年利率10%計30天')
  expect(inWords(interest, 'TWD', 'zh-Hans')).toContain('按年利率10%计30天')
})
