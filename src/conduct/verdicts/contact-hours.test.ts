// The bars of the case page: which half hours of the borrower's day the rules allow, as they stand now.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { factRoutes } from '../facts/fact.routes.ts'
import { contactHoursRoutes } from './contact-hours.routes.ts'
import { verdictRoutes } from './verdict.routes.ts'

const db = await freshDatabase()
const at = '2024-05-08T15:10:00Z' // ten past eleven in New York
const desk = deskApp(db, () => fixedClock(at), [contactHoursRoutes(), factRoutes(), verdictRoutes()])

beforeAll(async () => {
  await sql`insert into loan_kinds values ('acme', 'card')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    select n, 'acme', n, '{America/New_York}' from generate_series(7, 8) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    select n, 'L' || n, 'acme', 'card', 'USD', 'active', '2024-01-01', 10000, 100
      from generate_series(7, 8) n`.execute(db)
  await sql`
    insert into staff (id, name, email, created_at, updated_at)
    values ('ann', 'Ann', 'ann@example.com', ${at}, ${at})`.execute(db)
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by)
    values ('ann', 'conduct', '2024-01-01', '2025-01-01', 'lee')`.execute(db)
})

type Channel = { channel: string; allowed: { from: string; to: string }[] }

const hoursOf = async (borrower_id: string) => {
  const { status, body } = await desk.ask('GET', `/borrowers/${borrower_id}/contact-hours`)
  expect(status).toBe(200)
  const channels = body.channels as Channel[]
  return { body, call: channels.find(({ channel }) => channel === 'call')!.allowed }
}

test('a call is allowed from the half hour that has begun until nine at night there', async () => {
  const { body, call } = await hoursOf('7')
  expect(body).toMatchObject({
    zone: 'America/New_York',
    day_from: '2024-05-08T04:00:00Z',
    day_to: '2024-05-09T04:00:00Z',
  })
  expect(body.packs.map(({ pack }: { pack: string }) => pack)).toEqual(['house', 'us'])
  expect(call).toEqual([{ from: '2024-05-08T15:00:00Z', to: '2024-05-09T01:00:00Z' }])
})

test('an inconvenient time is cut out, and nothing is left once the person is dead', async () => {
  await desk.ask('POST', '/borrowers/8/constraints', {
    from_time: '13:00',
    to_time: '14:00',
    reason: 'lunch with the children',
  })
  expect((await hoursOf('8')).call).toEqual([
    { from: '2024-05-08T15:00:00Z', to: '2024-05-08T17:00:00Z' },
    { from: '2024-05-08T18:00:00Z', to: '2024-05-09T01:00:00Z' },
  ])
  await desk.ask('POST', '/borrowers/8/holds', { kind: 'deceased', reason: 'her son called' })
  const { body } = await hoursOf('8')
  expect(body.channels.every(({ allowed }: Channel) => allowed.length === 0)).toBe(true)
  const { rows } = await sql`select from contact_proposals union all select from asked_contacts`.execute(db)
  expect(rows).toEqual([])
})
