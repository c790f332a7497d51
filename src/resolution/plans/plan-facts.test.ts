// What settings, packs and disputes bring into a plan.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { dayCountOf } from '../../book/interest/day-count.ts'
import { standingOf } from '../../book/positions/standing.sql.ts'
import { fixedClock } from '../../platform/clock.ts'
import { affordabilityRoutes } from '../affordability/affordability.routes.ts'
import { disputeRoutes } from '../disputes/dispute.routes.ts'
import { NewPlan } from './plan.api.ts'
import { planRoutes } from './plan.routes.ts'
import { planFacts, termsFor } from './plan.sql.ts'
import { proposePlan } from './plan.ts'
import { planAgreementRoutes } from './plan-agreement.routes.ts'
import { planSchedule } from './plan-schedule.ts'

const db = await freshDatabase()
const today = '2025-09-03'
const routes = [affordabilityRoutes(), planRoutes(), planAgreementRoutes(), disputeRoutes()]
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), routes)
afterAll(() => db.destroy())

const set = (lender: string, product: string, name: string, value: unknown) =>
  sql`
  insert into settings (lender, product, name, effective_from, value)
  values (${lender}, ${product}, ${name}, '2020-01-01', ${JSON.stringify(value)})`.execute(db)

beforeAll(async () => {
  await sql`
    insert into loan_kinds
    values ('cn', ''), ('cn', 'xinyongka'), ('cn', 'card'), ('cn', 'postcards'), ('tw', ''),
           ('tw', 'xinyongka')
  `.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'cn', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor, oldest_due_on)
    select 7, lender || ' ' || product, lender, product, 'CNY', 'active', '2025-08-01', 600000, 600000,
           date '2025-07-01'
      from loan_kinds`.execute(db)
  await set('cn', '', 'packs', ['cn'])
  await set('tw', '', 'packs', ['tw'])
  await set('cn', 'xinyongka', 'is_card', true)
  await set('cn', 'postcards', 'is_card', false)
  await set('tw', 'xinyongka', 'is_card', true)
  const lines = [{ kind: 'income', what: 'wages', amount_minor: 90_000_000 }]
  await desk.ask('PUT', '/borrowers/7/affordability', { currency: 'CNY', lines })
})

const asked = {
  currency: 'CNY',
  principal_minor: 600_000,
  every: 'monthly',
  instalments: 6,
  first_due_on: '2025-10-03',
} as const
const standing = async (loanNo: string) => (await standingOf(db, '7', loanNo, today))!
const termsOf = async (loanNo: string, more = {}) =>
  termsFor(db, await standing(loanNo), NewPlan.parse({ ...asked, ...more }), today)

test.each([
  ['cn card', 60, 'accepted'],
  ['cn card', 61, 'plan_is_longer_than_allowed'],
  ['cn xinyongka', 60, 'accepted'],
  ['cn xinyongka', 61, 'plan_is_longer_than_allowed'],
  ['cn ', 61, 'accepted'],
  ['cn postcards', 61, 'accepted'],
  ['tw xinyongka', 61, 'accepted'],
] as const)('a plan on %s over %i months: %s', async (loanNo, instalments, answer) => {
  const facts = await planFacts(db, await standing(loanNo), today)
  const terms = await termsOf(loanNo, { instalments })
  const decision = proposePlan(facts, { currency: 'CNY', terms, renegotiates: null })
  expect(decision.ok ? 'accepted' : decision.refusal).toBe(answer)
})

test('at a lender of mainland China due dates keep the published holidays, elsewhere not', async () => {
  const dueOn = async (loanNo: string) => planSchedule(await termsOf(loanNo))[0]
  expect(await dueOn('cn ')).toMatchObject({ due_on: '2025-10-09', moved_from: '2025-10-03' })
  expect(await dueOn('tw ')).toMatchObject({ due_on: '2025-10-03', moved_from: null })
})

test('days are counted as it is set for the product; a name that counts nothing is refused', async () => {
  expect((await termsOf('cn ')).day_count).toEqual(dayCountOf('actual/365'))
  await set('cn', '', 'day_count', '30/360')
  expect((await termsOf('cn ')).day_count).toEqual(dayCountOf('30/360'))
  await set('cn', 'postcards', 'day_count', 'moons')
  await expect(termsOf('cn postcards')).rejects.toMatchObject({ refusal: 'day_count_is_unknown' })
})

test('a first payment as a percentage is that of the plan, half to even; not beside an amount', async () => {
  const first = async (more: object) => (await termsOf('cn ', more)).first_payment_minor
  expect(await first({ first_payment_percent: '12.5' })).toBe(75_000n)
  expect(await first({ principal_minor: 600_004, first_payment_percent: '12.5' })).toBe(75_000n)
  expect(await first({ principal_minor: 600_012, first_payment_percent: '12.5' })).toBe(75_002n)
  await expect(first({ first_payment_minor: 1, first_payment_percent: '12.5' })).rejects.toThrow('not both')
})

const preview = (loanNo: string, annual_rate: string) =>
  desk.ask('POST', `/borrowers/7/loans/${encodeURIComponent(loanNo)}/plan-previews`, {
    ...asked,
    annual_rate,
  })

test('Taiwan Civil Code art. 205: not more than 16 % a year; cards 15 %, Banking Act art. 47-1', async () => {
  expect((await preview('tw ', '0.16')).status).toBe(200)
  const { status, body } = await preview('tw ', '0.16000001')
  expect([status, body.refusal]).toEqual([409, 'rate_is_above_the_cap'])
  expect(body.detail).toContain('Taiwan Civil Code art. 205')
  expect((await preview('tw ', '9.9')).body.refusal).toBe('rate_is_above_the_cap')
  expect((await preview('tw xinyongka', '0.15')).status).toBe(200)
  expect((await preview('tw xinyongka', '0.151')).body.detail).toContain('Banking Act art. 47-1')
  // 24 % is where a court in mainland China may cut: a person is told by the quote, nothing is forbidden.
  expect((await preview('cn ', '0.25')).status).toBe(200)
})

test('while an instalment is disputed no plan is proposed or agreed; decided, it can be', async () => {
  const loan = '/borrowers/7/loans/tw%20'
  expect((await desk.ask('POST', `${loan}/plans`, asked)).status).toBe(201)
  await sql`
    insert into instalments (borrower_id, loan_no, instalment_no, due_on, principal_minor, interest_minor)
    values (7, 'tw ', 1, '2025-07-01', 10000, 1000)`.execute(db)
  const dispute = { instalment_no: 1, reason: 'was paid in cash' }
  expect((await desk.ask('POST', `${loan}/disputed-instalments`, dispute)).status).toBe(201)
  const agreement = { how_agreed: 'signed' }
  expect(await desk.refusal('PUT', `${loan}/plans/1/agreement`, agreement)).toBe('loan_is_disputed')
  expect(await desk.refusal('POST', `${loan}/plan-previews`, asked)).toBe('loan_is_disputed')
  desk.as('max', 'manager')
  const decision = { outcome: 'rejected', decision: 'no such payment came' }
  await desk.ask('PUT', `${loan}/disputed-instalments/1/decision`, decision)
  expect((await desk.ask('PUT', `${loan}/plans/1/agreement`, agreement)).status).toBe(200)
})
