import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { connect } from '../../platform/database.ts'
import { readDocument } from '../../platform/json-file.ts'
import { Refused } from '../../platform/refusal.ts'
import { gridOf, gridOn, publishGrid } from './grid.sql.ts'
import { Grid } from './grid.ts'

const db = connect(await freshUrl(), { max: 3 })
afterAll(() => db.destroy())
const folder = mkdtempSync(join(tmpdir(), 'amends-grid-'))

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', 'card'), ('shop', '')`.execute(db)
  await sql`
    insert into agency_standings (agency, recorded_at, recorded_by)
    values ('Fair', '2025-01-01', 'test')`.execute(db)
})

const row = { level: 'manager', what: 'fee_waiver', limit_units: 10_000 }
const grid = {
  grid_version: 'board-7',
  effective_from: '2025-06-10',
  published_by: 'head of credit',
  source: 'board, 2 June 2025',
  rules: [
    row,
    { ...row, lender: 'bank', product: 'card', agency: 'Fair', limit_units: 500, balance_to_units: 20_000 },
    {
      level: 'committee',
      what: 'principal_discount',
      charged_off: true,
      limit_units: 7_000,
      term_days_max: 90,
    },
  ],
}
/** As the command takes a file on a day: whether it is new, or the refusal with its words. */
async function taken(content: unknown, today = '2025-06-02'): Promise<unknown> {
  const file = join(folder, 'grid.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  try {
    const read = await readDocument(file, 'an authority grid', Grid)
    return await db.transaction().execute((tx) => publishGrid(tx, read, today))
  } catch (error) {
    if (error instanceof Refused) return [error.refusal, error.message]
    throw error
  }
}

test('a version is in force from its day on; the same file again, whenever, changes nothing', async () => {
  expect(await taken(grid)).toBe(true)
  expect((await gridOn(db, '2025-06-09')).grid_version).toBe('house-1')
  expect(await gridOn(db, '2025-06-10')).toMatchObject({ grid_version: 'board-7', source: grid.source })
  expect(await taken({ ...grid, rules: grid.rules.toReversed() }, '2026-01-01')).toBe(false)
  expect((await gridOf(db, 'board-7'))!.rules).toHaveLength(3)
})

test('what is shown of the grid that the book comes with can be taken as a new version', async () => {
  const shown = (await gridOf(db, 'house-1'))!
  expect(await taken({ ...shown, grid_version: 'house-2', effective_from: '2025-07-01' })).toBe(true)
  expect((await gridOf(db, 'house-2'))!.rules).toEqual(shown.rules)
})

test.each([
  [
    'another content under the name of a version',
    { ...grid, source: 'other' },
    /board-7 is published.*a name/,
  ],
  ['a day that has a version', { ...grid, grid_version: 'x' }, /board-7 begins on 2025-06-10.*another day/],
])('refuses %s', async (_, content, words) => {
  expect(await taken(content)).toEqual(['is_published_otherwise', expect.stringMatching(words)])
})

const other = { ...grid, grid_version: 'x', effective_from: '2025-08-01' }
const withRow = (more: object) => ({ ...other, rules: [row, { ...row, level: 'collector', ...more }] })
test.each([
  [
    'a day that is past',
    { ...other, effective_from: '2025-06-01' },
    /effective_from: 2025-06-01 is past; name/,
  ],
  ['no rows', { ...other, rules: [] }, /rules: Too small/],
  ['a level that is none', withRow({ level: 'boss' }), /rules\.1\.level: .*"committee"/],
  ['a key that is none', withRow({ limit: 3 }), /rules\.1: .*"limit"/],
  ['more than the whole', withRow({ limit_units: 10_001 }), /rules\.1\.limit_units: is more than the whole/],
  [
    'a band that ends before it begins',
    withRow({ from_days: 9, to_days: 8 }),
    /rules\.1\.to_days: lies before/,
  ],
  ['a term for a fee', withRow({ term_days_max: 3 }), /rules\.1\.term_days_max: bounds a principal_discount/],
  ['two limits for one thing', withRow({ level: 'manager', limit_units: 1 }), /rules\.1: .* as rules\.0/],
  ['a lender that is none', withRow({ lender: 'bnak' }), /rules\.1\.lender: the book knows no lender "bnak"/],
  ['another lender’s product', withRow({ lender: 'shop', product: 'card' }), /rules\.1\.product: .*"card"/],
  ['an agency that is none', withRow({ agency: 'Fare' }), /rules\.1\.agency: .*"Fare"; mend the name/],
])('refuses %s, with its place', async (_, content, words) => {
  expect(await taken(content)).toEqual(['file_is_wrong', expect.stringMatching(words)])
  expect(await gridOf(db, 'x')).toBeUndefined()
})

test('two who publish the same at once: one does', async () => {
  const read = Grid.parse(other)
  const both = [1, 2].map(() => db.transaction().execute((tx) => publishGrid(tx, read, '2025-06-02')))
  expect((await Promise.all(both)).toSorted()).toEqual([false, true])
})
