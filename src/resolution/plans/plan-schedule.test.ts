import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayCountOf } from '../../book/interest/day-count.ts'
import { fraction } from '../../book/interest/fraction.ts'
import { equalInstalments } from '../../book/schedules/schedule.ts'
import type { Calendar } from './calendar.ts'
import { isBusinessDay, movedTo } from './calendar.ts'
import { planEvery } from './plan.ts'
import { heaviestMonth, type PlanShape, type PlanTerms, planSchedule } from './plan-schedule.ts'

const calendar: Calendar = { weekend: [6, 7], holidays: ['2025-05-01'], workdays: [], move: 'following' }
const base: PlanTerms = {
  shape: 'equal',
  principal_minor: 120_000n,
  annual_rate: fraction(12, 100),
  day_count: dayCountOf('30/360')!,
  proposed_on: '2025-03-15',
  first_due_on: '2025-04-15',
  every: planEvery.monthly,
  instalments: 6,
  first_payment_minor: 0n,
  calendar,
  cure_days: 5,
}
const amounts = (terms: PlanTerms) =>
  planSchedule(terms).map((row) => Number(row.principal_minor + row.interest_minor))

test('equal: all alike, the last takes the rest', () => {
  const rows = amounts(base)
  expect(new Set(rows.slice(0, -1)).size).toBe(1)
  expect(Math.abs(rows.at(-1)! - rows[0]!)).toBeLessThanOrEqual(6)
})

test('equal: to the minor unit what book/schedules makes of the same terms, a first month of 30 days', () => {
  const fine = {
    ...base,
    annual_rate: fraction(1_599, 10_000),
    principal_minor: 987_654_321n,
    instalments: 47,
  }
  const { rows } = equalInstalments({ ...fine, disbursed_on: fine.proposed_on })
  const parts = ({ principal_minor, interest_minor }: (typeof rows)[number]) => [
    principal_minor,
    interest_minor,
  ]
  expect(planSchedule(fine).map((row) => parts({ ...row, balance_minor: 0n }))).toEqual(rows.map(parts))
  expect(planSchedule(base)[0]!.interest_minor).toBe(1_200n)
})

test('step-up: a tenth more every second instalment', () => {
  const rows = amounts({ ...base, shape: 'step_up', each: 2, step_bps: 1_000 })
  expect(rows[0]).toBe(rows[1])
  expect(rows[2]! / rows[0]!).toBeCloseTo(1.1, 3)
  expect(rows[4]! / rows[2]!).toBeCloseTo(1.1, 3)
})

test('interest-only start: three months hold interest only, then equal instalments', () => {
  const rows = planSchedule({ ...base, shape: 'interest_only_start', interest_only: 3 })
  expect(rows.slice(0, 3).map((row) => row.principal_minor)).toEqual([0n, 0n, 0n])
  expect(rows[1]!.interest_minor).toBe(1_200n)
  expect(rows[3]!.principal_minor + rows[3]!.interest_minor).toBe(
    rows[4]!.principal_minor + rows[4]!.interest_minor,
  )
})

test('balloon: the last instalment is what was set apart and one more like the others', () => {
  const rows = amounts({ ...base, shape: 'balloon', balloon_minor: 60_000n })
  expect(rows.at(-1)! - rows[0]!).toBeGreaterThanOrEqual(59_990)
  expect(rows.at(-1)! - rows[0]!).toBeLessThanOrEqual(60_010)
})

test('a first payment lowers the rest', () => {
  const rows = planSchedule({ ...base, first_payment_minor: 20_000n, annual_rate: fraction(0, 1) })
  expect(rows[0]).toMatchObject({ no: 0, due_on: '2025-03-15', principal_minor: 20_000n })
  expect(rows.slice(1).every((row) => row.principal_minor >= 16_665n)).toBe(true)
  expect(rows.at(-1)!.due_so_far_minor).toBe(120_000n)
})

test('a due date on a holiday or weekend moves, its interest does not', () => {
  const moved = planSchedule({ ...base, first_due_on: '2025-05-01', proposed_on: '2025-04-01' })
  const kept = planSchedule({
    ...base,
    first_due_on: '2025-05-01',
    proposed_on: '2025-04-01',
    calendar: { ...calendar, move: 'none' },
  })
  expect(moved[0]).toMatchObject({ due_on: '2025-05-02', moved_from: '2025-05-01', cure_until: '2025-05-07' })
  expect(moved.map((row) => row.interest_minor)).toEqual(kept.map((row) => row.interest_minor))
})

test('the calendar of mainland China: the National Day week, and a Sunday that is worked', () => {
  const china = { ...calendar, holidays: [], china: true }
  expect(movedTo('2025-10-01', china)).toBe('2025-10-09')
  expect(isBusinessDay('2025-09-28', china)).toBe(true)
  expect(isBusinessDay('2025-09-27', china)).toBe(false)
})

test('before the month ends, modified following goes back', () => {
  const back = { ...calendar, move: 'modified_following' as const }
  expect(movedTo('2025-05-31', back)).toBe('2025-05-30')
  expect(movedTo('2025-05-31', calendar)).toBe('2025-06-02')
  expect(movedTo('2025-05-31', { ...calendar, move: 'preceding' })).toBe('2025-05-30')
})

test('what a month costs: a weekly instalment is held against 52 of them a year', () => {
  const rows = planSchedule({ ...base, annual_rate: fraction(0, 1), every: planEvery.weekly })
  expect(heaviestMonth(planEvery.weekly, rows)).toBe(86_667n)
  expect(heaviestMonth(planEvery.monthly, rows)).toBe(20_000n)
})

const anyShape = (count: number, principal: bigint): fc.Arbitrary<PlanShape> =>
  fc.oneof(
    fc.constant({ shape: 'equal' as const }),
    fc.record({
      shape: fc.constant('step_up' as const),
      each: fc.integer({ min: 1, max: 12 }),
      step_bps: fc.integer({ min: 1, max: 10_000 }),
    }),
    fc.record({
      shape: fc.constant('interest_only_start' as const),
      interest_only: fc.integer({ min: 1, max: Math.max(1, count - 1) }),
    }),
    fc.record({
      shape: fc.constant('balloon' as const),
      balloon_minor: fc.bigInt(1n, principal > 1n ? principal - 1n : 1n),
    }),
  )
const anyTerms = fc
  .record({
    principal_minor: fc.bigInt(2n, 100_000_000_000n),
    bps: fc.integer({ min: 0, max: 3_600 }),
    instalments: fc.integer({ min: 2, max: 60 }),
    every: fc.constantFrom(...Object.values(planEvery)),
    first_share: fc.integer({ min: 0, max: 99 }),
  })
  .chain(({ principal_minor, bps, instalments, every, first_share }) => {
    const first_payment_minor = (principal_minor * BigInt(first_share)) / 200n
    return anyShape(instalments, principal_minor - first_payment_minor).map(
      (shape): PlanTerms => ({
        ...base,
        ...shape,
        principal_minor,
        annual_rate: fraction(bps, 10_000),
        instalments,
        every,
        first_payment_minor,
      }),
    )
  })

test('no shape, rate, period or count loses or makes a minor unit', () => {
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const rows = planSchedule(terms)
      expect(rows.reduce((sum, row) => sum + row.principal_minor, 0n)).toBe(terms.principal_minor)
      const total = rows.reduce((sum, row) => sum + row.principal_minor + row.interest_minor, 0n)
      expect(rows.at(-1)!.due_so_far_minor).toBe(total)
      expect(rows.every((row) => row.principal_minor >= 0n && row.interest_minor >= 0n)).toBe(true)
    }),
    { numRuns: 300 },
  )
})
