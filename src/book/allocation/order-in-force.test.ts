import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { standingOf } from '../positions/standing.sql.ts'
import { allocateLoan, allocationRuleFor } from './book-allocation.sql.ts'

const db = await freshDatabase()
afterAll(() => db.destroy())

const set = (name: string, value: unknown, lender = 'bank') =>
  sql`insert into settings (lender, name, effective_from, value)
      values (${lender}, ${name}, '2020-01-01', ${JSON.stringify(value)})`.execute(db)
/** A row of the table of orders, known again by its name. */
const order = (name: string, row: Record<string, unknown> = {}) => {
  const parts = ['fee', 'interest', 'principal', 'penalty']
  const rule = { kind: 'due_first', due_order: parts, in_advance_order: parts, name }
  const given = { pack: '', lender: '', product: '', asset_state: '', from_days: 0, ...row }
  return sql`
    insert into allocation_orders
      (pack, lender, product, asset_state, from_days, effective_from, rule, clause)
    select pack, lender, product, asset_state, from_days, date '2020-01-01', ${JSON.stringify(rule)}, ${name}
      from jsonb_to_record(${JSON.stringify(given)})
        as g (pack text, lender text, product text, asset_state text, from_days int)`.execute(db)
}
/** The order for money of a day, by its name; of the law's own rows, none. */
async function inForce(on: string, loanNo = 'L1') {
  const loan = (await standingOf(db, '7', loanNo, on))!
  return ((await allocationRuleFor(db, loan, on)) as { name?: string }).name ?? null
}

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', 'car'), ('bank', 'card'), ('abroad', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no)
            values (7, 'bank', 'B7'), (8, 'abroad', 'B8')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor, oldest_due_on)
    select b, no, lender, product, 'USD', status, '2025-01-01', 120000, 120000, '2025-01-01'
      from (values (7, 'L1', 'bank', 'car', 'active'), (7, 'OFF', 'bank', 'car', 'charged_off'),
                   (7, 'CARD', 'bank', 'card', 'active'), (8, 'L8', 'abroad', '', 'active'))
        as l (b, no, lender, product, status)`.execute(db)
  await sql`
    insert into instalments (borrower_id, loan_no, instalment_no, due_on, principal_minor, interest_minor)
    select b, no, n, date '2025-01-01' + n, 10000, 0
      from (values (7, 'L1'), (8, 'L8')) l (b, no), generate_series(1, 12) n`.execute(db)
  await set('packs', ['tw'])
  await set('packs', ['us'], 'abroad')
})

test('the law of a pack goes before everybody’s order, a newer order of it before an older', async () => {
  await order('everybody’s')
  expect(await inForce('2025-01-20')).toBe(null)
  await order('of the pack', { pack: 'tw' })
  expect(await inForce('2025-01-20')).toBe('of the pack')
})

test('days past due go before the pack, from their day on', async () => {
  await order('from 30 days', { from_days: 30 })
  expect(await inForce('2025-01-30')).toBe('of the pack')
  expect(await inForce('2025-01-31')).toBe('from 30 days')
})

test('the asset state goes before the days: non-performing after 90, charged off', async () => {
  await order('non-performing', { asset_state: 'non_performing' })
  await order('charged off', { asset_state: 'charged_off' })
  expect(await inForce('2025-04-01')).toBe('from 30 days')
  expect(await inForce('2025-04-02')).toBe('non-performing')
  expect(await inForce('2025-04-02', 'OFF')).toBe('charged off')
})

test('the lender goes before the state, the product before the lender', async () => {
  await order('of the lender', { lender: 'bank' })
  expect(await inForce('2025-04-02')).toBe('of the lender')
  await order('of the product', { product: 'card' })
  expect(await inForce('2025-04-02')).toBe('of the lender')
  expect(await inForce('2025-04-02', 'CARD')).toBe('of the product')
})

test('where the due day is day 1, every age comes a day earlier', async () => {
  await order('of the lender from 30 days', { lender: 'bank', from_days: 30 })
  expect(await inForce('2025-01-30')).toBe('of the lender')
  await set('day_origin', 1)
  expect(await inForce('2025-01-29')).toBe('of the lender')
  expect(await inForce('2025-01-30')).toBe('of the lender from 30 days')
})

/** Instalments that a payment of 100.00 went to, by what the file or the desk said of its direction. */
async function paidInto(borrower: number, loanNo: string, directed_to: unknown) {
  await sql`delete from payments`.execute(db)
  await sql`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                          loaded_as_of, extra)
    values (${borrower}, 'P', 'bank', ${loanNo}, '2025-03-01', 10000, 'USD', 'payment', '2025-03-01',
            ${JSON.stringify({ directed_to })})`.execute(db)
  const loan = (await standingOf(db, String(borrower), loanNo, '2025-03-01'))!
  const { after } = await allocateLoan(db, loan, '2025-03-01')
  return after.instalments.filter(({ paid }) => paid.principal > 0n).map(({ no }) => no)
}

test('money directed to an instalment goes there, by the desk and by a payment file', async () => {
  expect(await paidInto(7, 'L1', [12])).toEqual([12])
  expect(await paidInto(7, 'L1', '12')).toEqual([12])
  expect(await paidInto(7, 'L1', '12, 3')).toEqual([3])
  expect(await paidInto(7, 'L1', 'the last one')).toEqual([1])
})

test('where no law gives the borrower the choice, a direction is not followed', async () => {
  expect(await paidInto(8, 'L8', [12])).toEqual([1])
  expect(await paidInto(8, 'L8', '12')).toEqual([1])
})

test('days that the lender does not count make the loan younger, and performing no longer', async () => {
  await order('non-performing at the lender', { lender: 'bank', asset_state: 'non_performing' })
  await sql`
    insert into pauses (borrower_id, loan_no, pause_no, from_on, to_on, reason, granted_on, granted_by)
    values (7, 'L1', 1, '2025-01-10', '2025-02-09', 'a holiday', '2025-01-10', 'max')`.execute(db)
  expect(await inForce('2025-02-28')).toBe('of the lender')
  expect(await inForce('2025-03-01')).toBe('of the lender from 30 days')
  expect(await inForce('2025-03-31')).toBe('of the lender from 30 days')
  expect(await inForce('2025-04-01')).toBe('non-performing at the lender')
})
