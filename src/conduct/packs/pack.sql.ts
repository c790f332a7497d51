import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import chineseDays from 'chinese-days'
import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { federalHolidays } from './federal-holidays.ts'
import { checkRows, Pack, packVersion, retentionRows, ruleRows } from './pack.ts'
import type { BannedPhrase } from './phrase.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** A pack in a file. Refused: `file_is_not_a_pack`. */
export function packFile(path: string): { pack: Pack; sha256: string } {
  try {
    const text = readFileSync(path, 'utf8')
    return { pack: Pack.parse(JSON.parse(text)), sha256: digest(text) }
  } catch (error) {
    throw new Refused('file_is_not_a_pack', `${path} is not a pack: ${(error as Error).message}`)
  }
}

/** The packs of this program. */
export const readPacks = () =>
  globSync('*.json', { cwd: import.meta.dirname })
    .sort()
    .map((name) => packFile(join(import.meta.dirname, name)))

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
  await inTransaction(db, async (tx) => {
    await sql`delete from rule_checks where pack_version = ${version}`.execute(tx)
    await sql`delete from pack_retentions where pack_version = ${version}`.execute(tx)
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
      insert into pack_retentions
      select * from jsonb_populate_recordset(
        null::pack_retentions, ${JSON.stringify(retentionRows(pack))})`.execute(tx)
    await sql`
      insert into rule_checks overriding user value
      select * from jsonb_populate_recordset(null::rule_checks, ${JSON.stringify(checkRows(pack))})`.execute(
      tx,
    )
  })
}

/** In the caller's transaction where there is one, in its own otherwise. */
const inTransaction = (db: Db, work: (tx: Db) => Promise<void>) =>
  db.isTransaction ? work(db) : db.transaction().execute(work)

const { isWorkday } = chineseDays

/**
 * Where the days of rest of mainland China differ from Saturdays and Sundays, as far as the State Council has
 * announced them (CN-S9).
 */
function restDays(): { day: string; is_worked: boolean }[] {
  const days: { day: string; is_worked: boolean }[] = []
  const last = Temporal.PlainDate.from('2026-12-31')
  for (let on = Temporal.PlainDate.from('2010-01-01'); Temporal.PlainDate.compare(on, last) <= 0; ) {
    const day = on.toString()
    const is_worked = isWorkday(day)
    if (is_worked !== on.dayOfWeek < 6) days.push({ day, is_worked })
    on = on.add({ days: 1 })
  }
  return days
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
  await keepRestDays(db, 'cn', restDays())
  const years = Array.from({ length: 40 }, (_, i) => 2010 + i)
  const holidays = years.flatMap(federalHolidays).map((day) => ({ day, is_worked: false }))
  await keepRestDays(db, 'us-federal', holidays)
}

/** Days of rest by whose calendar they are: a pack's, or `us-federal` for what Regulation F counts by. */
async function keepRestDays(db: Db, calendar: string, days: { day: string; is_worked: boolean }[]) {
  await sql`
    insert into rest_days
    select ${calendar}, *
      from jsonb_to_recordset(${JSON.stringify(days)}::jsonb) as d (day date, is_worked boolean)
    on conflict (pack, day) do update set is_worked = excluded.is_worked
     where rest_days.is_worked <> excluded.is_worked`.execute(db)
}

/** The newest version of each pack that is in use, and the zone that it presumes. */
export async function newestPacks(
  db: Db,
): Promise<{ pack: string; pack_version: string; own_zone: string | null }[]> {
  const { rows } = await sql<{ pack: string; pack_version: string; own_zone: string | null }>`
    select pack, pack_version, own_zone from packs_in_force where to_on = 'infinity'`.execute(db)
  return rows
}

/** The packs, each with how many of its rules counsel has yet to confirm. */
export async function listPacks(db: Db) {
  const { rows } = await sql<{
    pack_version: string
    pack: string
    title: string
    own_zone: string | null
    in_use: boolean
    applies_from: string
    rules: number
    decided: number
    unconfirmed: number
  }>`
    select p.pack_version, p.pack, p.title, p.own_zone, p.in_use, p.applies_from::text as applies_from,
           count(r.rule_id) as rules, count(r.rule_id) filter (where r.is_decided) as decided,
           count(r.rule_id) filter (where r.for_counsel) as unconfirmed
      from packs p
      left join pack_rules r on r.pack_version = p.pack_version
     group by p.pack_version
     order by p.pack collate "C", p.applies_from desc, p.loaded_at desc`.execute(db)
  return rows
}

/** Every rule of a pack version, decided here or not. Refused: `pack_version_is_not_found`. */
export async function rulesOf(db: Db, version: string) {
  const { rows } = await sql<{
    rule_id: string
    rule: string
    parameters: string
    scope: string
    force: string
    modality: string | null
    blocks: boolean
    source: string
    mark: string
    for_counsel: boolean
    is_decided: boolean
    effective_from: string
    effective_to: string
  }>`
    select rule_id, rule, parameters, scope, force, modality, blocks, source, mark, for_counsel, is_decided,
           effective_from::text as effective_from, effective_to::text as effective_to
      from pack_rules
     where pack_version = ${version}
     order by rule_id collate "C"`.execute(db)
  if (rows.length > 0) return rows
  throw new Refused('pack_version_is_not_found', `There is no pack ${version}.`)
}

/** What the newest versions of these packs, and the house, ban from anything written or logged. */
export async function bannedPhrases(db: Db, packs: readonly string[]): Promise<BannedPhrase[]> {
  const { rows } = await sql<BannedPhrase>`
    select r.rule_id, r.source, b.phrase
      from packs_in_force f
      join pack_rules r on r.pack_version = f.pack_version
     cross join lateral unnest(r.banned_phrases) as b (phrase)
     where f.to_on = 'infinity'
       and (f.pack = 'house' or f.pack = any (${packs}))`.execute(db)
  return rows
}

export type AskedException = {
  rule_id: string
  lender: string
  product: string
  from_on: string
  to_on: string
  reason: string
}

/**
 * Sets a house rule aside. Refused: `rule_is_not_the_houses`, for law is not set aside by a signature;
 * `exception_ends_before_it_begins`.
 */
export async function signException(
  db: Db,
  asked: AskedException,
  signed: { at: string; by: string; role: string },
): Promise<string> {
  if (asked.to_on < asked.from_on) {
    throw new Refused('exception_ends_before_it_begins', 'An exception ends on or after its first day.')
  }
  const { rows } = await sql<{ exception_id: string }>`
    insert into house_exceptions (rule_id, lender, product, from_on, to_on, reason, signed_by, signed_role,
                                  signed_at)
    select ${asked.rule_id}, ${asked.lender}, ${asked.product}, ${asked.from_on}, ${asked.to_on},
           ${asked.reason}, ${signed.by}, ${signed.role}, ${signed.at}
     where exists (select from pack_rules r where r.rule_id = ${asked.rule_id} and r.force = 'house')
    returning exception_id`.execute(db)
  const made = rows[0]
  if (made) return made.exception_id
  throw new Refused(
    'rule_is_not_the_houses',
    `${asked.rule_id} is no rule of the house; law is not set aside.`,
  )
}
