// A plan that a newer one has followed, and money that comes or bounces afterwards.
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
let today = '2025-06-02'
const routes = [affordabilityRoutes(), planRoutes(), planAgreementRoutes(), paymentRoutes()]
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), routes)
afterAll(async () => {
  await client.end()
  await db.destroy()
})

const loans = ['L1', 'L2', 'L3']
const agreed = async (loanNo: string, planNo: number, asked: object) => {
  const plans = `/borrowers/7/loans/${loanNo}/plans`
  const weekly = { currency: 'USD', every: 'weekly', ...asked }
  expect((await desk.ask('POST', plans, weekly)).body.plan_no).toBe(planNo)
  const agreement = { how_agreed: 'signed' }
  expect((await desk.ask('PUT', `${plans}/${planNo}/agreement`, agreement)).status).toBe(200)
}
const pay = (loan_no: string, payment_no: string, paid_on: string, amount_minor: number, more = {}) =>
  desk.ask('POST', '/borrowers/7/payments', {
    loan_no,
    payment_no: `${loan_no} ${payment_no}`,
    paid_on,
    amount_minor,
    currency: 'USD',
    ...more,
  })
const bounce = (loanNo: string, payment_no: string, amount_minor: number) =>
  pay(loanNo, `${payment_no} back`, today, amount_minor, {
    kind: 'reversal',
    reverses: `${loanNo} ${payment_no}`,
  })
/** Outcome and money of the plans of a loan, the oldest first. */
const stateOf = async (loanNo: string) =>
  (await plansOf(db, '7'))
    .filter(({ loan_no }) => loan_no === loanNo)
    .toSorted((a, b) => a.plan_no - b.plan_no)
    .map(({ outcome, paid_minor }) => [outcome, paid_minor])

beforeAll(async () => {
  desk.as('max', 'manager')
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  const lines = [{ kind: 'income', what: 'wages', amount_minor: 9_000_000 }]
  await desk.ask('PUT', '/borrowers/7/affordability', { currency: 'USD', lines })
  for (const loan of loans) {
    await sql`
      insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                         past_due_minor, oldest_due_on)
      values (7, ${loan}, 'bank', 'USD', 'active', '2025-06-01', 200000, 200000, '2025-01-20')`.execute(db)
    today = '2025-06-02'
    await agreed(loan, 1, { principal_minor: 40_000, instalments: 4, first_due_on: '2025-06-10' })
  }
})

test('all of a plan comes early, and a newer plan follows it', async () => {
  for (const loan of ['L1', 'L2']) {
    today = '2025-06-03'
    const [first, rest] = loan === 'L1' ? [10_000, 30_000] : [1, 39_999]
    await pay(loan, 'P1', '2025-06-03', first)
    await pay(loan, 'P2', '2025-06-03', rest)
    expect(await stateOf(loan)).toEqual([['completed', 40_000]])
    today = '2025-06-18'
    await agreed(loan, 2, { principal_minor: 50_000, instalments: 5, first_due_on: '2025-06-25' })
  }
})

test('its money bounces, no cure day was missed before the newer plan: that one took its place', async () => {
  today = '2025-06-20'
  await bounce('L1', 'P2', 30_000)
  // 20,000 were due with cure until 15 and 22 June: of the first all came, the second is the newer plan's.
  expect(await stateOf('L1')).toEqual([
    ['renegotiated', 10_000],
    [null, 0],
  ])
})

test('its money bounces and a cure day had been missed before the newer plan: breached', async () => {
  await bounce('L2', 'P2', 39_999)
  expect(await stateOf('L2')).toEqual([
    ['breached', 1],
    [null, 0],
  ])
})

test('money of the newer plan does not complete the older one', async () => {
  today = '2025-06-21'
  await pay('L2', 'P3', '2025-06-21', 40_000)
  expect(await stateOf('L2')).toEqual([
    ['breached', 1],
    [null, 40_000],
  ])
})

test('the newer plan has ended too: what is found of the older one does not open it', async () => {
  for (const day of ['2025-06-16', '2025-06-17'])
    await runStep(client, 'resolution/plans/close-missed-plans', day)
  expect(await stateOf('L3')).toEqual([['breached', 0]])
  today = '2025-06-18'
  await agreed('L3', 2, { principal_minor: 50_000, instalments: 5, first_due_on: '2025-06-25' })
  await desk.ask('PUT', '/borrowers/7/loans/L3/plans/2/cancellation', { reason: 'moved abroad' })
  await pay('L3', 'P1', '2025-06-12', 10_000)
  expect(await stateOf('L3')).toEqual([
    ['renegotiated', 10_000],
    ['cancelled', 0],
  ])
})
