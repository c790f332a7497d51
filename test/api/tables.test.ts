// Every table, also one that nobody thought of yet: a policy says who sees its rows, or a reason why all do.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '../../src/platform/database.ts'
import { newRoutes } from '../../src/platform/http.ts'
import { saveTeam } from '../../src/staff/people/people.sql.ts'
import { type Role, roles } from '../../src/staff/rights/permission.ts'
import { whoAsks } from '../../src/staff/sign-in/who-asks.routes.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { putBorrower, staffedDesk } from '../support/staffed-desk.ts'

/** Read by everybody, written for nobody; and why hiding rows of it would be wrong. */
const READ_BY_ALL: Record<string, string> = {
  allocation_orders: 'the order of allocation decides what is owed',
  authority_grids: 'a limit that somebody does not see would not bind them',
  bucket_edges: 'in which bucket a loan stands must be the same for all',
  currencies: 'no secret',
  known_zones: 'no secret',
  movement_kinds: 'names of the ledger',
  nightly_parts: 'names and rows of the parts of the night’s steps',
  nightly_steps: 'names, rows and seconds of the night’s steps',
  nights: 'on which day the book stands decides what is owed',
  pack_retentions: 'the law',
  pack_rules: 'the law: a rule that somebody does not see would not bind them',
  packs: 'the law',
  rate_caps: 'the law',
  rest_days: 'the law',
  risk_class_edges: 'in which class a loan stands must be the same for all',
  rule_checks: 'the law: a test that somebody does not see would not bind them',
  schema_migrations: 'names of the migrations',
  settings: 'they bind everybody’s work: a setting that is not seen would not be kept',
}
/** Neither read nor written for a person. */
const NEVER = [
  'idempotency_keys',
  'sign_in_attempts',
  'sign_in_methods',
  'sign_in_passkeys',
  'sign_in_second_factors',
  'sign_in_sessions',
  'sign_in_verifications',
  'work_today',
]

const clock = settableClock('2026-05-12T16:00:00Z')
let db: Db
let desk: Awaited<ReturnType<typeof staffedDesk>>

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url, { prepared: true })
  desk = await staffedDesk({ db, url, clock })
  for (const lender of ['north', 'south']) {
    await putBorrower(db, { lender, borrower_no: `${lender}-0001`, name: 'Ada', as_of: '2026-05-11' })
  }
  for (const agency of ['Fair', 'Fast']) {
    await sql`
      insert into agency_standings (agency, recorded_at, licensed_until, secrecy_until, recorded_by)
      values (${agency}, '2026-05-01', '2027-01-01', '2027-01-01', 'test')`.execute(db)
    await saveTeam(db, { team_id: agency.toLowerCase(), name: agency, lenders: [], agency })
    await sql`
      insert into authority_rules (grid_version, level, what, limit_units, agency)
      select grid_version, 'collector', 'fee_waiver', 0, ${agency} from authority_grids`.execute(db)
  }
  return () => db.destroy()
}, 60_000)

/** What a route that filters nothing gets as the answer to a statement; null when the database refuses. */
async function asked<Row>(cookie: string, statement: ReturnType<typeof sql<Row>>) {
  const app = newRoutes()
  app.use(whoAsks(desk.desk))
  app.get('/', async (c) => {
    const done = await statement.execute(c.var.db).catch(() => null)
    return c.json(done && { rows: done.rows, written: Number(done.numAffectedRows ?? 0) })
  })
  const response = await app.request('http://desk.test/', { headers: { cookie } })
  return (await response.json()) as { rows: Row[]; written: number } | null
}

/** Tables for which nobody has decided who sees them and who writes them. */
async function undecided(): Promise<string[]> {
  const { rows } = await sql<{ name: string; policies: number; rights: string[] }>`
    select c.relname as name,
           case when c.relrowsecurity
                then (select count(*) from pg_policy p
                       where p.polrelid = c.oid and p.polpermissive
                         and 'amends_desk'::regrole = any (p.polroles))
                else 0 end as policies,
           array(select r from unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) r
                  where has_table_privilege('amends_desk', c.oid, r)) as rights
      from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'f', 'm')
     order by 1`.execute(db)
  return rows
    .filter(({ name, policies, rights }) => {
      if (rights.some((right) => ['TRUNCATE', 'REFERENCES', 'TRIGGER'].includes(right))) return true
      if (NEVER.includes(name)) return rights.length > 0
      if (name in READ_BY_ALL) return rights.join() !== 'SELECT'
      return policies === 0
    })
    .map(({ name }) => name)
}

test('of every table it is decided who sees it and who writes it; a new one is found', async () => {
  expect(await undecided()).toEqual([])
  await sql`create table fresh_nouns (noun text primary key)`.execute(db)
  expect(await undecided()).toEqual(['fresh_nouns'])
  await sql`alter table fresh_nouns enable row level security`.execute(db)
  expect(await undecided()).toEqual(['fresh_nouns'])
  await sql`create policy kept on fresh_nouns to amends_desk using (may('staff.read'))`.execute(db)
  expect(await undecided()).toEqual([])
  await sql`drop table fresh_nouns`.execute(db)
})

test('only the functions that ask the rules read with more rights than their asker', async () => {
  const { rows } = await sql<{ name: string }>`
    select proname as name from pg_proc
     where pronamespace = 'public'::regnamespace and prosecdef order by 1`.execute(db)
  // about a borrower whom the asker has locked, and so sees
  const asked_of_the_rules = [
    'answers_about',
    'facts_known_to',
    'is_what_the_rules_allow',
    'refusals_of',
    'stands_on_its_verdict',
  ]
  expect(rows.map(({ name }) => name)).toEqual(asked_of_the_rules)
})

const ours = (Object.keys(roles) as Role[]).filter((role) => role !== 'agency' && role !== 'field')

test('an agency’s standing and authority are seen by our people and by itself', async () => {
  const agencies = async (cookie: string, table: string) => {
    const answer = await asked<{ agency: string }>(
      cookie,
      sql`select distinct agency from ${sql.table(table)} where agency <> '' order by 1`,
    )
    return answer?.rows.map(({ agency }) => agency)
  }
  for (const table of ['agency_standings', 'authority_rules']) {
    const of = (cookie: string) => agencies(cookie, table)
    expect([table, await of((await desk.person(['agency'], null, ['fair'])).cookie)]).toEqual([
      table,
      ['Fair'],
    ])
    expect([table, await of((await desk.person(['field'], ['north'])).cookie)]).toEqual([table, []])
    for (const role of ours) {
      expect([role, await of((await desk.person([role], null)).cookie)]).toEqual([role, ['Fair', 'Fast']])
    }
  }
}, 60_000)

test.each(Object.keys(roles) as Role[])('of the lenders a %s is told those of the own work', async (role) => {
  const { cookie } = await desk.person([role], ['north'])
  const answer = await asked<{ lender: string }>(
    cookie,
    sql`select distinct lender from loan_kinds order by 1`,
  )
  const seen = answer!.rows.map(({ lender }) => lender)
  const all = (roles[role] as readonly string[]).includes('book.read_all')
  const expected = all ? ['north', 'south'] : ['agency', 'field'].includes(role) ? [] : ['north']
  expect(seen).toEqual(expected)
})

const WRITES = [
  sql`insert into agency_standings (agency, recorded_at, recorded_by) values ('Fair', now(), 'x')`,
  sql`insert into house_exceptions (rule_id, from_on, to_on, reason, signed_by, signed_role, signed_at)
      values ('x', '2026-01-01', '2026-12-31', 'x', 'x', 'x', now())`,
  sql`insert into template_withdrawals (template, version, withdrawn_at, withdrawn_by, reason)
      select template, version, now(), 'x', 'x' from text_templates limit 1`,
]

test.each(Object.keys(roles) as Role[])('a %s signs for conduct only with its permission', async (role) => {
  await sql`
    insert into text_templates (template, version, channel, language, packs, body, written_by, written_at)
    values ('t', 1, 'sms', 'en', '{}', 'x', 'x', now()) on conflict do nothing`.execute(db)
  await sql`delete from template_withdrawals`.execute(db)
  const { cookie } = await desk.person([role], ['north'])
  const may = (roles[role] as readonly string[]).includes('conduct.write')
  for (const write of WRITES) expect((await asked(cookie, write))?.written ?? 0).toBe(may ? 1 : 0)
  // What stands is not altered by anybody.
  for (const table of ['agency_standings', 'house_exceptions', 'text_templates', 'template_approvals']) {
    expect((await asked(cookie, sql`delete from ${sql.table(table)}`))?.written ?? 0).toBe(0)
  }
})

test('nobody writes into the log what somebody else did', async () => {
  const { cookie, staff_id } = await desk.person(['manager'])
  const entry = (who: string) =>
    sql`insert into audit_entries (at, staff_id, action, subject, origin)
        values (now(), ${who}, 'GET /api/me', '', 'test')`
  expect((await asked(cookie, entry(staff_id)))?.written).toBe(1)
  expect(await asked(cookie, entry('somebody-else'))).toBe(null)
})
