// While a promise is open nobody asks for what was promised, whoever wants to and by whatever way.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { packRoutes } from '../../conduct/packs/pack.routes.ts'
import { verdictRoutes } from '../../conduct/verdicts/verdict.routes.ts'
import { fixedClock } from '../../platform/clock.ts'
import { promiseRoutes } from './promise.routes.ts'

const db = await freshDatabase()
let at = '2024-05-08T15:00:00Z' // eleven in New York
const desk = deskApp(db, () => fixedClock(at), [verdictRoutes(), packRoutes(), promiseRoutes()])

beforeAll(async () => {
  await sql`insert into loan_kinds values ('acme', 'card')`.execute(db)
  await sql`insert into settings (lender, name, effective_from, value)
            values ('acme', 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no, time_zones)
            values (7, 'acme', '7', '{America/New_York}')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    select 7, 'L' || n, 'acme', 'card', 'USD', 'active', '2024-01-01', 10000, 100
      from generate_series(1, 2) n`.execute(db)
  await sql`insert into staff (id, name, email, created_at, updated_at)
            values ('ann', 'Ann', 'ann@example.com', ${at}, ${at})`.execute(db)
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by)
    values ('ann', 'conduct', '2024-01-01', '2025-01-01', 'lee')`.execute(db)
  return () => db.destroy()
})

type Rules = { rule_id: string }[]
async function call(debt: string, purpose = 'collect') {
  const about = { debts: [debt], purpose }
  const { status, body } = await desk.ask('POST', '/contacts/verdicts', { borrower_id: '7', about })
  expect(status).toBe(200)
  const found = body.channels.find(({ channel }: { channel: string }) => channel === 'call')
  const names = (rules: Rules) => rules.map(({ rule_id }) => rule_id)
  return [found.allowed, names(found.refusals), names(found.warnings)]
}
const free = [true, [], []]

test('a call without a plan: free before the promise, refused about its loan once it is taken', async () => {
  expect(await call('L1')).toEqual(free)
  const word = { loan_no: 'L1', due_on: '2024-05-10', promised_minor: 100, currency: 'USD', channel: 'call' }
  expect((await desk.ask('POST', '/borrowers/7/promises', word)).status).toBe(201)
  at = '2024-05-08T15:01:00Z'
  expect(await call('L1')).toEqual([false, ['HOUSE-P1'], ['HOUSE-P2']])
  expect(await call('L2')).toEqual(free)
})

test('who answers the borrower, not who says so only, or gives a notice that law asks for may', async () => {
  expect(await call('L1', 'reply')).toEqual([false, ['HOUSE-P1'], ['HOUSE-P2']])
  await sql`
    insert into outside_contacts (borrower_id, at, recorded_at, recorded_by, direction, channel, debts,
                                  outcome, outcome_recorded_at)
    values (7, ${at}, ${at}, 'ann', 'in', 'call', '{L1}', 'unanswered', ${at})`.execute(db)
  expect(await call('L1', 'reply')).toEqual(free)
  expect(await call('L1', 'legally_required')).toEqual(free)
})

test('set aside for a lender, the house warns and refuses no more', async () => {
  desk.as('lee', 'compliance')
  const setting = { rule_id: 'HOUSE-P1', lender: 'acme', from_on: '2024-05-09', to_on: '2024-05-09' }
  const reason = 'reminders are agreed with the lender'
  const { status } = await desk.ask('POST', '/conduct/exceptions', { ...setting, reason })
  expect(status).toBe(201)
  desk.as('ann', 'collector')
  at = '2024-05-09T15:00:00Z'
  expect(await call('L1')).toEqual([true, [], ['HOUSE-P2']])
  at = '2024-05-10T15:00:00Z'
  expect(await call('L1')).toEqual([false, ['HOUSE-P1'], ['HOUSE-P2']])
})

test('cancelled, it binds nobody any more', async () => {
  const path = '/borrowers/7/loans/L1/promises/1/cancellation'
  expect((await desk.ask('PUT', path, { reason: 'agreed otherwise' })).status).toBe(204)
  expect(await call('L1')).toEqual(free)
})
