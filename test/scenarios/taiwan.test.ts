// Six months of 30,000 real card accounts: every number of the expected answer.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { KindName } from '../../src/book/intake/file-kinds.ts'
import { loadFile } from '../../src/book/intake/load.ts'
import { bucketReport, bucketsOn, reading, rollReport } from '../../src/insight/reports/report.sql.ts'
import { rollRates } from '../../src/insight/reports/report.ts'
import { steps } from '../../src/nightly.ts'
import { fixedClock } from '../../src/platform/clock.ts'
import { connect, type Db } from '../../src/platform/database.ts'
import { runNight } from '../../src/platform/nightly.ts'
import { freshUrl } from '../support/database.ts'
import { missing, shared } from '../support/shared.ts'

type Load = { file: string; kind: KindName; [count: string]: unknown }
type Bucket = { bucket: string; loans: number }
type Expected = {
  days: { as_of: string; loads: Load[]; buckets: Bucket[] }[]
  roll_rates: { from: string; to: string; buckets: string[]; loans: number[][]; outstanding: string[][] }[]
}

const counted = ['rows', 'new', 'changed', 'unchanged', 'closed', 'rejected']

/**
 * Loans whose bucket in the history that the nights wrote is not the one that follows from position and
 * edges.
 */
async function differing(db: Db, on: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n
      from (select borrower_id, loan_no, bucket from bucket_segments
             where valid_from <= ${on} and valid_to > ${on} and starts_on <= ${on} and ends_on > ${on}) s
      full join (select borrower_id, loan_no, bucket from delinquencies
                  where valid_from <= ${on} and coalesce(valid_to, date 'infinity') > ${on}) d
        using (borrower_id, loan_no)
     where s.bucket is distinct from d.bucket`.execute(db)
  return rows[0]!.n
}

test.skipIf(missing('data/taiwan'))(
  'six real tapes, five payment files and their nights give every expected number',
  async () => {
    const tapes = mkdtempSync(join(tmpdir(), 'amends-taiwan-'))
    execFileSync('python3', [shared('data/taiwan/to_tapes.py'), tapes])
    const expected: Expected = JSON.parse(readFileSync(shared('data/taiwan/expected.json'), 'utf8'))
    const url = await freshUrl()
    const db = connect(url)
    const clock = fixedClock('2005-10-01T00:00:00Z')
    const byName = (a: Bucket, b: Bucket) => (a.bucket < b.bucket ? -1 : 1)

    for (const { as_of, loads, buckets } of expected.days) {
      for (const { file, kind, amount, share_closed: _, ...counts } of loads) {
        const answer = await loadFile(url, clock, { file: join(tapes, file), kind, as_of })
        const told = Object.fromEntries(counted.map((name) => [name, answer[name as keyof typeof answer]]))
        expect({ file, ...told }).toMatchObject({ file, ...counts })
        if (amount) expect(answer.totals).toEqual([{ currency: 'TWD', amount }])
      }
      await runNight(url, steps, as_of, clock)
      const told = await reading(db, (tx) => bucketReport(tx, as_of))
      expect(told.sort(byName)).toEqual(buckets.sort(byName))
    }

    for (const { from, to, buckets, loans, outstanding } of expected.roll_rates) {
      const told = await reading(db, async (tx) =>
        rollRates(from, to, await bucketsOn(tx, to), await rollReport(tx, from, to)),
      )
      expect(told).toMatchObject({ from, to, buckets, loans, outstanding })
    }

    for (const on of ['2005-05-01', '2005-05-31', '2005-07-15', '2005-08-30', '2005-09-30']) {
      expect({ on, differing: await reading(db, (tx) => differing(tx, on)) }).toEqual({ on, differing: 0 })
    }
    await db.destroy()
  },
  400_000,
)
