import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { loadPack, packFile } from '../packs/pack.sql.ts'
import { packVersion } from '../packs/pack.ts'

/**
 * What a changed pack would refuse or release on today's book: contacts of several kinds with each borrower,
 * all together, of each kind, and by rule.
 */
export type PackDiff = {
  old: string
  new: string
  borrowers: number
  contacts: number
  newly_refused: number
  released: number
  kinds: KindDiff[]
  rules: RuleDiff[]
}
/** `kind`: what is asked, such as `call`, `call_at_the_ends_of_the_hours`, `visit`, `locate_third_party`. */
export type KindDiff = { kind: string; contacts: number; newly_refused: number; released: number }
/** How many of the contacts a rule refuses under the new version only, and under the old one only. */
export type RuleDiff = { rule_id: string; refused_more: number; refused_less: number }

type Version = { pack: string; pack_version: string }
type Watching = { seen?: (done: number, of: number) => void; at_once?: number }
type Stretch = { first: string; last: string }
type Found = { borrowers: number; rules: RuleDiff[]; kinds: Omit<KindDiff, 'contacts'>[] }
type Asked = { at: string; before: string; after: string }

/** A pack version that is loaded, or the file of one that is not yet. */
async function versionOf(tx: Db, named: string, at: string): Promise<Version> {
  let name = named
  if (named.endsWith('.json')) {
    const { pack, sha256 } = packFile(named)
    await loadPack(tx, pack, sha256, at)
    name = packVersion(pack)
  }
  const { rows } = await sql<Version & { in_use: boolean }>`
    select pack, pack_version, in_use from packs where pack_version = ${name}`.execute(tx)
  const found = rows[0]
  if (!found) {
    const message = `${named} is neither a loaded pack version nor a .json file.`
    throw new Refused('pack_version_is_not_found', message)
  }
  if (found.in_use) return found
  throw new Refused('pack_is_not_in_use', `${name} is watched, not law: whatever it says binds nobody.`)
}

// As many as memory holds the proposals of, and so few that one sees it go on.
const BORROWERS_AT_ONCE = 20_000

/** The rules that read differently in the two versions. What all others say is the same under both. */
const findChangedRules = (tx: Db, { before, after }: Asked) =>
  sql`
  create temporary table changed_rules on commit drop as
  with texts as (
    select r.pack_version, r.rule_id,
           jsonb_build_object(
             'blocks', r.blocks, 'force', r.force,
             'checks', jsonb_agg(to_jsonb(c) - '{pack_version,ordinal,check_no}'::text[]
                                 order by c.ordinal)) as says
      from pack_rules r
      left join rule_checks c on c.pack_version = r.pack_version and c.rule_id = r.rule_id
     group by r.pack_version, r.rule_id
  )
  select rule_id
    from (select rule_id, says from texts where pack_version = ${before}) o
    full join (select rule_id, says from texts where pack_version = ${after}) n using (rule_id)
   where o.says is distinct from n.says`.execute(tx)

/**
 * What is asked about each borrower, and the tests of changed rules that are about it (`asks`; null: none). A
 * proposal bears the id of its kind. The first and the last minute of the hours of either version, in the
 * borrower's own zone, show other hours at whatever time of day somebody looks.
 */
const listAskedKinds = (tx: Db, { before, after }: Asked) =>
  sql`
  create temporary table asked_kinds on commit drop as
  with agency as (
    select coalesce(min(agency), 'any') as agency
      from agency_standings
     where barred_reason is null
  ), hours as (
    select distinct h.minute, c.own_zone
      from rule_checks c
     cross join lateral (values (c.opens), (c.closes - interval '1 minute')) h (minute)
     where c.check_kind = 'contact_hours'
       and c.pack_version = any (${[before, after]})
  ), kinds as (
    select null::time as minute, null as own_zone, k.*
      from agency a
     cross join lateral (values
       ('call', 'call', 'mobile', 'debtor', 'collect', 'lender'),
       ('sms', 'sms', null, 'debtor', 'collect', 'lender'),
       ('email', 'email', null, 'debtor', 'collect', 'lender'),
       ('letter', 'letter', 'home', 'debtor', 'collect', 'lender'),
       ('visit', 'visit', 'home', 'debtor', 'collect', 'lender'),
       ('bureau_report', 'bureau_report', null, 'debtor', 'collect', 'lender'),
       ('placement', 'placement', null, 'debtor', 'collect', 'agency:' || a.agency),
       ('call_by_an_agency', 'call', 'mobile', 'debtor', 'collect', 'agency:' || a.agency),
       ('locate_contact_person', 'call', 'mobile', 'contact_person', 'locate', 'lender'),
       ('locate_third_party', 'call', 'mobile', 'third_party', 'locate', 'lender'),
       ('threat_of_suit', 'letter', 'home', 'debtor', 'legal_threat', 'lender')
     ) k (kind, channel, place, party, purpose, placed_by)
    union all
    select minute, own_zone, 'call_at_the_ends_of_the_hours', 'call', 'mobile', 'debtor', 'collect', 'lender'
      from hours
  )
  select gen_random_uuid() as kind_id, k.*, a.asks
    from kinds k
   cross join lateral (
     select bit_or(set_bit(o.asks, c.check_no, 1)) as asks
       from no_check o
      cross join rule_checks c
      where c.rule_id in (select rule_id from changed_rules)
        and is_asked(
              c, 'infinity', ${[before, after]}, k.channel, k.party, k.purpose, k.placed_by, false)
   ) a`.execute(tx)

/** Stretches of keys with `at_once` borrowers who are past due in each. */
async function stretches(tx: Db, at_once: number): Promise<Stretch[]> {
  const { rows } = await sql<Stretch>`
    select min(borrower_id)::text as first, max(borrower_id)::text as last
      from (
        select borrower_id, (row_number() over (order by borrower_id) - 1) / ${at_once}::int as stretch
          from (select distinct borrower_id from loans where oldest_due_on is not null) p) s
     group by stretch
     order by stretch`.execute(tx)
  return rows
}

/** Puts before the rules what is asked about a stretch of borrowers; how many of them the pack binds. */
async function proposeStretch(tx: Db, { first, last }: Stretch, { pack }: Version, asked: Asked) {
  // One question for each person whose place may differ: the book is read once for all kinds.
  await sql`
    insert into asked_contacts
    select b.borrower_id, gen_random_uuid(), ${asked.at}, 'plan', 'call', '{}', k.party, '', '', null,
           'collect', 'lender', null, null, false, false, null, '', false, null
      from (select distinct borrower_id
              from loans
             where oldest_due_on is not null
               and borrower_id between ${first} and ${last}) b
     cross join (
       select 'debtor' as party
       union
       select party from asked_kinds where asks is not null) k`.execute(tx)
  await sql`analyze asked_contacts`.execute(tx)
  await sql`
    create temporary table bound_people as
    select * from proposal_contexts
     where pack_versions && array(select pack_version from packs where pack = ${pack})`.execute(tx)
  await sql`delete from asked_contacts`.execute(tx)
  await sql`
    insert into contact_proposals (
      borrower_id, proposal_id, at, law_on, pack_versions, of_lender, products, zones, zone_doubtful, channel,
      debts, party, place, purpose, placed_by, stage, visitors, asks)
    select b.borrower_id, k.kind_id,
           case when k.minute is null then ${asked.at}::timestamptz
                else ((${asked.at}::timestamptz at time zone z.zone)::date + k.minute) at time zone z.zone
           end,
           'infinity',
           array(select v from unnest(b.pack_versions) v
                  where v not in (select pack_version from packs where pack = ${pack}))
             || ${[asked.before, asked.after]}::text[],
           b.of_lender, b.products, b.zones, b.zone_doubtful, k.channel, b.debts, k.party, k.place, k.purpose,
           k.placed_by, 'plan', case k.channel when 'visit' then 2 end, k.asks
      from bound_people b
      join asked_kinds k on k.party = b.party and k.asks is not null
     cross join lateral (select coalesce(b.zones[1], k.own_zone, 'UTC') as zone) z`.execute(tx)
  await sql`analyze contact_proposals`.execute(tx)
  const { rows } = await sql<{ borrowers: number }>`
    select count(*) as borrowers from bound_people where party = 'debtor'`.execute(tx)
  return rows[0]!.borrowers
}

/** Sets aside the tests that nothing proposed asks, so that views that none is left for read nothing. */
async function leaveWhatIsAsked(tx: Db) {
  await sql`
    with asked as (
      select bit_or(asks) as asks from (select distinct asks from contact_proposals) p
    )
    update rule_checks c
       set check_kind = case when get_bit(a.asks, c.check_no) = 1 then k.kind else 'unasked ' || k.kind end
      from asked a, (select check_no, replace(check_kind, 'unasked ', '') as kind from rule_checks) k
     where k.check_no = c.check_no
       -- who has the portal open is read by others' views
       and k.kind <> 'portal_session'`.execute(tx)
}

/** What the changed rules say differently about what is proposed; `turned` is on what they differ. */
async function askChangedRules(tx: Db, { before, after }: Asked): Promise<RuleDiff[]> {
  await leaveWhatIsAsked(tx)
  await sql`
    create temporary table found as
    select borrower_id, proposal_id, rule_id, bool_or(pack_version = ${before}) as was_refused,
           bool_or(pack_version = ${after}) as is_refused
      from refusals
     where blocks
       and pack_version in (${before}, ${after})
     group by borrower_id, proposal_id, rule_id`.execute(tx)
  const rules = await sql<RuleDiff>`
    select rule_id, count(*) filter (where not was_refused) as refused_more,
           count(*) filter (where not is_refused) as refused_less
      from found
     where was_refused <> is_refused
     group by rule_id`.execute(tx)
  await sql`
    create temporary table turned as
    select borrower_id, proposal_id, bool_or(is_refused) as is_refused
      from found
     group by borrower_id, proposal_id
    having bool_or(was_refused) <> bool_or(is_refused)`.execute(tx)
  await sql`analyze turned`.execute(tx)
  return rules.rows
}

/**
 * Whether the other rules refuse those contacts anyhow: one that they refuse is neither refused newly nor
 * released.
 */
async function askOtherRules(tx: Db, { before, after }: Asked): Promise<Found['kinds']> {
  await sql`
    delete from contact_proposals p
     where not exists (
       select from turned t where t.borrower_id = p.borrower_id and t.proposal_id = p.proposal_id)`.execute(
    tx,
  )
  await sql`
    update contact_proposals p
       set asks = o.asks
      from (
        select v.proposal_id, v.pack_versions,
               coalesce(bit_or(set_bit(n.asks, c.check_no, 1)), n.asks) as asks
          from (select distinct proposal_id, pack_versions from contact_proposals) v
          join asked_kinds k on k.kind_id = v.proposal_id
         cross join no_check n
          left join rule_checks c
            on c.pack_version <> ${after}
           and (c.pack_version <> ${before} or c.rule_id not in (select rule_id from changed_rules))
           and is_asked(c, 'infinity', v.pack_versions, k.channel, k.party, k.purpose, k.placed_by, false)
         group by v.proposal_id, v.pack_versions, n.asks) o
     where o.proposal_id = p.proposal_id
       and o.pack_versions = p.pack_versions`.execute(tx)
  await leaveWhatIsAsked(tx)
  const { rows } = await sql<Found['kinds'][number]>`
    with refused_anyhow as materialized (
      select distinct borrower_id, proposal_id from refusals where blocks
    )
    select k.kind, count(*) filter (where t.is_refused) as newly_refused,
           count(*) filter (where not t.is_refused) as released
      from turned t
      join asked_kinds k on k.kind_id = t.proposal_id
     where not exists (
       select from refused_anyhow a where a.borrower_id = t.borrower_id and a.proposal_id = t.proposal_id)
     group by k.kind`.execute(tx)
  return rows
}

const sumOf = <Row>(rows: readonly Row[] | undefined, number: (row: Row) => number) =>
  (rows ?? []).reduce((sum, row) => sum + number(row), 0)

/** What was found in each stretch, added up. */
async function addedUp(tx: Db, found: readonly Found[]) {
  const borrowers = sumOf(found, (it) => it.borrowers)
  const { rows: asked } = await sql<{ kind: string; each: number }>`
    select kind, count(*) as each from asked_kinds group by kind order by kind`.execute(tx)
  const ofKind = Map.groupBy(
    found.flatMap((it) => it.kinds),
    (it) => it.kind,
  )
  const kinds = asked.map(({ kind, each }) => ({
    kind,
    contacts: each * borrowers,
    newly_refused: sumOf(ofKind.get(kind), (it) => it.newly_refused),
    released: sumOf(ofKind.get(kind), (it) => it.released),
  }))
  const ofRule = Map.groupBy(
    found.flatMap((it) => it.rules),
    (it) => it.rule_id,
  )
  const rules = [...ofRule].sort().map(([rule_id, rows]) => ({
    rule_id,
    refused_more: sumOf(rows, (it) => it.refused_more),
    refused_less: sumOf(rows, (it) => it.refused_less),
  }))
  return {
    borrowers,
    contacts: sumOf(kinds, (it) => it.contacts),
    newly_refused: sumOf(kinds, (it) => it.newly_refused),
    released: sumOf(kinds, (it) => it.released),
    kinds,
    rules,
  }
}

/**
 * Asks for every borrower with a loan past due whom the pack binds whether contacts of every kind
 * (`listAskedKinds`) are allowed at this moment, under the old version and under the new one. Each is a
 * loaded version (`us@2026.1`) or a pack file. Keeps nothing. `seen` is told how many of how many stretches
 * of borrowers are done. Refused: `pack_version_is_not_found`, `pack_is_not_in_use`,
 * `packs_are_not_of_one_jurisdiction`.
 */
export async function diffPacks(
  db: Db,
  old: string,
  changed: string,
  at: string,
  { seen = () => {}, at_once = BORROWERS_AT_ONCE }: Watching = {},
): Promise<PackDiff> {
  const tx = await db.startTransaction().execute()
  try {
    await sql`set local work_mem = '256MB'`.execute(tx)
    await sql`set local default_statistics_target = 10`.execute(tx)
    const before = await versionOf(tx, old, at)
    const after = await versionOf(tx, changed, at)
    if (before.pack !== after.pack) {
      throw new Refused('packs_are_not_of_one_jurisdiction', 'Name two versions of the same pack.')
    }
    const asked = { at, before: before.pack_version, after: after.pack_version }
    await findChangedRules(tx, asked)
    await listAskedKinds(tx, asked)
    const found: Found[] = []
    const all = await stretches(tx, at_once)
    for (const [done, stretch] of all.entries()) {
      seen(done, all.length)
      // What a stretch wrote is given up at once, so that the next one reads its own proposals only.
      const point = await tx.savepoint('stretch').execute()
      const borrowers = await proposeStretch(point, stretch, before, asked)
      const rules = await askChangedRules(point, asked)
      found.push({ borrowers, rules, kinds: await askOtherRules(point, asked) })
      await point.rollbackToSavepoint('stretch').execute()
      await sql`vacuum asked_contacts, contact_proposals`.execute(db)
    }
    return { old: asked.before, new: asked.after, ...(await addedUp(tx, found)) }
  } finally {
    await tx.rollback().execute()
  }
}
