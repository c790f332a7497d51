import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { proveBalances } from '../../book/ledger/ledger.sql.ts'
import { positionRoutes } from '../../book/ledger/position.routes.ts'
import { quoteRoutes } from '../../book/quotes/quote.routes.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { paymentRoutes } from '../receipts/payment.routes.ts'
import { waiverRoutes } from '../waivers/waiver.routes.ts'
import { enteredMovementRoutes } from './entered-movement.routes.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
let today = '2025-03-10'
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), [
  enteredMovementRoutes(),
  paymentRoutes(),
  positionRoutes(),
  quoteRoutes(),
  waiverRoutes(),
])
afterAll(async () => {
  await client.end()
  await db.destroy()
})

const tape = (on: string) =>
  sql`insert into loads (kind, lenders, as_of, mode, file_name, file_path, sha256, state, loaded_at, rows,
                         new, changed, unchanged, closed, rejected, seconds)
      values ('loans', '{bank}', ${on}, 'full', 'tape', '/tape', ${on}, 'applied', ${on}, 1, 0, 0, 1, 0, 0,
              0)`.execute(db)
beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on, principal_minor, interest_minor, penalty_minor,
                       fees_minor, original_amount_minor)
    select 7, no, 'bank', 'USD', status, '2025-03-01', owed, owed, '2025-02-01', owed - 2000, 2000, 0, 0,
           20000
      from (values ('L1', 'active', 12000), ('L2', 'active', 12000), ('sold', 'sold', 9000),
                   ('closed', 'closed', 9000), ('lost', 'charged_off', 9000)) l (no, status, owed)
  `.execute(db)
  // by the lender's own order money on lost loans goes to the principal first
  await sql`
    insert into allocation_orders (lender, asset_state, effective_from, rule, clause)
    select 'bank', 'charged_off', '2020-01-01',
           jsonb_build_object('kind', 'due_first', 'due_order', parts, 'in_advance_order', parts), 'contract'
      from (values ('["principal", "interest", "fee", "penalty"]'::jsonb)) o (parts)`.execute(db)
  await tape('2025-03-01')
  desk.as('max', 'manager')
})
const path = (loan: string) => `/borrowers/7/loans/${loan}/movements`
const asked = { movement_no: 'M1', kind: 'fee', on_date: '2025-03-10', amount_minor: 300, currency: 'USD' }
const ask = (loan: string, about: object) => ({ ...asked, reason: 'court costs', ...about, loan })
const enter = async (loan: string, about: object) => {
  const { status, body } = await desk.ask('POST', path(loan), ask(loan, about))
  return { status, ...body }
}
const decide = async (loan: string, no: string, approved = true) => {
  const word = { approved, reason: 'the file was looked at' }
  return (await desk.ask('POST', `${path(loan)}/${no}/approvals`, word)).body
}
/** Another manager agrees to it. */
const agreed = async (loan: string, about: { movement_no: string } & Record<string, unknown>) => {
  expect(await enter(loan, about)).toMatchObject({ status: 201, movement: { posted_on: null } })
  desk.as('mia', 'manager')
  const answer = await decide(loan, about.movement_no)
  desk.as('max', 'manager')
  return answer
}
const pay = async (loan_no: string, payment_no: string, paid_on: string, amount_minor: number) => {
  const payment = { payment_no, loan_no, paid_on, amount_minor, currency: 'USD' }
  return (await desk.ask('POST', '/borrowers/7/payments', payment)).body
}
const accounts = async (loan_no: string) => {
  const { rows } = await sql<{ account: string; minor: number }>`
    select account, sum(amount_minor)::bigint as minor
      from entries where loan_no = ${loan_no} group by account having sum(amount_minor) <> 0
     order by account`.execute(db)
  return Object.fromEntries(rows.map(({ account, minor }) => [account, minor]))
}

test('a fee is owed at once, in position and quote; the same again is the same', async () => {
  expect(await enter('L1', {})).toMatchObject({
    status: 201,
    movement: { kind: 'fee', entered_by: 'max', level_needed: null, posted_on: '2025-03-10' },
    outstanding_minor: 12_300,
  })
  expect(await enter('L1', {})).toMatchObject({ status: 200, outstanding_minor: 12_300, changes: [] })
  const { body } = await desk.ask('GET', '/borrowers/7/loans/L1/position')
  expect(body.movements).toEqual([
    {
      ...{ on_date: '2025-03-10', kind: 'fee', part: 'fee', reason: 'court costs' },
      ...{ change_minor: 300, change: '3.00' },
    },
  ])
  const quote = await desk.ask('POST', '/borrowers/7/loans/L1/quotes', { for_on: '2025-03-10' })
  expect(quote.body).toMatchObject({ fees_minor: 300, total_minor: 12_300 })
  const waiver = { part: 'fee', currency: 'USD', amount_minor: 301, reason: 'charged twice' }
  expect(await desk.refusal('POST', '/borrowers/7/loans/L1/waivers', waiver)).toBe(
    'amount_exceeds_what_is_owed',
  )
  expect((await pay('L1', 'P1', '2025-03-10', 500)).applied).toMatchObject({ fee: 300, interest: 200 })
})

test.each([
  ['movement_no_was_used_otherwise', 'L1', { amount_minor: 301 }],
  ['loan_is_sold', 'sold', {}],
  ['loan_is_closed', 'closed', {}],
  ['currency_is_not_the_loans', 'L2', { currency: 'EUR' }],
  ['amount_is_not_positive', 'L2', { amount_minor: 0 }],
  ['amount_is_not_positive', 'L2', { amount_minor: -300 }],
  ['movement_is_in_the_future', 'L2', { on_date: '2025-03-11' }],
  ['movement_is_too_old', 'L2', { on_date: '2010-03-11' }],
  ['charge_exceeds_the_loan', 'L2', { amount_minor: 20_001 }],
  ['amount_exceeds_what_is_owed', 'L2', { kind: 'charge_off', amount_minor: 12_001 }],
  ['loan_is_charged_off_already', 'lost', { kind: 'charge_off' }],
  ['amount_exceeds_what_was_paid', 'L1', { kind: 'refund', amount_minor: 501, movement_no: 'M2' }],
  ['amount_exceeds_what_was_paid', 'L1', { kind: 'collection_fee', amount_minor: 501, movement_no: 'M2' }],
  ['no_such_movement', 'L1', { kind: 'undoing', undoes: 'M9', movement_no: 'M2' }],
  ['movement_is_undone_elsewhere', 'L1', { kind: 'undoing', undoes: 'payment:P1', movement_no: 'M2' }],
  [
    'undoing_is_of_another_amount',
    'L1',
    { kind: 'undoing', undoes: 'M1', amount_minor: 1, movement_no: 'M2' },
  ],
  ['no_such_loan', 'none', {}],
  ['request_is_malformed', 'L2', { amount_minor: 1e20 }],
])('refuses: %s', async (refusal, loan, about) => {
  expect(await desk.refusal('POST', path(loan), ask(loan, about))).toBe(refusal)
})

test('a fee is taken back by two people, once', async () => {
  const undoing = { movement_no: 'M2', kind: 'undoing', undoes: 'M1' }
  expect(await enter('L1', undoing)).toMatchObject({
    movement: { kind: 'fee_undone', level_needed: 'manager', posted_on: null },
    outstanding_minor: 11_800,
  })
  expect((await decide('L1', 'M2')).refusal).toBe('own_request')
  desk.as('lee', 'team_lead')
  expect((await decide('L1', 'M2')).refusal).toBe('authority_is_missing')
  expect((await enter('L1', { movement_no: 'M3' })).refusal).toBe('permission_is_missing')
  desk.as('mia', 'manager')
  const both = await Promise.all([decide('L1', 'M2'), decide('L1', 'M2')])
  expect(both.map(({ refusal }) => refusal ?? '').toSorted()).toEqual(['', 'movement_is_decided_already'])
  expect(both.find(({ refusal }) => !refusal)).toMatchObject({
    outstanding_minor: 11_500,
    changes: [{ what: 'payment:P1', before: { fee: 300, interest: 200 }, after: { fee: 0, interest: 500 } }],
  })
  desk.as('max', 'manager')
  const again = { ...undoing, movement_no: 'M3' }
  expect((await enter('L1', again)).refusal).toBe('movement_was_undone_before')
  expect((await enter('L1', { ...again, undoes: 'M2' })).refusal).toBe('movement_is_itself_an_undoing')
})

test('a rejected refund leaves all as it was; an approved one goes out', async () => {
  const refund = { kind: 'refund', amount_minor: 100 }
  await enter('L1', { ...refund, movement_no: 'M4' })
  const undoing = { kind: 'undoing', undoes: 'M4', amount_minor: 100, movement_no: 'M5' }
  expect((await enter('L1', undoing)).refusal).toBe('movement_was_not_posted')
  desk.as('mia', 'manager')
  expect((await decide('L1', 'M4', false)).movement).toMatchObject({ rejected_on: '2025-03-10' })
  desk.as('max', 'manager')
  expect(await agreed('L1', { ...refund, movement_no: 'M6' })).toMatchObject({ outstanding_minor: 11_600 })
})

test('a late charge-off: payments since are recoveries, by its order; undone, all is as before', async () => {
  today = '2025-03-20'
  await pay('L2', 'P2', '2025-03-08', 500)
  await pay('L2', 'P3', '2025-03-15', 1_000)
  const loss = { kind: 'charge_off', on_date: '2025-03-10', amount_minor: 11_500, movement_no: 'C1' }
  expect(await agreed('L2', loss)).toMatchObject({
    outstanding_minor: 10_500,
    changes: [
      { what: 'status', before: 'active', after: 'charged_off' },
      { what: 'payment:P3', before: { interest: 1_000 }, after: { interest: 0, principal: 1_000 } },
    ],
  })
  expect(await accounts('L2')).toMatchObject({ charged_off: 10_500 })
  await pay('L2', 'P4', '2025-03-20', 400)
  expect(await accounts('L2')).toMatchObject({ cash: 1_900, charged_off: 10_100, receivable: -12_000 })
  expect(
    await enter('L2', { kind: 'collection_fee', movement_no: 'F1', amount_minor: 72, on_date: today }),
  ).toMatchObject({ outstanding_minor: 10_100 })
  const { body } = await desk.ask('GET', '/borrowers/7/loans/L2/position')
  expect(
    body.movements.map((one: { kind: string; change_minor: number }) => [one.kind, one.change_minor]),
  ).toEqual([
    ['payment', -500],
    ['charge_off', 0],
    ['payment', -1_000],
    ['recovery', -400],
  ])
  const quote = (await desk.ask('POST', '/borrowers/7/loans/L2/quotes', { for_on: today })).body
  expect(quote.total_minor).toBe(10_100)
  expect(quote.steps.filter((step: { what: string }) => step.what === 'movement')).toHaveLength(3)
  const undoing = { kind: 'undoing', undoes: 'C1', on_date: today, amount_minor: 11_500, movement_no: 'C2' }
  expect(await agreed('L2', undoing)).toMatchObject({ outstanding_minor: 10_100 })
  expect(await accounts('L2')).toEqual({ cash: 1_828, collection_cost: 72, receivable: -1_900 })
  expect(
    await agreed('L2', { ...loss, movement_no: 'C3', on_date: '2025-03-20', amount_minor: 10_100 }),
  ).toMatchObject({ outstanding_minor: 10_100 })
})

test('money of a file after the charge-off is a recovery; the next tape confirms or differs', async () => {
  await sql`insert into settings (name, effective_from, value)
            values ('balance_difference_limit', '2025-01-01', '{"minor": 50}')`.execute(db)
  await sql`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                          loaded_as_of)
    values (7, 'P5', 'bank', 'L2', '2025-03-21', 100, 'USD', 'payment', '2025-03-21')`.execute(db)
  await runStep(client, 'book/ledger/post-payments', '2025-03-21')
  const { rows } = await sql`select kind from movements where movement_no = 'payment:P5'`.execute(db)
  expect(rows).toEqual([{ kind: 'recovery' }])
  await tape('2025-03-22')
  await sql`
    insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, lender, product, currency, status,
                                outstanding_minor, past_due_minor, oldest_due_on)
    select borrower_id, loan_no, position_from, '2025-03-22', lender, product, currency, status,
           outstanding_minor, past_due_minor, oldest_due_on
      from loans where loan_no in ('L1', 'L2')`.execute(db)
  await sql`
    update loans set position_from = '2025-03-22',
                     outstanding_minor = case loan_no when 'L1' then 11900 else 10000 end,
                     principal_minor = case loan_no when 'L1' then 9900 else 8000 end
     where loan_no in ('L1', 'L2')`.execute(db)
  await runStep(client, 'book/ledger/compare-with-tape', '2025-03-22')
  const { rows: differ } = await sql`
    select loan_no, expected_minor, stated_minor from balance_differences`.execute(db)
  expect(differ).toEqual([{ loan_no: 'L1', expected_minor: 11_600, stated_minor: 11_900 }])
  expect((await proveBalances(db)).differences).toBe(0)
})
