import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { positionRoutes } from '../ledger/position.routes.ts'
import { standingOf } from '../positions/standing.sql.ts'
import { quoteRoutes } from './quote.routes.ts'

const db = await freshDatabase()
const desk = deskApp(db, () => fixedClock('2025-03-31T12:00:00Z'), [quoteRoutes(), positionRoutes()])
afterAll(() => db.destroy())

beforeAll(async () => {
  desk.as('max', 'manager')
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('bank', 'packs', '2020-01-01', '["cn"]'),
           ('', 'penalty_rule_cn', '2025-03-15', '{"base": "principal", "yearly": "0.0365"}')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  // One million owed until 10 March, then half of it, at 7.3 % a year: 200 and 100 a day.
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on, principal_minor, interest_minor, penalty_minor,
                       fees_minor, rate)
    values (7, 'L1', 'bank', 'CNY', 'active', '2025-03-11', 500000, 500000, '2025-03-01', 500000, 0, 0, 0,
            0.073)`.execute(db)
  await sql`
    insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, lender, product, currency, status,
                                outstanding_minor, past_due_minor, oldest_due_on, principal_minor,
                                interest_minor, penalty_minor, fees_minor)
    values (7, 'L1', '2025-03-01', '2025-03-11', 'bank', '', 'CNY', 'active', 1000000, 1000000, '2025-02-01',
            1000000, 0, 0, 0)`.execute(db)
})
const told = async (for_on: string) => {
  const { status, body } = await desk.ask('POST', '/borrowers/7/loans/L1/quotes', { for_on })
  return { status, ...body }
}

test('a day that has passed: what would have paid the loan off then, by its own tape and terms', async () => {
  expect(await told('2025-03-06')).toMatchObject({
    status: 201,
    total_minor: 1_001_000,
    principal_minor: 1_000_000,
    interest_minor: 1_000,
    penalty_minor: 0,
  })
})

test('the penalty of the pack holds from its day on where the contract has no rule', async () => {
  expect(await told('2025-03-14')).toMatchObject({ interest_minor: 300, penalty_minor: 0 })
  expect(await told('2025-03-31')).toMatchObject({ interest_minor: 2_000, penalty_minor: 1_000 })
})

test("the contract's own rule goes before the pack's", async () => {
  await sql`insert into settings (lender, name, effective_from, value)
            values ('bank', 'penalty_rule', '2025-03-31', '{"base": "principal", "yearly": "0"}')`.execute(db)
  expect(await told('2025-03-31')).toMatchObject({ interest_minor: 2_000, penalty_minor: 0 })
})

test('before the book knew the loan, and too far ahead: refused', async () => {
  expect(await told('2025-02-28')).toMatchObject({ status: 404, refusal: 'no_such_loan' })
  expect(await told('2027-01-01')).toMatchObject({ refusal: 'date_is_too_far_ahead' })
})

test('a payment file that no night has posted yet is in quote, position and standing alike', async () => {
  await sql`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                          loaded_as_of)
    values (7, 'P1', 'bank', 'L1', '2025-03-31', 300000, 'CNY', 'payment', '2025-03-31'),
           (7, 'P2', 'bank', 'L1', '2025-03-31', 50000, 'CNY', 'reversal', '2025-03-31')`.execute(db)
  const { body } = await desk.ask('GET', '/borrowers/7/loans/L1/position')
  expect(body).toMatchObject({
    tape_minor: 500_000,
    movements: [
      { kind: 'payment', change_minor: -300_000 },
      { kind: 'reversal', change_minor: 50_000 },
    ],
    outstanding_minor: 250_000,
  })
  expect((await standingOf(db, '7', 'L1', '2025-03-31'))!.outstanding_minor).toBe(250_000)
  const quoted = await told('2025-03-31')
  expect(quoted.total_minor).toBe(252_000)
  expect(quoted.steps.map(({ words }: { words: { 'zh-Hant': string } }) => words['zh-Hant'])).toContain(
    '2025-03-31,收到還款:CNY -3000.00',
  )
})
