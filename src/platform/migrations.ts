import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type pg from 'pg'
import { openClient } from './database.ts'
import { Refused } from './refusal.ts'

const root = join(import.meta.dirname, '..', '..')
const digest = (text: string) => createHash('sha256').update(text).digest('hex')

// Any fixed number: whoever holds it is the one that migrates.
const MIGRATION_LOCK = 4_172_026

/** Files of `pattern` below the repository's root, in the order in which they apply. */
const files = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .sort()
    .map((path) => ({ name: basename(path, '.sql'), text: readFileSync(join(root, path), 'utf8') }))

async function applyMigration(client: pg.Client, name: string, text: string) {
  await client.query('begin')
  try {
    await client.query(text)
    await client.query('insert into schema_migrations (name, sha256) values ($1, $2)', [name, digest(text)])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error })
  }
}

/** Rule views are replaced as a whole whenever one of them changed, so that a change of law is a diff of text. */
async function applyViews(client: pg.Client) {
  const views = files('src/**/*.rule.sql')
  const sha256 = digest(views.map((view) => view.text).join('\n'))
  const known = await client.query("select sha256 from schema_migrations where name = 'views'")
  if (known.rows[0]?.sha256 === sha256) return
  await client.query('begin')
  try {
    for (const view of views) await client.query(view.text)
    await client.query(
      `insert into schema_migrations (name, sha256) values ('views', $1)
       on conflict (name) do update set sha256 = excluded.sha256`,
      [sha256],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/**
 * Brings the schema of the database at `url` up to this program: migrations forward, each in its own transaction, then
 * the rule views. Two programs at once wait for each other. Returns the migrations that were applied.
 */
export async function migrate(url: string): Promise<string[]> {
  const client = await openClient(url)
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(
      'create table if not exists schema_migrations (name text primary key, sha256 text not null)',
    )
    const { rows } = await client.query<{ name: string; sha256: string }>('select * from schema_migrations')
    const done = new Map(rows.map((row) => [row.name, row.sha256]))
    const applied: string[] = []
    for (const { name, text } of files('db/migrations/*.sql')) {
      const known = done.get(name)
      if (known === undefined) {
        await applyMigration(client, name, text)
        applied.push(name)
      } else if (known !== digest(text)) {
        throw new Refused(
          'migration_was_altered',
          `Migration ${name} differs from the one that made this database. Use the program that made it, or a new home.`,
        )
      }
    }
    await applyViews(client)
    return applied
  } finally {
    await client.end()
  }
}
