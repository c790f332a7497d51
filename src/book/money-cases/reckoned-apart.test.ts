// A second reckoner, written from the contract's words alone and as slowly as they are read: day by day, and
// in fractions of whole numbers. Thousands of cases that nobody thought of must come out the same.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerTo } from './money-case.ts'

const DAY = 86_400_000
const numberOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / DAY
const dateOf = (day: number) =>
  Temporal.Instant.fromEpochMilliseconds(day * DAY)
    .toString()
    .slice(0, 10)
const money = (minor: bigint) => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`
const START = numberOf('2023-01-01')
const day = (days: number) => dateOf(START + days)
const runs = { numRuns: 3_000, seed: 20_261_125, interruptAfterTimeLimit: 60_000 }

const answerOf = (given: object) => {
  const answered = answerTo(given)
  if (!('answer' in answered)) throw new Error(JSON.stringify(answered))
  return answered.answer as Record<string, unknown>
}

const ranges = [
  [1, 3],
  [4, 30],
  [31, 60],
  [61, 90],
  [91, null],
] as const
const rangeOf = (days: number) =>
  ranges.find(([from, to]) => days >= from && (to === null || days <= to)) ?? null

const anyLoan = fc.record({
  day_origin: fc.constantFrom(0, 1),
  grace_days: fc.integer({ min: 0, max: 12 }),
  owed: fc.uniqueArray(
    fc.record({ due: fc.integer({ min: 0, max: 200 }), minor: fc.integer({ min: 1, max: 500 }) }),
    { minLength: 1, maxLength: 6, selector: ({ due }) => due },
  ),
  payments: fc.array(
    fc.record({ on: fc.integer({ min: 0, max: 240 }), minor: fc.integer({ min: 1, max: 600 }) }),
    { maxLength: 5 },
  ),
  pauses: fc.array(
    fc.record({
      from: fc.integer({ min: 0, max: 220 }),
      days: fc.integer({ min: 0, max: 60 }),
      resumed: fc.option(fc.integer({ min: 0, max: 60 })),
    }),
    { maxLength: 4 },
  ),
  as_of: fc.integer({ min: 0, max: 260 }),
})
type Loan = typeof anyLoan extends fc.Arbitrary<infer One> ? One : never

/** The position by walking over each day and each unit of money. */
function positionOf({ day_origin, grace_days, owed, payments, pauses, as_of }: Loan) {
  let paid = payments.filter(({ on }) => on <= as_of).reduce((sum, { minor }) => sum + minor, 0)
  const unpaid = owed
    .toSorted((a, b) => a.due - b.due)
    .map(({ due, minor }) => {
      const off = Math.min(paid, minor)
      paid -= off
      return { due, minor: minor - off }
    })
    .filter(({ due, minor }) => minor > 0 && as_of - due + day_origin > 0)
  const isPaused = (on: number) =>
    pauses.some(({ from, days, resumed }) => on > from && on <= from + Math.min(days, resumed ?? days))
  const counted = (due: number) => {
    let days = 0
    for (let on = due + 1 - day_origin; on <= as_of; on++) if (!isPaused(on)) days++
    return days
  }
  const oldest = unpaid[0]
  const delinquent = oldest ? Math.max(0, counted(oldest.due) - grace_days) : 0
  const inRange = (range: (typeof ranges)[number]) =>
    unpaid.filter(({ due }) => rangeOf(counted(due)) === range).reduce((sum, { minor }) => sum + minor, 0)
  return {
    past_due_days: oldest ? as_of - oldest.due + day_origin : 0,
    delinquent_days: delinquent,
    past_due_amount: money(BigInt(unpaid.reduce((sum, { minor }) => sum + minor, 0))),
    range: rangeOf(delinquent),
    instalment_ranges:
      delinquent === 0
        ? []
        : ranges
            .filter((range) => inRange(range) > 0)
            .map((range) => ({ range, amount: money(BigInt(inRange(range))) })),
  }
}

test('three thousand positions with grace and pauses, walked day by day', () => {
  fc.assert(
    fc.property(anyLoan, (loan) => {
      const { day_origin, grace_days } = loan
      const given = {
        ...{ id: 'position', kind: 'delinquency', day_origin, grace_days, ranges, as_of: day(loan.as_of) },
        instalments: loan.owed.map(({ due, minor }) => ({ due_on: day(due), amount: money(BigInt(minor)) })),
        payments: loan.payments.map(({ on, minor }) => ({ on: day(on), amount: money(BigInt(minor)) })),
        pauses: loan.pauses.map(({ from, days, resumed }) => ({
          from: day(from),
          to: day(from + days),
          resumed_on: resumed === null ? null : day(from + Math.min(days, resumed)),
        })),
      }
      expect(answerOf(given)).toMatchObject(positionOf(loan))
    }),
    runs,
  )
})

/** A fraction of whole numbers, the denominator above zero. */
type Part = readonly [bigint, bigint]
const plus = (a: Part, b: Part): Part => [a[0] * b[1] + b[0] * a[1], a[1] * b[1]]
const times = (a: Part, b: Part): Part => [a[0] * b[0], a[1] * b[1]]
/** To the nearest whole number, a half to the even one. */
function whole([over, under]: Part): bigint {
  const [down, rest] = [over / under, over % under]
  const twice = 2n * rest - under
  return twice > 0n || (twice === 0n && down % 2n === 1n) ? down + 1n : down
}
const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const counts: Record<string, (from: number, to: number, months: number | null) => Part> = {
  'actual/365': (from, to) => [BigInt(to - from), 365n],
  'actual/360': (from, to) => [BigInt(to - from), 360n],
  'actual/364': (from, to) => [BigInt(to - from), 364n],
  '30/360': (from, to, months) => [BigInt(months === null ? to - from : 30 * months), 360n],
  'actual/actual': (from, to) => {
    let sum: Part = [0n, 1n]
    // A day belongs to the year in which it ends, and 31 December to the old one.
    for (let on = from + 1; on <= to; on++)
      sum = plus(sum, [1n, isLeap(Number(dateOf(on).slice(0, 4))) ? 366n : 365n])
    return sum
  },
  'actual/365, and 366 in a period that holds 29 February': (from, to) => {
    let holds = false
    for (let on = from + 1; on <= to; on++) holds ||= dateOf(on).endsWith('-02-29')
    return [BigInt(to - from), holds ? 366n : 365n]
  },
}

const anySchedule = fc.record({
  principal: fc.integer({ min: 20_000, max: 5_000_000 }),
  rate: fc.integer({ min: 0, max: 6_000 }),
  day_count: fc.constantFrom(...Object.keys(counts)),
  from: fc.integer({ min: 0, max: 1_200 }),
  instalments: fc.integer({ min: 1, max: 36 }),
  every: fc.constantFrom(
    ...([
      [1, 'months'],
      [1, 'months'],
      [2, 'months'],
      [3, 'months'],
      [1, 'weeks'],
      [2, 'weeks'],
      [15, 'days'],
    ] as const),
  ),
})

/** Rows by the contract's words: E, its one correction, interest of each period rounded by itself. */
function scheduleOf({ principal, rate, day_count, from, instalments, every }: Terms) {
  const [step, unit] = every
  const dues = Array.from({ length: instalments }, (_, i) =>
    unit === 'months'
      ? numberOf(
          Temporal.PlainDate.from(day(from))
            .add({ months: step * (i + 1) })
            .toString(),
        )
      : START + from + (unit === 'weeks' ? 7 : 1) * step * (i + 1),
  )
  const factors = dues.map((due, i) => {
    const part = counts[day_count]!(dues[i - 1] ?? START + from, due, unit === 'months' ? step : null)
    return times(part, [BigInt(rate), 10_000n])
  })
  let [grown, summed]: [Part, Part] = [
    [BigInt(principal), 1n],
    [0n, 1n],
  ]
  for (const [i, factor] of factors.entries()) {
    const growth = plus([1n, 1n], factor)
    grown = times(grown, growth)
    summed = i === 0 ? [1n, 1n] : plus(times(summed, growth), [1n, 1n])
  }
  const rowsWith = (instalment: bigint) => {
    let balance = BigInt(principal)
    return factors.map((factor, i) => {
      const interest = whole(times([balance, 1n], factor))
      const part = i === instalments - 1 ? balance : instalment - interest
      balance -= part
      return { due_on: dateOf(dues[i]!), principal: part, interest, balance }
    })
  }
  const first = whole(times(grown, [summed[1], summed[0]]))
  const lastOf = (rows: ReturnType<typeof rowsWith>) => rows.at(-1)!.principal + rows.at(-1)!.interest
  return { first, rowsWith, lastOf }
}
type Terms = typeof anySchedule extends fc.Arbitrary<infer One> ? One : never

test('schedules under six day counts: leap years, month ends, weeks and days, no interest', () => {
  const size = (n: bigint) => (n < 0n ? -n : n)
  fc.assert(
    fc.property(anySchedule, (terms) => {
      const { first, rowsWith, lastOf } = scheduleOf(terms)
      // E is moved once by the difference over n, and kept where the difference becomes smaller.
      const off = (instalment: bigint) => lastOf(rowsWith(instalment)) - instalment
      const differs = off(first)
      const by = (differs < 0n ? -1n : 1n) * whole([size(differs), BigInt(terms.instalments)])
      const isMoved =
        size(differs) > BigInt(Math.floor(terms.instalments / 2)) && size(off(first + by)) < size(differs)
      const instalment = isMoved ? first + by : first
      const rows = rowsWith(instalment)
      fc.pre(rows.every(({ principal }) => principal >= 0n))
      const answer = answerOf({
        ...{ id: 'schedule', kind: 'schedule', day_count: terms.day_count, instalments: terms.instalments },
        principal: money(BigInt(terms.principal)),
        annual_rate_percent: money(BigInt(terms.rate)),
        disbursed_on: day(terms.from),
        every: terms.every.join(' '),
      })
      expect(answer).toMatchObject({
        instalment: money(instalment),
        last_instalment: money(lastOf(rows)),
        rows: rows.map(({ due_on, principal, interest, balance }) => ({
          due_on,
          principal: money(principal),
          interest: money(interest),
          balance: money(balance),
        })),
      })
    }),
    { ...runs, numRuns: 1_000 },
  )
})
