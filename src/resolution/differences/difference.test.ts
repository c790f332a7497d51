import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { positionRoutes } from '../../book/ledger/position.routes.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { differenceRoutes } from './difference.routes.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
const desk = deskApp(db, () => fixedClock('2025-03-04T12:00:00Z'), [differenceRoutes(), positionRoutes()])
afterAll(async () => {
  await client.end()
  await db.destroy()
})

beforeAll(async () => {
  desk.as('max', 'manager')
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (7, 'L1', 'bank', 'USD', 'active', '2025-03-03', 50000, 50000, '2025-02-01')
  `.execute(db)
  await sql`
    insert into balance_differences
      (borrower_id, loan_no, as_of, currency, before_minor, moved_minor, expected_minor, stated_minor,
       limit_minor)
    values (7, 'L1', '2025-03-03', 'USD', 60000, -5000, 55000, 50000, 100)
  `.execute(db)
})
const held = async () => {
  const { rows } = await sql<{ held: boolean }>`
    select exists (
      select from holds h
       where h.kind = 'balance_differs'
         and not exists (select from hold_releases r where r.kind = h.kind
            and r.at >= h.at)) as held`.execute(db)
  return rows[0]!.held
}

test('an unexplained difference holds outreach on the loan from that night on', async () => {
  await runStep(client, 'conduct/facts/follow-resolution', '2025-03-03')
  expect(await held()).toBe(true)
  expect((await desk.ask('GET', '/balance-differences')).body.differences).toMatchObject([
    {
      ...{ lender: 'bank', loan_no: 'L1', expected_minor: 55_000, stated_minor: 50_000 },
      ...{ before: '600.00', moved: '-50.00', expected: '550.00', stated: '500.00', differs: '-50.00' },
      limit: '1.00',
    },
  ])
})

test('explained by a person, once, the hold ends', async () => {
  const path = '/balance-differences/7/L1/2025-03-03/explanation'
  expect((await desk.ask('PUT', path, { explanation: 'paid at the branch' })).status).toBe(204)
  expect(await held()).toBe(false)
  expect(await desk.refusal('PUT', path, { explanation: 'again' })).toBe('no_such_open_difference')
  await runStep(client, 'conduct/facts/follow-resolution', '2025-03-04')
  expect(await held()).toBe(false)
})

test('the position is shown with its arithmetic; an unknown loan is not found', async () => {
  const { body } = await desk.ask('GET', '/borrowers/7/loans/L1/position')
  expect(body).toMatchObject({
    tape_as_of: '2025-03-03',
    tape_minor: 50_000,
    tape: '500.00',
    movements: [],
    outstanding_minor: 50_000,
    outstanding: '500.00',
  })
  expect(await desk.refusal('GET', '/borrowers/7/loans/L9/position')).toBe('no_such_loan')
})

test('found after an explanation of the same day, it holds the loan again', async () => {
  await sql`
    insert into balance_differences
      (borrower_id, loan_no, as_of, currency, before_minor, moved_minor, expected_minor, stated_minor,
       limit_minor)
    values (7, 'L1', '2025-03-04', 'USD', 50000, 0, 50000, 40000, 100)`.execute(db)
  await runStep(client, 'conduct/facts/follow-resolution', '2025-03-04')
  expect(await held()).toBe(true)
  expect(await runStep(client, 'conduct/facts/follow-resolution', '2025-03-04')).toBe(0)
})
