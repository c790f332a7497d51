// What one person lets off in a day is limited, by waivers and by offers together.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect } from '../../platform/database.ts'
import { settlementRoutes } from '../settlements/settlement.routes.ts'
import { settlementDecisionRoutes } from '../settlements/settlement-decision.routes.ts'
import { waiverRoutes } from '../waivers/waiver.routes.ts'

const db = connect(await freshUrl())
let today = '2025-06-02'
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), [
  waiverRoutes(),
  settlementRoutes(),
  settlementDecisionRoutes(),
])
afterAll(() => db.destroy())

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('bank', 'waivers_per_day_units', '2025-01-01', '{"collector": 100}')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no)
    select n, 'bank', 'B' || n from generate_series(1, 9) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on, principal_minor, interest_minor, penalty_minor,
                       fees_minor)
    select n, 'L', 'bank', 'USD', 'active', '2025-06-01', 100000, 100000, '2025-01-20', 60000, 10000, 5000,
           25000
      from generate_series(1, 9) n`.execute(db)
})
/** An offer that lets so much off. */
const offer = (borrower: number, let_off: number, more = {}) =>
  desk.ask('POST', `/borrowers/${borrower}/loans/L/settlements`, {
    currency: 'USD',
    offer_minor: 100_000 - let_off,
    expires_on: '2025-06-10',
    pay_by: '2025-06-20',
    ...more,
  })
const waive = (borrower: number, minor: number) =>
  desk.ask('POST', `/borrowers/${borrower}/loans/L/waivers`, {
    part: 'fee',
    currency: 'USD',
    amount_minor: minor,
    reason: 'charged in error',
  })
const said = ({ body }: { body: { refusal?: string } }) => body.refusal ?? 'given'

test('offers count as waivers do, taken or not; a waiver finds less of the day left', async () => {
  desk.as('ann', 'collector')
  expect(said(await offer(1, 5_000))).toBe('given')
  expect((await desk.ask('PUT', '/borrowers/1/loans/L/settlements/1/acceptance')).status).toBe(200)
  expect(said(await offer(2, 5_001))).toBe('limit_of_the_day_is_reached')
  expect(said(await waive(2, 5_001))).toBe('limit_of_the_day_is_reached')
  expect(said(await waive(2, 5_000))).toBe('given')
  expect(said(await offer(3, 1))).toBe('limit_of_the_day_is_reached')
  today = '2025-06-03'
  expect(said(await offer(3, 1))).toBe('given')
  today = '2025-06-02'
})

test('the prompt sum is what may be let off', async () => {
  desk.as('bob', 'collector')
  const prompt = { prompt_minor: 89_999, prompt_by: '2025-06-10' }
  expect(said(await offer(4, 5_000, prompt))).toBe('limit_of_the_day_is_reached')
  expect(said(await offer(4, 5_000, { ...prompt, prompt_minor: 90_000 }))).toBe('given')
  expect(said(await offer(5, 1))).toBe('limit_of_the_day_is_reached')
})

test('an offer withdrawn gives the day back', async () => {
  desk.as('cy', 'collector')
  expect(said(await offer(5, 10_000))).toBe('given')
  expect((await desk.ask('DELETE', '/borrowers/5/loans/L/settlements/1')).status).toBe(204)
  expect(said(await offer(5, 10_000))).toBe('given')
})

test('what waits for somebody else’s approval is that person’s to give, and does not count', async () => {
  desk.as('dee', 'collector')
  expect((await offer(6, 40_000)).body).toMatchObject({ level_needed: 'manager', is_within_authority: false })
  expect(said(await offer(7, 10_000))).toBe('given')
})

test('two offers at once cannot pass the limit together', async () => {
  desk.as('eve', 'collector')
  const both = await Promise.all([offer(8, 6_000), offer(9, 6_000)])
  expect(both.map(said).toSorted()).toEqual(['given', 'limit_of_the_day_is_reached'])
})
