// Who approves is asked of their own authority: the grid's rows of their level and their personal limit.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '../../src/platform/database.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { type Asker, putBorrower, staffedDesk } from '../support/staffed-desk.ts'

const yes = { approved: true, reason: 'illness is proved' }
const no = { approved: false, reason: 'not proved' }
type Desk = Awaited<ReturnType<typeof staffedDesk>>
let db: Db
let desk: Desk
let admin: Asker

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url)
  desk = await staffedDesk({ db, url, clock: settableClock('2026-05-12T16:00:00Z') })
  admin = (await desk.person(['admin'])).ask
  return () => db.destroy()
})

let borrowers = 0
/** The path of a new borrower's loan: fees 1,000, interest 2,000, principal 7,000; 160 days late. */
async function loan(): Promise<string> {
  const borrower_no = `N-${1000 + ++borrowers}`
  const about = { lender: 'north', borrower_no, name: 'Ada North', as_of: '2026-05-11', days: 160 }
  const id = await putBorrower(db, { ...about, past_due: 10_000 })
  await sql`
    update loans set outstanding_minor = 1000000, fees_minor = 100000, interest_minor = 200000,
                     principal_minor = 700000, penalty_minor = 0
     where borrower_id = ${id}`.execute(db)
  await sql`
    insert into affordability_statements
      (borrower_id, stated_on, currency, lines, income_minor, expenditure_minor, recorded_by, recorded_at)
    values (${id}, '2026-05-10', 'USD', '[]', 900000, 100000, 'test', '2026-05-10T12:00:00Z')`.execute(db)
  return `/borrowers/${id}/loans/L-${borrower_no}`
}

/** A collector who has asked for nothing yet proposes it. */
async function proposed(path: string, asked: object) {
  const { ask } = await desk.person(['collector'], ['north'])
  const made = await ask('POST', path, asked)
  expect(made.body).toMatchObject({ level_needed: 'manager', is_within_authority: false })
}

/** A member of this role whose own limit of `what` is so many units. */
async function limited(role: 'manager', what: string, limit_units: number): Promise<Asker> {
  const { staff_id, ask } = await desk.person([role], ['north'])
  const limit = { what, limit_units, from_on: '2026-05-01' }
  expect((await admin('POST', `/staff/${staff_id}/authority-limits`, limit)).status).toBe(201)
  return ask
}

const plan = {
  currency: 'USD',
  principal_minor: 240_000,
  every: 'monthly',
  instalments: 24,
  first_due_on: '2026-06-12',
}
const settlement = {
  currency: 'USD',
  offer_minor: 760_000,
  expires_on: '2026-05-20',
  pay_by: '2026-05-31',
}
const waiver = { part: 'interest', currency: 'USD', amount_minor: 30_000, reason: 'charged in error' }

test.each([
  ['plan_months', 'plans', plan, 23, 24],
  ['settlement', 'settlements', settlement, 2_399, 2_400],
  ['waiver', 'waivers', waiver, 299, 300],
] as const)('the approver’s own limit of %s binds the approval', async (what, noun, asked, below, at) => {
  const path = await loan()
  await proposed(`${path}/${noun}`, asked)
  const little = await limited('manager', what, below)
  const enough = await limited('manager', what, at)
  expect((await little('POST', `${path}/${noun}/1/approvals`, yes)).body).toMatchObject({
    status: 409,
    refusal: 'own_limit_is_exceeded',
  })
  const rows = await sql`select from approvals where subject like ${`${noun.slice(0, -1)}:%`}`.execute(db)
  expect(rows.rows).toEqual([])
  expect((await enough('POST', `${path}/${noun}/1/approvals`, yes)).status).toBe(201)
})

test('whoever may not give so much may still say no to it', async () => {
  const path = await loan()
  await proposed(`${path}/waivers`, waiver)
  const little = await limited('manager', 'waiver', 1)
  expect((await little('POST', `${path}/waivers/1/approvals`, no)).body['rejected_on']).toBe('2026-05-12')
})

test('a limit sends a proposal up, and there too nobody goes beyond their own', async () => {
  const path = await loan()
  const manager = await limited('manager', 'waiver', 200)
  // Beyond 200 it is the committee's: two others, each by their own limit.
  const made = await manager('POST', `${path}/waivers`, waiver)
  expect(made.body).toMatchObject({ level_needed: 'committee', applied_on: null })
  const approving = (ask: Asker) => ask('POST', `${path}/waivers/1/approvals`, yes)
  expect((await approving(manager)).body['refusal']).toBe('own_request')
  expect((await approving(await limited('manager', 'waiver', 200))).body['refusal']).toBe(
    'own_limit_is_exceeded',
  )
  expect((await approving((await desk.person(['manager'], ['north'])).ask)).body['applied_on']).toBeNull()
  const second = await approving(await limited('manager', 'waiver', 300))
  expect(second.body['applied_on']).toBe('2026-05-12')
})

test('the grid of the day of approval is asked, not only that of the proposal', async () => {
  const path = await loan()
  await proposed(`${path}/waivers`, waiver)
  await sql`
    insert into authority_grids (grid_version, effective_from, published_by, source)
    values ('house-2', '2026-05-12', 'test', 'interest is the committee’s')`.execute(db)
  await sql`
    insert into authority_rules (grid_version, level, what, limit_units)
    values ('house-2', 'committee', 'interest_waiver', 10000)`.execute(db)
  const { ask } = await desk.person(['manager'], ['north'])
  expect((await ask('POST', `${path}/waivers/1/approvals`, yes)).body['refusal']).toBe('authority_is_missing')
  await sql`delete from authority_rules where grid_version = 'house-2'`.execute(db)
  await sql`delete from authority_grids where grid_version = 'house-2'`.execute(db)
  expect((await ask('POST', `${path}/waivers/1/approvals`, yes)).body['applied_on']).toBe('2026-05-12')
})
