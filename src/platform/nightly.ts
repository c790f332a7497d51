import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import type pg from 'pg'
import type { Clock } from './clock.ts'
import { type Db, inSession } from './database.ts'
import { Refused } from './refusal.ts'

/** A step of the night: `book/delinquency/age-loans` is `src/book/delinquency/age-loans.nightly.sql`. */
export type Step = `${string}/${string}`
export type StepRun = { step: string; rows: number; seconds: number }
export type NightRun = { as_of: string; caught_up: string[]; steps: StepRun[]; seconds: number }

// Any fixed number: whoever holds it runs the night.
const NIGHT_LOCK = 4_172_027

const seconds = (since: number) => Math.round(performance.now() - since) / 1000

const textOf = (step: Step) => readFile(join(import.meta.dirname, '..', `${step}.nightly.sql`), 'utf8')

/** The SQL of a step for a business date, to be run in a transaction. */
export const stepSql = async (step: Step, asOf: string): Promise<string> =>
  (await textOf(step)).replaceAll(':as_of', `date '${Temporal.PlainDate.from(asOf)}'`)

/** The condition that a step's lines `-- when: …` state, as SQL; null when the step always has work. */
const conditionOf = (text: string) =>
  text
    .match(/^-- when: .+$/gm)
    ?.map((line) => line.slice('-- when: '.length))
    .join(' ') ?? null

/**
 * Runs the SQL of one step for `as_of` in the caller's transaction; the number of rows that it wrote. Where
 * its condition does not hold it is not even planned: rules over many views take longer to plan than an
 * idle night takes.
 */
export async function runStep(client: pg.Client, step: Step, asOf: string): Promise<number> {
  const text = await stepSql(step, asOf)
  const condition = conditionOf(text)
  if (condition) {
    const { rows } = await client.query<{ due: boolean }>(`select ${condition} as due`)
    if (!rows[0]!.due) return 0
  }
  const answer: unknown = await client.query(text)
  const results = (Array.isArray(answer) ? answer : [answer]) as pg.QueryResult[]
  return results
    .filter((result) => /^(INSERT|UPDATE|DELETE|MERGE)$/.test(result.command))
    .reduce((sum, result) => sum + (result.rowCount ?? 0), 0)
}

/**
 * One step in its own transaction; the claim (as_of, step) is part of it, so a crash leaves both or neither.
 */
async function claimAndRun(client: pg.Client, step: Step, asOf: string): Promise<StepRun | null> {
  const began = performance.now()
  await client.query('begin')
  try {
    // Steps hash and sort what happened that day; a night runs alone, so it may use more memory than a
    // request.
    await client.query("set local work_mem = '256MB'")
    // What a step puts aside for itself is joined by key over all of it: its size matters, not its shape.
    await client.query('set local default_statistics_target = 10')
    const claim = await client.query(
      'insert into nightly_steps (as_of, step) values ($1, $2) on conflict do nothing',
      [asOf, step],
    )
    if (!claim.rowCount) {
      await client.query('rollback')
      return null
    }
    const rows = await runStep(client, step, asOf)
    const run = { step, rows, seconds: seconds(began) }
    await client.query('update nightly_steps set rows = $3, seconds = $4 where as_of = $1 and step = $2', [
      asOf,
      step,
      rows,
      run.seconds,
    ])
    await client.query('commit')
    return run
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/** Runs the steps of a day that have not run yet; what each of them did. */
async function runDay(client: pg.Client, steps: readonly Step[], asOf: string, clock: Clock, tell: Progress) {
  const ran: StepRun[] = []
  await client.query(
    `insert into nights (as_of, started_at) values ($1, $2)
     on conflict (as_of) do update set failed_step = null, error = null where nights.error is not null`,
    [asOf, clock.now().toString()],
  )
  for (const [i, step] of steps.entries()) {
    tell({ as_of: asOf, step, done: i, of: steps.length })
    try {
      ran.push((await claimAndRun(client, step, asOf)) ?? { step, rows: 0, seconds: 0 })
    } catch (error) {
      const reason = (error as Error).message
      await client.query(
        'update nights set failed_step = $2, error = $3, finished_at = null where as_of = $1',
        [asOf, step, reason],
      )
      throw new Refused(
        'night_step_failed',
        `The night of ${asOf} stopped at ${step}: ${reason}. Nothing of that step was kept; run the night ` +
          'again once the cause is mended and it goes on from there.',
        { as_of: asOf, step },
      )
    }
  }
  await client.query('update nights set finished_at = $2 where as_of = $1 and finished_at is null', [
    asOf,
    clock.now().toString(),
  ])
  return ran
}

const plusDays = (date: string, days: number) => Temporal.PlainDate.from(date).add({ days }).toString()

/**
 * The days to run so that every night up to `asOf` has run: the unfinished one first, then one after the
 * other.
 */
async function daysToRun(client: pg.Client, asOf: string): Promise<string[]> {
  const { rows } = await client.query<{ newest: string | null; unfinished: string | null }>(
    `select max(as_of)::text as newest, min(as_of) filter (where finished_at is null)::text as unfinished
       from nights`,
  )
  const { newest, unfinished } = rows[0]!
  if (newest === null) return [asOf]
  if (asOf < newest) {
    throw new Refused(
      'night_is_before_the_last',
      `The night of ${newest} has begun already; a night for ${asOf} would go back in time.`,
      { as_of: asOf, last: newest },
    )
  }
  const days: string[] = []
  const next = asOf === newest ? newest : plusDays(newest, 1)
  for (let day = unfinished ?? next; day <= asOf; day = plusDays(day, 1)) days.push(day)
  return days
}

export type Progress = (state: { as_of: string; step: string; done: number; of: number }) => void

/**
 * Runs the night of `asOf` (YYYY-MM-DD) on the database `at` that URL or session: first whatever of earlier
 * nights is missing, in order. Steps that are done are skipped, so the same night again changes nothing,
 * and their rows are 0.
 * Refused: `night_is_before_the_last`, `night_is_in_the_future`, `night_already_runs`, `night_step_failed`.
 */
export async function runNight(
  at: string | pg.Client,
  steps: readonly Step[],
  asOf: string,
  clock: Clock,
  tell: Progress = () => {},
): Promise<NightRun> {
  const began = performance.now()
  refuseFuture(asOf, clock)
  return inSession(at, async (client) => {
    await claimBook(client)
    try {
      const days = await daysToRun(client, asOf)
      let ran: StepRun[] = []
      for (const day of days) ran = await runDay(client, steps, day, clock, tell)
      return {
        as_of: asOf,
        caught_up: days.filter((day) => day !== asOf),
        steps: ran,
        seconds: seconds(began),
      }
    } finally {
      await client.query('select pg_advisory_unlock($1)', [NIGHT_LOCK]).catch(() => {})
    }
  })
}

/** Waits a few seconds: what a program that was killed had under way ends a moment after it. */
async function claimBook(client: pg.Client) {
  for (let tries = 0; tries < 25; tries++) {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as alone', [NIGHT_LOCK])
    if (rows[0].alone) return
    await wait(200)
  }
  throw new Refused('night_already_runs', 'A night or a load is running already; wait until it has ended.')
}

/**
 * A business date may be at most tomorrow (somewhere it is tomorrow already): a mistyped year would close the
 * book.
 */
export function refuseFuture(asOf: string, clock: Clock) {
  if (asOf <= plusDays(clock.today('UTC'), 1)) return
  throw new Refused('as_of_is_in_the_future', `${asOf} has not come yet; mend the date of --as-of.`, {
    as_of: asOf,
  })
}

/**
 * Keeps a night and a load, or two loads, from working at once: the second waits for the end of the
 * transaction.
 */
export const lockBook = (client: pg.Client) => client.query('select pg_advisory_xact_lock($1)', [NIGHT_LOCK])

/**
 * Keeps a night or a load from beginning until the end of the caller's transaction; false where one is at
 * work, which then finds by itself what the caller would have done.
 */
export async function nightStandsStill(tx: Db): Promise<boolean> {
  const { rows } = await sql<{ still: boolean }>`
    select pg_try_advisory_xact_lock_shared(${sql.lit(NIGHT_LOCK)}) as still`.execute(tx)
  return rows[0]!.still
}

/**
 * Lets the newest night run again after a file for that day or an earlier one came in late; nothing when no
 * night has run since. Each step finds by itself what is different now. Earlier nights stay as they were:
 * what a file changes in their days is derived by its load.
 */
export async function reopenNight(client: pg.Client, asOf: string) {
  const { rows } = await client.query<{ as_of: string }>(
    `update nights set finished_at = null
      where as_of = (select max(as_of) from nights) and as_of >= $1 returning as_of`,
    [asOf],
  )
  for (const night of rows) await client.query('delete from nightly_steps where as_of = $1', [night.as_of])
}
