import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { bannedPhrases } from '../packs/pack.sql.ts'
import { phrasesIn } from '../packs/phrase.ts'
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
type Told = { at: string; by: string }
type Version = { template: string; version: number }

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
