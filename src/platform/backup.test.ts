import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { emptyFolder } from '../../test/support/amends.ts'
import { canonical, differences } from '../../test/support/canonical.ts'
import { freshUrl } from '../../test/support/database.ts'
import { backUp, restore } from './backup.ts'
import { openClient } from './database.ts'

// What a line-wise reader trips over: other line ends of Unicode, COPY's own end mark, tabs, backslashes.
const names = [
  '王\u2028小\u2029明',
  'a\\.b',
  '\\.',
  '\\',
  'tab\there',
  'cr\rlf\r\nend',
  '',
  '\u0085',
  '🏦',
  "O'Neill",
]

async function run(url: string, ...statements: string[]) {
  const client = await openClient(url)
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

async function fill(url: string) {
  const client = await openClient(url)
  try {
    await client.query(
      `insert into borrowers (borrower_id, lender, borrower_no, name)
       select n - 5, 'default', 'B' || n, name from unnest($1::text[]) with ordinality as t (name, n)`,
      [names],
    )
    await client.query(
      `insert into events (borrower_id, as_of, kind, detail)
       select n, date '2025-01-01' + n, 'noted', jsonb_build_object('text', repeat('長い ', n))
         from generate_series(1, 3000) n`,
    )
  } finally {
    await client.end()
  }
}

let full: string
beforeAll(async () => {
  full = await freshUrl()
  await fill(full)
})

test('another database filled from a backup is the same, row for row', async () => {
  const file = join(emptyFolder(), 'book.gz')
  const made = await backUp(full, file)
  expect(made).toMatchObject({ file, bytes: statSync(file).size })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const copy = await freshUrl()
  expect(await restore(copy, file)).toEqual({ tables: made.tables, rows: made.rows })
  expect(differences(await canonical(full), await canonical(copy))).toEqual([])
})

test('a file that is cut anywhere is refused, and nothing of it stays', async () => {
  const folder = emptyFolder()
  const file = join(folder, 'book.gz')
  await backUp(full, file)
  const copy = await freshUrl()
  const before = await canonical(copy)
  const whole = readFileSync(file)
  const text = gunzipSync(whole)
  // As the disk cuts it, and as a copy that was unpacked, cut where a table ends, and packed again.
  const cuts = [0.1, 0.5, 0.9].map((share) => whole.subarray(0, Math.floor(whole.length * share)))
  cuts.push(whole.subarray(0, -1), Buffer.alloc(0), Buffer.from('not a backup'))
  cuts.push(gzipSync(text.subarray(0, text.lastIndexOf('\\.\n') + 3)))
  cuts.push(gzipSync(text.subarray(0, text.indexOf('\\.\n') + 3)))
  cuts.push(gzipSync(text.subarray(0, text.lastIndexOf('\\.\n'))))
  // As a bad disk gives it back, and as somebody changed it.
  const flipped = Buffer.from(whole)
  flipped[Math.floor(whole.length / 2)]! ^= 0x55
  cuts.push(flipped, gzipSync(text.toString('utf8').replace(/(\nCOPY settings .*\n)/, '$1rubbish\n')))
  for (const [i, bytes] of cuts.entries()) {
    const cut = join(folder, `cut-${i}.gz`)
    writeFileSync(cut, bytes)
    await expect(restore(copy, cut), `cut ${i}`).rejects.toMatchObject({ refusal: 'backup_is_cut_short' })
  }
  expect(differences(before, await canonical(copy))).toEqual([])
})

test('a book is never overwritten, nor is a file', async () => {
  const file = join(emptyFolder(), 'book.gz')
  await backUp(full, file)
  await expect(backUp(full, file)).rejects.toMatchObject({ refusal: 'backup_exists' })
  await expect(restore(full, file)).rejects.toMatchObject({ refusal: 'book_is_not_empty' })
  await expect(restore(full, emptyFolder())).rejects.toMatchObject({ refusal: 'no_such_file' })
  await expect(restore(full, `${file}.none`)).rejects.toMatchObject({ refusal: 'no_such_file' })
  await expect(backUp(full, join(file, 'x', 'y'))).rejects.toMatchObject({ refusal: 'no_such_folder' })
})

test('a backup of another version is refused; statements that it brings are not run', async () => {
  const folder = emptyFolder()
  const file = join(folder, 'book.gz')
  await backUp(full, file)
  const text = gunzipSync(readFileSync(file)).toString('utf8')
  const copy = await freshUrl()
  const before = await canonical(copy)
  const altered = [
    text.replace('COPY events (borrower_id', 'COPY events (owner_id'),
    text.replace(/(\n0001_platform\t)[0-9a-f]{64}/, `$1${'0'.repeat(64)}`),
    text.replace(
      /^COPY events .*$/m,
      "COPY events (detail) FROM PROGRAM 'id'; COPY events (kind) FROM stdin;",
    ),
  ]
  for (const [i, changed] of altered.entries()) {
    expect(changed).not.toBe(text)
    writeFileSync(join(folder, `${i}.gz`), gzipSync(changed))
    await expect(restore(copy, join(folder, `${i}.gz`)), `${i}`).rejects.toMatchObject({
      refusal: 'backup_is_of_another_schema',
    })
  }
  expect(differences(before, await canonical(copy))).toEqual([])
})

test('numbers that the database gives out go on after the highest one restored', async () => {
  const [one, other] = [await freshUrl(), await freshUrl()]
  const table = 'create table "Counted things" (id bigint generated always as identity, "User" text)'
  await run(one, table, `insert into "Counted things" ("User") values ('a'), ('b')`)
  await run(other, table)
  const file = join(emptyFolder(), 'book.gz')
  await backUp(one, file)
  await restore(other, file)
  await run(other, `insert into "Counted things" ("User") values ('c')`)
  expect((await canonical(other)).get('"Counted things"')).toEqual(['1\ta', '2\tb', '3\tc'])
})
