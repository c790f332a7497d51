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

const allocation = {
  id: 'one',
  kind: 'allocation',
  rule: { due_order: ['interest', 'principal'], in_advance_order: ['principal'] },
  loan: { instalments: [{ no: 1, due_on: '2024-02-01', principal: '100' }] },
  events: [
    { id: 1, type: 'repayment', on: '2024-02-01', amount: '60' },
    { id: 2, type: 'reversal', on: '2024-02-03', of: 1 },
  ],
  checkpoints: [{ after_event: 2 }],
}
const then = (event: object) => ({ ...allocation, events: [...allocation.events, { id: 3, ...event }] })

test.each([
  ['convention_is_unknown', /day_count: 31\/360.*actual\/365/, { ...schedule, day_count: '31/360' }],
  ['convention_is_unknown', /method: flat/, { ...schedule, method: 'flat interest, equal instalments' }],
  ['convention_is_unknown', /event 3.*write_off/, then({ type: 'write_off', on: '2024-03-01', amount: '5' })],
  ['case_is_malformed', /event 3.*event 9.*before/, then({ type: 'reversal', of: 9 })],
  ['case_is_malformed', /event 3.*itself a reversal/, then({ type: 'reversal', of: 2 })],
  ['case_is_malformed', /event 3.*taken back before/, then({ type: 'reversal', of: 1 })],
  ['case_is_malformed', /event 3 has no amount/, then({ type: 'repayment', on: '2024-03-01' })],
  ['case_is_malformed', /event 3 has no date/, then({ type: 'repayment', amount: '5' })],
  ['case_is_malformed', /there is no event 7/, { ...allocation, checkpoints: [{ after_event: 7 }] }],
  ['case_is_malformed', /events\[2\]\.amount/, then({ type: 'repayment', on: '2024-03-01', amount: '-5' })],
])('refuses with the place and what to mend: %s %s', (refusal, words, facts) => {
  expect(answerTo(facts)).toMatchObject({ id: 'one', refusal, message: expect.stringMatching(words) })
})

test('a first due date that is the regular one makes no odd first period', () => {
  const monthly = { ...schedule, disbursed_on: '2024-01-15', instalments: 3 }
  expect(answerTo({ ...monthly, first_due_on: '2024-02-15' }).answer).toEqual(answerTo(monthly).answer)
})

test('amounts may be JSON numbers, read by their digits', () => {
  const numbers = { ...schedule, principal: 100.1, annual_rate_percent: 12 }
  const text = { ...schedule, principal: '100.10' }
  expect(answerTo(numbers).answer).toEqual(answerTo(text).answer)
})

test('no given case has a field that is left out of account; one that has is told by its place', () => {
  for (const name of ['delinquency', 'allocation', 'schedules', 'penalty', 'variants']) {
    for (const facts of casesIn(name)) expect(answerTo(facts)).not.toHaveProperty('unread')
  }
  const more = { ...schedule, grace_on_interest: 1, source: 'a letter' }
  expect(answerTo(more)).toMatchObject({ id: 'one', unread: ['grace_on_interest'] })
  expect(answerTo(then({ type: 'repayment', on: '2024-03-01', amount: '5', channel: 'till' }))).toMatchObject(
    {
      unread: ['events[2].channel'],
    },
  )
})
