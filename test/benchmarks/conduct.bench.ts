// What a verdict costs: for one borrower through the API's function, and for a hundred thousand at once.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type pg from 'pg'
import { askOnly, askRules } from '../../src/conduct/verdicts/verdict.sql.ts'
import { deploys } from '../../src/deploy.ts'
import { fixedClock } from '../../src/platform/clock.ts'
import { deployWith, prepare } from '../../src/platform/command.ts'
import { connect, type Db, openClient } from '../../src/platform/database.ts'
import { leaseDatabase } from '../../src/platform/home.ts'
import { forPart, type Part, stretchOf } from '../../src/platform/night-parts.ts'
import { stepSql } from '../../src/platform/nightly.ts'

const AT = '2024-05-08T15:00:00Z'
const AT_ONCE = 100_000

/** Borrowers with one card loan each, in New York. */
async function fillBook(db: Db, borrowers: number) {
  await sql`insert into loan_kinds values ('acme', 'card') on conflict do nothing`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["us"]') on conflict do nothing`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    select borrower_id_of('acme', n::text), 'acme', n, '{America/New_York}'
      from generate_series(1, ${borrowers}::int) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
      outstanding_minor,
                       past_due_minor)
    select borrower_id, 'L' || borrower_no, 'acme', 'card', 'USD', 'active', '2024-01-01', 10000, 100
      from borrowers`.execute(db)
}

/** `each` contacts of every borrower, spread over the two months before AT; three of five are calls. */
async function addContacts(db: Db, each: number, weeks: number) {
  await sql`
    insert into outside_contacts (borrower_id, at, recorded_at, recorded_by, direction, channel, debts,
      address,
                                  outcome, outcome_recorded_at, judged_at)
    select b.borrower_id, t.at, t.at, 'bench', 'out',
           (array['call', 'call', 'call', 'sms', 'email'])[n % 5 + 1], array['L' || b.borrower_no],
           '+12125550100', case when n % 5 < 3 then 'unanswered' end, t.at, t.at
      from borrowers b, generate_series(1, ${each}::int) n
     cross join lateral (
       select ${AT}::timestamptz - make_interval(mins => abs(hashint8(b.borrower_id + n)) % 10080 + 1)
              - make_interval(weeks => n % ${weeks}::int) as at) t`.execute(db)
  // What loading left behind is not part of a verdict's time, nor what the plan before took back: a night
  // that ends leaves no second copy of every proposal under the same key.
  await sql`vacuum analyze`.execute(db)
  await sql`checkpoint`.execute(db)
}

/**
 * Milliseconds of one verdict, lock and all, for borrowers all over the book: the median and the 95th
 * percentile.
 */
async function oneByOne(db: Db, borrowers: number, times: number) {
  const taken: number[] = []
  for (let i = 0; i < times + 20; i++) {
    const no = String(1 + ((i * 7_919) % borrowers))
    const { rows } = await sql<{ id: string }>`select borrower_id_of('acme', ${no})::text as id`.execute(db)
    const began = performance.now()
    const asked = [{ channel: 'call', address: '+12125550100', automated: true }]
    await askOnly(db, rows[0]!.id, fixedClock(AT), (tx, at) => askRules(tx, rows[0]!.id, asked, at))
    // The first few make their connection's plans.
    if (i >= 20) taken.push(performance.now() - began)
  }
  taken.sort((a, b) => a - b)
  const part = (share: number) => Math.round(taken[Math.floor(share * taken.length)]! * 10) / 10
  return { median: part(0.5), p95: part(0.95) }
}

/** A call planned for each of AT_ONCE borrowers, for the moment AT. */
const planCalls = (db: Db) =>
  sql`
  insert into planned_contacts (borrower_id, planned_at, at, channel, debts, address, why, worked_by)
  select borrower_id, ${AT}, ${AT}, 'call', array['L' || borrower_no], '+12125550100', 'past due', 'dialler'
    from borrowers limit ${AT_ONCE}`.execute(db)

/** What a session of the night's crew does of the step: its part, and how long the asking took. */
async function checkPart(client: pg.Client, part: Part): Promise<number> {
  await client.query('set local max_parallel_workers_per_gather = 0')
  let asking = 0
  const text = forPart(await stepSql('conduct/stops/check-planned', AT.slice(0, 10)), part)
  for (const statement of text.split(/;\n/).filter((one) => one.trim() !== '')) {
    const from = performance.now()
    await client.query(statement)
    if (statement.includes('insert into planned_refusals')) asking = performance.now() - from
  }
  return asking
}

/**
 * Seconds in which the night puts everything planned before the rules and keeps what they refuse: its steps,
 * by two sessions as a large book has, of which `asking` is the statement that reads the rules. And how many
 * of the plans are refused.
 */
async function planAtOnce(url: string) {
  const crew = await Promise.all([openClient(url), openClient(url)])
  const plans = "set local work_mem = '256MB'; set local default_statistics_target = 10"
  try {
    const began = performance.now()
    await crew[0]!.query(`begin; ${plans}`)
    await crew[0]!.query(await stepSql('conduct/stops/count-planned', AT.slice(0, 10)))
    await crew[0]!.query('commit')
    await Promise.all(crew.map((client) => client.query(`begin; ${plans}`)))
    const asking = await Promise.all(crew.map((client, i) => checkPart(client, stretchOf(i, crew.length))))
    const seconds = performance.now() - began
    let refused = 0
    for (const client of crew) {
      const { rows } = await client.query(
        'select count(distinct planned_id) as refused from planned_refusals',
      )
      refused += Number(rows[0].refused)
      await client.query('rollback')
    }
    const rounded = (ms: number) => Math.round(ms / 10) / 100
    return { seconds: rounded(seconds), asking: rounded(Math.max(...asking)), refused }
  } finally {
    await Promise.all(crew.map((client) => client.end()))
  }
}

/** The rules over a book of `borrowers` with one, three and five contacts each. */
export async function benchConduct(borrowers: number) {
  const home = mkdtempSync(join(tmpdir(), 'amends-bench-'))
  chmodSync(home, 0o755)
  process.env['AMENDS_HOME'] = home
  const lease = await leaseDatabase()
  const db = connect(lease.url, { max: 2 })
  // as a running desk asks
  const desk = connect(lease.url, { max: 2, prepared: true })
  try {
    deployWith(deploys)
    await prepare(lease.url)
    await fillBook(db, borrowers)
    await planCalls(db)
    await sql`vacuum analyze`.execute(db)
    console.log(
      `${cpus().length} × ${cpus()[0]?.model}; ${borrowers} borrowers; goals: p95 10 ms, ${AT_ONCE} in 5 s`,
    )
    const rows: Record<string, unknown>[] = []
    for (const [more, weeks] of [
      [1, 1],
      [2, 5],
      [2, 10],
    ] as const) {
      await addContacts(db, more, weeks)
      const { rows: held } = await sql<{ n: number }>`select count(*) as n from outside_contacts`.execute(db)
      const { median, p95 } = await oneByOne(desk, borrowers, 400)
      const { seconds, asking, refused } = await planAtOnce(lease.url)
      rows.push({
        contacts: held[0]!.n,
        'one, median ms': median,
        'one, p95 ms': p95,
        'plan of 100,000, s': seconds,
        'of it asking, s': asking,
        'µs each': Math.round((seconds / AT_ONCE) * 1e6),
        refused,
      })
    }
    console.table(rows)
  } finally {
    await desk.destroy()
    await db.destroy()
    await lease.release()
    rmSync(home, { recursive: true, force: true })
  }
}
