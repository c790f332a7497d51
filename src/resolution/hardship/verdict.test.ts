// What a request does to contacts: none is allowed about the loans it names while it is looked at.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { verdictRoutes } from '../../conduct/verdicts/verdict.routes.ts'
import { fixedClock } from '../../platform/clock.ts'
import { hardshipRoutes } from './hardship.routes.ts'

const db = await freshDatabase()
let at = '2024-05-08T15:00:00Z' // eleven in New York
const desk = deskApp(db, () => fixedClock(at), [verdictRoutes(), hardshipRoutes()])
afterAll(() => db.destroy())

beforeAll(async () => {
  await sql`insert into loan_kinds values ('acme', '')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    values (7, 'acme', 'B7', '{America/New_York}')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor)
    values (7, 'L1', 'acme', 'USD', 'active', '2024-01-01', 10000, 100),
           (7, 'L2', 'acme', 'USD', 'active', '2024-01-01', 10000, 100)`.execute(db)
  await sql`
    insert into staff (id, name, email, created_at, updated_at)
    values ('ann', 'Ann', 'ann@example.com', ${at}, ${at})`.execute(db)
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by)
    values ('ann', 'conduct', '2024-01-01', '2025-01-01', 'lee')`.execute(db)
})

type Verdict = { channel: string; allowed: boolean; refusals: { rule_id: string; evidence: unknown }[] }
/** The verdict on a call about a loan. */
async function call(loan_no: string) {
  const asked = { borrower_id: '7', about: { debts: [loan_no] } }
  const { channels } = (await desk.ask('POST', '/contacts/verdicts', asked)).body as { channels: Verdict[] }
  return channels.find(({ channel }) => channel === 'call')!
}

test('a call about the loan is refused until the request is decided, about another allowed', async () => {
  expect((await call('L1')).allowed).toBe(true)
  const words = {
    channel: 'call',
    cause: 'illness',
    statement: 'in hospital since February',
    loan_nos: ['L1'],
  }
  expect((await desk.ask('POST', '/borrowers/7/hardships', words)).status).toBe(201)
  at = '2024-05-08T15:01:00Z'
  const refused = await call('L1')
  expect(refused.allowed).toBe(false)
  expect(JSON.stringify(refused.refusals)).toContain('hardship_review')
  expect((await call('L2')).allowed).toBe(true)
  desk.as('max', 'manager')
  const decision = { outcome: 'declined', decision: 'income is as before' }
  expect((await desk.ask('PUT', '/borrowers/7/hardships/1/decision', decision)).status).toBe(200)
  desk.as('ann', 'collector')
  at = '2024-05-08T15:02:00Z'
  expect((await call('L1')).allowed).toBe(true)
})
