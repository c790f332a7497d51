import { sql } from 'kysely'
import { type Db, LEAST_UUID } from '../../platform/database.ts'
import type { Page } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { type BannedPhrase, phrasesIn } from '../packs/phrase.ts'
import { settle } from '../verdicts/proposal.sql.ts'

/**
 * Judges what was done to a borrower since `since`, with all that is known now: contacts of ours against the
 * packs of their verdict, contacts outside our control against the packs of their day. Every rule that one
 * broke becomes an incident, once. Returns the number of new incidents. The caller has locked the borrower.
 */
export async function judgeContacts(
  tx: Db,
  borrower_id: string,
  { since, at }: { since: string; at: string },
): Promise<number> {
  await proposeAgain(tx, borrower_id, since)
  const { numAffectedRows } = await sql`
    insert into incidents (borrower_id, contact_id, pack_version, rule_id, found_at, cause, evidence)
    select borrower_id, contact_id, pack_version, rule_id, ${at}, cause, evidence
      from rules_broken_by(${borrower_id})
    on conflict do nothing`.execute(tx)
  await sql`
    update outside_contacts
       set judged_at = ${at}
     where borrower_id = ${borrower_id}
       and judged_at is null`.execute(tx)
  await sql`
    delete from contact_proposals
     where borrower_id = ${borrower_id}
       and stage = 'afterwards'`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** What was done becomes a proposal again, with the facts that are known by now. */
async function proposeAgain(tx: Db, borrower_id: string, since: string) {
  await sql`
    insert into contact_proposals
    select * from attempts_again where borrower_id = ${borrower_id} and at >= ${since}`.execute(tx)
  await sql`
    insert into asked_contacts
    select * from outside_again where borrower_id = ${borrower_id} and at >= ${since}`.execute(tx)
  await settle(tx, [borrower_id])
}

/** A note in which banned phrases stand is an incident: what was logged was perhaps said. */
export async function judgeNote(tx: Db, borrower_id: string, attempt_id: string, note: string, at: string) {
  const { rows } = await sql<BannedPhrase & { pack_version: string }>`
    select r.pack_version, r.rule_id, r.source, b.phrase
      from contact_attempts a
      join verdicts v on v.borrower_id = a.borrower_id and v.verdict_id = a.verdict_id
      join pack_rules r on r.pack_version = any (v.pack_versions)
     cross join lateral unnest(r.banned_phrases) as b (phrase)
     where a.borrower_id = ${borrower_id}
       and a.attempt_id = ${attempt_id}`.execute(tx)
  const found = phrasesIn(note, rows)
  for (const [rule_id, phrases] of Map.groupBy(found, (it) => it.rule_id)) {
    const pack_version = rows.find((row) => row.rule_id === rule_id)!.pack_version
    await sql`
      insert into incidents (borrower_id, contact_id, pack_version, rule_id, found_at, cause, evidence)
      values (${borrower_id}, ${attempt_id}, ${pack_version}, ${rule_id}, ${at}, 'banned_phrase',
              ${JSON.stringify(phrases.map((it) => ({ phrase: it.phrase })))}::jsonb)
      on conflict do nothing`.execute(tx)
  }
}

/** Of an incident: when it was found, of whom, in which contact, by which rule. */
export type IncidentKey = readonly [string, string, string, string]
type OpenIncident = { found_at: string; borrower_id: string; contact_id: string; rule_id: string }

/** Contacts that broke a rule and are not closed, the newest first; one more than the page has. */
export async function openIncidents(db: Db, { after, limit }: Page<IncidentKey>): Promise<OpenIncident[]> {
  const [at, borrower_id, contact_id, rule_id] = after ?? ['infinity', 0, LEAST_UUID, '']
  const { rows } = await sql<OpenIncident>`
    select i.borrower_id::text as borrower_id, i.contact_id, i.pack_version, i.rule_id, i.found_at, i.cause,
           i.evidence, coalesce(r.rule, 'What is unknown refuses') as rule, coalesce(r.source,
           'house') as source,
           coalesce(r.force, 'house') as force
      from incidents i
      left join pack_rules r on r.pack_version = i.pack_version and r.rule_id = i.rule_id
     where i.closed_at is null
       and (date_trunc('milliseconds', i.found_at), i.borrower_id, i.contact_id, i.rule_id)
           < (${at}::timestamptz, ${borrower_id}::bigint, ${contact_id}::uuid, ${rule_id})
     order by date_trunc('milliseconds', i.found_at) desc, i.borrower_id desc, i.contact_id desc,
              i.rule_id desc
     limit ${limit + 1}`.execute(db)
  return rows
}

/** Closes an incident with what was done about it, once. Refused: `incident_is_not_found`. */
export async function closeIncident(
  db: Db,
  about: { borrower_id: string; contact_id: string; rule_id: string; note: string },
  { at, by }: { at: string; by: string },
) {
  const { rows } = await sql`
    update incidents
       set closed_at = ${at}, closed_by = ${by}, closing_note = ${about.note}
     where borrower_id = ${about.borrower_id}
       and contact_id = ${about.contact_id}
       and rule_id = ${about.rule_id}
       and closed_at is null
    returning 1`.execute(db)
  if (rows.length === 0) throw new Refused('incident_is_not_found', 'There is no such open incident.')
}
