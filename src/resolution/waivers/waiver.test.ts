import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { proveBalances } from '../../book/ledger/ledger.sql.ts'
import { standingOf } from '../../book/positions/standing.sql.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect } from '../../platform/database.ts'
import { waiverRoutes } from './waiver.routes.ts'
import { proposeWaiver, type WaiverFacts } from './waiver.ts'

const db = connect(await freshUrl())
const desk = deskApp(db, () => fixedClock('2025-06-02T12:00:00Z'), [waiverRoutes()])
afterAll(() => db.destroy())

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  for (const id of [7, 8, 9, 10]) {
    await sql`
      insert into borrowers (borrower_id, lender, borrower_no)
      values (${id}, 'bank', ${`B${id}`})`.execute(db)
    await sql`
      insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                         past_due_minor, oldest_due_on, principal_minor, interest_minor, penalty_minor,
                         fees_minor)
      values (${id}, ${`L${id}`}, 'bank', 'USD', 'active', '2025-06-01', 300000, 100000, '2025-01-20', 100000,
              50000,
              50000, 100000)
    `.execute(db)
  }
})
const ask = (id: number, minor: number, part = 'fee') =>
  desk.ask('POST', `/borrowers/${id}/loans/L${id}/waivers`, {
    part,
    currency: 'USD',
    amount_minor: minor,
    reason: 'charged in error',
  })
const owed = async () => (await standingOf(db, '7', 'L7', '2025-06-02'))!.outstanding_minor

test('within the collector’s half of the fees it is given up at once, in the ledger', async () => {
  expect((await ask(7, 30_000)).body).toMatchObject({ is_within_authority: true, applied_on: '2025-06-02' })
  expect(await owed()).toBe(270_000)
})

test('the limit of the day counts all borrowers of one collector together', async () => {
  expect((await ask(8, 20_001)).body.refusal).toBe('limit_of_the_day_is_reached')
  expect((await ask(8, 20_000)).body.applied_on).toBe('2025-06-02')
})

test('two at once cannot pass the limit of the day together', async () => {
  desk.as('cara', 'collector')
  await sql`insert into settings (lender, name, effective_from, value)
            values ('bank', 'waivers_per_day_units', '2025-01-01', '{"collector": 300}')`.execute(db)
  const both = await Promise.all([ask(9, 20_000), ask(10, 20_000)])
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect(both.find(({ status }) => status === 409)!.body.refusal).toBe('limit_of_the_day_is_reached')
})

test('a second concession within twelve months goes up, and waits for the approval', async () => {
  desk.as('bob', 'collector')
  expect((await ask(7, 1_000)).body).toMatchObject({ level_needed: 'team_lead', applied_on: null })
  const one = '/borrowers/7/loans/L7/waivers/2'
  desk.as('lee', 'team_lead')
  const no = { approved: false, reason: 'once is enough' }
  expect((await desk.ask('POST', `${one}/approvals`, no)).body.rejected_on).toBe('2025-06-02')
  expect(await desk.refusal('POST', `${one}/approvals`, no)).toBe('waiver_is_decided_already')
  expect(await owed()).toBe(270_000)
})

test('interest needs a manager', async () => {
  desk.as('bob', 'collector')
  expect((await ask(7, 10_000, 'interest')).body.level_needed).toBe('manager')
  const one = '/borrowers/7/loans/L7/waivers/3'
  const yes = { approved: true, reason: 'illness is proved' }
  desk.as('lee', 'team_lead')
  expect(await desk.refusal('POST', `${one}/approvals`, yes)).toBe('authority_is_missing')
  desk.as('max', 'manager')
  expect((await desk.ask('POST', `${one}/approvals`, yes)).body.applied_on).toBe('2025-06-02')
  expect(await owed()).toBe(260_000)
})

test('undone, the part is owed again, once', async () => {
  expect((await desk.ask('DELETE', '/borrowers/7/loans/L7/waivers/3')).body.undone_on).toBe('2025-06-02')
  expect(await desk.refusal('DELETE', '/borrowers/7/loans/L7/waivers/3')).toBe('waiver_is_decided_already')
  expect(await owed()).toBe(270_000)
  expect((await proveBalances(db)).differences).toBe(0)
})

const facts: WaiverFacts = {
  status: 'active',
  currency: 'USD',
  part_minor: 10_000,
  today_minor: 0,
  day_limit_minor: null,
}
const fee = { part: 'fee', currency: 'USD', amount_minor: 5_000 } as const

test.each([
  ['loan_is_sold', { ...facts, status: 'sold' }, fee],
  ['loan_is_closed', { ...facts, status: 'closed' }, fee],
  ['currency_is_not_the_loans', facts, { ...fee, currency: 'EUR' }],
  ['amount_is_not_positive', facts, { ...fee, amount_minor: 0 }],
  ['part_is_unknown', { ...facts, part_minor: null }, fee],
  ['amount_exceeds_what_is_owed', facts, { ...fee, amount_minor: 10_001 }],
  ['limit_of_the_day_is_reached', { ...facts, today_minor: 6_000, day_limit_minor: 10_999 }, fee],
] as const)('refuses: %s', (refusal, given, asked) => {
  expect(proposeWaiver(given as WaiverFacts, asked, 0)).toEqual({ ok: false, refusal })
})
