import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { quoteRoutes } from './quote.routes.ts'

const db = await freshDatabase()
const desk = deskApp(db, () => fixedClock('2021-07-31T12:00:00Z'), [quoteRoutes()])
desk.as('max', 'manager')
afterAll(() => db.destroy())

test('Taiwan: 20 % a year is owed until 19 July 2021, and cut to 16 % from the 20th', async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into settings (lender, name, effective_from, value)
            values ('bank', 'packs', '2020-01-01', '["tw"]')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, principal_minor, interest_minor, penalty_minor, fees_minor, rate)
    values (7, 'L1', 'bank', 'TWD', 'active', '2021-07-01', 3650000, 0, 3650000, 0, 0, 0, 0.20)`.execute(db)
  const quoted = async (for_on: string) =>
    (await desk.ask('POST', '/borrowers/7/loans/L1/quotes', { for_on })).body
  const before = await quoted('2021-07-19')
  expect(before).toMatchObject({ interest_minor: 18 * 2_000 })
  expect(before.steps.map(({ what }: { what: string }) => what)).not.toContain('cap')
  const cut = await quoted('2021-07-20')
  expect(cut).toMatchObject({ interest_minor: 19 * 1_600 })
  expect(cut.steps.find(({ what }: { what: string }) => what === 'cap').words).toEqual({
    en: 'rates are cut to 16 % a year: Taiwan Civil Code art. 205',
    'zh-Hans': '利率按上限年16%计算:台湾《民法》第205条',
    'zh-Hant': '利率按上限年16%計算:民法第205條',
  })
})
