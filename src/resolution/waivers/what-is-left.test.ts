// No more is given up than the part is on the day, whatever was paid or happened to the loan since the tape.
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { standingOf } from '../../book/positions/standing.sql.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect } from '../../platform/database.ts'
import { paymentRoutes } from '../receipts/payment.routes.ts'
import { waiverRoutes } from './waiver.routes.ts'

const db = connect(await freshUrl())
const desk = deskApp(db, () => fixedClock('2025-06-02T12:00:00Z'), [waiverRoutes(), paymentRoutes()])
afterAll(() => db.destroy())
await sql`insert into loan_kinds values ('bank', '')`.execute(db)

let borrower = 0
/** A loan for each story: fees 50, interest 100, penalty 50, principal 800. */
beforeEach(async () => {
  borrower += 1
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no)
    values (${borrower}, 'bank', ${`B${borrower}`})`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on, principal_minor, interest_minor, penalty_minor,
                       fees_minor)
    values (${borrower}, 'L', 'bank', 'USD', 'active', '2025-06-01', 100000, 100000, '2025-01-20', 80000,
            10000, 5000, 5000)`.execute(db)
  desk.as('max', 'manager')
})
const waive = (minor: number, part = 'fee') =>
  desk.ask('POST', `/borrowers/${borrower}/loans/L/waivers`, {
    part,
    currency: 'USD',
    amount_minor: minor,
    reason: 'charged in error',
  })
const decide = (no: number, approved = true) =>
  desk.ask('POST', `/borrowers/${borrower}/loans/L/waivers/${no}/approvals`, { approved, reason: 'proved' })
const pay = (minor: number, more = {}) =>
  desk.ask('POST', `/borrowers/${borrower}/payments`, {
    payment_no: `P${borrower}`,
    loan_no: 'L',
    paid_on: '2025-06-02',
    amount_minor: minor,
    currency: 'USD',
    ...more,
  })
const owed = async () => (await standingOf(db, String(borrower), 'L', '2025-06-02'))!.outstanding_minor

test('a loan that is paid has nothing to give up', async () => {
  expect((await pay(100_000)).status).toBe(201)
  expect((await waive(5_000)).body.refusal).toBe('amount_exceeds_what_is_owed')
  expect(await owed()).toBe(0)
})

test('money since the tape goes to fees first: what it paid is not given up again', async () => {
  expect((await pay(3_000)).status).toBe(201)
  expect((await waive(2_001)).body.refusal).toBe('amount_exceeds_what_is_owed')
  expect((await waive(2_000)).body).toMatchObject({ part_minor: 2_000, applied_on: '2025-06-02' })
  expect((await waive(1)).body.refusal).toBe('amount_exceeds_what_is_owed')
})

test('money after a waiver goes on to interest, and that is paid then', async () => {
  expect((await waive(5_000)).status).toBe(201)
  expect((await pay(4_000)).status).toBe(201)
  expect((await waive(6_001, 'interest')).body.refusal).toBe('amount_exceeds_what_is_owed')
  expect((await waive(6_000, 'interest')).body.part_minor).toBe(6_000)
})

test('money that bounced is owed again, and may be given up', async () => {
  await pay(5_000)
  await pay(5_000, { payment_no: `R${borrower}`, kind: 'reversal', reverses: `P${borrower}` })
  expect((await waive(5_000)).body.applied_on).toBe('2025-06-02')
})

test('the tape’s own parts are what counts, also where the lender sent instalments', async () => {
  await sql`
    insert into instalments (borrower_id, loan_no, instalment_no, due_on, principal_minor, interest_minor)
    values (${borrower}, 'L', 1, '2025-01-20', 80000, 10000)`.execute(db)
  await pay(5_000)
  expect((await waive(1)).body.refusal).toBe('amount_exceeds_what_is_owed')
})

test('what waits for an approval is spoken for', async () => {
  desk.as('bob', 'collector')
  expect((await waive(6_000, 'interest')).body.applied_on).toBeNull()
  desk.as('max', 'manager')
  expect((await waive(4_001, 'interest')).body.refusal).toBe('amount_exceeds_what_is_owed')
  expect((await waive(4_000, 'interest')).status).toBe(201)
})

test.each([
  ['sold', 'loan_is_sold'],
  ['closed', 'loan_is_closed'],
])('a loan %s since is not let off, and a proposal on it can be rejected', async (status, refusal) => {
  desk.as('cy', 'collector')
  expect((await waive(5_000, 'interest')).body.level_needed).toBe('manager')
  await sql`update loans set status = ${status} where borrower_id = ${borrower}`.execute(db)
  desk.as('max', 'manager')
  expect((await decide(1)).body.refusal).toBe(refusal)
  expect(await owed()).toBe(100_000)
  expect((await decide(1, false)).body.rejected_on).toBe('2025-06-02')
})

test('what was paid since the proposal is not let off by the approval', async () => {
  desk.as('dee', 'collector')
  await waive(5_000, 'interest')
  desk.as('max', 'manager')
  await pay(12_000)
  expect((await decide(1)).body.refusal).toBe('amount_exceeds_what_is_owed')
})

test('two approvals at once: one applies the waiver, the other is told so', async () => {
  desk.as('eve', 'collector')
  await waive(5_000, 'interest')
  const both = ['max', 'mia'].map((who) => {
    desk.as(who, 'manager')
    return decide(1)
  })
  const answers = (await Promise.all(both)).map(({ body }) => body.refusal ?? body.applied_on)
  expect(answers.toSorted()).toEqual(['2025-06-02', 'waiver_is_decided_already'])
  expect(await owed()).toBe(95_000)
})
