// The next allowed minute or day of a refusal is exactly that: there the rule allows, just before it does
// not.

import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import type { Db } from '../../platform/database.ts'
import { answerCases, type CaseAnswer } from '../cases/conduct-case.sql.ts'

let db: Db
beforeAll(async () => {
  db = await freshDatabase()
})

const of = <T>(...values: T[]) => fc.constantFrom(...values)
const two = (n: number) => String(n).padStart(2, '0')

/** Moments around the two changes of the clock in New York, in New York's time. */
const at = fc
  .tuple(of('2024-03', '2024-11'), fc.integer({ min: 1, max: 14 }), fc.integer({ min: 0, max: 95 }))
  .map(
    ([month, day, quarter]) =>
      `${month}-${two(day)}T${two(Math.floor(quarter / 4))}:${two((quarter % 4) * 15)}`,
  )
const clock = fc.integer({ min: 0, max: 23 }).map((hour) => `${two(hour)}:30`)

const call = fc.record({
  at,
  kind: of('call'),
  outcome: of('conversation', 'unanswered', 'unanswered', 'voicemail'),
  debts: of(['D1'], ['D2'], ['D1', 'D2']),
  number: of('+15550101'),
})
const fact = fc.oneof(
  fc.record({ at, kind: of('consent'), channel: of('call'), debts: of(['D1'], ['D1', 'D2']) }),
  fc.record({
    at,
    kind: of('consent'),
    channel: of('call'),
    debts: of(['D1']),
    on: of(['2024-03-09', '2024-03-12'], ['2024-11-04']),
  }),
  fc.record({ at, kind: of('agreed_window'), from: clock, to: clock }),
  fc.record({ at, kind: of('constraint'), from: clock, to: clock }),
  fc.record({
    at,
    kind: of('constraint'),
    days: fc.subarray(['mon', 'wed', 'sun'], { minLength: 1 }),
    until: of('2024-03-11', '2024-12-01'),
  }),
)
type Event = { at: string } & Record<string, unknown>
const story = fc
  .record({
    id: fc.uuid(),
    pack: of('us', 'us', 'cn', 'tw', 'in'),
    person: fc.record({
      zones: of(
        ['America/New_York'],
        ['America/New_York', 'America/Los_Angeles'],
        ['America/New_York', 'America/Phoenix', 'Europe/London'],
      ),
    }),
    events: fc.array(fc.oneof(call, call, call, fact) as fc.Arbitrary<Event>, { maxLength: 16 }),
    proposal: fc.record({
      at,
      channel: of('call', 'call', 'sms'),
      debts: of(['D1'], ['D1', 'D2']),
      number: of('+15550101'),
    }),
  })
  .map((it) => ({
    ...it,
    events: it.events
      .filter((event) => event.at <= it.proposal.at)
      .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
  }))

const ZONE = 'America/New_York'
/** The same story asked at another moment. */
const askedAt = (it: { proposal: { at: string } }, moment: Temporal.ZonedDateTime) => ({
  ...it,
  proposal: { ...it.proposal, at: moment.toInstant().toString() },
})

/** Where a refusal says it ends, and the last moment before: a minute, or the same time on the day before. */
function bounds(asked: { proposal: { at: string } }, next: string) {
  const whole = next.length > 10
  const local = whole ? next : `${next}T${asked.proposal.at.slice(11)}`
  const then =
    local.length > 16 && whole
      ? Temporal.Instant.from(local).toZonedDateTimeISO(ZONE)
      : Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE)
  return { then, before: then.subtract(whole ? { minutes: 1 } : { days: 1 }) }
}

const inNewYork = (zones: string[], events: Event[], at: string, pack = 'tw') => ({
  id: at,
  pack,
  person: { zones },
  events,
  proposal: { at, channel: 'call', debts: ['D1'] },
})

test('a clock put back into the hours opens them; a minute that comes twice says which it is', async () => {
  const window = { at: '2024-03-01T00:00', kind: 'agreed_window', from: '05:30', to: '01:30' }
  const zones = ['America/New_York', 'America/Phoenix', 'Europe/London']
  const answers = await answerCases(db, [
    // London opens at 05:30 there, 01:30 in New York, when the agreed hours are just over; they begin again
    // when New York's clock goes from 02:00 back to 01:00.
    inNewYork(zones, [window], '2024-11-03T00:00'),
    inNewYork(zones, [window], '2024-11-03T01:30'),
    inNewYork(zones, [window], '2024-11-03T01:00-05:00'),
    // The hour that is left out: what opens at 02:30 opens at 03:00.
    inNewYork(['America/New_York'], [{ ...window, from: '02:30', to: '04:00' }], '2024-03-10T01:50'),
    inNewYork(
      ['America/New_York'],
      [{ at: '2024-03-01T00:00', kind: 'constraint', from: '00:30', to: '02:30' }],
      '2024-03-10T01:00',
      'house',
    ),
  ])
  expect(answers.map((it) => it.next_allowed_at)).toEqual([
    '2024-11-03T01:00-05:00',
    '2024-11-03T01:00-05:00',
    null,
    '2024-03-10T03:00',
    '2024-03-10T03:00',
  ])
  expect(answers[2]!.allowed).toBe(true)
})

test('there the rule allows, and just before it does not', async () => {
  let seen = 0
  await fc.assert(
    fc.asyncProperty(fc.array(story, { minLength: 60, maxLength: 60 }), async (stories) => {
      const answers = await answerCases(db, stories)
      const told = answers.flatMap((answer, i) =>
        answer.refusals
          .filter((refusal) => refusal.next_allowed_at)
          .map((refusal) => ({
            rule: refusal.rule,
            asked: stories[i]!,
            ...bounds(stories[i]!, refusal.next_allowed_at!),
          })),
      )
      seen += told.length
      const refuses = (answer: CaseAnswer, rule: string) => answer.refusals.some((it) => it.rule === rule)
      const then = await answerCases(
        db,
        told.map((it) => askedAt(it.asked, it.then)),
      )
      const before = await answerCases(
        db,
        told.map((it) => askedAt(it.asked, it.before)),
      )
      told.forEach(({ rule, asked, then: moment }, i) => {
        const where = `${rule} at ${moment} of ${JSON.stringify(asked)}`
        expect(refuses(then[i]!, rule), `allowed: ${where}`).toBe(false)
        expect(refuses(before[i]!, rule), `still refused before: ${where}`).toBe(true)
      })
    }),
    { numRuns: 10, endOnFailure: true },
  )
  expect(seen).toBeGreaterThan(100)
})
