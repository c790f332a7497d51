import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { proveBalances } from '../../book/ledger/ledger.sql.ts'
import { standingOf } from '../../book/positions/standing.sql.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { settlementRoutes } from './settlement.routes.ts'
import { judgeSettlementsOf, settlementsOf } from './settlement.sql.ts'
import { settlementDecisionRoutes } from './settlement-decision.routes.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
let today = '2025-06-02'
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), [
  settlementRoutes(),
  settlementDecisionRoutes(),
])
afterAll(async () => {
  await client.end()
  await db.destroy()
})

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  for (const no of ['L1', 'L2', 'L3', 'L4', 'L5', 'L6']) {
    await sql`
      insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                         past_due_minor, oldest_due_on, principal_minor, interest_minor, penalty_minor,
                         fees_minor)
      values (7, ${no}, 'bank', 'USD', 'active', '2025-06-01', 100000, 100000, '2025-01-20', 80000, 10000,
              5000, 5000)
    `.execute(db)
  }
})
const night = async (asOf: string) => {
  let rows = 0
  for (const step of ['book/ledger/post-payments', 'resolution/settlements/expire-offers'] as const) {
    rows += await runStep(client, step, asOf)
  }
  return rows + (await runStep(client, 'book/ledger/post-settlements', asOf))
}
const offer = (loan: string, minor: number, more = {}) =>
  desk.ask('POST', `/borrowers/7/loans/${loan}/settlements`, {
    currency: 'USD',
    offer_minor: minor,
    expires_on: '2025-06-10',
    pay_by: '2025-06-20',
    ...more,
  })
const pay = (no: string, loanNo: string, on: string, minor: number, reverses: string | null = null) =>
  sql`
    insert into payments
      (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind, reverses,
       loaded_as_of)
    values (7, ${no}, 'bank', ${loanNo}, ${on}, ${minor}, 'USD', ${reverses ? 'reversal' : 'payment'},
            ${reverses}, ${on})
  `.execute(db)
const state = async (loan: string) => {
  const { outcome, paid_minor, forgiven_minor } = (await settlementsOf(db, '7')).find(
    (s) => s.loan_no === loan,
  )!
  return [outcome, paid_minor, forgiven_minor]
}
const isToWork = async (loan: string) =>
  (await sql`select from loans_to_work where loan_no = ${loan}`.execute(db)).rows.length === 1
const owed = async (loan: string, on: string) => (await standingOf(db, '7', loan, on))!.outstanding_minor

test('fees within the collector’s half are offered at once; a second offer is refused', async () => {
  expect((await offer('L1', 95_000)).body).toMatchObject({
    level_needed: 'collector',
    is_within_authority: true,
    carry_on_minor: 30_000,
  })
  expect((await offer('L1', 96_000)).body.refusal).toBe('loan_has_an_offer')
})

test('the day of expiry is still on offer; the day after it has expired and cannot be accepted', async () => {
  await night('2025-06-10')
  expect(await state('L1')).toEqual([null, 0, 0])
  await night('2025-06-11')
  expect(await state('L1')).toEqual(['expired', 0, 0])
  expect(await desk.refusal('PUT', '/borrowers/7/loans/L1/settlements/1/acceptance')).toBe(
    'offer_is_no_longer_open',
  )
})

test('interest and principal need a manager; nobody approves an offer of one’s own', async () => {
  expect((await offer('L2', 76_000)).body).toMatchObject({
    level_needed: 'manager',
    is_within_authority: false,
  })
  const one = '/borrowers/7/loans/L2/settlements/1'
  expect(await desk.refusal('PUT', `${one}/acceptance`)).toBe('approval_is_missing')
  const yes = { approved: true, reason: 'hardship is proved' }
  desk.as('ann', 'manager')
  expect(await desk.refusal('POST', `${one}/approvals`, yes)).toBe('own_request')
  desk.as('max', 'manager')
  expect((await desk.ask('POST', `${one}/approvals`, yes)).body).toEqual({ is_approved: true })
  desk.as('ann', 'collector')
  expect((await desk.ask('PUT', `${one}/acceptance`)).body.accepted_on).toBe('2025-06-02')
})

test('a committee is two people, and two at once leave two approvals', async () => {
  today = '2025-06-15'
  const deep = { expires_on: '2025-06-20', pay_by: '2025-06-30' }
  expect((await offer('L3', 48_000, deep)).body.level_needed).toBe('committee')
  const one = '/borrowers/7/loans/L3/settlements/1'
  const yes = { approved: true, reason: 'estate is small' }
  desk.as('max', 'manager')
  expect((await desk.ask('POST', `${one}/approvals`, yes)).body).toEqual({ is_approved: false })
  expect(await desk.refusal('POST', `${one}/approvals`, yes)).toBe('approval_was_given_already')
  desk.as('mia', 'manager')
  expect((await desk.ask('POST', `${one}/approvals`, yes)).body).toEqual({ is_approved: true })
})

test('two offers at once leave one; two who approve at once are both counted', async () => {
  desk.as('ann', 'collector')
  const deep = { expires_on: '2025-06-20', pay_by: '2025-06-30' }
  const both = await Promise.all([offer('L5', 48_000, deep), offer('L5', 48_000, deep)])
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect(both.find(({ status }) => status === 409)!.body.refusal).toBe('loan_has_an_offer')
  const yes = { approved: true, reason: 'estate is small' }
  const one = '/borrowers/7/loans/L5/settlements/1/approvals'
  const given = ['max', 'mia', 'max'].map((who) => {
    desk.as(who, 'manager')
    return desk.ask('POST', one, yes)
  })
  const answers = (await Promise.all(given)).map(({ body }) => body.refusal ?? body.is_approved)
  expect(answers.toSorted()).toEqual(['approval_was_given_already', false, true])
})

test('a loan that is disputed or sold after the offer cannot be settled', async () => {
  desk.as('ann', 'collector')
  const later = { expires_on: '2025-06-20', pay_by: '2025-06-30' }
  expect((await offer('L6', 95_000, later)).status).toBe(201)
  const take = () => desk.refusal('PUT', '/borrowers/7/loans/L6/settlements/1/acceptance')
  await sql`update loans set status = 'sold' where loan_no = 'L6'`.execute(db)
  expect(await take()).toBe('loan_is_sold')
  await sql`update loans set status = 'active' where loan_no = 'L6'`.execute(db)
  await sql`
    insert into holds (borrower_id, kind, debts, at, recorded_at, recorded_by, reason)
    values (7, 'dispute', array['L6'], '2025-06-15T00:00:00Z', '2025-06-15T00:00:00Z', 'ann', 'not mine')
  `.execute(db)
  expect(await take()).toBe('loan_is_disputed')
})

test('an offer that ended or was accepted is neither approved nor rejected any more', async () => {
  const yes = { approved: true, reason: 'hardship is proved' }
  const no = { approved: false, reason: 'not proved' }
  const deep = { expires_on: '2025-06-20', pay_by: '2025-06-30' }
  const word = (given: object, loan = 'L4') =>
    desk.refusal('POST', `/borrowers/7/loans/${loan}/settlements/1/approvals`, given)
  desk.as('ann', 'collector')
  expect((await offer('L4', 76_000, deep)).status).toBe(201)
  expect((await desk.ask('DELETE', '/borrowers/7/loans/L4/settlements/1')).status).toBe(204)
  desk.as('max', 'manager')
  expect(await word(yes)).toBe('offer_is_no_longer_open')
  expect(await word(no)).toBe('offer_is_no_longer_open')
  // L2 was accepted before; L5 has lapsed, though no night has said so yet
  expect(await word(no, 'L2')).toBe('offer_is_no_longer_open')
  today = '2025-06-21'
  expect(await word(no, 'L5')).toBe('offer_is_no_longer_open')
  today = '2025-06-15'
  const { rows } = await sql`select from approvals where subject = 'settlement:L4:1'`.execute(db)
  expect(rows).toEqual([])
})

test('below what going on is worth, or beyond the grid, nobody may', async () => {
  desk.as('ann', 'collector')
  const later = { expires_on: '2025-06-20', pay_by: '2025-06-30' }
  expect((await offer('L4', 25_000, later)).body.refusal).toBe('offer_is_below_the_value_of_carrying_on')
  expect((await offer('L4', 45_000, later)).body.refusal).toBe('nobody_may_give_this')
})

test('paid in time the settlement is completed, the rest is let off, nothing is owed', async () => {
  await pay('P1', 'L2', '2025-06-20', 76_000)
  await night('2025-06-20')
  expect(await state('L2')).toEqual(['completed', 76_000, 24_000])
  expect(await owed('L2', '2025-06-20')).toBe(0)
  expect(await isToWork('L2')).toBe(false)
  expect(await runStep(client, 'book/ledger/post-settlements', '2025-06-20')).toBe(0)
})

test('the payment bounces: the settlement is broken and the rest is owed again', async () => {
  await pay('R1', 'L2', '2025-06-25', 76_000, 'P1')
  await night('2025-06-25')
  expect(await state('L2')).toEqual(['broken', 0, 0])
  expect(await owed('L2', '2025-06-25')).toBe(100_000)
  expect(await isToWork('L2')).toBe(true)
  expect((await proveBalances(db)).differences).toBe(0)
})

test('the discount for prompt payment: the smaller sum is enough by its day, and not after', async () => {
  today = '2025-07-01'
  desk.as('ann', 'team_lead')
  const prompt = {
    prompt_minor: 91_000,
    prompt_by: '2025-07-05',
    expires_on: '2025-07-05',
    pay_by: '2025-07-20',
  }
  expect((await offer('L1', 95_000, prompt)).status).toBe(201)
  expect((await offer('L4', 95_000, prompt)).status).toBe(201)
  for (const one of ['L1/settlements/2', 'L4/settlements/2']) {
    expect((await desk.ask('PUT', `/borrowers/7/loans/${one}/acceptance`)).status).toBe(200)
  }
  await pay('P2', 'L1', '2025-07-05', 91_000)
  await pay('P3', 'L4', '2025-07-06', 91_000)
  await judgeSettlementsOf(db, { borrower_id: '7', loan_no: 'L1' }, '2025-07-05')
  await night('2025-07-06')
  expect(await state('L1')).toEqual(['completed', 91_000, 9_000])
  expect(await state('L4')).toEqual([null, 91_000, 0])
  await night('2025-07-21')
  expect(await state('L4')).toEqual(['broken', 91_000, 0])
})

test('the same night again changes nothing', async () => {
  expect(await night('2025-07-21')).toBe(0)
})
