import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { loadFile } from '../book/intake/load.ts'
import { saveSettings } from '../book/settings/setting.sql.ts'
import { readSettings } from '../book/settings/setting.ts'
import type { Clock } from '../platform/clock.ts'
import { type Db, inSession } from '../platform/database.ts'
import { runNight, type Step } from '../platform/nightly.ts'
import type { Bar } from '../platform/progress.ts'
import { Refused } from '../platform/refusal.ts'
import { bringStatement } from './bank-day.ts'
import { bookBefore } from './demo.sql.ts'
import { lenders } from './lenders.ts'
import { type DayFiles, kinds } from './write-files.ts'

/** Where the book is loaded, and which nights are run after each day's files. */
export type Target = { db: Db; url: string; clock: Clock; steps: readonly Step[] }

/** A book as it is loaded: its days may still be being written, one after the other. */
export type BookToLoad = {
  days: Iterable<DayFiles> | AsyncIterable<DayFiles>
  settings: readonly string[]
  /** the day on which a bank statement comes, too */
  bank_on?: string
}

export type LoadedBook = {
  loaded: number
  rows_loaded: number
  rejected: number
  dpd_differs: number
  nights: number
}

const digestOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/**
 * The first day that is still to be loaded. A demo that was broken off goes on where it stopped. Refused:
 * `book_holds_other_loans`, `book_holds_another_demo`.
 */
async function dayToBegin(db: Db, first: DayFiles): Promise<string> {
  const before = await bookBefore(
    db,
    lenders.map(({ lender }) => lender),
  )
  if (before.stranger !== null) {
    throw new Refused(
      'book_holds_other_loans',
      `The book holds loans of ${before.stranger}; a demo would mix with them. ` +
        'Set AMENDS_HOME to an empty folder, or write the files alone with --files-only.',
      { lender: before.stranger },
    )
  }
  if (before.newest === null) return first.as_of
  if (before.first_sha256 !== digestOf(first.files.loans!)) {
    throw new Refused(
      'book_holds_another_demo',
      'The book holds another demo (other loans, days, seed or last day). ' +
        'Set AMENDS_HOME to an empty folder.',
      { newest: before.newest },
    )
  }
  return before.newest
}

async function takeSettings(db: Db, files: readonly string[]) {
  for (const file of files) {
    const read = readSettings(JSON.parse(readFileSync(file, 'utf8')))
    if ('wrong' in read) throw new RangeError(`${file}: ${read.wrong.join('; ')}`)
    await db.transaction().execute((tx) => saveSettings(tx, read))
  }
}

/** Loads a book day by day, as a lender's files come: the day's files, then its night. */
export async function loadBook(target: Target, book: BookToLoad, bar: Bar): Promise<LoadedBook> {
  const { db, url, clock, steps } = target
  let from: string | null = null
  let days = 0
  const done: LoadedBook = { loaded: 0, rows_loaded: 0, rejected: 0, dpd_differs: 0, nights: 0 }
  await inSession(url, async (session) => {
    // A day that a crash takes back is loaded again when the demo goes on.
    await session.query('set synchronous_commit = off')
    for await (const day of book.days) {
      const { as_of, files } = day
      bar.to(days++, as_of)
      if (from === null) {
        from = await dayToBegin(db, day)
        await takeSettings(db, book.settings)
      }
      if (as_of < from) continue
      for (const kind of kinds) {
        const file = files[kind]
        if (file === undefined) continue
        // A demo of a few dozen loans may lose more of them in a day than the guard of a real book allows.
        const answer = await loadFile(session, clock, { file, as_of, kind, max_missing: 1 })
        done.loaded++
        done.rows_loaded += answer.rows
        done.rejected += answer.rejected
        done.dpd_differs += answer.dpd_differs
      }
      if (as_of === book.bank_on) await bringStatement(db, clock, as_of)
      await runNight(session, steps, as_of, clock)
      done.nights++
    }
  })
  bar.to(days)
  return done
}
