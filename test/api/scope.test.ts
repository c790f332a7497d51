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
       -- what is never read for a person, tables.test.ts names
       and has_table_privilege('amends_desk', c.oid, 'select')
     order by 1`.execute(db)
  tables = named.rows.map((row) => row.name)
  lenders = (
    await sql<{ lender: string }>`select distinct lender from borrowers order by 1`.execute(db)
  ).rows.map((row) => row.lender)
  return () => db.destroy()
}, 120_000)

/** A route that forgets everything: it asks a whole table for whoever is signed in. */
async function careless(email: string): Promise<(table: string) => Promise<Set<string>>> {
  const cookie = desk.cookieOf(email)
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

test('a team of one product or branch sees whoever has such a loan, whole, and nobody else', async () => {
  const [lender] = lenders
  const kinds = await sql<{ product: string; branch: string; loans: number }>`
    select product, coalesce(branch, '') as branch, count(*) as loans
      from loans where lender = ${lender} group by 1, 2 order by 3 desc, 1, 2`.execute(db)
  const { product, branch } = kinds.rows[0]!
  const narrow = [
    { lender: lender!, product, branch: '' },
    { lender: lender!, product: '', branch },
    { lender: lender!, product, branch },
  ]
  // A second loan, of another product, is that of a borrower who is seen whole.
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    select borrower_id, loan_no || '-2', lender, 'other', currency, 'active', position_from, 1, 0
      from loans where lender = ${lender} and product = ${product} and branch = ${branch} limit 1`.execute(db)
  const whole = (await borrowersOf(sql`lender = ${lender}`)).size
  for (const [n, portfolio] of narrow.entries()) {
    const team_id = `narrow-${n}`
    await saveTeam(db, { team_id, name: team_id, lenders: [], portfolios: [portfolio] })
    const seen = await borrowersOf(sql`exists (
      select from loans l
       where l.borrower_id = b.borrower_id and l.lender = ${lender}
         and l.product in (${portfolio.product || sql`l.product`})
         and coalesce(l.branch, '') in (${portfolio.branch || sql`coalesce(l.branch, '')`}))`)
    expect(seen.size).toBeGreaterThan(0)
    expect(seen.size).toBeLessThan(whole)
    const { email, ask } = await desk.person([n === 0 ? 'collector' : 'team_lead'], null, [team_id])
    await seesOnly(email, seen)
    for (const view of ['borrowers_in_portfolios', 'borrowers_seen']) {
      expect([view, await (await careless(email))(view)]).toEqual([view, seen])
    }
    const [outside] = [...(await borrowersOf())].filter((id) => !seen.has(id))
    const why = { 'amends-reason': 'a test' }
    expect((await ask('GET', `/borrowers/${outside}`, undefined, why)).status).toBe(404)
    const { rows } = await sql<{ borrower_no: string }>`
      select borrower_no from borrowers
       where borrower_id = any (${[[...seen][0], outside]}::bigint[])
       order by borrower_id = ${outside}`.execute(db)
    const found = rows.map(({ borrower_no }) => ask('GET', `/borrowers?q=${borrower_no}`, undefined, why))
    const hits = (await Promise.all(found)).map(({ body }) => (body['rows'] as unknown as unknown[]).length)
    expect(hits).toEqual([1, 0])
  }
  const manager = await desk.person(['manager'])
  // who sees all is in no list of those who are seen
  expect(await (await careless(manager.email))('borrowers_seen')).toEqual(new Set())
}, 90_000)

test('a team’s portfolios are set by an admin, and stay when a change does not name them', async () => {
  const { ask } = await desk.person(['admin'])
  const card = { lender: lenders[0], product: 'card', branch: '' }
  const team = { name: 'Cards', lenders: [lenders[1]], portfolios: [card] }
  const made = await ask('PUT', '/teams/cards', team)
  expect(made.body).toMatchObject({ lenders: [lenders[1]], portfolios: [card] })
  const change = async (body: object) => {
    const etag = (await ask('GET', '/teams/cards')).headers.get('etag')!
    return (await ask('PUT', '/teams/cards', body, { 'if-match': etag })).body
  }
  expect(await change({ name: 'Cards', lenders: [] })).toMatchObject({ lenders: [], portfolios: [card] })
  expect(await change({ name: 'Cards', lenders: [], portfolios: [] })).toMatchObject({ portfolios: [] })
  const all = { lender: lenders[0], product: '', branch: '' }
  expect(await change({ name: 'Cards', lenders: [], portfolios: [all] })).toMatchObject({ status: 400 })
})

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

/** What a careless route tells somebody of a column of a table. */
async function told(email: string, table: string, column: string): Promise<Set<string>> {
  const cookie = desk.cookieOf(email)
  const app = newRoutes()
  app.use(whoAsks(desk.desk))
  app.get('/', async (c) => {
    const { rows } = await sql<{ value: string }>`
      select ${sql.ref(column)}::text as value from ${sql.table(table)}`.execute(c.var.db)
    return c.json(rows.map((row) => row.value))
  })
  return new Set((await (await app.request('http://desk.test/', { headers: { cookie } })).json()) as string[])
}

const OF_STAFF = [
  ['staff', 'id'],
  ['staff_roles', 'staff_id'],
  ['team_members', 'staff_id'],
  ['training_certificates', 'staff_id'],
  ['authority_limits', 'staff_id'],
] as const

test('an agency sees its own people, a visitor only themselves, our own people everybody', async () => {
  await saveTeam(db, { team_id: 'fast', name: 'Fast', lenders: [], agency: 'Fast Agency' })
  const mine = await desk.person(['agency'], null, ['fast'])
  const colleague = await desk.person(['agency'], null, ['fast'])
  const visitor = await desk.person(['field'], [lenders[0]!])
  const collector = await desk.person(['collector'], [lenders[0]!])
  const lead = await desk.person(['team_lead'], [lenders[0]!])
  const everybody = [mine, colleague, visitor, collector, lead].map(({ staff_id }) => staff_id)
  for (const id of everybody) {
    await sql`
      insert into training_certificates
      values (${id}, 'basics', '2026-01-01', '2027-01-01', 'test')`.execute(db)
    await sql`
      insert into authority_limits (staff_id, what, limit_units, from_on, given_by)
      values (${id}, 'waiver', 1, '2026-01-01', 'test')`.execute(db)
  }
  for (const [table, column] of OF_STAFF) {
    const seen = async ({ email }: { email: string }) => {
      const ids = await told(email, table, column)
      return everybody.filter((id) => ids.has(id))
    }
    const own = table === 'authority_limits'
    const team = own ? [mine.staff_id] : [mine.staff_id, colleague.staff_id]
    expect([table, await seen(mine)]).toEqual([table, team])
    expect([table, await seen(visitor)]).toEqual([table, [visitor.staff_id]])
    expect([table, await seen(collector)]).toEqual([table, own ? [collector.staff_id] : everybody])
    expect([table, await seen(lead)]).toEqual([table, everybody])
  }
  expect(await told(mine.email, 'teams', 'team_id')).toEqual(new Set(['fast']))
  expect((await told(collector.email, 'teams', 'team_id')).size).toBeGreaterThan(3)
  expect(await told(mine.email, 'team_portfolios', 'lender')).toEqual(new Set())
  expect(await told(visitor.email, 'team_portfolios', 'lender')).toEqual(new Set())
}, 60_000)

test('of the files somebody sees those of their lenders', async () => {
  const all = await sql<{ load_id: string; lenders: string[] }>`
    select load_id::text as load_id, lenders from loads`.execute(db)
  const of = (lender: string) =>
    new Set(all.rows.filter((row) => row.lenders.includes(lender)).map((row) => row.load_id))
  const lead = await desk.person(['team_lead'], [lenders[0]!])
  const seen = of(lenders[0]!)
  expect(seen.size).toBeGreaterThan(0)
  expect(seen.size).toBeLessThan(all.rows.length)
  expect(await told(lead.email, 'loads', 'load_id')).toEqual(seen)
  const [foreign] = [...of(lenders[1]!)].filter((id) => !seen.has(id))
  expect((await lead.ask('GET', `/loads/${foreign}`)).status).toBe(404)
  await saveTeam(db, {
    team_id: 'part',
    name: 'Part',
    lenders: [],
    portfolios: [{ lender: lenders[0]!, product: 'card', branch: '' }],
  })
  const part = await desk.person(['collector'], null, ['part'])
  expect(await told(part.email, 'loads', 'load_id')).toEqual(seen)
  expect(await told((await desk.person(['auditor'])).email, 'loads', 'load_id')).toEqual(
    new Set(all.rows.map((row) => row.load_id)),
  )
  expect(await told((await desk.person(['collector'], null)).email, 'loads', 'load_id')).toEqual(new Set())
}, 60_000)

test.each([
  ['collector', sql`update staff set name = 'x'`, 0],
  ['collector', sql`update teams set name = 'x'`, 0],
  ['team_lead', sql`update training_certificates set lapses_on = '2099-01-01'`, 0],
  ['manager', sql`delete from staff_departures`, 0],
  ['manager', sql`insert into team_portfolios values ('fair', 'x')`, null],
  ['manager', sql`insert into staff_roles values ('x', 'admin', '2026-01-01', 'x')`, null],
  ['admin', sql`update settings set value = '1'`, null],
  ['admin', sql`delete from nights`, null],
] as const)('a %s changes nothing of the house through a careless route: %#', async (role, write, rows) => {
  const { cookie } = await desk.person([role], [lenders[0]!])
  const app = newRoutes()
  app.use(whoAsks(desk.desk))
  app.get('/', async (c) => {
    const written = await write.execute(c.var.db).catch(() => null)
    return c.json(written && Number(written.numAffectedRows))
  })
  expect(await (await app.request('http://desk.test/', { headers: { cookie } })).json()).toBe(rows)
})

test('what the audit log and the tokens say is seen by their permission only', async () => {
  const seen = async (role: Role, table: string) => {
    const { cookie } = await desk.person([role])
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
