import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { standingOf } from '../positions/standing.sql.ts'
import { allocateLoan } from './book-allocation.sql.ts'

const db = await freshDatabase()
afterAll(() => db.destroy())

const order = (...parts: string[]) =>
  JSON.stringify({ kind: 'due_first', due_order: parts, in_advance_order: parts })

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (7, 'L1', 'bank', 'USD', 'active', '2025-03-01', 33000, 22000, '2025-02-01')`.execute(db)
  await sql`
    insert into instalments (borrower_id, loan_no, instalment_no, due_on, principal_minor, interest_minor)
    values (7, 'L1', 1, '2025-02-01', 30000, 3000)`.execute(db)
  await sql`
    insert into allocation_orders (lender, asset_state, effective_from, rule, clause)
    values ('bank', '', '2025-01-01', ${order('interest', 'principal')}, 'interest first'),
           ('bank', 'settled', '2025-01-01', ${order('principal', 'interest')}, 'principal first')
  `.execute(db)
  await sql`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                          loaded_as_of)
    select 7, 'P' || n, 'bank', 'L1', date '2025-03-08' + n, 500, 'USD', 'payment', date '2025-03-08' + n
      from generate_series(1, 4) n`.execute(db)
})

/** Where the payments of 9, 10, 11 and 12 March went. */
async function parts() {
  const loan = (await standingOf(db, '7', 'L1', '2025-03-20'))!
  const { after } = await allocateLoan(db, loan, '2025-03-20')
  return after.payments.map(({ parts: { interest, principal } }) =>
    interest === 500n ? 'interest' : principal === 500n ? 'principal' : 'both',
  )
}
const settlement = (values: { outcome: string | null; ended_on: string | null }) =>
  sql`update settlements set outcome = ${values.outcome}, ended_on = ${values.ended_on}`.execute(db)

test('an offer that nobody has taken up changes no order', async () => {
  await sql`
    insert into settlements (borrower_id, loan_no, settlement_no, currency, balance_minor, offer_minor,
                             pay_by, carry_on_minor, grid_version, level_needed, is_within_authority,
                             offered_on, offered_by, expires_on)
    values (7, 'L1', 1, 'USD', 33000, 20000, '2025-03-31', 10000, 'v1', 'collector', true, '2025-03-05',
            'ann', '2025-03-31')`.execute(db)
  expect(await parts()).toEqual(['interest', 'interest', 'interest', 'interest'])
})

test('from the day it is taken up money goes by the order for settled loans, completed or not', async () => {
  await sql`update settlements set accepted_on = '2025-03-10', accepted_by = 'ann'`.execute(db)
  const settled = ['interest', 'principal', 'principal', 'principal']
  expect(await parts()).toEqual(settled)
  await settlement({ outcome: 'completed', ended_on: '2025-03-12' })
  expect(await parts()).toEqual(settled)
})

test('from the day it is broken the loan is as it was; what came before stays where it went', async () => {
  await settlement({ outcome: 'broken', ended_on: '2025-03-12' })
  expect(await parts()).toEqual(['interest', 'principal', 'principal', 'interest'])
})
