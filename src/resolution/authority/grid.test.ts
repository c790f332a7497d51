// Which rows of the grid bear on a loan: by lender, product, agency, days past due and balance.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { standingOf } from '../../book/positions/standing.sql.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect } from '../../platform/database.ts'
import { waiverRoutes } from '../waivers/waiver.routes.ts'
import { authorityFor } from './authority.sql.ts'

const db = connect(await freshUrl())
const desk = deskApp(db, () => fixedClock('2025-06-02T12:00:00Z'), [waiverRoutes()])
afterAll(() => db.destroy())

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', 'card'), ('bank', ''), ('shop', '')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no)
    values (7, 'bank', 'B7'), (8, 'shop', 'B8')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor, oldest_due_on, principal_minor, interest_minor,
                       penalty_minor, fees_minor)
    values (7, 'card', 'bank', 'card', 'USD', 'active', '2025-06-01', 100000, 1, '2025-01-20', 60000, 20000,
            0, 20000),
           (7, 'loan', 'bank', '', 'USD', 'active', '2025-06-01', 100001, 1, '2025-01-20', 60001, 20000, 0,
            20000),
           (8, 'yen', 'shop', '', 'JPY', 'active', '2025-06-01', 1000, 1, '2025-01-20', 1000, 0, 0, 0),
           (8, 'more', 'shop', '', 'JPY', 'active', '2025-06-01', 1001, 1, '2025-01-20', 1001, 0, 0, 0)
  `.execute(db)
  await sql`
    insert into authority_grids (grid_version, effective_from, published_by, source)
    values ('axes', '2025-06-01', 'test', 'test')`.execute(db)
  // limit_units is the name of the row
  await sql`
    insert into authority_rules
      (grid_version, level, what, limit_units, lender, product, agency, from_days, to_days, balance_to_units)
    values ('axes', 'manager', 'fee_waiver', 1, '', '', '', 0, null, null),
           ('axes', 'manager', 'fee_waiver', 2, 'bank', '', '', 0, null, null),
           ('axes', 'manager', 'fee_waiver', 3, 'bank', 'card', '', 0, null, null),
           ('axes', 'manager', 'fee_waiver', 4, '', '', 'Fast', 0, null, null),
           ('axes', 'manager', 'fee_waiver', 5, '', '', 'Fair', 0, null, null),
           ('axes', 'manager', 'fee_waiver', 6, '', '', '', 0, 90, null),
           ('axes', 'manager', 'fee_waiver', 7, '', '', '', 91, 120, null),
           ('axes', 'manager', 'fee_waiver', 8, '', '', '', 121, null, null),
           ('axes', 'manager', 'fee_waiver', 9, '', '', '', 0, null, 1000)`.execute(db)
})

/** The rows that bear on a loan as late as that, by their names. */
async function rows(borrower: string, loan: string, days_past_due = 0, agencies: string[] = []) {
  const standing = (await standingOf(db, borrower, loan, '2025-06-02'))!
  const { rules } = await authorityFor(db, { ...standing, days_past_due }, '2025-06-02', agencies)
  return rules.map(({ limit_units }) => limit_units).toSorted()
}

test('lender and product: their own rows bear beside everybody’s', async () => {
  expect(await rows('7', 'card')).toEqual([1, 2, 3, 6, 9])
  expect(await rows('7', 'loan')).toEqual([1, 2, 6])
  expect(await rows('8', 'more')).toEqual([1, 6])
})

test('days past due: each band from its first day to its last', async () => {
  const band = async (days: number) => (await rows('8', 'more', days)).filter((row) => row > 1)
  expect(await Promise.all([90, 91, 120, 121, 900].map(band))).toEqual([[6], [7], [7], [8], [8]])
})

test('balance: in whole units of the loan’s own currency, the last one included', async () => {
  expect(await rows('7', 'card')).toContain(9)
  expect(await rows('7', 'loan')).not.toContain(9)
  expect(await rows('8', 'yen')).toContain(9)
  expect(await rows('8', 'more')).not.toContain(9)
})

test('an agency’s rows bear on its own people, and on nobody else', async () => {
  expect(await rows('8', 'more', 0, ['Fast'])).toEqual([1, 4, 6])
  expect(await rows('8', 'more', 0, ['Fast', 'Fair'])).toEqual([1, 4, 5, 6])
  expect(await rows('8', 'more')).toEqual([1, 6])
})

test('who asks, and who approves, is bound by the rows of their agency', async () => {
  await sql`
    insert into authority_grids (grid_version, effective_from, published_by, source)
    values ('agency', '2025-06-02', 'test', 'test')`.execute(db)
  await sql`
    insert into authority_rules (grid_version, level, what, limit_units, agency)
    values ('agency', 'collector', 'fee_waiver', 5000, ''), ('agency', 'team_lead', 'fee_waiver', 10000, ''),
           ('agency', 'collector', 'fee_waiver', 1000, 'Fast'),
           ('agency', 'team_lead', 'fee_waiver', 1000, 'Fast')`.execute(db)
  const waive = (loan: string, minor: number) =>
    desk.ask('POST', `/borrowers/7/loans/${loan}/waivers`, {
      part: 'fee',
      currency: 'USD',
      amount_minor: minor,
      reason: 'charged in error',
    })
  desk.as('ann', 'collector')
  expect((await waive('loan', 4_000)).body).toMatchObject({ level_needed: 'collector' })
  desk.as('bob', 'collector')
  desk.of('Fast')
  expect((await waive('loan', 4_000)).body.refusal).toBe('nobody_may_give_this')
  expect((await waive('loan', 1_600)).body).toMatchObject({ level_needed: 'collector' })
  desk.as('cy', 'collector')
  const { waiver_no } = (await waive('card', 12_000)).body
  const yes = { approved: true, reason: 'proved' }
  const approval = `/borrowers/7/loans/card/waivers/${waiver_no}/approvals`
  desk.as('lee', 'team_lead')
  desk.of('Fast')
  expect(await desk.refusal('POST', approval, yes)).toBe('authority_is_missing')
  desk.as('lea', 'team_lead')
  expect((await desk.ask('POST', approval, yes)).body.applied_on).toBe('2025-06-02')
})

test('a waiver that was undone is no concession any more', async () => {
  const had = async () => {
    const loan = (await standingOf(db, '7', 'card', '2025-06-02'))!
    return (await authorityFor(db, loan, '2025-06-02', [])).concessions
  }
  const before = await had()
  desk.as('max', 'manager')
  expect((await desk.ask('DELETE', '/borrowers/7/loans/card/waivers/1')).status).toBe(200)
  expect(await had()).toBe(before - 1)
})
