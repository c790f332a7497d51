import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { checkRows, Pack, packVersion, ruleRows } from './pack.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** Reads the pack files of this program. Throws when one is not a pack. */
export function readPacks(folder = import.meta.dirname): { pack: Pack; sha256: string }[] {
  return globSync('*.json', { cwd: folder })
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .map((text) => ({ pack: Pack.parse(JSON.parse(text)), sha256: digest(text) }))
}

/**
 * Puts a pack's rules into the reference tables. The same text again changes nothing. Refused:
 * `pack_was_altered`, when a version under which verdicts were given would read differently: a change of
 * law is a new version.
 */
export async function loadPack(db: Db, pack: Pack, sha256: string, loadedAt: string) {
  const version = packVersion(pack)
  const known = await sql<{ sha256: string; used: boolean }>`
    select sha256, exists (select from verdicts where ${version} = any (pack_versions)) as used
      from packs where pack_version = ${version}`.execute(db)
  if (known.rows[0]?.sha256 === sha256) return
  if (known.rows[0]?.used) {
    throw new Refused(
      'pack_was_altered',
      `Verdicts were given under ${version}; give the changed pack a new version instead of altering it.`,
    )
  }
  await db.transaction().execute(async (tx) => {
    await sql`delete from rule_checks where pack_version = ${version}`.execute(tx)
    await sql`delete from pack_rules where pack_version = ${version}`.execute(tx)
    await sql`
      insert into packs (pack_version, pack, version, title, own_zone, in_use, applies_from, loaded_at,
                         sha256)
      values (${version}, ${pack.pack}, ${pack.version}, ${pack.title}, ${pack.own_zone ?? null},
        ${pack.in_use},
              ${pack.applies_from ?? '-infinity'}, ${loadedAt}, ${sha256})
      on conflict (pack_version) do update
        set title = excluded.title, own_zone = excluded.own_zone, in_use = excluded.in_use,
            applies_from = excluded.applies_from,
            loaded_at = excluded.loaded_at,
            sha256 = excluded.sha256`.execute(tx)
    await sql`
      insert into pack_rules
      select * from jsonb_populate_recordset(null::pack_rules, ${JSON.stringify(ruleRows(pack))})`.execute(tx)
    await sql`
      insert into rule_checks
      select * from jsonb_populate_recordset(null::rule_checks, ${JSON.stringify(checkRows(pack))})`.execute(
      tx,
    )
  })
}

/**
 * What every deploy does: the packs of this program become rows, and the zones that this PostgreSQL
 * knows.
 */
export async function deployPacks(db: Db, loadedAt: string) {
  await sql`
    insert into known_zones (zone)
    select name from pg_timezone_names where not exists (select from known_zones)
    on conflict do nothing`.execute(db)
  for (const { pack, sha256 } of readPacks()) await loadPack(db, pack, sha256, loadedAt)
}

/** The newest version of each pack that is in use, and the zone that it presumes. */
export async function newestPacks(
  db: Db,
): Promise<{ pack: string; pack_version: string; own_zone: string | null }[]> {
  const { rows } = await sql<{ pack: string; pack_version: string; own_zone: string | null }>`
    select pack, pack_version, own_zone from packs_in_force where to_on = 'infinity'`.execute(db)
  return rows
}
