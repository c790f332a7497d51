import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type pg from 'pg'
import type { Clock } from '../../platform/clock.ts'
import { inSession } from '../../platform/database.ts'
import { lockBook } from '../../platform/night-lock.ts'
import { refuseFuture, reopenNight } from '../../platform/nightly.ts'
import { Refused } from '../../platform/refusal.ts'
import { applyBorrowers, borrowerChecks, borrowerEntries } from '../borrowers/borrowers-file.sql.ts'
import {
  applyContactPoints,
  contactPointChecks,
  contactPointEntries,
} from '../borrowers/contact-points-file.sql.ts'
import { applyInstalments, instalmentChecks, instalmentEntries } from '../instalments/instalments-file.sql.ts'
import {
  applyTape,
  findUnmet,
  holdsLoans,
  lendersOf,
  tapeChecks,
  tapeEntries,
  unfitLoans,
} from '../loans/tape.sql.ts'
import { applyPayments, paymentChecks, paymentEntries, paymentFaults } from '../payments/payments-file.sql.ts'
import { LineStandsTwice } from './changed-lines.ts'
import { type Applied, Cells, type LoadOptions } from './entries.ts'
import { type Check, fileKinds, type KindName } from './file-kinds.ts'
import { compareWithBefore, type LoadRecord, type Measures, measure, recordLoad } from './load-record.sql.ts'
import { refuseMissingFile } from './read-file.ts'
import { rejectRows, writeRejects } from './rejects.sql.ts'
import { stageRows } from './staging.sql.ts'

/** How one kind of file becomes part of the book. */
type Plan = {
  checks: readonly Check[]
  entries(cells: Cells): string
  /** SQL of refusals that need the book, beyond the checks of a row by itself */
  late: string | null
  /** the tables that it fills */
  writes: readonly string[]
  apply(client: pg.Client, cells: Cells, options: LoadOptions, lenders: string[]): Promise<Applied>
}

const plans: Readonly<Record<KindName, Plan>> = {
  loans: {
    checks: tapeChecks,
    entries: tapeEntries,
    late: unfitLoans,
    writes: ['loans', 'borrowers'],
    apply: applyTape,
  },
  borrowers: {
    checks: borrowerChecks,
    entries: borrowerEntries,
    late: null,
    writes: ['borrowers', 'contact_points'],
    apply: applyBorrowers,
  },
  'contact-points': {
    checks: contactPointChecks,
    entries: contactPointEntries,
    late: null,
    writes: ['contact_points'],
    apply: applyContactPoints,
  },
  payments: {
    checks: paymentChecks,
    entries: paymentEntries,
    late: paymentFaults,
    writes: ['payments'],
    apply: applyPayments,
  },
  instalments: {
    checks: instalmentChecks,
    entries: instalmentEntries,
    late: null,
    writes: ['instalments'],
    apply: applyInstalments,
  },
}

export type LoadRequest = Partial<LoadOptions> & {
  file: string
  as_of: string
  kind?: KindName
  encoding?: string
  /** say what would change and change nothing */
  check?: boolean
  /** the person who accepts a load that the comparison holds */
  accepted_by?: string
}

export type LoadAnswer = LoadRecord & { checked_only: boolean }

const seconds = (since: number) => Math.round(performance.now() - since) / 1000

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/**
 * Joins here are by key over whole files: the roughest figure is enough, and a fine one costs seconds. What
 * a first load writes is logged page by page at its end: were it synced instead, the first reader of a page
 * would log it.
 */
const forLoads = [
  "set local work_mem = '256MB'",
  'set local default_statistics_target = 1',
  "set local wal_skip_threshold = '4GB'",
]

/** From this size on workers that read and compare beside the process that writes are worth their start. */
const LARGE_BYTES = 8 * 2 ** 20
const forLargeFiles = [
  'set local parallel_setup_cost = 0',
  'set local parallel_tuple_cost = 0',
  'set local min_parallel_table_scan_size = 0',
  'set local enable_mergejoin = off',
]

type Work = { client: pg.Client; request: LoadRequest; options: LoadOptions; tell: (bytes: number) => void }

/**
 * Stages a file and applies it. A tape's lines that the book was made from are held back, unless one of
 * them stands twice in the file: then every line is looked at.
 */
async function bringIn(work: Work, kind: KindName): Promise<Measures> {
  await work.client.query('savepoint lines')
  try {
    return await stageAndApply(work, kind, true)
  } catch (error) {
    if (!(error instanceof LineStandsTwice)) throw error
    await work.client.query('rollback to savepoint lines')
    return stageAndApply(work, kind, false)
  }
}

async function stageAndApply({ client, request, options, tell }: Work, kind: KindName, holdBack: boolean) {
  const plan = plans[kind]
  for (const setting of forLoads) await client.query(setting)
  if (sizeOf(request.file) > LARGE_BYTES) for (const setting of forLargeFiles) await client.query(setting)
  let read = 0
  const source = {
    file: request.file,
    encoding: request.encoding ?? 'utf-8',
    seen: (chunk: Buffer) => {
      read += chunk.length
      tell(read)
    },
  }
  const back = kind === 'loans' ? { lender: options.lender, known: holdBack && !options.correct } : null
  const cells = new Cells(fileKinds[kind], await stageRows(client, fileKinds[kind], source, back), options)
  await client.query('analyze staging.rows')
  if (cells.heldBack > 0) await findUnmet(client, cells)
  const lenders = await lendersOf(client, cells)
  if (kind === 'loans') {
    const held = await holdsLoans(client, lenders)
    cells.everything = options.correct || !held.of_lenders
    cells.bookIsEmpty = !held.some
  }
  await client.query(plan.entries(cells))
  if (!cells.bookIsEmpty) await client.query('analyze staging.entries')
  await rejectRows(client, cells, plan.checks, plan.late, fileKinds[kind])
  const applied = await plan.apply(client, cells, options, lenders)
  await countAnew(client, plan.writes, applied)
  return measure(client, cells, { kind, lenders, applied, options })
}

/**
 * What follows, the record of the load and the night, plans by the tables' figures; waiting for the server's
 * own upkeep would mean guessing. A load that brought less than a tenth of a table leaves them as they are.
 */
async function countAnew(client: pg.Client, tables: readonly string[], { new: fresh, ...counts }: Applied) {
  const past = tables.includes('loans') ? ['loan_positions'] : []
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c
      where (c.oid = any ($1::regclass[]) and c.reltuples < 10 * $2::float8)
         or (c.oid = any ($3::regclass[]) and c.reltuples < 10 * $4::float8)`,
    [tables, fresh, past, counts.changed + counts.closed],
  )
  if (rows.length === 0) return
  await client.query('set local default_statistics_target = 10')
  await client.query(`analyze ${rows.map((row) => row.name).join(', ')}`)
}

// A view of the rows goes with them.
const dropStaging = `
  drop table staging.rows cascade;
  drop table if exists staging.rejects, staging.spilt, staging.entries, staging.bad, staging.twice,
  staging.kinds, staging.unmet, staging.unmet_loans, staging.absent, staging.mends`

function optionsOf(request: LoadRequest): LoadOptions {
  return {
    as_of: request.as_of,
    mode: request.correct ? 'delta' : (request.mode ?? 'full'),
    lender: request.lender ?? 'default',
    correct: request.correct ?? false,
    max_missing: request.max_missing ?? 0.05,
  }
}

/**
 * Loads a file of the contract (CSV, .csv.gz, .xlsx, .parquet): all of it in one transaction, or nothing.
 * Rejected rows go to NAME.rejects.csv beside the file; every good row loads. The same file again changes
 * nothing. Refused, besides what the readers and the kinds refuse: `as_of_is_in_the_future`, `no_such_file`,
 * `load_is_held` (it moves the book further than the lender's setting allows and nobody has accepted it: the
 * record is kept, the rows are not). `at` is the URL of the database, or a session with it.
 */
export async function loadFile(
  at: string | pg.Client,
  clock: Clock,
  request: LoadRequest,
  tell: (bytes: number) => void = () => {},
): Promise<LoadAnswer> {
  const began = performance.now()
  const kind = request.kind ?? 'loans'
  const options = optionsOf(request)
  refuseMissingFile(request.file)
  refuseFuture(options.as_of, clock)
  // Beside the server's work, not before it. A file that cannot be read fails the reading of its rows.
  const digest = digestOf(request.file)
  digest.catch(() => {})
  return inSession(at, async (client) => {
    try {
      await client.query('begin')
      await lockBook(client)
      const measures = await bringIn({ client, request, options, tell }, kind)
      const sha256 = await digest
      const comparison = await compareWithBefore(client, kind, options, measures, sha256)
      const record = (state: LoadRecord['state']): LoadRecord => ({
        ...{ kind, as_of: options.as_of, mode: options.mode, state, lenders: measures.lenders },
        ...{ file_name: basename(request.file), file_path: resolve(request.file), sha256 },
        ...{ accepted_by: request.accepted_by ?? null, loaded_at: clock.now().toString() },
        ...measures.counts,
        ...{ totals: measures.totals, null_shares: measures.null_shares, comparison, notes: measures.notes },
        ...{ dpd_differs: measures.dpd_differs, seconds: seconds(began) },
      })
      if (request.check) {
        await client.query('rollback')
        return { ...record('applied'), checked_only: true }
      }
      await writeRejects(client, request.file)
      const held = Object.values(comparison).some((figure) => figure.beyond_limit)
      if (held && !request.accepted_by) return await hold(client, record('held'))
      await recordLoad(client, record('applied'), true)
      await client.query(dropStaging)
      await reopenNight(client, options.as_of)
      await client.query('commit')
      return { ...record('applied'), checked_only: false }
    } catch (error) {
      await client.query('rollback').catch(() => {})
      throw error
    }
  })
}

/** Keeps the record of a load that must wait for a person, and nothing of its rows. */
async function hold(client: pg.Client, record: LoadRecord): Promise<never> {
  await client.query('rollback')
  await recordLoad(client, record, false)
  const moved = Object.entries(record.comparison).filter(([, figure]) => figure.beyond_limit)
  const words = moved.map(([name, figure]) => `${name} ${figure.before} → ${figure.now}`).join('; ')
  throw new Refused(
    'load_is_held',
    `${record.file_name} moves the book further than the lender's setting allows (${words}). ` +
      'Nothing changed; load it again with --accept NAME once a person has looked.',
    { comparison: record.comparison },
  )
}

/** Size of a file in bytes, for a progress bar. */
export const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
