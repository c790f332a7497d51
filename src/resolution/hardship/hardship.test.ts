import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { hardshipRoutes } from './hardship.routes.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
let today = '2025-03-03'
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), [hardshipRoutes()])
afterAll(async () => {
  await client.end()
  await db.destroy()
})

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (7, 'L1', 'bank', 'USD', 'active', '2025-03-01', 60000, 60000, '2025-02-01')
  `.execute(db)
})
const asked = { channel: 'call', cause: 'illness', statement: 'in hospital since February', loan_nos: ['L1'] }
const counts = async () => {
  const { rows } = await sql`
    select (select count(*) from holds where kind = 'hardship_review') as holds,
           (select count(*) from hold_releases where kind = 'hardship_review') as releases`.execute(db)
  return rows[0]
}
const night = (asOf: string) => runStep(client, 'conduct/facts/follow-resolution', asOf)

test('a request pauses collecting at once, within a clock', async () => {
  const made = await desk.ask('POST', '/borrowers/7/hardships', asked)
  expect(made.body).toMatchObject({ request_no: 1, decide_by: '2025-03-17', outcome: null })
  expect(await counts()).toEqual({ holds: 1, releases: 0 })
})

test('the night finds the hold that the button placed, and places no second one', async () => {
  await night('2025-03-03')
  expect(await counts()).toEqual({ holds: 1, releases: 0 })
})

test.each([
  ['hardship_is_looked_at_already', '/borrowers/7/hardships', asked],
  ['no_such_borrower', '/borrowers/8/hardships', asked],
  ['request_is_malformed', '/borrowers/7/hardships', { ...asked, cause: 'laziness' }],
] as const)('refuses: %s', async (refusal, path, body) => {
  expect(await desk.refusal('POST', path, body)).toBe(refusal)
})

test('it is on the list when its clock runs out, and not the day before', async () => {
  const on = async (day: string) => (await desk.ask('GET', `/hardships?due_by=${day}`)).body.requests.length
  expect(await on('2025-03-16')).toBe(0)
  expect(await on('2025-03-17')).toBe(1)
})

test('a manager decides, once; the pause ends, and a new request can come', async () => {
  today = '2025-03-10'
  const decision = { outcome: 'granted', decision: 'three months of interest only' }
  const path = '/borrowers/7/hardships/1/decision'
  expect(await desk.refusal('PUT', path, decision)).toBe('permission_is_missing')
  desk.as('max', 'manager')
  expect((await desk.ask('PUT', path, decision)).body).toMatchObject({
    outcome: 'granted',
    decided_by: 'max',
  })
  expect(await desk.refusal('PUT', path, decision)).toBe('no_such_open_request')
  await night('2025-03-10')
  expect(await counts()).toEqual({ holds: 1, releases: 1 })
  expect(
    (await desk.ask('POST', '/borrowers/7/hardships', { ...asked, loan_nos: ['L9'] })).body.refusal,
  ).toBe('no_such_loan')
  expect((await desk.ask('POST', '/borrowers/7/hardships', asked)).body.request_no).toBe(2)
})

test('the lender’s own clock holds from its day on; of several products the shortest', async () => {
  await sql`insert into loan_kinds values ('cards', 'card'), ('cards', 'car')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no)
    select n, 'cards', 'B' || n from generate_series(8, 12) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    select n, product, 'cards', product, 'USD', 'active', '2025-03-01', 60000, 60000
      from generate_series(10, 12) n cross join unnest('{card,car}'::text[]) product`.execute(db)
  await sql`
    insert into settings (lender, product, name, effective_from, value)
    values ('cards', '', 'hardship_days', '2025-01-01', '5'),
           ('cards', '', 'hardship_days', '2025-05-01', '3'), ('', '', 'hardship_days', '2025-02-01', '20'),
           ('cards', 'car', 'hardship_days', '2025-01-01', '2'),
           ('cards', 'card', 'hardship_days', '2025-01-01', '9')`.execute(db)
  const ask = async (borrower: number, about = {}) => {
    const words = { channel: 'call', cause: 'illness', statement: 'in hospital', ...about }
    return (await desk.ask('POST', `/borrowers/${borrower}/hardships`, words)).body.decide_by
  }
  today = '2025-04-30'
  expect(await ask(8)).toBe('2025-05-05')
  expect(await ask(10)).toBe('2025-05-02')
  expect(await ask(11, { loan_nos: ['card'] })).toBe('2025-05-09')
  today = '2025-05-01'
  expect(await ask(9)).toBe('2025-05-04')
  expect(await ask(12, { loan_nos: ['card', 'car'] })).toBe('2025-05-03')
})
