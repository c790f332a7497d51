import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { allocationRuleFor } from '../allocation/book-allocation.sql.ts'
import { standingOf } from '../positions/standing.sql.ts'
import { ordersOn, publishOrders } from './allocation-order.sql.ts'
import { AllocationOrders } from './allocation-order.ts'

const db = await freshDatabase()
afterAll(() => db.destroy())

const rule = {
  kind: 'due_first',
  due_order: ['principal', 'interest', 'fee', 'penalty'],
  in_advance_order: ['principal', 'interest', 'fee', 'penalty'],
}
const order = { lender: 'bank', rule, clause: 'contract § 7' }
const file = { effective_from: '2025-03-10', orders: [order] }

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', 'card'), ('shop', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    values (7, 'L', 'bank', 'card', 'USD', 'active', '2025-03-01', 100, 0)`.execute(db)
})
const publish = (content: unknown) =>
  db.transaction().execute((tx) => publishOrders(tx, AllocationOrders.parse(content)))
const refused = async (content: unknown) => {
  try {
    return await publish(content)
  } catch (error) {
    if (error instanceof Refused) return [error.refusal, error.message]
    throw error
  }
}
const firstPart = async (on: string) => {
  const found = await allocationRuleFor(db, (await standingOf(db, '7', 'L', on))!, on)
  return found.kind === 'due_first' ? found.due_order[0] : found.kind
}

test('an order holds from its day on; the same file again changes nothing', async () => {
  expect(await publish(file)).toBe(1)
  expect([await firstPart('2025-03-09'), await firstPart('2025-03-10')]).toEqual(['fee', 'principal'])
  expect(await publish(file)).toBe(0)
  expect((await ordersOn(db, '2025-03-10')).filter(({ lender }) => lender === 'bank')).toEqual([
    expect.objectContaining({ effective_from: '2025-03-10', rule, clause: 'contract § 7' }),
  ])
})

test('an order that stands is not changed, nor anything else of the file taken', async () => {
  const changed = {
    ...file,
    orders: [
      { ...order, product: 'card' },
      { ...order, clause: 'contract § 8' },
    ],
  }
  expect(await refused(changed)).toEqual([
    'is_published_otherwise',
    expect.stringMatching(/orders\.1: .*2025-03-10; name a later day/),
  ])
  expect((await ordersOn(db, '2025-03-10')).filter(({ product }) => product === 'card')).toEqual([])
})

test.each([
  ['a lender that is none', { lender: 'bnak' }, /orders\.1\.lender: the book knows no lender "bnak"/],
  ['another lender’s product', { lender: 'shop', product: 'card' }, /orders\.1\.product: .*"card"/],
  ['a pack that is none', { pack: 'zz' }, /orders\.1\.pack: .*"zz"; mend the name/],
  ['two for the same loans', {}, /orders\.1: is about the same as orders\.0/],
])('refuses %s, with its place', async (_, more, words) => {
  const content = { effective_from: '2025-04-01', orders: [order, { ...order, ...more }] }
  expect(await refused(content)).toEqual(['file_is_wrong', expect.stringMatching(words)])
})

const steps = ['past_due', 'due', 'in_advance'].flatMap((timing) =>
  ['penalty', 'fee', 'interest', 'principal'].map((part) => ({ timing, part })),
)
const advanced = { kind: 'advanced', processing: 'vertical', order: steps, future_instalments: {} }
test.each([
  [
    'a part that is left out',
    { ...rule, due_order: ['fee', 'interest', 'principal'] },
    /names each of penalty/,
  ],
  ['a part that stands twice', { ...rule, due_order: ['fee', 'fee', 'interest', 'principal'] }, /once/],
  ['a kind that is none', { ...rule, kind: 'fifo' }, /kind/],
  [
    'ages that do not rise',
    { ...rule, by_age: [30, 30].map((from_days) => ({ from_days, due_order: rule.due_order })) },
    /rises/,
  ],
  [
    'a step that is left out',
    { ...advanced, order: steps.slice(1) },
    /names each .* once for each of past_due/,
  ],
])('no rule: %s', (_, wrong, words) => {
  const read = AllocationOrders.safeParse({ ...file, orders: [{ ...order, rule: wrong }] })
  expect(read.error!.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join()).toMatch(words)
  expect(read.error!.issues[0]!.path.slice(0, 3)).toEqual(['orders', 0, 'rule'])
})

test('steps of timing and part are a rule', () => {
  expect(AllocationOrders.safeParse({ ...file, orders: [{ ...order, rule: advanced }] }).success).toBe(true)
})
