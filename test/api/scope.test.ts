// What each role sees when a route forgets to filter: every table about a borrower, asked as the person.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { toDay } from '../../src/demo/calendar.ts'
import { loadBook } from '../../src/demo/load-book.ts'
import { writeBook } from '../../src/demo/write-files.ts'
import { steps } from '../../src/nightly.ts'
import { connect, type Db } from '../../src/platform/database.ts'
import { newRoutes } from '../../src/platform/http.ts'
import { progressBar } from '../../src/platform/progress.ts'
import { saveTeam } from '../../src/staff/people/people.sql.ts'
import type { Role } from '../../src/staff/rights/permission.ts'
import { whoAsks } from '../../src/staff/sign-in/who-asks.routes.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { staffedDesk } from '../support/staffed-desk.ts'

const clock = settableClock('2026-05-12T16:00:00Z')
const AGENCY = 'Fair Agency'
let db: Db
let desk: Awaited<ReturnType<typeof staffedDesk>>
let tables: string[]
let lenders: string[]

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url, { prepared: true })
  const folder = mkdtempSync(join(tmpdir(), 'amends-scope-'))
  const silent = progressBar('', 1)
  const last = toDay(clock.today())
  const book = writeBook(folder, { loans: 300, seed: 11, first: last - 40, last }, silent)
  await loadBook({ db, url, clock, steps }, book, silent)
  rmSync(folder, { recursive: true, force: true })
  desk = await staffedDesk({ db, url, clock })
  const named = await sql<{ name: string }>`
    select c.relname as name
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'borrower_id' and not a.attisdropped
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
     order by 1`.execute(db)
  tables = named.rows.map((row) => row.name)
  lenders = (
    await sql<{ lender: string }>`select distinct lender from borrowers order by 1`.execute(db)
  ).rows.map((row) => row.lender)
  return () => db.destroy()
}, 120_000)

/** A route that forgets everything: it asks a whole table for whoever is signed in. */
async function careless(email: string): Promise<(table: string) => Promise<Set<string>>> {
  const { cookie } = await desk.signIn(email)
  const app = newRoutes()
  app.use(whoAsks(desk.desk))
  app.get('/:table', async (c) => {
    const { rows } = await sql<{ borrower_id: string }>`
      select distinct borrower_id::text as borrower_id from ${sql.table(c.req.param('table'))}`.execute(
      c.var.db,
    )
    return c.json(rows.map((row) => row.borrower_id))
  })
  return async (table) => {
    const response = await app.request(`http://desk.test/${table}`, { headers: { cookie } })
    return new Set((await response.json()) as string[])
  }
}

const borrowersOf = async (where = sql`true`) => {
  const { rows } = await sql<{ id: string }>`
    select borrower_id::text as id from borrowers b where ${where}`.execute(db)
  return new Set(rows.map((row) => row.id))
}

/** Every table shows borrowers of `allowed` only, and all of them that it has rows about. */
async function seesOnly(email: string, allowed: ReadonlySet<string>, besides: readonly string[] = []) {
  const ask = await careless(email)
  let filled = 0
  for (const table of tables) {
    const { rows } = await sql<{ id: string }>`
      select distinct borrower_id::text as id from ${sql.table(table)}`.execute(db)
    const expected = besides.includes(table) ? [] : rows.map((row) => row.id).filter((id) => allowed.has(id))
    if (expected.length > 0) filled++
    expect([table, [...(await ask(table))].sort()]).toEqual([table, expected.sort()])
  }
  return filled
}

test('the book of this test has several lenders and rows in many tables', async () => {
  expect(lenders.length).toBeGreaterThan(1)
  expect(await seesOnly((await desk.person(['manager'])).email, await borrowersOf())).toBeGreaterThan(15)
}, 60_000)

test.each(['collector', 'team_lead'] as Role[])(
  'a %s sees the borrowers of the team’s lenders',
  async (role) => {
    const { email } = await desk.person([role], [lenders[0]!])
    await seesOnly(email, await borrowersOf(sql`lender = ${lenders[0]}`))
    const nobody = await desk.person([role], null)
    await seesOnly(nobody.email, new Set())
  },
  60_000,
)

test.each(['compliance', 'legal'] as Role[])(
  'a %s officer sees every lender’s borrowers',
  async (role) => {
    await seesOnly((await desk.person([role])).email, await borrowersOf())
  },
  60_000,
)

test.each(['auditor', 'admin'] as Role[])(
  'an %s sees the whole book, but not who people are',
  async (role) => {
    const people = [
      'borrowers',
      'contact_points',
      'affordability_statements',
      'hardship_requests',
      'agreements',
    ]
    await seesOnly((await desk.person([role])).email, await borrowersOf(), people)
  },
  60_000,
)

test('a visitor sees what was handed over, and no more once it is taken back', async () => {
  const { email, staff_id, ask } = await desk.person(['field'], [lenders[0]!])
  await seesOnly(email, new Set())
  const lead = (await desk.person(['team_lead'], [lenders[0]!])).ask
  const [mine] = await borrowersOf(sql`lender = ${lenders[0]}`)
  const given = await lead('POST', `/borrowers/${mine}/handovers`, { staff_id, reason: 'visit on Friday' })
  expect(given.status).toBe(201)
  await seesOnly(email, new Set([mine!]))
  const why = { 'amends-reason': 'visit' }
  expect((await ask('GET', `/borrowers/${mine}`, undefined, why)).status).toBe(200)
  expect((await lead('DELETE', `/borrowers/${mine}/handovers/${staff_id}`)).status).toBe(200)
  await seesOnly(email, new Set())
}, 60_000)

test('an agency sees placed cases while its licence and secrecy agreement are in date', async () => {
  await saveTeam(db, { team_id: 'fair', name: 'Fair', lenders: [lenders[0]!], agency: AGENCY })
  const { email } = await desk.person(['agency'], null, ['fair'])
  const [placed] = await borrowersOf(sql`lender = ${lenders[1]}`)
  await sql`
    insert into placements (borrower_id, lender, agency, reason, placed_at, placed_by)
    values (${placed}, ${lenders[1]}, ${AGENCY}, 'late stage', ${clock.now().toString()}, 'test')`.execute(db)
  await seesOnly(email, new Set())
  const shows = (secrecy_until: string, at: string) =>
    sql`
    insert into agency_standings (agency, recorded_at, licensed_until, secrecy_until, recorded_by)
    values (${AGENCY}, ${at}, '2027-01-01', ${secrecy_until}, 'test')`.execute(db)
  await shows('2026-12-31', '2026-05-01T00:00:00Z')
  await seesOnly(email, new Set([placed!]))
  await sql`
    update placements set recalled_at = placed_at, recalled_by = 'test', recall_reason = 'paid'`.execute(db)
  await seesOnly(email, new Set())
  await sql`update placements set recalled_at = null, recalled_by = null, recall_reason = null`.execute(db)
  await seesOnly(email, new Set([placed!]))
  await shows('2026-05-11', '2026-05-02T00:00:00Z')
  await seesOnly(email, new Set())
}, 60_000)

test('what the audit log and the tokens say is seen by their permission only', async () => {
  const seen = async (role: Role, table: string) => {
    const { cookie } = await desk.signIn((await desk.person([role])).email)
    const app = newRoutes()
    app.use(whoAsks(desk.desk))
    app.get('/', async (c) => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(
        c.var.db,
      )
      return c.json(rows[0]!.n)
    })
    return (await app.request('http://desk.test/', { headers: { cookie } })).json() as Promise<number>
  }
  const admin = (await desk.person(['admin'])).ask
  await admin('POST', '/tokens', { name: 'dialler', permissions: ['contacts.write'], days: 1 })
  expect([await seen('manager', 'audit_entries'), await seen('manager', 'machine_tokens')]).toEqual([0, 0])
  expect(await seen('auditor', 'audit_entries')).toBeGreaterThan(0)
  expect(await seen('admin', 'machine_tokens')).toBe(1)
})
