import { createWriteStream, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import copy from 'pg-copy-streams'
import { Refused } from '../../platform/refusal.ts'
import type { Cells } from './entries.ts'
import type { Check, FileKind } from './file-kinds.ts'
import { MOST_DECIMALS } from './plain-csv.ts'
import { stemOf } from './read-file.ts'

const literal = pg.escapeLiteral

/** Rows that name what an earlier row of the file has named already, with whether they say all the same. */
const repeats = (key: string, digest: string) => `
  select s.ref, row_number() over same_key as turn, first_value(s.line) over same_key as first_line,
         first_value(s.ref) over same_key as first_ref, s.digest = first_value(s.digest) over same_key as same
    from (
      select s.ctid as ref, ${key} as key, ${digest} as digest,
             coalesce(s.line_no, row_number() over (order by s.ctid) + 1) as line
        from staging.rows s) s
   where hashtextextended(s.key, 0) in (select digest from staging.twice)
  window same_key as (partition by s.key order by s.ref)`

/** Of rows with the same key the first one stands; where a row said again is harmless, it is not applied. */
async function rejectRepeats(client: pg.Client, key: string, cells: Cells, kind: FileKind) {
  await client.query(`create unlogged table staging.repeats as ${repeats(key, cells.digest)}`)
  if (kind.repeats)
    await client.query(`
    with again as (
      delete from staging.repeats r
       where r.same and r.turn > 1
         and not exists (select from staging.bad b where b.ref = r.first_ref)
      returning ref
    )
    delete from staging.entries e using again where again.ref = e.ref`)
  await client.query(
    `insert into staging.bad
     select ref, $1, 'stands twice in the file, first on line ' || first_line
       from staging.repeats where turn > 1`,
    [kind.keyColumn],
  )
  await client.query('drop table staging.repeats')
}

/** Makes a table of staging.entries, where it was a view of the rows: some of them are about to go. */
async function keepEntries(client: pg.Client) {
  await client.query('alter view staging.entries rename to said')
  await client.query('create unlogged table staging.entries as select * from staging.said')
  await client.query('analyze staging.entries')
}

/** A cell of staging.rows as the file writes it: an amount with its currency's decimals, or with more. */
function written(kind: FileKind): string {
  const amounts = kind.columns.filter((column) => column.kind === 'amount').map(({ name }) => literal(name))
  const cell = 'to_jsonb(s) ->> b.column_name'
  if (amounts.length === 0) return cell
  const amount = `(${cell})::numeric / ${10 ** MOST_DECIMALS}`
  return `case when b.column_name in (${amounts.join(', ')})
                then round(${amount}, greatest(c.exponent, min_scale(${amount})))::text else ${cell} end`
}

/**
 * Finds the rows that must not be applied, takes them out of staging.entries and puts them, with line,
 * column, value and reason, into staging.rejects. `late` is SQL of further (ref, column_name, reason) from
 * what the book knows.
 */
export async function rejectRows(
  client: pg.Client,
  cells: Cells,
  checks: readonly Check[],
  late: string | null,
  kind: FileKind,
): Promise<void> {
  const { keyColumn } = kind
  const key = cells.key.map((part) => `coalesce((${part})::text, '')`).join(` || E'\\x1f' || `)
  await client.query('create unlogged table staging.bad (ref tid, column_name text, reason text)')
  const faults = await client.query<{ some: boolean }>('select count(fault) > 0 as some from staging.entries')
  if (faults.rows[0]!.some)
    await client.query(`
    insert into staging.bad
    select e.ref, c.column_name, c.reason
      from staging.entries e
      join (values ${checks.map((c, i) => `(${i}, ${literal(c.column)}, ${literal(c.reason)})`).join(', ')})
        as c (fault, column_name, reason) using (fault)`)
  // A million keys are sorted in half the time that a table of their digests takes.
  await client.query('set local enable_hashagg = off')
  const doubles = `
    select digest from (select hashtextextended(${key}, 0) as digest from staging.rows s) k
     group by digest having count(*) > 1`
  // As a rule there are none: for each file a table to hold nothing would take longer than to look.
  const found = await client.query(`select from (${doubles} limit 1) d`)
  if (found.rowCount) await client.query(`create unlogged table staging.twice as ${doubles}`)
  await client.query('set local enable_hashagg = on')
  if (found.rowCount) await rejectRepeats(client, key, cells, kind)
  if (late && !cells.bookIsEmpty) await client.query(`insert into staging.bad ${cells.fill(late)}`)
  const { rowCount } = await client.query('select from staging.bad limit 1')
  if (!rowCount) return
  if (cells.bookIsEmpty) await keepEntries(client)
  await client.query(`
    insert into staging.rejects
    select l.line, b.column_name, ${written(kind)}, b.reason, ${cells.lender}, ${cells.of(keyColumn)}, false
      from (select distinct on (ref) ref, column_name, reason from staging.bad order by ref) b
      join staging.rows s on s.ctid = b.ref
      left join staging.entries e on e.ref = b.ref
      left join currencies c on c.currency = to_jsonb(e) ->> 'currency'
      join (
        select ctid as ref, coalesce(line_no, row_number() over (order by ctid) + 1) as line
          from staging.rows) l on l.ref = b.ref`)
  await client.query('delete from staging.entries e using staging.bad b where b.ref = e.ref')
}

// A spreadsheet takes a cell that begins like a formula for one: an apostrophe makes it a text. Numbers and
// phone numbers stay as they came.
const harmless = `
  case when value ~ '^[=@\\t\\r]' or value ~ '^[-+].*[^-+0-9 .,()]'
       then '''' || value else value end as value`

/** Where the rejected rows of a file are told: beside it. */
export const rejectsFile = (file: string) => join(dirname(file), `${stemOf(file)}.rejects.csv`)

/** Writes staging.rejects beside the file; an older file of that name goes when nothing is rejected now. */
export async function writeRejects(client: pg.Client, file: string): Promise<number> {
  const { rows } = await client.query<{ rejected: number }>(
    'select count(*) as rejected from staging.rejects',
  )
  const { rejected } = rows[0]!
  const path = rejectsFile(file)
  try {
    rmSync(path, { force: true })
    if (rejected > 0) writeFileSync(path, '')
  } catch (error) {
    throw new Refused(
      'rejects_cannot_be_written',
      `The rejected rows cannot be written to ${path} (${(error as Error).message}). Nothing changed.`,
    )
  }
  if (rejected === 0) return 0
  const out = client.query(
    copy.to(`copy (select line, nullif(column_name, '') as "column", ${harmless}, reason
                     from staging.rejects order by line)
             to stdout (format csv, header)`),
  )
  await pipeline(Readable.from(out), createWriteStream(path))
  return rejected
}
