import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Load, Reject } from './load.api.ts'

export type Scope = { sees_all: boolean; lenders: readonly string[] }

const seen = ({ sees_all, lenders }: Scope) => sql`(${sees_all} or l.lenders && ${[...lenders]}::text[])`

const columns = sql`
  l.load_id, l.kind, l.lenders, l.as_of, l.mode, l.file_name, l.sha256,
  case when l.state = 'held' and l.accepted_by is not null then 'accepted' else l.state end as state,
  l.loaded_at, l.accepted_by, l.rows, l.new, l.changed, l.unchanged, l.closed, l.rejected,
  l.seconds::float8 as seconds, l.totals, l.comparison, l.dpd_differs`

/** Loads of the lenders that somebody sees, newest first, after the given one. */
export async function loadPage(
  db: Db,
  scope: Scope,
  asked: { after: readonly [string, string] | null; limit: number },
): Promise<Load[]> {
  const [loaded_at, load_id] = asked.after ?? ['infinity', '00000000-0000-0000-0000-000000000000']
  const { rows } = await sql<Load>`
    select ${columns}
      from loads l
     where ${seen(scope)}
       and (l.loaded_at, l.load_id) < (${loaded_at}::timestamptz, ${load_id}::uuid)
     order by l.loaded_at desc, l.load_id desc
     limit ${asked.limit + 1}`.execute(db)
  return rows
}

export async function loadById(db: Db, scope: Scope, load_id: string): Promise<Load | null> {
  const { rows } = await sql<Load>`
    select ${columns} from loads l where ${seen(scope)} and l.load_id = ${load_id}`.execute(db)
  return rows[0] ?? null
}

/** The newest load of a file with this digest. */
export async function loadOfFile(db: Db, sha256: string): Promise<string | null> {
  const { rows } = await sql<{ load_id: string }>`
    select load_id from loads where sha256 = ${sha256} order by loaded_at desc limit 1`.execute(db)
  return rows[0]?.load_id ?? null
}

/** Kept rejects of a load from after the line and column of `after` on. */
export async function rejectPage(
  db: Db,
  asked: { load_id: string; after: readonly [number, string] | null; limit: number },
): Promise<Reject[]> {
  const [line, column] = asked.after ?? [-1, '']
  const { rows } = await sql<Reject>`
    select line, column_name, value, reason
      from load_rejects
     where load_id = ${asked.load_id}
       and (line, column_name) > (${line}, ${column})
     order by line, column_name
     limit ${asked.limit + 1}`.execute(db)
  return rows
}

export type HeldLoad = { file_path: string; kind: Load['kind']; as_of: string; mode: Load['mode'] }

/** A load that is held, with what is needed to load its file; locked until the transaction ends. */
export async function lockHeldLoad(tx: Db, load_id: string): Promise<HeldLoad | null> {
  const { rows } = await sql<HeldLoad>`
    select file_path, kind, as_of, mode
      from loads
     where load_id = ${load_id} and state = 'held' and accepted_by is null
       for update`.execute(tx)
  return rows[0] ?? null
}

export async function acceptLoad(tx: Db, load_id: string, by: string) {
  await sql`update loads set accepted_by = ${by} where load_id = ${load_id}`.execute(tx)
}

export async function withdrawLoad(tx: Db, load_id: string) {
  await sql`update loads set state = 'withdrawn' where load_id = ${load_id}`.execute(tx)
}
