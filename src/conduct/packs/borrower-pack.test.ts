// A borrower whom another law binds too is judged by both, from the day to the day.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { verdictRoutes } from '../verdicts/verdict.routes.ts'
import { borrowerPackRoutes } from './borrower-pack.routes.ts'

const db = await freshDatabase()
let at = '2026-03-09T03:30:00Z'
const desk = deskApp(db, () => fixedClock(at), [borrowerPackRoutes(), verdictRoutes()])
const PATH = '/borrowers/1/packs'
const moved = { pack: 'us', from_on: '2026-03-10', reason: 'moved to Boston' }

beforeAll(async () => {
  await sql`insert into loan_kinds values ('acme', 'card')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["cn"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    values (1, 'acme', '1', '{America/New_York}')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    values (1, 'L', 'acme', 'card', 'CNY', 'active', '2024-01-01', 10000, 100)`.execute(db)
})

/** At half past nine at night in New York: late there for `us`, not for `cn`. */
const refusedOn = async (day: string) => {
  at = `${day}T21:30:00-04:00`
  const asked = { borrower_id: '1', channels: ['sms'] }
  const { body } = await desk.ask('POST', '/contacts/verdicts', asked)
  return body.channels[0].refusals.map((it: { rule_id: string }) => it.rule_id).includes('US-T1')
}

test('the day before no, the first day yes, the last day yes, the day after no', async () => {
  desk.as('cora', 'compliance')
  const bound = await desk.ask('POST', PATH, moved)
  expect(bound).toMatchObject({
    status: 201,
    body: { packs: [{ ...moved, to_on: null, recorded_by: 'cora' }] },
  })
  await desk.ask('POST', PATH, { ...moved, to_on: '2026-03-20', reason: 'moved back' })
  const { body } = await desk.ask('GET', PATH)
  expect(body.packs).toMatchObject([{ pack: 'us', to_on: '2026-03-20', reason: 'moved back' }])
  desk.as('ann', 'collector')
  for (const [day, is] of [
    ['2026-03-09', false],
    ['2026-03-10', true],
    ['2026-03-20', true],
    ['2026-03-21', false],
  ] as const) {
    expect([day, await refusedOn(day)]).toEqual([day, is])
  }
})

test('a pack that nobody wrote, the house’s, turned days and a collector are refused', async () => {
  desk.as('cora', 'compliance')
  for (const pack of ['atlantis', 'house']) {
    expect(await desk.refusal('POST', PATH, { ...moved, pack })).toBe('no_such_pack')
  }
  const back = { ...moved, to_on: '2026-03-09' }
  expect(await desk.refusal('POST', PATH, back)).toBe('request_is_malformed')
  desk.as('ann', 'collector')
  expect(await desk.refusal('POST', PATH, moved)).toBe('permission_is_missing')
})
