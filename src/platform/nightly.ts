import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import type { Clock } from './clock.ts'
import { inSession, openClient } from './database.ts'
import { claimBook, joinNight, MOST_SESSIONS, releaseBook } from './night-lock.ts'
import { forPart, isDivisible, type Part, stretchOf } from './night-parts.ts'
import { Refused } from './refusal.ts'

/** A step of the night: `book/delinquency/age-loans` is `src/book/delinquency/age-loans.nightly.sql`. */
export type Step = `${string}/${string}`
export type StepRun = { step: string; rows: number; seconds: number }
export type NightRun = { as_of: string; caught_up: string[]; steps: StepRun[]; seconds: number }

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
 * Runs the SQL of one step for `as_of` in the caller's transaction, for the whole book or a part of it; the
 * number of rows that it wrote. Where its condition does not hold it is not even planned: rules over many
 * views take longer to plan than an idle night takes.
 */
export async function runStep(client: pg.Client, step: Step, asOf: string, part?: Part): Promise<number> {
  const text = await stepSql(step, asOf)
  const condition = conditionOf(text)
  if (condition) {
    const { rows } = await client.query<{ due: boolean }>(`select ${condition} as due`)
    if (!rows[0]!.due) return 0
  }
  const answer: unknown = await client.query(part ? forPart(text, part) : text)
  const results = (Array.isArray(answer) ? answer : [answer]) as pg.QueryResult[]
  return results
    .filter((result) => /^(INSERT|UPDATE|DELETE|MERGE)$/.test(result.command))
    .reduce((sum, result) => sum + (result.rowCount ?? 0), 0)
}

/** Runs `work` of a step in a transaction that plans as a night does. */
async function inStep<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  // Steps hash and sort what happened that day; a night runs alone, so it may use more memory than a
  // request. What a step puts aside for itself is joined by key over all of it: its size matters, not its
  // shape.
  await client.query("begin; set local work_mem = '256MB'; set local default_statistics_target = 10")
  try {
    const done = await work()
    await client.query('commit')
    return done
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/** One step with its claim (as_of, step) in one transaction, so a crash leaves both or neither. */
const doWhole = (client: pg.Client, step: Step, asOf: string) =>
  inStep(client, async () => {
    const began = performance.now()
    const rows = await runStep(client, step, asOf)
    await claim(client, { step, rows, seconds: seconds(began) }, asOf)
    return rows
  })

const claim = (client: pg.Client, { step, rows, seconds }: StepRun, asOf: string) =>
  client.query('insert into nightly_steps (as_of, step, rows, seconds) values ($1, $2, $3, $4)', [
    ...[asOf, step, rows, seconds],
  ])

/**
 * One step, each session of the crew with a part of the book in a transaction of its own: PostgreSQL reads
 * with every core but writes with one. A part is claimed as a step is, so a night that was broken off goes on
 * with the parts that are left.
 */
async function doInParts(crew: readonly pg.Client[], step: Step, asOf: string) {
  const began = performance.now()
  const { rows: before } = await crew[0]!.query<{ part: number; of: number }>(
    'select part, of from nightly_parts where as_of = $1 and step = $2',
    [asOf, step],
  )
  const of = before[0]?.of ?? crew.length
  const left = Array.from({ length: of }, (_, part) => part).filter(
    (part) => !before.some((done) => done.part === part),
  )
  const work = async (client: pg.Client) => {
    for (let part = left.shift(); part !== undefined; part = left.shift()) {
      const stretch = stretchOf(part, of)
      await inStep(client, async () => {
        // The cores are busy with the other parts.
        await client.query('set local max_parallel_workers_per_gather = 0')
        const rows = await runStep(client, step, asOf, stretch)
        await client.query('insert into nightly_parts values ($1, $2, $3, $4, $5)', [
          ...[asOf, step, part, of, rows],
        ])
      })
    }
  }
  // All have ended, well or not, before anybody is told: nothing goes on behind a night that stopped.
  const ended = await Promise.allSettled(crew.map(work))
  const failed = ended.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
  return inStep(crew[0]!, async () => {
    const { rows: parts } = await crew[0]!.query<{ rows: number }>(
      'delete from nightly_parts where as_of = $1 and step = $2 returning rows',
      [asOf, step],
    )
    const rows = parts.reduce((sum, part) => sum + part.rows, 0)
    await claim(crew[0]!, { step, rows, seconds: seconds(began) }, asOf)
    return rows
  })
}

/** Runs a step that has not run yet; null when it has. */
async function claimAndRun(crew: readonly pg.Client[], step: Step, asOf: string): Promise<StepRun | null> {
  const began = performance.now()
  const [lead] = crew
  const { rowCount } = await lead!.query('select from nightly_steps where as_of = $1 and step = $2', [
    ...[asOf, step],
  ])
  if (rowCount) return null
  const inParts = crew.length > 1 && isDivisible(await textOf(step))
  const rows = inParts ? await doInParts(crew, step, asOf) : await doWhole(lead!, step, asOf)
  return { step, rows, seconds: seconds(began) }
}

type Day = { steps: readonly Step[]; as_of: string }

/** Runs the steps of a day that have not run yet; what each of them did. */
async function runDay(crew: readonly pg.Client[], day: Day, clock: Clock, tell: Progress) {
  const { steps, as_of: asOf } = day
  const client = crew[0]!
  const ran: StepRun[] = []
  await client.query(
    `insert into nights (as_of, started_at) values ($1, $2)
     on conflict (as_of) do update set failed_step = null, error = null where nights.error is not null`,
    [asOf, clock.now().toString()],
  )
  for (const [i, step] of steps.entries()) {
    tell({ as_of: asOf, step, done: i, of: steps.length })
    try {
      ran.push((await claimAndRun(crew, step, asOf)) ?? { step, rows: 0, seconds: 0 })
    } catch (error) {
      const reason = (error as Error).message
      await client.query(
        'update nights set failed_step = $2, error = $3, finished_at = null where as_of = $1',
        [asOf, step, reason],
      )
      throw new Refused(
        'night_step_failed',
        `The night of ${asOf} stopped at ${step}: ${reason}. Nothing half done was kept; run the night ` +
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
 * Refused: `night_is_before_the_last`, `night_is_in_the_future`, `night_already_runs`, `night_step_failed`,
 * `night_sessions_out_of_range`.
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
    const crew = [client]
    try {
      const days = await daysToRun(client, asOf)
      if (typeof at === 'string') await openBeside(crew, at)
      let ran: StepRun[] = []
      for (const as_of of days) ran = await runDay(crew, { steps, as_of }, clock, tell)
      return {
        as_of: asOf,
        caught_up: days.filter((day) => day !== asOf),
        steps: ran,
        seconds: seconds(began),
      }
    } finally {
      await Promise.allSettled(crew.slice(1).map((session) => session.end()))
      await releaseBook(client).catch(() => {})
    }
  })
}

/** A book whose largest table has fewer pages (80 MB) is done sooner by one session. */
const LARGE_BOOK = 10_000

/**
 * How many sessions share a night: for a large book the one that claimed it and as many as the server lets
 * one query have workers; otherwise what AMENDS_NIGHT_SESSIONS says. Refused: `night_sessions_out_of_range`.
 */
async function sessionsOf(client: pg.Client): Promise<number> {
  const wanted = process.env['AMENDS_NIGHT_SESSIONS']
  if (wanted) {
    const sessions = Number(wanted)
    if (Number.isInteger(sessions) && sessions >= 1 && sessions <= MOST_SESSIONS) return sessions
    throw new Refused(
      'night_sessions_out_of_range',
      `AMENDS_NIGHT_SESSIONS is ${wanted}; it must be a whole number from 1 to ${MOST_SESSIONS}.`,
      { given: wanted, most: MOST_SESSIONS },
    )
  }
  const { rows } = await client.query<{ workers: number; pages: number }>(
    `select current_setting('max_parallel_workers_per_gather')::int as workers, max(relpages) as pages
       from pg_class where relkind = 'r'`,
  )
  const { workers, pages } = rows[0]!
  return pages < LARGE_BOOK ? 1 : Math.min(workers + 1, MOST_SESSIONS)
}

/** Opens the sessions that work beside the first of the crew. */
async function openBeside(crew: pg.Client[], url: string) {
  const sessions = await sessionsOf(crew[0]!)
  for (let place = 1; place < sessions; place++) {
    const session = await openClient(url)
    crew.push(session)
    await joinNight(session, place)
  }
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
  for (const { as_of } of rows) {
    await client.query('delete from nightly_steps where as_of = $1', [as_of])
    await client.query('delete from nightly_parts where as_of = $1', [as_of])
  }
}
