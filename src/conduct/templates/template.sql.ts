import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { bannedPhrases } from '../packs/pack.sql.ts'
import { phrasesIn } from '../packs/phrase.ts'
import { bindingOf } from '../packs/retention.sql.ts'
import type { NewTemplate } from './template.api.ts'

export type Template = {
  template: string
  version: number
  channel: string
  language: string
  packs: string[]
  body: string
  written_by: string
  written_at: string
  approved_by: string | null
  from_on: string | null
  to_on: string | null
}
/** An approved text that a borrower may be sent: `template` is NAME@VERSION, as a contact names it. */
export type ApprovedText = { template: string; channel: string; language: string; body: string }
type Told = { at: string; by: string }
type Version = { template: string; version: number }

// Each has a key of one digit.
const TEXTS_A_CHANNEL = 9

/** Every version of every text, with its newest approval that was not withdrawn. */
export async function templates(db: Db): Promise<Template[]> {
  const { rows } = await sql<Template>`
    select t.template, t.version, t.channel, t.language, t.packs, t.body, t.written_by, t.written_at,
           a.approved_by, a.from_on::text as from_on, a.to_on::text as to_on
      from text_templates t
      left join lateral (
        select a.approved_by, a.from_on, a.to_on
          from template_approvals a
         where a.template = t.template
           and a.version = t.version
           and not exists (
             select from template_withdrawals w
              where w.template = a.template and w.version = a.version and w.withdrawn_at >= a.approved_at)
         order by a.approved_at desc
         limit 1) a on true
     order by t.template collate "C", t.version desc`.execute(db)
  return rows
}

/**
 * The newest approved version of each text that is written for every pack of a borrower's loans, by channel,
 * those in the borrower's language first. The rules have the last word on each: this spares them the rest.
 */
export async function textsFor(
  tx: Db,
  borrower_id: string,
  channels: readonly string[],
  at: string,
): Promise<ApprovedText[]> {
  const { packs } = await bindingOf(tx, borrower_id, at.slice(0, 10))
  const { rows } = await sql<ApprovedText>`
    select n.template, n.channel, n.language, n.body
      from (
        select t.template || '@' || t.version as template, t.channel, t.language, t.body,
               row_number() over (
                 partition by t.channel
                 order by t.language is distinct from b.language,
                          split_part(t.language, '-', 1) is distinct from split_part(b.language, '-', 1),
                          t.template collate "C") as place
          from borrowers b
          join lateral (
            select distinct on (t.template) t.*
              from text_templates t
              join template_approvals a on a.template = t.template and a.version = t.version
             where t.channel = any (${channels})
               and t.packs @> ${packs}
               and a.approved_at <= ${at}
               and (${at}::timestamptz at time zone coalesce(b.time_zones[1], 'UTC'))::date
                   between a.from_on and a.to_on
               and not exists (
                 select from template_withdrawals w
                  where w.template = a.template
                    and w.version = a.version
                    and w.withdrawn_at >= a.approved_at
                    and w.withdrawn_at <= ${at})
             order by t.template, t.version desc) t on true
         where b.borrower_id = ${borrower_id}) n
     where n.place <= ${TEXTS_A_CHANNEL}
     order by n.channel, n.place`.execute(tx)
  return rows
}

/** Writes a text down as the next version of its template; nobody has approved it. Answers the version. */
export async function writeTemplate(db: Db, text: NewTemplate, { at, by }: Told): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    insert into text_templates (template, version, channel, language, packs, body, written_by, written_at)
    select ${text.template},
           coalesce((select max(version) from text_templates where template = ${text.template}), 0) + 1,
           ${text.channel}, ${text.language}, ${text.packs}, ${text.body}, ${by}, ${at}
    returning version`.execute(db)
  return rows[0]!.version
}

async function textOf(db: Db, { template, version }: Version) {
  const { rows } = await sql<{ body: string; packs: string[]; written_by: string }>`
    select body, packs, written_by from text_templates
     where template = ${template} and version = ${version}`.execute(db)
  if (rows[0]) return rows[0]
  throw new Refused('template_is_not_found', `There is no ${template}@${version}.`)
}

/**
 * Approves a version from a day to a day. Refused: `template_is_not_found`, `template_is_ones_own` (whoever
 * wrote it does not approve it), `template_has_banned_phrases`, `approval_ends_before_it_begins`.
 */
export async function approveTemplate(
  db: Db,
  version: Version,
  approval: { from_on: string; to_on?: string | undefined; reason: string },
  { at, by }: Told,
): Promise<void> {
  const text = await textOf(db, version)
  if (text.written_by === by) {
    throw new Refused('template_is_ones_own', 'Somebody else than the writer approves a text.')
  }
  if (approval.to_on !== undefined && approval.to_on < approval.from_on) {
    throw new Refused('approval_ends_before_it_begins', 'An approval ends on or after its first day.')
  }
  const found = phrasesIn(text.body, await bannedPhrases(db, text.packs))
  if (found.length > 0) {
    const phrases = found.map(({ rule_id, phrase }) => ({ rule_id, phrase }))
    throw new Refused('template_has_banned_phrases', found.map((it) => it.phrase).join('; '), { phrases })
  }
  await sql`
    insert into template_approvals (template, version, from_on, to_on, approved_by, approved_at, reason)
    values (${version.template}, ${version.version}, ${approval.from_on}, ${approval.to_on ?? 'infinity'},
            ${by}, ${at}, ${approval.reason})`.execute(db)
}

/** Withdraws a version at once, for good or until it is approved again. Refused: `template_is_not_found`. */
export async function withdrawTemplate(
  db: Db,
  version: Version,
  reason: string,
  { at, by }: Told,
): Promise<void> {
  await textOf(db, version)
  await sql`
    insert into template_withdrawals (template, version, withdrawn_at, withdrawn_by, reason)
    values (${version.template}, ${version.version}, ${at}, ${by}, ${reason})
    on conflict do nothing`.execute(db)
}
