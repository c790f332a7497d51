import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { affordabilityRoutes } from '../affordability/affordability.routes.ts'
import { paymentRoutes } from '../receipts/payment.routes.ts'
import { planRoutes } from './plan.routes.ts'
import { plansOf } from './plan.sql.ts'
import { planAgreementRoutes } from './plan-agreement.routes.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
let today = '2025-06-03'
const routes = [affordabilityRoutes(), planRoutes(), planAgreementRoutes(), paymentRoutes()]
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), routes)
afterAll(async () => {
  await client.end()
  await db.destroy()
})

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    select 7, 'L' || n, 'bank', 'USD', 'active', '2025-06-01', 60000, 60000, '2025-01-20'
      from generate_series(1, 7) n`.execute(db)
  const lines = [{ kind: 'income', what: 'wages', amount_minor: 9_000_000 }]
  await desk.ask('PUT', '/borrowers/7/affordability', { currency: 'USD', lines })
})

const plansAt = (loanNo: string) => `/borrowers/7/loans/${loanNo}/plans`
const monthly = {
  currency: 'USD',
  principal_minor: 60_000,
  every: 'monthly',
  instalments: 5,
  first_due_on: '2025-07-03',
}
const withFirst = { ...monthly, annual_rate: '0.12', first_payment_minor: 10_000 }
const propose = (loanNo: string, asked: object) => desk.ask('POST', plansAt(loanNo), asked)
const agree = (loanNo: string) => desk.ask('PUT', `${plansAt(loanNo)}/1/agreement`, { how_agreed: 'signed' })
const pay = (payment_no: string, loan_no: string, paid_on: string, amount_minor: number) =>
  desk.ask('POST', '/borrowers/7/payments', { payment_no, loan_no, paid_on, amount_minor, currency: 'USD' })
const planOn = async (loanNo: string) => (await plansOf(db, '7')).find((one) => one.loan_no === loanNo)!

test('agreed nine days later: the first payment is due that day, all else is as shown', async () => {
  desk.as('max', 'manager')
  for (const loan of ['L1', 'L2']) expect((await propose(loan, withFirst)).status).toBe(201)
  const shown = await planOn('L1')
  expect(shown.instalments[0]).toMatchObject({ no: 0, due_on: '2025-06-03' })
  today = '2025-06-12'
  for (const loan of ['L1', 'L2']) expect((await agree(loan)).status).toBe(200)
  const agreed = await planOn('L1')
  expect(agreed.instalments[0]).toMatchObject({ no: 0, due_on: '2025-06-12', cure_until: '2025-06-17' })
  expect(agreed.instalments.slice(1)).toEqual(shown.instalments.slice(1))
  expect(agreed.total_minor).toBe(shown.total_minor)
})

test('paid on that day, it performs; unpaid, it is breached after its cure days', async () => {
  desk.as('max', 'manager')
  expect((await pay('P1', 'L1', '2025-06-12', 10_000)).body.changes).not.toContainEqual(
    expect.objectContaining({ after: 'breached' }),
  )
  for (const day of ['12', '13', '14', '15', '16', '17'])
    await runStep(client, 'resolution/plans/close-missed-plans', `2025-06-${day}`)
  expect([(await planOn('L1')).outcome, (await planOn('L2')).outcome]).toEqual([null, null])
  await runStep(client, 'resolution/plans/close-missed-plans', '2025-06-18')
  expect([(await planOn('L1')).outcome, (await planOn('L2')).outcome]).toEqual([null, 'breached'])
})

test('money came since the proposal: less is owed than it covers, and it cannot be agreed', async () => {
  today = '2025-06-12'
  desk.as('max', 'manager')
  await propose('L3', monthly)
  await pay('P3', 'L3', '2025-06-12', 1)
  expect((await agree('L3')).body.refusal).toBe('amount_exceeds_what_is_owed')
})

test('an approver decides on proposals: a plan that performs, or has ended, is not rejected', async () => {
  desk.as('ann', 'collector')
  await propose('L4', monthly)
  await agree('L4')
  desk.as('max', 'manager')
  const no = { approved: false, reason: 'too long' }
  expect(await desk.refusal('POST', `${plansAt('L4')}/1/approvals`, no)).toBe('plan_is_not_open')
  expect((await planOn('L4')).outcome).toBe(null)
  await desk.ask('PUT', `${plansAt('L4')}/1/cancellation`, { reason: 'moved abroad' })
  expect(await desk.refusal('POST', `${plansAt('L4')}/1/approvals`, no)).toBe('plan_is_not_open')
})

const decide = (loanNo: string, staffId: string, approved: boolean) => {
  desk.as(staffId, 'manager')
  return desk.ask('POST', `${plansAt(loanNo)}/1/approvals`, { approved, reason: 'as I see it' })
}

test('two managers at once are the committee: both words count, and one of them was the second', async () => {
  desk.as('ann', 'collector')
  expect((await propose('L5', { ...monthly, instalments: 48 })).body.level_needed).toBe('committee')
  const both = await Promise.all([decide('L5', 'max', true), decide('L5', 'eve', true)])
  expect(both.map(({ status }) => status)).toEqual([201, 201])
  expect(both.map(({ body }) => body.is_approved).toSorted()).toEqual([false, true])
  expect((await agree('L5')).status).toBe(200)
})

test('one approves and one rejects at once: whoever was first, the proposal has ended', async () => {
  desk.as('ann', 'collector')
  await propose('L6', { ...monthly, instalments: 24 })
  const both = await Promise.all([decide('L6', 'max', true), decide('L6', 'eve', false)])
  expect(both[1]!.status).toBe(201)
  expect([201, 409]).toContain(both[0]!.status)
  expect((await planOn('L6')).outcome).toBe('cancelled')
  expect((await agree('L6')).body.refusal).toBe('request_was_rejected')
})
