import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import copy from 'pg-copy-streams'
import { Refused } from '../../platform/refusal.ts'
import { ChangedLines, digestOf, KnownLines, type LineDigest } from './changed-lines.ts'
import { type Column, type FileKind, shapeOf, TOO_FINE, typeOf } from './file-kinds.ts'
import { type Header, headerCells, readHeader } from './header.ts'
import { MOST_DECIMALS, PlainCsv, WHOLE_DIGITS } from './plain-csv.ts'
import { csvBytes, fileRows, formatOf, type Row, splitHeader } from './read-file.ts'

export type Source = { file: string; encoding: string; seen: (chunk: Buffer) => void }

const identifier = pg.escapeIdentifier
const columnOf = (kind: FileKind, name: string) => kind.columns.find((column) => column.name === name)

/** What was staged. `lines`: what the lines of the whole file said, where most were not worth staging. */
export type Staged = { header: Header; lines: ChangedLines | null }

/**
 * staging.rows: one typed row per good line; line_no is empty when the order of the rows tells it. line_a
 * and line_b are the halves of the line's digest.
 */
function rowsTable(kind: FileKind, header: Header): string {
  const columns = header.names.map((name) => {
    const column = columnOf(kind, name)
    return `${identifier(name)} ${column ? typeOf(column) : 'text'}`
  })
  return `create unlogged table staging.rows
    (line_no bigint, line_a int, line_b int, ${columns.join(', ')})`
}

// spilt: loans whose number stands anywhere in a line that cannot be read. A comma too many shifts its cells.
const rejectsTables = `
  create unlogged table staging.rejects
    (line bigint, column_name text, value text, reason text, lender text, key text, unread boolean);
  create unlogged table staging.spilt (loan_no text)`

const NEWLINE = 10
const RETURN = 13

class NotPlain extends Error {}

/**
 * COPY straight into typed columns. False when some cell is not shaped as the contract says; nothing is kept
 * then. With `lines`, only those that the book does not hold go in.
 */
async function copyPlain(
  client: pg.Client,
  header: Header,
  rest: AsyncGenerator<Buffer>,
  csv: PlainCsv,
  lines: ChangedLines | null,
) {
  function passed(): Buffer {
    if (!csv.plain) throw new NotPlain()
    return csv.take()
  }
  async function* watched() {
    for await (const chunk of rest) {
      if (lines) lines.add(chunk)
      else csv.add(chunk)
      const bytes = passed()
      if (bytes.length) yield bytes
    }
    lines?.end()
    csv.end()
    const last = passed()
    if (last.length) yield last
  }
  const list = header.names.map(identifier).join(', ')
  const front = lines ? 'line_no, line_a, line_b, ' : ''
  await client.query('savepoint plain')
  try {
    const into = client.query(
      copy.from(`copy staging.rows (${front}${list}) from stdin (format csv, force_null (${list}))`),
    )
    await pipeline(Readable.from(watched()), into)
    return true
  } catch (error) {
    if (!(error instanceof NotPlain)) refuseEncoding(error as pg.DatabaseError)
    await client.query('rollback to savepoint plain')
    return false
  }
}

// With more lines their table would double once more, and take more memory than the program is allowed.
const MOST_LINES = 11_000_000

/**
 * Digests of the lines that the loans of a lender (of every lender: null) were last made from; in packets of
 * some thousand, for a message of its own for each costs more than the digest. They come row by row, but not
 * through a cursor: that would keep the server to one core.
 */
async function knownLines(client: pg.Client, lender: string | null): Promise<KnownLines> {
  const { rows } = await client.query<{ loans: number }>(
    "select greatest(reltuples, 0) as loans from pg_class where oid = 'loans'::regclass",
  )
  const known = new KnownLines(Math.min(rows[0]!.loans, MOST_LINES))
  const packets = client.query(
    new pg.Query<{ digests: Buffer }>(`
      select string_agg(int8send(line_digest), '') as digests
        from loans
       where line_digest is not null ${lender === null ? '' : `and lender = ${pg.escapeLiteral(lender)}`}
       group by borrower_id & 1023`),
  )
  packets.on('row', ({ digests }) => {
    if (known.size <= MOST_LINES) known.addPacket(digests)
  })
  await once(packets, 'end')
  return known.size > MOST_LINES ? new KnownLines() : known
}

/** staging.unmet: digests of the lines that the book holds and the file does not say again. */
async function stageUnmet(client: pg.Client, known: KnownLines) {
  await client.query('create unlogged table staging.unmet (line_digest bigint)')
  await pipeline(
    Readable.from(known.unmet()),
    client.query(copy.from('copy staging.unmet from stdin (format binary)')),
  )
  await client.query('analyze staging.unmet')
}

/** Lines of a tape, each known by its bytes, the header above it and the lender that the load was for. */
const seedOf = (header: string, lender: string): LineDigest =>
  digestOf(Buffer.from(`1\n${lender}\n${header}`, 'utf8'))

/** Bytes that are not UTF-8 make every name doubtful, so the file is refused and not the row. */
function refuseEncoding(error: pg.DatabaseError) {
  if (error.code === '22021') {
    const line = /line (\d+)/.exec(error.where ?? '')?.[1]
    const where = line ? `line ${Number(line) + 1}` : 'a line'
    throw new Refused(
      'file_is_not_utf8',
      `The file is not UTF-8 (${where}: ${error.message}). Save it as UTF-8, or name its --encoding ` +
        '(gbk, big5, …).',
    )
  }
  // Data that does not fit its type, or a line with other cells than the header: the strict path says which.
  if (!error.code?.startsWith('22')) throw error
}

const csvCell = (cell: string | null) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`)

/** Why a row cannot be laid under the header, or null. */
function broken(row: Row, header: Header): string | null {
  const { length } = row.cells
  const wanted = header.names.length
  if (length === wanted) return null
  const spare = row.cells.slice(wanted)
  if (length > wanted && spare.every((cell) => cell === null)) return null
  return `the row has ${length} cells, the header ${wanted}`
}

/** COPY as text, line by line, into staging.cells; a row that does not fit the header with why and what. */
async function copyCells(client: pg.Client, header: Header, rows: AsyncGenerator<Row>, csv: boolean) {
  const list = header.names.map(identifier).join(', ')
  await client.query(
    `create unlogged table staging.cells (line_no bigint, broken text, spilt jsonb, ${header.names
      .map((name) => `${identifier(name)} text`)
      .join(', ')})`,
  )
  async function* lines() {
    for await (const row of rows) {
      // A sheet leaves out empty cells at the end of a row; in CSV a short row is a broken one.
      while (!csv && row.cells.length < header.names.length) row.cells.push(null)
      const why = broken(row, header)
      const cells = why ? header.names.map(() => null) : row.cells.slice(0, header.names.length)
      const spilt = why && csvCell(JSON.stringify(row.cells.filter((cell) => cell !== null)))
      yield `${row.line},${csvCell(why)},${spilt ?? ''},${cells.map(csvCell).join(',')}\n`
    }
  }
  const into = client.query(
    copy.from(
      `copy staging.cells (line_no, broken, spilt, ${list}) from stdin (format csv, force_null (${list}))`,
    ),
  )
  await pipeline(Readable.from(lines()), into)
}

/** SQL: why a cell's text is not what its column holds; null when it is. */
function faultOf(column: Column): string {
  const v = `s.${identifier(column.name)}`
  const tests: string[] = []
  if (column.required) tests.push(`when ${v} is null then 'is empty'`)
  if (column.kind === 'date') {
    tests.push(`when ${v} !~ '^[1-9]\\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$'
        then 'is not a date such as 2025-03-31'
      when substr(${v}, 9, 2)::int > extract(day from
          (substr(${v}, 1, 7) || '-01')::date + interval '1 month' - interval '1 day')
        then 'is a day that the month does not have'`)
  }
  if (column.kind === 'amount' || column.kind === 'fraction') {
    tests.push(`when ${v} ~ '^-\\d+(\\.\\d+)?$' then 'is negative'
      when ${v} !~ '^\\d+(\\.\\d+)?$' then 'is not a plain decimal such as 1234.50'
      when ${v} !~ '^\\d{1,${WHOLE_DIGITS}}(\\.\\d{1,20})?$' then 'is absurdly large'`)
  }
  if (column.kind === 'amount')
    tests.push(`when ${v} !~ '^\\d+(\\.\\d{1,${MOST_DECIMALS}}0*)?$' then '${TOO_FINE}'`)
  if (column.kind === 'integer') {
    tests.push(`when ${v} ~ '^-\\d+$' then 'is negative'
      when ${v} !~ '^\\d{1,9}$' then 'is not a whole number'`)
  }
  return tests.length ? `case ${tests.join('\n      ')} end` : 'null'
}

/**
 * Moves staging.cells into staging.rows and staging.rejects: the first fault of a row, by the contract's
 * order.
 */
async function typeCells(client: pg.Client, kind: FileKind, header: Header) {
  const known = kind.columns.filter((column) => header.names.includes(column.name))
  const tests = known
    .map((column) => ({ name: column.name, fault: faultOf(column) }))
    .filter((t) => t.fault !== 'null')
  const key = header.names.includes(kind.keyColumn) ? `s.${identifier(kind.keyColumn)}` : 'null'
  const lender = header.names.includes('lender') ? 's.lender' : 'null'
  await client.query(`
    insert into staging.rejects
    select s.line_no, coalesce(f.column_name, ''), f.value, coalesce(s.broken, f.reason), ${lender}, ${key},
           true
      from staging.cells s
      left join lateral (
        select * from (values
          ${tests.map((t, i) => `(${i}, '${t.name}', s.${identifier(t.name)}, ${t.fault})`).join(', ')}
        ) as v (place, column_name, value, reason)
         where reason is not null order by place limit 1) f on s.broken is null
     where s.broken is not null or f.reason is not null`)
  const cast = (name: string) => {
    const column = columnOf(kind, name)
    const cell = `s.${identifier(name)}`
    if (column?.kind === 'amount') return `(${cell}::numeric * ${10 ** MOST_DECIMALS})::bigint`
    return column === undefined || typeOf(column) === 'text' ? cell : `${cell}::${typeOf(column)}`
  }
  await client.query(`
    insert into staging.rows (line_no, ${header.names.map(identifier).join(', ')})
    select s.line_no, ${header.names.map(cast).join(', ')}
      from staging.cells s
     where not exists (select from staging.rejects r where r.line = s.line_no)
     order by s.line_no`)
  await client.query(`
    insert into staging.spilt
    select distinct l.loan_no
      from staging.rejects r
      join staging.cells s on s.line_no = r.line
     cross join lateral (
       select value from jsonb_each_text(to_jsonb(s)) union all
       select jsonb_array_elements_text(s.spilt)) cell
      join loans l on l.loan_no = cell.value`)
  await client.query('drop table staging.cells')
}

async function strict(client: pg.Client, kind: FileKind, source: Source): Promise<Header> {
  let last = NEWLINE
  const rows = fileRows(source.file, source.encoding, {
    seen: source.seen,
    ends: (byte) => {
      last = byte
    },
  })
  const first = await rows.next()
  const header = readHeader(first.done ? [] : first.value.cells, kind)
  await client.query(rowsTable(kind, header))
  await client.query(rejectsTables)
  try {
    await copyCells(client, header, rows, formatOf(source.file) === 'csv')
  } catch (error) {
    refuseEncoding(error as pg.DatabaseError)
    throw error
  }
  await typeCells(client, kind, header)
  if (last !== NEWLINE && last !== RETURN) await refuseCutLine(client, source, header)
  return header
}

/**
 * A last line without its end was cut off while it was written or sent when it has fewer cells than the
 * header, or its last cell is the beginning of a date or a decimal.
 */
async function refuseCutLine(client: pg.Client, source: Source, header: Header) {
  const { rows } = await client.query(
    `select line, reason from staging.rejects
      where (column_name = '' or column_name = $1 and value ~ '^(\\d+\\.|\\d{1,4}(-\\d{0,2}(-\\d?)?)?)$')
        and line = (select max(l) from
        (select max(line_no) as l from staging.rows union all select max(line) from staging.rejects) m)`,
    [header.names.at(-1)],
  )
  if (rows.length === 0) return
  throw new Refused(
    'file_is_cut_short',
    `${source.file} ends in the middle of line ${rows[0].line} (${rows[0].reason}); it is cut short. ` +
      'Nothing changed.',
    { line: rows[0].line },
  )
}

/** Whose lines a load may hold back, because the book says already what they say. */
export type HoldBack = { lender: string; known: boolean }

/** Null when the file is not plain; nothing of it is staged then. */
async function stagePlain(client: pg.Client, kind: FileKind, source: Source, back: HoldBack | null) {
  const bytes = csvBytes(source.file, source.encoding, source.seen)
  const { header: line, rest } = await splitHeader(bytes)
  const called = headerCells(line)
  if (called === null) {
    await bytes.return(undefined)
    return null
  }
  const header = readHeader(called, kind)
  await client.query(rowsTable(kind, header))
  const csv = new PlainCsv(header.names.map((name) => shapeOf(columnOf(kind, name))))
  let lines: ChangedLines | null = null
  let known = new KnownLines()
  if (back) {
    if (back.known) known = await knownLines(client, header.names.includes('lender') ? null : back.lender)
    lines = new ChangedLines(csv, header.names.length, known, seedOf(line, back.lender))
  }
  if (!(await copyPlain(client, header, rest, csv, lines))) {
    await client.query('drop table staging.rows')
    return null
  }
  await client.query(rejectsTables)
  if (lines) await stageUnmet(client, known)
  return { header, lines }
}

/**
 * Brings the rows of a file into staging.rows, typed, and those that cannot be read into staging.rejects. A
 * plain CSV file goes by native COPY, without the lines that the book holds already if they may be held
 * `back`; everything else, and a file with any doubtful cell, is read cell by cell, with the lines. Throws
 * `LineStandsTwice` when a line that would be held back stands there twice.
 */
export async function stageRows(
  client: pg.Client,
  kind: FileKind,
  source: Source,
  back: HoldBack | null,
): Promise<Staged> {
  const staged = formatOf(source.file) === 'csv' ? await stagePlain(client, kind, source, back) : null
  return staged ?? { header: await strict(client, kind, source), lines: null }
}
