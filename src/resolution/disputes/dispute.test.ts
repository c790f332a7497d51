import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { positionRoutes } from '../../book/ledger/position.routes.ts'
import { quoteRoutes } from '../../book/quotes/quote.routes.ts'
import { contactRoutes } from '../../conduct/contacts/contact.routes.ts'
import { stopRoutes } from '../../conduct/stops/stop.routes.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { planRoutes } from '../plans/plan.routes.ts'
import { paymentRoutes } from '../receipts/payment.routes.ts'
import { disputeRoutes } from './dispute.routes.ts'
import { disputedPartRoutes } from './disputed-part.routes.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
let today = '2025-03-10'
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), [
  paymentRoutes(),
  disputeRoutes(),
  disputedPartRoutes(),
  planRoutes(),
  positionRoutes(),
  quoteRoutes(),
  contactRoutes(),
  stopRoutes(),
])
afterAll(async () => {
  await client.end()
  await db.destroy()
})

beforeAll(async () => {
  desk.as('max', 'manager')
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (7, 'L1', 'bank', 'USD', 'active', '2025-03-01', 33000, 22000, '2025-02-01'),
           (7, 'L2', 'bank', 'USD', 'closed', '2025-03-01', 0, 0, null)
  `.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on, fees_minor, penalty_minor, interest_minor,
                       principal_minor)
    values (7, 'L3', 'bank', 'USD', 'active', '2025-03-01', 26000, 26000, '2025-02-01', 3000, 0, 2000, 21000)
  `.execute(db)
  await sql`
    insert into instalments (borrower_id, loan_no, instalment_no, due_on, principal_minor, interest_minor)
    select 7, 'L1', n, date '2025-01-01' + make_interval(months => n), 10000, 1000
      from generate_series(1, 3) n`.execute(db)
})
const disputed = '/borrowers/7/loans/L1/disputed-instalments'
const pay = (payment_no: string, amount_minor: number) =>
  desk.ask('POST', '/borrowers/7/payments', {
    payment_no,
    loan_no: 'L1',
    paid_on: today,
    amount_minor,
    currency: 'USD',
  })

test('refused by name: no such instalment, a closed loan, the same one twice', async () => {
  const ask = { instalment_no: 1, reason: 'was paid in cash' }
  expect(await desk.refusal('POST', disputed, { ...ask, instalment_no: 9 })).toBe('no_such_instalment')
  expect(await desk.refusal('POST', disputed.replace('L1', 'L2'), ask)).toBe('loan_is_closed')
  const both = await Promise.all([desk.ask('POST', disputed, ask), desk.ask('POST', disputed, ask)])
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect(both.find(({ status }) => status === 409)!.body.refusal).toBe('instalment_is_disputed_already')
})

test('money goes past the disputed instalment to the next one', async () => {
  const { body } = await pay('P1', 11_000)
  expect(body.applied).toMatchObject({ interest: 1_000, principal: 10_000, overpaid: 0 })
  expect((await pay('P2', 11_500)).body.applied).toMatchObject({
    interest: 1_000,
    principal: 10_000,
    overpaid: 500,
  })
})

test('decided, once: everything is applied again as if it had not been disputed', async () => {
  const decision = { outcome: 'rejected', decision: 'the bank has no such payment' }
  desk.as('ann', 'collector')
  expect(await desk.refusal('PUT', `${disputed}/1/decision`, decision)).toBe('permission_is_missing')
  desk.as('max', 'manager')
  today = '2025-03-12'
  expect((await desk.ask('PUT', `${disputed}/1/decision`, decision)).body.outcome).toBe('rejected')
  expect(await desk.refusal('PUT', `${disputed}/1/decision`, decision)).toBe('no_such_open_dispute')
  expect((await pay('P2', 11_500)).body.refusal).toBe('payment_no_was_used_otherwise')
  const { body } = await pay('P3', 100)
  expect(body.applied).toMatchObject({ interest: 100, overpaid: 0 })
  // What may be disputed stands beside what was.
  const { body: known } = await desk.ask('GET', disputed)
  expect(known.disputes).toMatchObject([{ instalment_no: 1, decided_by: 'max' }])
  expect(known.instalments).toHaveLength(3)
  expect(known.instalments[0]).toEqual({ instalment_no: 1, due_on: '2025-02-01', amount_minor: 11_000 })
})

test('while an instalment is disputed only the rest of the loan is asked for, by name', async () => {
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('bank', 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`update borrowers set time_zones = '{America/New_York}'`.execute(db)
  today = '2025-03-20'
  const at = '2025-03-21T15:00:00Z'
  const planned = { at, channel: 'call', debts: ['L1'], why: 'ask', worked_by: 'ann' }
  expect((await desk.ask('POST', '/borrowers/7/planned-contacts', planned)).status).toBe(201)
  expect((await desk.ask('POST', disputed, { instalment_no: 2, reason: 'never received' })).status).toBe(201)
  expect((await desk.ask('POST', disputed, { instalment_no: 3, reason: 'the same' })).status).toBe(201)
  const [plan] = (await desk.ask('GET', '/borrowers/7/planned-contacts')).body.planned
  expect(plan).toMatchObject({ cause: 'disputed_part', cancelled_at: expect.any(String) })
  const email = { channel: 'email', automated: true, debts: ['L1'] }
  const refused = async (asked: object) => {
    today = Temporal.PlainDate.from(today).add({ days: 1 }).toString()
    desk.asMachine()
    const { status, body } = await desk.ask('POST', '/borrowers/7/contacts', { ...email, ...asked })
    return status === 201
      ? []
      : [...new Set(body.figures.verdict.refusals.map((it: { rule_id: string }) => it.rule_id))].toSorted()
  }
  expect(await refused({})).toEqual(['HOUSE-D4', 'US-V4'])
  expect(await refused({ claim_parts: ['principal', 'undisputed'] })).toEqual(['HOUSE-D4', 'US-V4'])
  expect(await refused({ claim_parts: ['undisputed'] })).toEqual([])
  expect(await refused({ purpose: 'legally_required' })).toEqual([])
  const decision = { outcome: 'upheld', decision: 'the bank was wrong' }
  expect((await desk.ask('PUT', `${disputed}/2/decision`, decision)).status).toBe(200)
  expect(await refused({})).toEqual(['HOUSE-D4', 'US-V4'])
  expect((await desk.ask('PUT', `${disputed}/3/decision`, decision)).status).toBe(200)
  expect(await refused({})).toEqual([])
})

test('so much of a loan’s fees: not paid by money, not asked for, not planned', async () => {
  today = '2025-04-10'
  const parts = '/borrowers/7/loans/L3/disputed-parts'
  const ask = { part: 'fee', amount_minor: 1_000, reason: 'no letter was ever sent' }
  expect(await desk.refusal('POST', parts.replace('L3', 'L2'), ask)).toBe('loan_is_closed')
  expect(await desk.refusal('POST', parts.replace('L3', 'L1'), ask)).toBe('part_is_unknown')
  expect(await desk.refusal('POST', parts, { ...ask, amount_minor: 3_001 })).toBe(
    'amount_exceeds_what_is_owed',
  )
  expect(await desk.refusal('POST', parts, { ...ask, amount_minor: -1 })).toBe('amount_is_not_positive')
  expect(await desk.refusal('POST', parts, { part: 'penalty', reason: ask.reason })).toBe(
    'amount_is_not_positive',
  )
  const both = await Promise.all([desk.ask('POST', parts, ask), desk.ask('POST', parts, ask)])
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect(both.find(({ status }) => status === 409)!.body.refusal).toBe('part_is_disputed_already')
  await runStep(client, 'conduct/facts/follow-resolution', today)
  const { rows } = await sql`select count(*) as n from holds where variant = 'fees'`.execute(db)
  expect(rows).toEqual([{ n: 1 }])

  const money = { loan_no: 'L3', paid_on: today, currency: 'USD' }
  const paid = await desk.ask('POST', '/borrowers/7/payments', {
    ...{ ...money, payment_no: 'P9', amount_minor: 5_000 },
  })
  expect(paid.body.applied).toEqual({
    fee: 2_000,
    interest: 2_000,
    penalty: 0,
    principal: 1_000,
    overpaid: 0,
  })
  const quote = (await desk.ask('POST', '/borrowers/7/loans/L3/quotes', { for_on: today })).body
  expect(quote).toMatchObject({ fees_minor: 0, total_minor: 20_000 })
  expect(quote.steps).toContainEqual(expect.objectContaining({ what: 'disputed', amount_minor: -1_000 }))
  expect((await desk.ask('GET', '/borrowers/7/loans/L3/position')).body).toMatchObject({
    outstanding_minor: 21_000,
    disputed: [{ part: 'fee', amount_minor: 1_000, since: today }],
  })
  const plan = { currency: 'USD', every: 'monthly', instalments: 6, first_due_on: '2025-05-10' }
  const planned = (principal_minor: number) =>
    desk.refusal('POST', '/borrowers/7/loans/L3/plan-previews', { ...plan, principal_minor })
  expect(await planned(20_001)).toBe('amount_exceeds_what_is_owed')
  expect(await planned(20_000)).toBe('affordability_is_missing')
  const asked = async (claim_parts: string[]) => {
    const contact = { channel: 'email', automated: true, debts: ['L3'], claim_parts }
    desk.asMachine()
    const { status } = await desk.ask('POST', '/borrowers/7/contacts', contact)
    desk.as('max', 'manager')
    return status
  }
  expect(await asked(['fees'])).not.toBe(201)
  expect(await asked(['undisputed'])).toBe(201)

  const decision = { outcome: 'rejected', decision: 'the letter is in the file' }
  expect((await desk.ask('PUT', `${parts}/fee/decision`, decision)).body).toMatchObject({ decided_by: 'max' })
  expect(await desk.refusal('PUT', `${parts}/fee/decision`, decision)).toBe('no_such_open_dispute')
  today = '2025-04-11'
  const { body } = await desk.ask('POST', '/borrowers/7/payments', {
    ...{ ...money, payment_no: 'P10', amount_minor: 100 },
  })
  expect(body.applied).toMatchObject({ principal: 100 })
  expect(await planned(20_900)).toBe('affordability_is_missing')
})
