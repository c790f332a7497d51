import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type pg from 'pg'
import copy from 'pg-copy-streams'
import { openClient } from './database.ts'
import { Refused } from './refusal.ts'

type Counts = { tables: number; rows: number }

/** Tables in the order in which they can be filled: a table after the tables that its foreign keys name. */
async function tablesInOrder(client: pg.Client): Promise<{ name: string; columns: string }[]> {
  const { rows } = await client.query<{ name: string; columns: string; needs: string[] }>(`
    select c.relname as name,
           (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
             where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
           array(select distinct confrelid::regclass::text from pg_constraint
                  where conrelid = c.oid and contype = 'f' and confrelid <> c.oid) as needs
      from pg_class c
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`)
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

async function* dump(client: pg.Client, counts: Counts): AsyncGenerator<Buffer | string> {
  for (const { name, columns } of await tablesInOrder(client)) {
    yield `COPY ${name} (${columns}) FROM stdin;\n`
    const rows = client.query(copy.to(`copy ${name} (${columns}) to stdout`))
    for await (const chunk of rows) yield chunk as Buffer
    counts.tables++
    counts.rows += rows.rowCount ?? 0
    yield '\\.\n'
  }
}

/**
 * Writes every table, as of one moment, to `file`: gzip of the COPY blocks that psql reads, too. Whoever works goes on
 * working. The file appears under its name only when it is whole. Refused: `backup_exists`.
 */
export async function backUp(url: string, file: string): Promise<Counts & { file: string; bytes: number }> {
  if (existsSync(file)) throw new Refused('backup_exists', `${file} exists already; name another file.`)
  const client = await openClient(url)
  const partial = `${file}.partial`
  const counts = { tables: 0, rows: 0 }
  try {
    await client.query('begin isolation level repeatable read read only')
    await pipeline(Readable.from(dump(client, counts)), createGzip({ level: 4 }), createWriteStream(partial))
    renameSync(partial, file)
    return { file, ...counts, bytes: statSync(file).size }
  } finally {
    rmSync(partial, { force: true })
    await client.end()
  }
}

/** The COPY blocks of a backup: the statement of each, and its lines. */
async function* blocks(file: string): AsyncGenerator<{ statement: string; lines: AsyncGenerator<string> }> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: 0 })
  const each = lines[Symbol.asyncIterator]()
  async function* body() {
    for (;;) {
      const { value, done } = await each.next()
      if (done)
        throw new Refused('backup_is_cut_short', `${file} ends in the middle of a table; use a whole backup.`)
      if (value === '\\.') return
      yield `${value}\n`
    }
  }
  for (;;) {
    const { value, done } = await each.next()
    if (done) return
    if (/^COPY \w+ \(.*\) FROM stdin;$/.test(value)) yield { statement: value.slice(0, -1), lines: body() }
  }
}

/**
 * Fills an empty database from a file that `backUp` wrote, all of it or nothing. Refused: `book_is_not_empty`,
 * `backup_is_cut_short`, `backup_is_of_another_schema`.
 */
export async function restore(url: string, file: string): Promise<Counts> {
  if (!existsSync(file)) throw new Refused('no_such_file', `There is no file ${file}.`)
  const client = await openClient(url)
  const counts = { tables: 0, rows: 0 }
  try {
    await client.query('begin')
    const { rows } = await client.query(
      'select exists (select from loads) or exists (select from events) as used',
    )
    if (rows[0].used) {
      throw new Refused('book_is_not_empty', 'This database holds a book already; restore into a new home.')
    }
    const own = (await client.query('select name, sha256 from schema_migrations order by name')).rows
    const tables = await tablesInOrder(client)
    await client.query(`truncate ${tables.map((t) => t.name).join(', ')}`)
    for await (const { statement, lines } of blocks(file)) {
      const into = client.query(copy.from(statement))
      await pipeline(Readable.from(lines), into)
      counts.tables++
      counts.rows += into.rowCount
    }
    const theirs = (await client.query('select name, sha256 from schema_migrations order by name')).rows
    if (JSON.stringify(own) !== JSON.stringify(theirs)) {
      throw new Refused(
        'backup_is_of_another_schema',
        'This backup was made by another version of the program.',
      )
    }
    await client.query('commit')
    return counts
  } catch (error) {
    await client.query('rollback').catch(() => {})
    const code = (error as { code?: string }).code
    if (code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR') {
      throw new Refused('backup_is_cut_short', `${file} is damaged or cut short; use a whole backup.`)
    }
    throw error
  } finally {
    await client.end()
  }
}
