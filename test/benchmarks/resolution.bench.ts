// What a night's judgement of promises costs: three hundred thousand fall due at once beside the whole book.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { fixedClock } from '../../src/platform/clock.ts'
import { prepare } from '../../src/platform/command.ts'
import { connect, type Db } from '../../src/platform/database.ts'
import { leaseDatabase } from '../../src/platform/home.ts'
import { runNight } from '../../src/platform/nightly.ts'

const AS_OF = '2024-05-08'
const DUE = 300_000
const STEP = 'resolution/promises/close-due-promises'

/**
 * A loan for each borrower; a payment of each in the months before; a judged promise of every second. Of the
 * promises that end, every third keeps, every third keeps half, every third breaks its word; each twentieth
 * is one of two of its day.
 */
async function fillBook(db: Db, loans: number, due: number) {
  await sql`insert into loan_kinds values ('acme', '') on conflict do nothing`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no)
    select borrower_id_of('acme', n::text), 'acme', n from generate_series(1, ${loans}::int) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    select borrower_id, 'L' || borrower_no, 'acme', 'USD', 'active', '2024-01-01', 100000, 10000,
           '2024-03-01'
      from borrowers`.execute(db)
  await sql`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                          loaded_as_of)
    select borrower_id, 'P' || borrower_no, 'acme', 'L' || borrower_no, d.on_date, 5000, 'USD', 'payment',
           d.on_date
      from borrowers
     cross join lateral (
       select date '2024-01-01' + (abs(hashint8(borrower_id)) % 90)::int as on_date) d
    union all
    -- what the promises that end tonight brought, in today's file
    select borrower_id, 'Q' || borrower_no, 'acme', 'L' || borrower_no,
           date '2024-05-06' + borrower_no::int % 2, 5000 * (borrower_no::int % 3), 'USD', 'payment',
           date '2024-05-08'
      from borrowers
     where borrower_no::int <= ${due} and borrower_no::int % 3 > 0`.execute(db)
  await sql`
    insert into promises (borrower_id, loan_no, promise_no, made_on, due_on, counts_until, currency,
                          promised_minor, enough_minor, one_of_several, channel, taken_by, outcome, judged_on,
                          paid_minor)
    select borrower_id, 'L' || borrower_no, 1, date '2024-02-01', date '2024-02-10', date '2024-02-11', 'USD',
           10000, 9500, false, 'call', 'bench', 'broken', date '2024-02-12', 0
      from borrowers where borrower_no::int % 2 = 0
    union all
    select borrower_id, 'L' || borrower_no, 1 + n, date '2024-05-01', date '2024-05-06' + n - 1,
           date '2024-05-07' + n - 1, 'USD', 10000, 9500, borrower_no::int % 20 = 0, 'call', 'bench', null,
           null, null
      from borrowers, generate_series(1, 2) n
     where borrower_no::int <= ${due} and (n = 1 or borrower_no::int % 20 = 0)`.execute(db)
  await sql`vacuum analyze`.execute(db)
}

/** Seconds of the step, as the night runs it, and how many rows it wrote; it has not run yet afterwards. */
async function judged(url: string, db: Db) {
  const [run] = (await runNight(url, [STEP], AS_OF, fixedClock(`${AS_OF}T22:00:00Z`))).steps
  await sql`delete from nightly_steps`.execute(db)
  return { rows: run!.rows, seconds: Math.round(run!.seconds * 100) / 100 }
}

/** `DUE` promises judged in one step beside `loans` loans, and the same step again. */
export async function benchResolution(loans: number) {
  const home = mkdtempSync(join(tmpdir(), 'amends-bench-'))
  chmodSync(home, 0o755)
  process.env['AMENDS_HOME'] = home
  const lease = await leaseDatabase()
  const db = connect(lease.url, { max: 2 })
  try {
    await prepare(lease.url)
    const due = Math.min(DUE, loans)
    await fillBook(db, loans, due)
    const first = await judged(lease.url, db)
    const again = await judged(lease.url, db)
    const { rows: found } = await sql<{ outcome: string | null; promises: number }>`
      select outcome, count(*) as promises from promises where made_on = '2024-05-01' group by 1 order by 1
    `.execute(db)
    console.log(
      `\nPromises: ${due} and more end beside ${loans} loans, on ${cpus().length} × ${cpus()[0]?.model}`,
    )
    console.table([
      { what: 'judged (goal: 2 s)', ...first },
      { what: 'the same night again', ...again },
    ])
    console.table(found)
  } finally {
    await db.destroy()
    await lease.release()
    rmSync(home, { recursive: true, force: true })
  }
}
