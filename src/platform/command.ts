import { constants } from 'node:os'
import { type Command, InvalidArgumentError } from 'commander'
import { sql } from 'kysely'
import { type Clock, systemClock } from './clock.ts'
import { connect, type Db } from './database.ts'
import { leaseDatabase } from './home.ts'
import { migrate } from './migrations.ts'
import { Refused } from './refusal.ts'

/** What a command works with: a migrated database and a clock. */
export type Context = { db: Db; url: string; clock: Clock; json: boolean }

/** Brings what lives in files into a freshly migrated database, at an instant: packs, for instance. */
export type Deploy = (db: Db, at: string) => Promise<void>

// Any fixed number: whoever holds it deploys.
const DEPLOY_LOCK = 4_172_028

let deploys: readonly Deploy[] = []

/** Told once by the program's root, before any command runs. */
export function deployWith(list: readonly Deploy[]) {
  deploys = list
}

/** Migrates the database at `url` and brings its reference data up to this program. */
export async function prepare(url: string): Promise<string[]> {
  const applied = await migrate(url)
  const db = connect(url, { max: 1 })
  try {
    // One at a time; the lock ends with the only connection of the pool.
    await sql`select pg_advisory_lock(${DEPLOY_LOCK})`.execute(db)
    for (const deploy of deploys) await deploy(db, systemClock().now().toString())
  } finally {
    await db.destroy()
  }
  return applied
}

/** Runs `work` with the database of this run, migrated; releases it whatever happens. */
export async function withDatabase<T>(json: boolean, work: (context: Context) => Promise<T>): Promise<T> {
  const lease = await leaseDatabase()
  const stay = leaveOnSignal(lease.release)
  try {
    await prepare(lease.url)
    const db = connect(lease.url)
    try {
      return await work({ db, url: lease.url, clock: systemClock(), json })
    } finally {
      await db.destroy()
    }
  } finally {
    await lease.release()
    stay()
  }
}

/** Ctrl-C, or told to end: puts the database away first. What was not committed by then never was. */
export function leaveOnSignal(release: () => Promise<void>): () => void {
  const leave = (signal: NodeJS.Signals) => {
    void release().finally(() => process.exit(128 + constants.signals[signal]))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave)
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, leave)
  }
}

/** How a command's answer is shown to a person; with --json it is printed as it is. */
export type Show<Answer> = (answer: Answer) => string

/**
 * Adds a command that works on the database. `work` answers a JSON document; `show` puts it in words for a
 * terminal. `problem` of the answer, when the command names one, makes the exit status 1 although there is an
 * answer.
 */
export function databaseCommand<Args extends unknown[], Answer>(
  command: Command,
  work: (context: Context, ...args: Args) => Promise<Answer>,
  show: Show<Answer>,
  problem: (answer: Answer) => boolean = () => false,
): Command {
  return command
    .option('--json', 'one JSON document on standard output')
    .action(async (...all: unknown[]) => {
      const args = all.slice(0, -1) as Args
      const json = Boolean((args.at(-1) as { json?: boolean }).json)
      await reporting(json, async () => {
        const answer = await withDatabase(json, (context) => work(context, ...args))
        process.stdout.write(`${json ? JSON.stringify(answer) : show(answer)}\n`)
        if (problem(answer)) process.exitCode = 1
      })
    })
}

/** Runs a command: a refusal is told in words (and as JSON on standard error with --json), exit status 1. */
export async function reporting(json: boolean, work: () => Promise<void>) {
  try {
    await work()
  } catch (error) {
    process.exitCode = 1
    if (error instanceof Refused) {
      const { refusal, message, detail } = error
      process.stderr.write(json ? `${JSON.stringify({ refusal, message, ...detail })}\n` : `${message}\n`)
    } else {
      process.stderr.write(`${(error as Error).stack ?? error}\n`)
    }
  }
}

/** A calendar date on the command line: YYYY-MM-DD. */
export function dateArgument(text: string): string {
  try {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new RangeError()
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString()
  } catch {
    throw new InvalidArgumentError('A date looks like 2025-03-31.')
  }
}

/** Rows as an aligned table for a terminal; numbers stand right. */
export function table(rows: readonly Record<string, unknown>[]): string {
  if (rows.length === 0) return '(none)'
  const columns = Object.keys(rows[0]!)
  const cell = (value: unknown) => (value === null || value === undefined ? '' : String(value))
  const widths = columns.map((c) => Math.max(c.length, ...rows.map((row) => cell(row[c]).length)))
  const numeric = columns.map((c) => rows.every((row) => /^-?[\d.]*%?$/.test(cell(row[c]))))
  const line = (cells: string[]) =>
    cells.map((text, i) => (numeric[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!))).join('  ')
  return [line(columns), ...rows.map((row) => line(columns.map((c) => cell(row[c]))))].join('\n')
}
