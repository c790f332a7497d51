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

/**
 * Rule views are replaced as a whole whenever one of them changed, so that a change of law is a diff of text.
 */
async function applyViews(client: pg.Client) {
  const views = files('src/**/*.rule.sql')
  const sha256 = digest(views.map((view) => view.text).join('\n'))
  const known = await client.query("select sha256 from schema_migrations where name = 'views'")
  if (known.rows[0]?.sha256 === sha256) return
  await client.query('begin')
  try {
    await dropViews(client)
    const kept = new Set((await viewsOf(client)).map(({ name }) => name))
    for (const { name, text } of views) {
      await client.query(text).catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`, { cause: error })
      })
    }
    for (const { name } of await viewsOf(client)) {
      if (!kept.has(name)) await client.query(`comment on view ${name} is '${RULE_VIEW}'`)
    }
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
 * Before a migration, since it cannot alter a column that a view reads; and before the views are made again,
 * since a view cannot be replaced by one with other columns, and a rule that is gone must go.
 */
async function dropViews(client: pg.Client) {
  const old = (await viewsOf(client)).filter(({ comment }) => comment === RULE_VIEW).map(({ name }) => name)
  if (old.length === 0) return
  await client.query(
    // A rule file may also make functions on its views: they go and come back with them. One transaction.
    `drop view ${old.join(', ')} cascade; delete from schema_migrations where name = 'views'`,
  )
}

/** The comment on a view that a deploy brought. */
export const RULE_VIEW = 'From a .rule.sql file, replaced as a whole'

const viewsOf = async (client: pg.Client): Promise<{ name: string; comment: string | null }[]> =>
  (
    await client.query(
      `select quote_ident(relname) as name, obj_description(oid, 'pg_class') as comment
         from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace`,
    )
  ).rows

/** A database made by a program that differs from this one, or by a later one, is not touched. */
function refuseOther(done: ReadonlyMap<string, string>, own: readonly { name: string; text: string }[]) {
  for (const { name, text } of own) {
    if (!done.has(name) || done.get(name) === digest(text)) continue
    throw new Refused(
      'migration_was_altered',
      `Migration ${name} differs from the one that made this database; use the program that made it.`,
      { migration: name },
    )
  }
  const strange = [...done.keys()].filter(
    (name) => name !== 'views' && !own.some((each) => each.name === name),
  )
  if (strange.length > 0) {
    throw new Refused(
      'database_is_newer',
      `A newer version of the program brought this database to ${strange.join(', ')}; use that version.`,
      { migrations: strange },
    )
  }
}

/**
 * Brings the schema of the database at `url` up to this program: migrations forward, each in its own
 * transaction, then the rule views. Refused: `migration_was_altered`, `database_is_newer`. Two programs at
 * once wait for each other. Returns the migrations that were applied.
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
    const migrations = files('db/migrations/*.sql')
    refuseOther(done, migrations)
    const pending = migrations.filter(({ name }) => !done.has(name))
    if (pending.length > 0) await dropViews(client)
    for (const { name, text } of pending) await applyMigration(client, name, text)
    await applyViews(client)
    return pending.map(({ name }) => name)
  } finally {
    await client.end()
  }
}
