import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AllocationRule, Part } from './allocation.ts'
import { sumOf } from './allocation.ts'
import { type ContractInstalment, type MoneyEvent, replay } from './replay.ts'

const costsFirst: readonly Part[] = ['fee', 'penalty', 'interest', 'principal']
const dueFirst: AllocationRule = { kind: 'due_first', due_order: costsFirst, in_advance_order: costsFirst }
const advanced = (
  future: 'next_instalment' | 'last_instalment' | 'next_then_last_instalment' | 'reamortisation',
) =>
  ({
    kind: 'advanced',
    processing: 'horizontal',
    order: (['past_due', 'due', 'in_advance'] as const).flatMap((timing) =>
      costsFirst.map((part) => ({ timing, part })),
    ),
    future_instalments: { default: future },
  }) satisfies AllocationRule

const loan: ContractInstalment[] = [
  { no: 1, due_on: '2024-02-01', owed: { principal: 10_000n, interest: 500n } },
  { no: 2, due_on: '2024-03-01', owed: { principal: 10_000n, interest: 400n } },
  { no: 3, due_on: '2024-04-01', owed: { principal: 10_000n, interest: 300n } },
]
const paid = (id: number, on: string, amount_minor: bigint): MoneyEvent => ({
  id,
  kind: 'payment',
  type: 'payment',
  on,
  amount_minor,
})
const paidOf = (events: MoneyEvent[], rule: AllocationRule = dueFirst, disputed?: Map<number, string>) =>
  replay(loan, events, rule, disputed).instalments.map(({ paid: put }) => sumOf(put))

test('a back-dated payment is applied where it belongs and moves what came after it', () => {
  const late = paid(1, '2024-03-05', 10_500n)
  expect(replay(loan, [late], dueFirst).instalments[0]!.paid_late_minor).toBe(10_500n)
  const after = replay(loan, [late, paid(2, '2024-02-01', 10_500n)], dueFirst)
  expect(after.instalments.map((row) => row.paid_late_minor)).toEqual([0n, 10_400n, 0n])
  expect(after.payments.map((payment) => payment.event)).toEqual([2, 1])
})

test('a reversed payment is left out, whatever came after it', () => {
  const events: MoneyEvent[] = [paid(1, '2024-02-01', 10_500n), paid(2, '2024-03-01', 10_400n)]
  expect(paidOf([...events, { id: 3, kind: 'reversal', of: 1, on: '2024-03-10' }])).toEqual([10_400n, 0n, 0n])
})

const contested = new Map([[1, '2024-01-01']])

test('a disputed instalment gets nothing, unless the borrower directs money there', () => {
  expect(paidOf([paid(1, '2024-03-01', 12_000n)], dueFirst, contested)).toEqual([0n, 10_400n, 1_600n])
  const directed = { ...paid(1, '2024-03-01', 12_000n), directed_to: [1] } as MoneyEvent
  expect(paidOf([directed], dueFirst, contested)).toEqual([10_500n, 1_500n, 0n])
})

test('what was paid before an instalment was disputed stays on it', () => {
  const events = [paid(1, '2024-02-01', 4_000n), paid(2, '2024-03-01', 4_000n)]
  expect(paidOf(events, dueFirst, new Map([[1, '2024-02-15']]))).toEqual([4_000n, 4_000n, 0n])
})

test('an instalment that is old enough goes by an order of its own', () => {
  const principalFirst = {
    ...dueFirst,
    by_age: [{ from_days: 29, due_order: ['principal', 'interest', 'penalty', 'fee'] }],
  } satisfies AllocationRule
  const parts = (on: string) => replay(loan, [paid(1, on, 10_200n)], principalFirst).payments[0]!.parts
  expect(parts('2024-02-29')).toMatchObject({ principal: 9_700n, interest: 500n })
  expect(parts('2024-03-01')).toMatchObject({ principal: 10_000n, interest: 200n })
})

test('the order is that of the day of each payment', () => {
  const later = {
    ...dueFirst,
    due_order: ['principal', 'interest', 'penalty', 'fee'],
  } satisfies AllocationRule
  const events = [paid(1, '2024-02-01', 300n), paid(2, '2024-02-10', 300n)]
  const { payments } = replay(loan, events, (on) => (on < '2024-02-10' ? dueFirst : later))
  expect(payments.map(({ parts }) => [parts.interest, parts.principal])).toEqual([
    [300n, 0n],
    [0n, 300n],
  ])
})

test('the borrower says which instalment first', () => {
  const directed = { ...paid(1, '2024-04-01', 10_300n), directed_to: [3] } as MoneyEvent
  expect(paidOf([directed])).toEqual([0n, 0n, 10_300n])
})

test.each([
  ['next_instalment', [10_500n, 2_000n, 0n]],
  ['last_instalment', [0n, 2_200n, 10_300n]],
  ['next_then_last_instalment', [10_500n, 0n, 2_000n]],
  ['reamortisation', [4_167n, 4_167n, 4_166n]],
] as const)('money in advance by %s', (future, expected) => {
  expect(paidOf([paid(1, '2024-01-10', 12_500n)], advanced(future))).toEqual(expected)
})

test('charges after the last instalment form one of their own, due on the latest of them', () => {
  const charge = (id: number, due_on: string): MoneyEvent => ({
    id,
    kind: 'charge',
    part: 'fee',
    due_on,
    amount_minor: 700n,
  })
  const { instalments } = replay(loan, [charge(1, '2024-04-20'), charge(2, '2024-04-10')], dueFirst)
  expect(instalments.at(-1)).toMatchObject({
    no: 4,
    due_on: '2024-04-20',
    owed: { fee: 1_400n, principal: 0n },
  })
})

test('money taken back on a due date burdens the next instalment, on the last one that one', () => {
  const principalAfter = (on: string) =>
    replay(loan, [{ id: 1, kind: 'chargeback', on, amount_minor: 900n }], dueFirst).instalments.map(
      ({ owed }) => owed.principal,
    )
  expect(principalAfter('2024-02-29')).toEqual([10_000n, 10_900n, 10_000n])
  expect(principalAfter('2024-03-01')).toEqual([10_000n, 10_000n, 10_900n])
  expect(principalAfter('2024-04-01')).toEqual([10_000n, 10_000n, 10_900n])
  expect(principalAfter('2024-04-02')).toEqual([10_000n, 10_000n, 10_000n, 900n])
})

const anyEvent: fc.Arbitrary<{
  day: number
  amount: bigint
  what: 'payment' | 'charge' | 'chargeback' | 'refund'
}> = fc.record({
  day: fc.integer({ min: 0, max: 120 }),
  amount: fc.bigInt(1n, 40_000n),
  what: fc.constantFrom('payment', 'payment', 'payment', 'charge', 'chargeback', 'refund'),
})
const dated = (day: number) => Temporal.PlainDate.from('2024-01-01').add({ days: day }).toString()
const eventsFrom = (raw: { day: number; amount: bigint; what: string }[]): MoneyEvent[] =>
  raw.map(({ day, amount, what }, id) =>
    what === 'charge'
      ? { id, kind: 'charge', part: 'penalty', due_on: dated(day), amount_minor: amount }
      : what === 'payment'
        ? paid(id, dated(day), amount)
        : { id, kind: what as 'refund', on: dated(day), amount_minor: amount },
  )
const anyRule = fc.constantFrom<AllocationRule>(
  dueFirst,
  advanced('next_instalment'),
  advanced('last_instalment'),
  advanced('next_then_last_instalment'),
  advanced('reamortisation'),
  { ...advanced('reamortisation'), processing: 'vertical' },
)

test('no minor unit is lost or made, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 12 }), anyRule, (raw, rule) => {
      const after = replay(loan, eventsFrom(raw), rule)
      for (const payment of after.payments) {
        const given = raw[payment.event]!.amount
        expect(sumOf(payment.parts) + payment.overpaid_minor).toBe(given)
      }
      for (const { owed, paid: put } of after.instalments) {
        for (const part of costsFirst) expect(put[part] >= 0n && put[part] <= owed[part]).toBe(true)
      }
      const received = raw
        .filter(({ what }) => what === 'payment')
        .reduce((sum, { amount }) => sum + amount, 0n)
      const charged = raw
        .filter(({ what }) => what === 'charge')
        .reduce((sum, { amount }) => sum + amount, 0n)
      const back = raw
        .filter(({ what }) => /back|refund/.test(what))
        .reduce((sum, { amount }) => sum + amount, 0n)
      expect(after.outstanding_minor - after.overpaid_minor).toBe(31_200n + charged + back - received)
    }),
  )
})
