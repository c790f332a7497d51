import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { pipeline as pipeTo, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type pg from 'pg'
import copy from 'pg-copy-streams'
import { openClient } from './database.ts'
import { Refused } from './refusal.ts'

type Counts = { tables: number; rows: number }
type Table = { name: string; columns: string; counters: string[] }

/** Tables in the order in which they can be filled: a table after the tables that its foreign keys name. */
async function tablesInOrder(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table & { needs: string[] }>(`
    select quote_ident(c.relname) as name,
           (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
             where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
           array(select quote_ident(attname) from pg_attribute
                  where attrelid = c.oid and attnum > 0 and not attisdropped
                    and pg_get_serial_sequence(quote_ident(c.relname), attname) is not null) as counters,
           array(select distinct quote_ident(f.relname)
                   from pg_constraint k join pg_class f on f.oid = k.confrelid
                  where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid
                    -- what is asked only when the transaction ends waits for nothing
                    and not k.condeferred) as needs
      from pg_class c
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
     order by c.relname collate "C"`)
  const ordered: typeof rows = []
  while (ordered.length < rows.length) {
    const ready = rows.filter(
      (t) => !ordered.includes(t) && t.needs.every((need) => ordered.some((o) => o.name === need)),
    )
    if (ready.length === 0) throw new Error('Foreign keys go round in a circle')
    ordered.push(...ready)
  }
  return ordered
}

const blockOf = ({ name, columns }: Table) => `COPY ${name} (${columns}) FROM stdin;`
const lastLine = (tables: number) => `-- The end: ${tables} tables.`

async function* dump(client: pg.Client, counts: Counts): AsyncGenerator<Buffer | string> {
  for (const table of await tablesInOrder(client)) {
    yield `${blockOf(table)}\n`
    const rows = client.query(copy.to(`copy ${table.name} (${table.columns}) to stdout`))
    for await (const chunk of rows) yield chunk as Buffer
    counts.tables++
    counts.rows += rows.rowCount ?? 0
    yield '\\.\n'
  }
  yield `${lastLine(counts.tables)}\n`
}

/**
 * Writes every table, as of one moment, to `file`, readable by its owner alone: gzip of the COPY blocks that
 * psql reads, too. Whoever works goes on working. The file appears under its name only when it is whole.
 * Refused: `backup_exists`, `no_such_folder`.
 */
export async function backUp(url: string, file: string): Promise<Counts & { file: string; bytes: number }> {
  if (existsSync(file)) throw new Refused('backup_exists', `${file} exists already; name another file.`)
  if (!existsSync(dirname(file))) throw new Refused('no_such_folder', `There is no folder ${dirname(file)}.`)
  const client = await openClient(url)
  const partial = `${file}.partial`
  const counts = { tables: 0, rows: 0 }
  try {
    await client.query('begin isolation level repeatable read read only')
    const into = createWriteStream(partial, { mode: 0o600, flush: true })
    await pipeline(Readable.from(dump(client, counts)), createGzip({ level: 4 }), into)
    renameSync(partial, file)
    return { file, ...counts, bytes: statSync(file).size }
  } finally {
    rmSync(partial, { force: true })
    await client.end()
  }
}

const NEWLINE = 10
const END = Buffer.from('\\.\n')

/** Refuses a file that is not what gzip once wrote, before any of it is believed. */
async function refuseDamaged(file: string) {
  const nowhere = new Writable({ write: (_chunk, _encoding, next) => next() })
  await pipeline(createReadStream(file), createGunzip(), nowhere).catch((error: NodeJS.ErrnoException) => {
    throw error.code?.startsWith('Z_') ? cutShort(file) : error
  })
}

/** The bytes of a backup in pieces that end where a line ends. */
async function* pieces(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  const unzipped = createGunzip()
  pipeTo(createReadStream(file), unzipped, () => {})
  for await (const chunk of unzipped) {
    const all = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer)
    const end = all.lastIndexOf(NEWLINE) + 1
    if (end > 0) yield all.subarray(0, end)
    rest = all.subarray(end)
  }
  if (rest.length > 0) yield rest
}

/**
 * Where the line `\.` stands that ends a COPY block; no row can look like it, since COPY doubles backslashes.
 */
function endOfBlock(piece: Buffer): number {
  let at = piece.indexOf(END)
  while (at > 0 && piece[at - 1] !== NEWLINE) at = piece.indexOf(END, at + 1)
  return at
}

type Block = { head: string; rows: AsyncGenerator<Buffer> }

/** What stands in a backup: COPY blocks, each with its rows, and other lines, which have none. */
async function* blocks(file: string): AsyncGenerator<Block> {
  const each = pieces(file)
  let piece: Buffer = Buffer.alloc(0)
  const more = async (): Promise<boolean> => {
    const { value, done } = await each.next()
    if (!done) piece = value
    return !done
  }
  async function* rows() {
    for (;;) {
      const end = endOfBlock(piece)
      if (end < 0) yield piece
      else {
        if (end > 0) yield piece.subarray(0, end)
        piece = piece.subarray(end + END.length)
        return
      }
      if (!(await more())) throw cutShort(file)
    }
  }
  while (piece.length > 0 || (await more())) {
    const end = piece.indexOf(NEWLINE)
    const head = piece.subarray(0, end < 0 ? piece.length : end).toString('utf8')
    piece = piece.subarray(end < 0 ? piece.length : end + 1)
    yield { head, rows: rows() }
  }
}

const cutShort = (file: string) =>
  new Refused('backup_is_cut_short', `${file} is damaged or cut short; use a whole backup.`)

/** The migrations that a database went through. Rule views are left out: the program brings its own. */
const migrationsOf = async (client: pg.Client): Promise<string> =>
  JSON.stringify(
    (await client.query("select name, sha256 from schema_migrations where name <> 'views' order by name"))
      .rows,
  )

/**
 * Takes away the checks that are asked of new rows only (`not valid`), such as that a verdict is of the
 * transaction that writes it. Answers the statements that bring them back.
 */
async function withoutChecksOfNewRows(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ away: string; back: string }>(`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as away,
           format('alter table %s add constraint %I %s', conrelid::regclass, conname,
                  pg_get_constraintdef(oid)) as back
      from pg_constraint
     where contype = 'c' and not convalidated and connamespace = 'public'::regnamespace`)
  for (const { away } of rows) await client.query(away)
  return rows.map(({ back }) => back)
}

/** Whether anybody's book is in the database: a borrower, a load or a night. */
async function isUsed(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(`
    select exists (select from loads) or exists (select from events) or exists (select from nights)
        or exists (select from borrowers) as used`)
  return rows[0].used
}

async function fill(client: pg.Client, file: string): Promise<Counts> {
  const tables = await tablesInOrder(client)
  const counts = { tables: 0, rows: 0 }
  let ended = false
  for await (const { head, rows } of blocks(file)) {
    ended = head === lastLine(counts.tables)
    if (!head.startsWith('COPY ')) continue
    // Only what this program would write is run: a file from elsewhere must not bring statements of its own.
    const table = tables.find((known) => blockOf(known) === head)
    if (!table) throw otherSchema()
    const into = client.query(copy.from(`copy ${table.name} (${table.columns}) from stdin`))
    await pipeline(Readable.from(rows), into)
    counts.tables++
    counts.rows += into.rowCount
  }
  if (!ended || counts.tables !== tables.length) throw cutShort(file)
  for (const { name, counters } of tables) {
    for (const column of counters) {
      await client.query(
        `select setval(pg_get_serial_sequence($1, $2), max(${column}))
           from ${name} having max(${column}) > 0`,
        [name, column.replaceAll('"', '')],
      )
    }
  }
  return counts
}

const otherSchema = () =>
  new Refused(
    'backup_is_of_another_schema',
    'This backup was made by another version of the program; restore it with that version, then upgrade.',
  )

/**
 * Fills an empty database from a file that `backUp` wrote, all of it or nothing. Refused: `no_such_file`,
 * `book_is_not_empty`, `backup_is_cut_short`, `backup_is_of_another_schema`.
 */
export async function restore(url: string, file: string): Promise<Counts> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new Refused('no_such_file', `There is no file ${file}.`)
  await refuseDamaged(file)
  const client = await openClient(url)
  try {
    await client.query('begin')
    if (await isUsed(client)) {
      throw new Refused('book_is_not_empty', 'This database holds a book already; restore into a new home.')
    }
    const own = await migrationsOf(client)
    const tables = await tablesInOrder(client)
    await client.query(`truncate ${tables.map((table) => table.name).join(', ')}`)
    const checks = await withoutChecksOfNewRows(client)
    const counts = await fill(client, file)
    await client.query('set constraints all immediate')
    for (const check of checks) await client.query(check)
    if ((await migrationsOf(client)) !== own) throw otherSchema()
    await client.query('commit')
    return counts
  } catch (error) {
    await client.query('rollback').catch(() => {})
    // Rows that no table of this program could have held (data that is none, a key twice).
    if (/^2[23]...$/.test((error as { code?: string }).code ?? '')) throw cutShort(file)
    throw error
  } finally {
    await client.end()
  }
}
