import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answerTo } from './money-case.ts'

type Case = { id: string; kind: string; expected?: unknown; checkpoints?: unknown; every?: string }
const casesIn = (name: string): Case[] =>
  JSON.parse(readFileSync(new URL(`cases/${name}.json`, import.meta.url), 'utf8'))

// Its rows are due every two months and so is its name, but `every` says one month: see the test below it.
const TWO_MONTHLY = 'fineract-unit-actual-two-monthly'

const named = (name: string) =>
  casesIn(name)
    .filter(({ id }) => id !== TWO_MONTHLY)
    .map((facts) => [facts.id, facts] as const)
const expectedOf = ({ expected, checkpoints }: Case) => expected ?? { checkpoints }

test.each(named('delinquency'))('delinquency: %s', (_, facts) => {
  expect(answerTo(facts).answer).toMatchObject(expectedOf(facts) as object)
})
test.each(named('allocation'))('allocation: %s', (_, facts) => {
  expect(answerTo(facts).answer).toMatchObject(expectedOf(facts) as object)
})
test.each(named('schedules'))('schedule: %s', (_, facts) => {
  expect(answerTo(facts).answer).toMatchObject(expectedOf(facts) as object)
})
test.each(named('penalty'))('late interest: %s', (_, facts) => {
  expect(answerTo(facts).answer).toMatchObject(expectedOf(facts) as object)
})
test.each(named('variants'))('reckoned apart: %s', (_, facts) => {
  expect(answerTo(facts).answer).toMatchObject(expectedOf(facts) as object)
})

test(`schedule: ${TWO_MONTHLY} has the rows of a loan due every two months, not every month`, () => {
  const facts = casesIn('schedules').find(({ id }) => id === TWO_MONTHLY)!
  expect(facts.every).toBe('1 months')
  expect(answerTo({ ...facts, every: '2 months' }).answer).toMatchObject(expectedOf(facts) as object)
})

test('the answer does not depend on what a case expects', () => {
  for (const facts of casesIn('schedules')) {
    const { expected: _, ...rest } = facts
    expect(answerTo(rest)).toEqual(answerTo(facts))
  }
})

const schedule = {
  id: 'one',
  kind: 'schedule',
  principal: '100.00',
  annual_rate_percent: '12',
  day_count: '30/360',
  disbursed_on: '2024-01-01',
  instalments: 2,
  every: '1 months',
}

test.each([
  ['case_is_malformed', { ...schedule, principal: '1,000' }],
  ['case_is_malformed', { ...schedule, kind: 'alchemy' }],
  ['case_is_malformed', { ...schedule, disbursed_on: '2024-02-30' }],
  ['convention_is_unknown', { ...schedule, day_count: '31/360' }],
  ['convention_is_unknown', { ...schedule, every: 'full moon' }],
  ['amount_is_not_exact', { ...schedule, principal: '100.001' }],
  ['amount_is_not_exact', { ...schedule, currency: 'XXQ' }],
])('refuses by name: %s', (refusal, facts) => {
  expect(answerTo(facts)).toMatchObject({ id: 'one', answer: null, refusal })
})
