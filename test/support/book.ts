// A lender's files and nights on a database of the calling test file.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll } from 'vitest'
import { type LoadRequest, loadFile } from '../../src/book/intake/load.ts'
import { steps } from '../../src/nightly.ts'
import { fixedClock } from '../../src/platform/clock.ts'
import { connect } from '../../src/platform/database.ts'
import { runNight } from '../../src/platform/nightly.ts'
import { Refused } from '../../src/platform/refusal.ts'
import { freshUrl } from './database.ts'

const clock = fixedClock('2025-12-31T12:00:00Z')

/** A fresh book: `load` takes the lines of a CSV file (or a file by its path), `night` runs one. */
export async function freshBook() {
  const url = await freshUrl()
  const db = connect(url, { max: 2 })
  afterAll(() => db.destroy())
  const folder = mkdtempSync(join(tmpdir(), 'amends-files-'))
  let made = 0
  const write = (content: string | Buffer, name = `file-${made++}.csv`) => {
    const file = join(folder, name)
    writeFileSync(file, content)
    return file
  }
  const load = (as_of: string, file: string | readonly string[], rest: Partial<LoadRequest> = {}) =>
    loadFile(url, clock, {
      file: typeof file === 'string' ? file : write(`${file.join('\n')}\n`),
      as_of,
      ...rest,
    })
  return {
    ...{ url, db, folder, write, load },
    /** The refusal that a load ends in, by name. */
    refused: async (...args: Parameters<typeof load>): Promise<string> => {
      try {
        await load(...args)
        return 'nothing was refused'
      } catch (error) {
        if (error instanceof Refused) return error.refusal
        throw error
      }
    },
    night: (as_of: string) => runNight(url, steps, as_of, clock),
    rows: async <Row>(text: string): Promise<Row[]> => (await sql.raw<Row>(text).execute(db)).rows,
  }
}

/** Lines of a loan tape: loan, borrower, outstanding, past due, oldest due date. */
export const tape = (...rows: readonly (readonly string[])[]): string[] => [
  'loan_no,borrower_no,currency,outstanding,past_due,oldest_due_on',
  ...rows.map(([loan, borrower, outstanding, pastDue = '0.00', oldest = '']) =>
    [loan, borrower, 'USD', outstanding, pastDue, oldest].join(','),
  ),
]
