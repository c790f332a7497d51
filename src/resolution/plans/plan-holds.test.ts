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
let at = '2025-06-03T12:00:00Z'
const desk = deskApp(db, () => fixedClock(at), [
  affordabilityRoutes(),
  planRoutes(),
  planAgreementRoutes(),
  paymentRoutes(),
])
afterAll(async () => {
  await client.end()
  await db.destroy()
})

const terms = {
  currency: 'USD',
  principal_minor: 60_000,
  every: 'weekly',
  instalments: 4,
  first_due_on: '2025-06-10',
}

beforeAll(async () => {
  desk.as('max', 'manager')
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await desk.ask('PUT', '/borrowers/7/affordability', {
    currency: 'USD',
    lines: [{ kind: 'income', what: 'wages', amount_minor: 9_000_000 }],
  })
  for (const loan_no of ['L1', 'L2', 'L3']) {
    await sql`
      insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                         past_due_minor, oldest_due_on)
      values (7, ${loan_no}, 'bank', 'USD', 'active', '2025-06-01', 200000, 200000, '2025-01-20')
    `.execute(db)
    await desk.ask('POST', `/borrowers/7/loans/${loan_no}/plans`, terms)
    const plan = `/borrowers/7/loans/${loan_no}/plans/1`
    expect((await desk.ask('PUT', `${plan}/agreement`, { how_agreed: 'signed' })).status).toBe(200)
  }
})

const night = async (asOf: string) => {
  await runStep(client, 'resolution/plans/close-missed-plans', asOf)
  return runStep(client, 'conduct/facts/follow-resolution', asOf)
}
const pay = (payment_no: string, loan_no: string, paid_on: string, amount_minor: number, more = {}) =>
  desk.ask('POST', '/borrowers/7/payments', {
    payment_no,
    loan_no,
    paid_on,
    amount_minor,
    currency: 'USD',
    ...more,
  })
const outcomeOf = async (loanNo: string) =>
  (await plansOf(db, '7')).find(({ loan_no }) => loan_no === loanNo)!.outcome
/** Holds of a loan that no release has ended. */
const holdsOn = async (loanNo: string) => {
  const { rows } = await sql`
    select from holds h
     where h.kind = 'plan_performing' and ${loanNo} = any (h.debts)
       and not exists (
         select from hold_releases r
          where r.borrower_id = h.borrower_id and r.kind = h.kind and ${loanNo} = any (r.debts)
            and (r.at, r.ordinal) >= (h.at, h.ordinal))`.execute(db)
  return rows.length
}

test('the night finds the holds that agreeing placed, and places no second ones', async () => {
  expect(await night('2025-06-03')).toBe(0)
  expect(await holdsOn('L1')).toBe(1)
})

test('a breach ends the hold; a payment found later opens the plan, and it is held anew', async () => {
  await night('2025-06-15')
  expect(await holdsOn('L1')).toBe(1)
  await night('2025-06-16')
  expect([await outcomeOf('L1'), await holdsOn('L1')]).toEqual(['breached', 0])
  at = '2025-06-17T12:00:00Z'
  await pay('P1', 'L1', '2025-06-11', 15_000)
  expect(await outcomeOf('L1')).toBe(null)
  await night('2025-06-17')
  expect(await holdsOn('L1')).toBe(1)
  expect(await night('2025-06-17')).toBe(0)
  expect(await night('2025-06-18')).toBe(0)
  expect(await holdsOn('L1')).toBe(1)
})

test('it is breached a second time: the new hold ends too', async () => {
  await night('2025-06-23')
  expect([await outcomeOf('L1'), await holdsOn('L1')]).toEqual(['breached', 0])
})

test('money that completes a plan bounces: the plan is open again, and held again', async () => {
  // L2 was breached with L1; all of it paid in time, as is found later, completes it.
  at = '2025-06-24T12:00:00Z'
  await pay('P2', 'L2', '2025-06-12', 60_000)
  await night('2025-06-24')
  expect([await outcomeOf('L2'), await holdsOn('L2')]).toEqual(['completed', 0])
  at = '2025-06-25T12:00:00Z'
  await pay('P3', 'L2', '2025-06-13', 45_000)
  await pay('R2', 'L2', '2025-06-25', 60_000, { kind: 'reversal', reverses: 'P2' })
  await night('2025-06-25')
  expect([await outcomeOf('L2'), await holdsOn('L2')]).toEqual([null, 1])
})

test('a hold that somebody released while the plan performs comes back: only its end ends it', async () => {
  await sql`
    insert into hold_releases (borrower_id, kind, debts, at, recorded_at, recorded_by, reason)
    values (7, 'plan_performing', array['L2'], '2025-06-27T03:00Z', '2025-06-27T03:00Z', 'lee', 'by mistake')
  `.execute(db)
  expect(await holdsOn('L2')).toBe(0)
  // The release's instant lies after the night's day began; where a lender's day ends late it always does.
  await night('2025-06-26')
  expect(await holdsOn('L2')).toBe(1)
  expect(await night('2025-06-26')).toBe(0)
})
