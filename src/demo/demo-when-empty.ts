import { join } from 'node:path'
import { sql } from 'kysely'
import type { Context } from '../platform/command.ts'
import type { Db } from '../platform/database.ts'
import type { Step } from '../platform/nightly.ts'
import { progressBar } from '../platform/progress.ts'
import { homeFolder } from '../platform/server.ts'
import { toDay } from './calendar.ts'
import { lenders } from './lenders.ts'
import { loadBook } from './load-book.ts'
import { writeBook } from './write-files.ts'

const LOANS = 2_000
const DAYS = 60

/**
 * Fills a book that has seen neither a file nor a night with an invented one that ends today; answers whether
 * it did. After a night the days before it can no longer be told: the invented book would stop at its first.
 */
export async function loadDemoWhenEmpty(
  { db, url, clock }: Context,
  steps: readonly Step[],
): Promise<boolean> {
  const { rows } = await sql<{ used: boolean }>`
    select exists (select from loads) or exists (select from nights) as used`.execute(db)
  if (rows[0]!.used) return false
  process.stderr.write(`The book is empty: an invented one of ${LOANS} loans over ${DAYS} days is loaded.\n`)
  const last = toDay(clock.today())
  const writing = progressBar('write', DAYS)
  const span = { first: last - DAYS + 1, last }
  const book = writeBook(join(homeFolder(), 'demo'), { loans: LOANS, seed: 1, ...span }, writing)
  writing.end()
  const loading = progressBar('load', book.days.length)
  await loadBook({ db, url, clock, steps }, { ...book, bank_on: clock.today() }, loading)
  loading.end()
  return true
}

/** Whether the book is the invented one: then its staff are invented, too. */
export async function isDemoBook(db: Db): Promise<boolean> {
  const names = lenders.map(({ lender }) => lender)
  const { rows } = await sql<{ demo: boolean }>`
    select coalesce(bool_and(lender = any (${names}::text[])), false) as demo from loan_kinds`.execute(db)
  return rows[0]!.demo
}
