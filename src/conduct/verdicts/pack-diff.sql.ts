import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { loadPack, packFile } from '../packs/pack.sql.ts'
import { packVersion } from '../packs/pack.ts'
import { proposeAll } from './proposal.sql.ts'

/**
 * What a changed pack would refuse or release on today's book: contacts of several kinds with each borrower,
 * all together, of each kind, and by rule.
 */
export type PackDiff = {
  old: string
  new: string
  borrowers: number
  contacts: number
  refused_before: number
  refused_after: number
  newly_refused: number
  released: number
  kinds: KindDiff[]
  rules: { rule_id: string; refused_more: number; refused_less: number }[]
}
/** `kind`: what is asked, such as `call`, `call_at_the_ends_of_the_hours`, `visit`, `locate_third_party`. */
export type KindDiff = { kind: string; contacts: number; newly_refused: number; released: number }

/** A pack version that is loaded, or the file of one that is not yet. */
async function versionOf(tx: Db, named: string, at: string): Promise<{ pack: string; pack_version: string }> {
  if (named.endsWith('.json')) {
    const { pack, sha256 } = packFile(named)
    await loadPack(tx, pack, sha256, at)
    return { pack: pack.pack, pack_version: packVersion(pack) }
  }
  const { rows } = await sql<{ pack: string; pack_version: string }>`
    select pack, pack_version from packs where pack_version = ${named}`.execute(tx)
  if (rows[0]) return rows[0]
  throw new Refused(
    'pack_version_is_not_found',
    `${named} is neither a loaded pack version nor a .json file.`,
  )
}

/**
 * Asks the rules about every proposal under `version` and keeps which rules refuse which in a table of
 * its own.
 */
async function refusedUnder(tx: Db, table: string, pack: string, version: string) {
  await sql`
    update contact_proposals p
       set law_on = 'infinity',
           -- other tests are asked now than the book's packs ask
           asks = null,
           pack_versions = array(
             select case when k.pack = ${pack} then ${version} else v.pack_version end
               from unnest(p.pack_versions) as v (pack_version)
               left join packs k on k.pack_version = v.pack_version)
     where p.pack_versions && array(select pack_version from packs where pack = ${pack})`.execute(tx)
  await sql`analyze contact_proposals`.execute(tx)
  await sql`
    create temporary table ${sql.table(table)} on commit drop as
    select distinct proposal_id, rule_id from refusals where blocks`.execute(tx)
}

/**
 * What is asked about each borrower. The first and the last minute of the hours of either version, in the
 * borrower's own zone, show other hours at whatever time of day somebody looks.
 */
const askedOf = (at: string, versions: string[]) => sql`
  with past_due as (
    select distinct borrower_id from loans where oldest_due_on is not null
  ), agency as (
    select coalesce(min(agency), 'any') as agency
      from agency_standings
     where barred_reason is null
  ), hours as (
    select distinct h.minute, c.own_zone
      from rule_checks c
     cross join lateral (values (c.opens), (c.closes - interval '1 minute')) h (minute)
     where c.check_kind = 'contact_hours'
       and c.pack_version = any (${versions})
  ), contacts as (
    select null::time as minute, null as own_zone, k.*
      from agency a
     cross join lateral (values
       ('call', 'mobile', 'debtor', 'collect', 'lender'),
       ('sms', null, 'debtor', 'collect', 'lender'),
       ('email', null, 'debtor', 'collect', 'lender'),
       ('letter', 'home', 'debtor', 'collect', 'lender'),
       ('visit', 'home', 'debtor', 'collect', 'lender'),
       ('bureau_report', null, 'debtor', 'collect', 'lender'),
       ('placement', null, 'debtor', 'collect', 'agency:' || a.agency),
       ('call', 'mobile', 'debtor', 'collect', 'agency:' || a.agency),
       ('call', 'mobile', 'contact_person', 'locate', 'lender'),
       ('call', 'mobile', 'third_party', 'locate', 'lender'),
       ('letter', 'home', 'debtor', 'legal_threat', 'lender')) k (channel, place, party, purpose, placed_by)
    union all
    select minute, own_zone, 'call', 'mobile', 'debtor', 'collect', 'lender' from hours
  )
  select b.borrower_id, gen_random_uuid(),
         case when c.minute is null then ${at}::timestamptz
              else ((${at}::timestamptz at time zone z.zone)::date + c.minute) at time zone z.zone end,
         'plan', c.channel, '{}'::text[], c.party, '', '', c.place, c.purpose, c.placed_by, null::text,
         case c.channel when 'visit' then 2 end, false, false, null::uuid, '', false, null::text[]
    from past_due
    join borrowers b using (borrower_id)
    left join known_zones k on k.zone = b.time_zones[1]
   cross join contacts c
   cross join lateral (select coalesce(k.zone, c.own_zone, 'UTC') as zone) z`

/**
 * Asks for every borrower with a loan past due whom the pack binds whether contacts of every kind (`askedOf`)
 * are allowed at this moment, under the old version and under the new one. Each is a loaded
 * version (`us@2026.1`) or a pack file. Keeps nothing. Refused: `pack_version_is_not_found`,
 * `packs_are_not_of_one_jurisdiction`.
 */
export async function diffPacks(db: Db, old: string, changed: string, at: string): Promise<PackDiff> {
  const tx = await db.startTransaction().execute()
  try {
    await sql`set local work_mem = '256MB'`.execute(tx)
    const before = await versionOf(tx, old, at)
    const after = await versionOf(tx, changed, at)
    if (before.pack !== after.pack) {
      throw new Refused('packs_are_not_of_one_jurisdiction', 'Name two versions of the same pack.')
    }
    await proposeAll(tx, askedOf(at, [before.pack_version, after.pack_version]))
    await sql`
      delete from contact_proposals
       where not pack_versions && array(select pack_version from packs where pack = ${before.pack})`.execute(
      tx,
    )
    await refusedUnder(tx, 'refused_before', before.pack, before.pack_version)
    await refusedUnder(tx, 'refused_after', before.pack, after.pack_version)
    return { old: before.pack_version, new: after.pack_version, ...(await compared(tx, at)) }
  } finally {
    await tx.rollback().execute()
  }
}

async function compared(tx: Db, at: string) {
  await sql`
    create temporary table compared_contacts on commit drop as
    select p.borrower_id, p.proposal_id in (select proposal_id from refused_before) as was_refused,
           p.proposal_id in (select proposal_id from refused_after) as is_refused,
           case when p.purpose = 'locate' then 'locate_' || p.party
                when p.purpose = 'legal_threat' then 'threat_of_suit'
                when p.channel = 'call' and p.placed_by <> 'lender' then 'call_by_an_agency'
                when p.at <> ${at}::timestamptz then 'call_at_the_ends_of_the_hours'
                else p.channel end as kind
      from contact_proposals p`.execute(tx)
  const counts = sql`count(*) as contacts,
           count(*) filter (where is_refused and not was_refused) as newly_refused,
           count(*) filter (where was_refused and not is_refused) as released`
  const totals = await sql<Omit<PackDiff, 'old' | 'new' | 'rules' | 'kinds'>>`
    select count(distinct borrower_id) as borrowers, count(*) filter (where was_refused) as refused_before,
           count(*) filter (where is_refused) as refused_after, ${counts}
      from compared_contacts`.execute(tx)
  const kinds = await sql<KindDiff>`
    select kind, ${counts} from compared_contacts group by kind order by kind`.execute(tx)
  const rules = await sql<PackDiff['rules'][number]>`
    select coalesce(b.rule_id, a.rule_id) as rule_id,
           count(*) filter (where b.rule_id is null) as refused_more,
           count(*) filter (where a.rule_id is null) as refused_less
      from refused_before b
      full join refused_after a on a.proposal_id = b.proposal_id and a.rule_id = b.rule_id
     group by 1
    having count(*) filter (where b.rule_id is null or a.rule_id is null) > 0
     order by 1`.execute(tx)
  return { ...totals.rows[0]!, kinds: kinds.rows, rules: rules.rows }
}
