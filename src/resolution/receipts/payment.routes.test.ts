import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { proveBalances } from '../../book/ledger/ledger.sql.ts'
import { fixedClock } from '../../platform/clock.ts'
import { promiseRoutes } from '../promises/promise.routes.ts'
import { paymentRoutes } from './payment.routes.ts'

const db = await freshDatabase()
let today = '2025-03-10'
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), [paymentRoutes(), promiseRoutes()])
afterAll(() => db.destroy())

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into settings (lender, name, effective_from, value)
            values ('bank', 'packs', '2020-01-01', '["tw"]')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (7, 'L1', 'bank', 'TWD', 'active', '2025-03-01', 33000, 22000, '2025-02-01')
  `.execute(db)
  await sql`
    insert into instalments (borrower_id, loan_no, instalment_no, due_on, principal_minor, interest_minor)
    select 7, 'L1', n, date '2025-01-01' + make_interval(months => n), 10000, 1000
           from generate_series(1, 3) n
  `.execute(db)
})
const pay = (payment_no: string, paid_on: string, amount_minor: number, more = {}) =>
  desk.ask('POST', '/borrowers/7/payments', {
    payment_no,
    loan_no: 'L1',
    paid_on,
    amount_minor,
    currency: 'TWD',
    ...more,
  })
const parts = (interest: number, principal: number) => ({
  penalty: 0,
  fee: 0,
  interest,
  principal,
  overpaid: 0,
})

test('without the permission nobody books money', async () => {
  expect((await pay('P1', '2025-03-10', 11_000)).body.refusal).toBe('permission_is_missing')
  desk.as('max', 'manager')
})

test('a payment goes to interest, then principal, of the oldest instalment, and says so', async () => {
  const { status, body } = await pay('P1', '2025-03-10', 11_500)
  expect(status).toBe(201)
  expect(body).toMatchObject({ is_new: true, outstanding_minor: 21_500, applied: parts(1_500, 10_000) })
  const again = await pay('P1', '2025-03-10', 11_500)
  expect(again.status).toBe(200)
  expect(again.body).toMatchObject({ is_new: false, outstanding_minor: 21_500, changes: [] })
})

test('a back-dated payment replays from its day and says what it changed', async () => {
  const { body } = await pay('P0', '2025-03-05', 1_000)
  expect(body.applied).toEqual(parts(1_000, 0))
  expect(body.changes).toContainEqual({
    what: 'payment:P1',
    before: parts(1_500, 10_000),
    after: parts(1_000, 10_500),
  })
})

test('the borrower directs money to the third instalment, where the law lets the borrower', async () => {
  const { body } = await pay('P2', '2025-03-10', 11_000, { directed_to: [3] })
  expect(body.applied).toEqual(parts(1_000, 10_000))
})

test('a promise is kept by the payment and broken again by its reversal', async () => {
  const word = {
    loan_no: 'L1',
    due_on: '2025-03-10',
    promised_minor: 4_000,
    currency: 'TWD',
    channel: 'call',
  }
  expect((await desk.ask('POST', '/borrowers/7/promises', word)).status).toBe(201)
  // nobody asks meanwhile for what was promised, nor for what was paid
  const { rows: stops } = await sql`
    select cause, cause_no from stops where cause_no in ('L1:1', 'P2') order by 1`.execute(db)
  expect(stops).toEqual([
    { cause: 'payment', cause_no: 'P2' },
    { cause: 'promise', cause_no: 'L1:1' },
  ])
  const kept = await pay('P3', '2025-03-10', 4_000)
  expect(kept.body.changes).toContainEqual({ what: 'promise:1', before: 'open', after: 'kept' })
  today = '2025-03-20'
  const back = await pay('R3', '2025-03-20', 4_000, { kind: 'reversal', reverses: 'P3' })
  // 11 000 and 11 500 of the same day came since the word was given and still keep it
  expect(back.body.changes.map((change: { what: string }) => change.what)).toEqual(['payment:P3'])
})

test('the same reversal twice at once is booked once', async () => {
  const both = await Promise.all([
    pay('R2', '2025-03-20', 11_000, { kind: 'reversal', reverses: 'P2' }),
    pay('R2b', '2025-03-20', 11_000, { kind: 'reversal', reverses: 'P2' }),
  ])
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect(both.find(({ status }) => status === 409)!.body.refusal).toBe('payment_was_reversed_before')
})

test('refusals have their names over the wire', async () => {
  const refusal = async (...given: Parameters<typeof pay>) => (await pay(...given)).body.refusal
  expect(await refusal('X1', '2025-03-21', 100)).toBe('payment_is_in_the_future')
  expect(await refusal('X2', '2025-03-20', -100)).toBe('amount_is_not_positive')
  expect(await refusal('X3', '2025-03-20', 100, { currency: 'USD' })).toBe('currency_is_not_the_loans')
  expect(await refusal('X4', '2025-03-20', 100, { kind: 'reversal', reverses: 'R2' })).toMatch(
    /payment_is_itself_a_reversal|no_such_payment/,
  )
  expect(await refusal('X5', '2025-03-20', 100, { loan_no: 'L9' })).toBe('no_such_loan')
})

test('the same number twice at once is booked once', async () => {
  const both = await Promise.all([pay('P9', '2025-03-20', 100), pay('P9', '2025-03-20', 100)])
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 201])
  const other = await Promise.all([pay('P10', '2025-03-20', 100), pay('P10', '2025-03-20', 200)])
  expect(other.map(({ status }) => status).toSorted()).toEqual([201, 409])
})

test('an amount that no book can hold is malformed', async () => {
  expect((await pay('X6', '2025-03-20', 2 ** 53)).body.refusal).toBe('request_is_malformed')
})

test('money for days that nights have judged has the bucket history derived anew from that day', async () => {
  await sql`insert into nights (as_of, started_at, finished_at)
            values ('2025-03-19', '2025-03-19T20:00:00Z', '2025-03-19T20:01:00Z')`.execute(db)
  await sql`insert into delinquencies (borrower_id, loan_no, valid_from, bucket, began_as)
            values (7, 'L1', '2025-02-02', 'M1', 'new')`.execute(db)
  const { body } = await pay('P11', '2025-03-15', 100)
  expect(body.changes).toContainEqual({
    what: 'buckets',
    before: null,
    after: { derived_anew_from: '2025-03-15' },
  })
  // it was done at once: nothing is left for the next night
  const { rows } = await sql`select loan_no from delinquency_corrections`.execute(db)
  expect(rows).toEqual([])
  expect(
    (await pay('P12', '2025-03-20', 100)).body.changes.map(({ what }: { what: string }) => what),
  ).not.toContain('buckets')
})

test('a sold loan takes no payment, but the bounce of one that came before', async () => {
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (7, 'L2', 'bank', 'TWD', 'active', '2025-03-01', 5000, 5000, '2025-02-01')`.execute(db)
  const ofL2 = (no: string, more = {}) => pay(no, '2025-03-18', 2_000, { loan_no: 'L2', ...more })
  expect((await ofL2('S1')).body.outstanding_minor).toBe(3_000)
  await sql`update loans set status = 'sold' where loan_no = 'L2'`.execute(db)
  expect((await ofL2('S2')).body.refusal).toBe('loan_is_sold')
  const bounce = await ofL2('S3', { kind: 'reversal', reverses: 'S1' })
  expect([bounce.status, bounce.body.outstanding_minor]).toEqual([201, 5_000])
})

test('after all of it the books balance', async () => {
  expect(await proveBalances(db)).toMatchObject({ differences: 0 })
})
