import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { affordabilityRoutes } from '../affordability/affordability.routes.ts'
import { planRoutes } from './plan.routes.ts'
import { judgePlansOf, plansOf } from './plan.sql.ts'
import { planAgreementRoutes } from './plan-agreement.routes.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
let today = '2025-03-03'
const clock = () => fixedClock(`${today}T12:00:00Z`)
const desk = deskApp(db, clock, [affordabilityRoutes(), planRoutes(), planAgreementRoutes()])
afterAll(async () => {
  await client.end()
  await db.destroy()
})

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', ''), ('bank', 'card')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  for (const [no, product] of [
    ['L1', ''],
    ['L2', ''],
    ['L3', ''],
    ['L4', 'card'],
    ['L5', ''],
  ]) {
    await sql`
      insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
        outstanding_minor,
                         past_due_minor, oldest_due_on)
      values (7, ${no}, 'bank', ${product}, 'USD', 'active', '2025-03-01', 60000, 60000, '2025-02-01')
    `.execute(db)
  }
})
const night = (asOf: string) => runStep(client, 'resolution/plans/close-missed-plans', asOf)
const ask = {
  currency: 'USD',
  principal_minor: 60_000,
  every: 'weekly',
  instalments: 6,
  first_due_on: '2025-03-10',
}
const pay = (no: string, loanNo: string, on: string, minor: number, reverses: string | null = null) =>
  sql`
    insert into payments
      (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind, reverses,
       loaded_as_of)
    values (7, ${no}, 'bank', ${loanNo}, ${on}, ${minor}, 'USD', ${reverses ? 'reversal' : 'payment'},
            ${reverses}, ${on})
  `.execute(db)
const state = async (loanNo: string) => {
  const { outcome, paid_minor } = (await plansOf(db, '7')).find((one) => one.loan_no === loanNo)!
  return [outcome, paid_minor]
}

test('without a statement of income a plan is refused; with it, it is proposed and agreed', async () => {
  expect(await desk.refusal('POST', '/borrowers/7/loans/L1/plans', ask)).toBe('affordability_is_missing')
  const lines = [
    { kind: 'income', what: 'wages', amount_minor: 400_000 },
    { kind: 'expenditure', what: 'rent', amount_minor: 150_000 },
  ]
  expect((await desk.ask('PUT', '/borrowers/7/affordability', { currency: 'USD', lines })).status).toBe(200)
  for (const loan of ['L1', 'L2', 'L3']) {
    const made = await desk.ask('POST', `/borrowers/7/loans/${loan}/plans`, ask)
    expect(made.body).toMatchObject({ plan_no: 1, total_minor: 60_000, is_within_authority: true })
    const agreed = await desk.ask('PUT', `/borrowers/7/loans/${loan}/plans/1/agreement`, {
      how_agreed: 'signed',
    })
    expect(agreed.body).toMatchObject({ agreed_on: '2025-03-03', outcome: null })
  }
  const { rows } = await sql`select loan_no from performing_plans order by 1`.execute(db)
  expect(rows).toEqual([{ loan_no: 'L1' }, { loan_no: 'L2' }, { loan_no: 'L3' }])
})

test('all plans of the borrower share what is free: a fourth does not fit', async () => {
  const heavy = { ...ask, instalments: 2 }
  expect(await desk.refusal('POST', '/borrowers/7/loans/L4/plans', heavy)).toBe(
    'instalment_is_not_affordable',
  )
})

test('the last day of cure is still open; the day after, unpaid: breached', async () => {
  await pay('P1', 'L1', '2025-03-15', 10_000)
  await night('2025-03-15')
  expect(await state('L2')).toEqual([null, 0])
  await night('2025-03-16')
  expect(await state('L1')).toEqual([null, 10_000])
  expect(await state('L2')).toEqual(['breached', 0])
})

test('everything paid ahead counts for later instalments; all of it completes the plan', async () => {
  await pay('P2', 'L1', '2025-03-20', 25_000)
  for (const day of ['03-20', '03-23', '03-30']) await night(`2025-${day}`)
  expect(await state('L1')).toEqual([null, 35_000])
  await pay('P3', 'L1', '2025-04-01', 25_000)
  await night('2025-04-01')
  expect(await state('L1')).toEqual(['completed', 60_000])
})

test('a bounce after completion opens the plan again, or breaches it, the same day', async () => {
  await pay('R3', 'L1', '2025-04-02', 25_000, 'P3')
  await judgePlansOf(db, { borrower_id: '7', loan_no: 'L1' }, '2025-04-02')
  expect(await state('L1')).toEqual([null, 35_000])
  await night('2025-04-06')
  expect(await state('L1')).toEqual(['breached', 35_000])
})

test('the same night again changes nothing', async () => {
  expect(await night('2025-04-06')).toBe(0)
})

test('a breached plan can be followed by a new one; an open one only by naming it', async () => {
  today = '2025-04-07'
  const again = { ...ask, principal_minor: 20_000, first_due_on: '2025-04-14' }
  expect((await desk.ask('POST', '/borrowers/7/loans/L2/plans', again)).body.plan_no).toBe(2)
  expect(await desk.refusal('POST', '/borrowers/7/loans/L2/plans', again)).toBe('loan_has_a_plan')
  const renewed = await desk.ask('POST', '/borrowers/7/loans/L2/plans', { ...again, renegotiates: 2 })
  expect(renewed.body).toMatchObject({ plan_no: 3, replaces_plan_no: 2 })
})

const plansOn = async (loanNo: string) =>
  (await plansOf(db, '7'))
    .filter((one) => one.loan_no === loanNo)
    .toSorted((a, b) => a.plan_no - b.plan_no)
    .map(({ agreed_on, outcome }) => [agreed_on, outcome])

test('what is renegotiated goes on until the borrower agrees to the new plan', async () => {
  const plan = '/borrowers/7/loans/L2/plans'
  expect((await desk.ask('PUT', `${plan}/3/agreement`, { how_agreed: 'signed' })).status).toBe(200)
  const again = { ...ask, principal_minor: 18_000, first_due_on: '2025-04-21', renegotiates: 3 }
  expect((await desk.ask('POST', plan, again)).body.plan_no).toBe(4)
  expect((await plansOn('L2')).slice(2)).toEqual([
    ['2025-04-07', null],
    [null, null],
  ])
  expect((await desk.ask('PUT', `${plan}/4/agreement`, { how_agreed: 'signed' })).status).toBe(200)
  expect((await plansOn('L2')).slice(2)).toEqual([
    ['2025-04-07', 'renegotiated'],
    ['2025-04-07', null],
  ])
})

test('two proposals at once leave one', async () => {
  const small = { ...ask, principal_minor: 6_000, first_due_on: '2025-04-14' }
  const both = await Promise.all([1, 2].map(() => desk.ask('POST', '/borrowers/7/loans/L5/plans', small)))
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect(both.find(({ status }) => status === 409)!.body.refusal).toBe('loan_has_a_plan')
})

test('a proposal whose first due date has passed cannot be agreed', async () => {
  today = '2025-04-15'
  expect(await desk.refusal('PUT', '/borrowers/7/loans/L5/plans/1/agreement', { how_agreed: 'signed' })).toBe(
    'first_due_date_is_in_the_past',
  )
  const yes = { reason: 'never mind' }
  expect((await desk.ask('PUT', '/borrowers/7/loans/L5/plans/1/cancellation', yes)).status).toBe(204)
})

test('beyond the collector’s months somebody else must approve, and not the proposer', async () => {
  today = '2025-04-08'
  desk.as('ann', 'collector')
  const long = {
    ...ask,
    every: 'monthly',
    instalments: 24,
    first_due_on: '2025-05-08',
    principal_minor: 50_000,
  }
  const made = await desk.ask('POST', '/borrowers/7/loans/L4/plans', long)
  expect(made.body).toMatchObject({ level_needed: 'manager', is_within_authority: false })
  const plan = '/borrowers/7/loans/L4/plans/1'
  expect(await desk.refusal('PUT', `${plan}/agreement`, { how_agreed: 'signed' })).toBe('approval_is_missing')
  desk.as('ann', 'manager')
  const yes = { approved: true, reason: 'income is proved' }
  expect(await desk.refusal('POST', `${plan}/approvals`, yes)).toBe('own_request')
  desk.as('lee', 'team_lead')
  expect(await desk.refusal('POST', `${plan}/approvals`, yes)).toBe('authority_is_missing')
  desk.as('max', 'manager')
  const both = await Promise.all([
    desk.ask('POST', `${plan}/approvals`, yes),
    desk.ask('POST', `${plan}/approvals`, yes),
  ])
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect(both.find(({ status }) => status === 409)!.body.refusal).toBe('approval_was_given_already')
  desk.as('ann', 'collector')
  const agreed = await desk.ask('PUT', `${plan}/agreement`, { how_agreed: 'recorded_call' })
  expect(agreed.body.agreed_on).toBe('2025-04-08')
})

test('a rejected plan has ended, and another can be proposed', async () => {
  desk.as('ann', 'collector')
  const long = {
    ...ask,
    every: 'monthly',
    instalments: 24,
    first_due_on: '2025-05-08',
    principal_minor: 24_000,
  }
  expect((await desk.ask('POST', '/borrowers/7/loans/L5/plans', long)).body.plan_no).toBe(2)
  desk.as('max', 'manager')
  const no = { approved: false, reason: 'too long' }
  expect((await desk.ask('POST', '/borrowers/7/loans/L5/plans/2/approvals', no)).status).toBe(201)
  desk.as('ann', 'collector')
  expect(await desk.refusal('PUT', '/borrowers/7/loans/L5/plans/2/agreement', { how_agreed: 'signed' })).toBe(
    'request_was_rejected',
  )
  const short = { ...ask, principal_minor: 6_000, first_due_on: '2025-04-14' }
  expect((await desk.ask('POST', '/borrowers/7/loans/L5/plans', short)).body.plan_no).toBe(3)
})

test('a plan on a disputed loan is refused, and so is agreeing to one proposed before', async () => {
  await sql`
    insert into holds (borrower_id, kind, debts, at, recorded_at, recorded_by, reason)
    values (7, 'dispute', array['L3', 'L5'], '2025-04-08T00:00Z', '2025-04-08T00:00Z', 'ann', 'not mine')
  `.execute(db)
  expect(
    await desk.refusal('POST', '/borrowers/7/loans/L3/plans', { ...ask, first_due_on: '2025-05-01' }),
  ).toBe('loan_is_disputed')
  expect(await desk.refusal('PUT', '/borrowers/7/loans/L5/plans/3/agreement', { how_agreed: 'signed' })).toBe(
    'loan_is_disputed',
  )
})
