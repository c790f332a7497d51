// An agency works while what it showed is in date, and not a day longer.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { attemptContact } from '../contacts/attempt.sql.ts'
import { agencyRoutes } from './agency.routes.ts'

const db = await freshDatabase()
let at = '2024-05-08T15:00:00Z'
const desk = deskApp(db, () => fixedClock(at), [agencyRoutes()])

beforeAll(async () => {
  await sql`insert into loan_kinds values ('acme', 'card')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["uk"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    values (7, 'acme', '7', '{Europe/London}')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    values (7, 'L7', 'acme', 'card', 'GBP', 'active', '2024-01-01', 10000, 100)`.execute(db)
})

const refusedOn = async (day: string, asked: Record<string, unknown> = { channel: 'call' }) => {
  const clock = fixedClock(`${day}T12:00:00Z`)
  const contact = { channel: 'call', automated: true, placed_by: 'agency:A', ...asked }
  const { verdict } = await attemptContact(db, '7', contact, { clock, asked_by: 'bot' })
  return verdict.refusals.map((it) => it.rule_id)
}
const show = (shown: Record<string, string>) => desk.ask('POST', '/conduct/agencies/A/standings', shown)

test('what an agency has not shown it has not; each of the three has its last day', async () => {
  expect(await refusedOn('2024-05-07')).toEqual(['HOUSE-A1'])
  desk.as('cora', 'compliance')
  await show({ licensed_until: '2024-06-10', evaluated_on: '2024-05-01' })
  expect(await refusedOn('2024-05-09')).toEqual(['HOUSE-A1'])
  at = '2024-05-10T15:00:00Z'
  const shown = { licensed_until: '2025-12-31', secrecy_until: '2025-12-31', evaluated_on: '2024-05-01' }
  const { status, body } = await show(shown)
  expect(status).toBe(201)
  expect(body.standings).toMatchObject([{ agency: 'A', in_good_standing: true, recorded_by: 'cora' }])
  expect(await refusedOn('2024-05-11')).toEqual([])
  expect(await refusedOn('2025-05-01')).toEqual([])
  const placement = { channel: 'placement' }
  expect(await refusedOn('2025-05-01', placement)).toEqual([])
  expect(await refusedOn('2025-05-02')).toEqual(['HOUSE-A1'])
  expect(await refusedOn('2025-05-02', placement)).toEqual(['HOUSE-A1', 'HOUSE-A2'])

  at = '2025-05-20T15:00:00Z'
  await show({ ...shown, licensed_until: '2025-05-30', evaluated_on: '2025-05-15' })
  expect(await refusedOn('2025-05-30')).toEqual([])
  expect(await refusedOn('2025-05-31')).toEqual(['HOUSE-A1'])
})

test('an agency that is barred works no more, whatever else it shows', async () => {
  at = '2025-06-01T09:00:00Z'
  const shown = { licensed_until: '2026-12-31', secrecy_until: '2026-12-31', evaluated_on: '2025-05-15' }
  await show(shown)
  expect(await refusedOn('2025-06-02')).toEqual([])
  at = '2025-06-03T09:00:00Z'
  await show({ ...shown, barred_reason: 'prosecuted for violence' })
  expect(await refusedOn('2025-06-04')).toEqual(['HOUSE-A1'])
  const { body } = await desk.ask('GET', '/conduct/agencies')
  expect(body.standings).toMatchObject([{ agency: 'A', in_good_standing: false }])
})

test('an evaluation that is still to come says nothing, and a collector records none', async () => {
  const told = await show({ evaluated_on: '2026-01-01' })
  expect(told).toMatchObject({ status: 409, body: { refusal: 'evaluation_is_in_the_future' } })
  desk.as('ann', 'collector')
  expect((await show({ evaluated_on: '2025-05-15' })).status).toBe(403)
})
