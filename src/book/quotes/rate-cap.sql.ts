import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { refuseFile, repeated } from '../../platform/json-file.ts'
import { Refused } from '../../platform/refusal.ts'
import type { PublishedCap, RateCaps } from './rate-cap.ts'

const given = (caps: RateCaps['caps']) => sql`
  jsonb_array_elements(${JSON.stringify(caps)}::jsonb) with ordinality as given (o, place)
  cross join lateral jsonb_to_record(o) as r
    (pack text, is_card boolean, kind text, yearly numeric, clause jsonb)`

const clauseOf = sql`
  jsonb_build_object('en', clause, 'zh-Hans', clause_zh_hans, 'zh-Hant', clause_zh_hant)`

/**
 * Publishes caps and alerts from their day on; answers how many are new. One that stands is never changed:
 * quotes were reckoned by it. Refused: `file_is_wrong`, `is_published_otherwise`.
 */
export async function publishCaps(tx: Db, { effective_from, caps }: RateCaps): Promise<number> {
  const { rows: strangers } = await sql<{ place: number; pack: string }>`
    select place - 1 as place, pack
      from ${given(caps)}
     where not exists (select from packs p where p.pack = r.pack)
     order by place`.execute(tx)
  const wrong = [
    ...repeated('caps', caps, ({ pack, is_card, kind }) => [pack, is_card, kind]),
    ...strangers.map(
      ({ place, pack }) => `caps.${place}.pack: the book knows no pack "${pack}"; mend the name`,
    ),
  ]
  if (wrong.length > 0) refuseFile(wrong)
  const { numAffectedRows } = await sql`
    insert into rate_caps
           (pack, is_card, effective_from, kind, yearly, clause, clause_zh_hans, clause_zh_hant)
    select pack, is_card, ${effective_from}, kind, yearly, clause ->> 'en', clause ->> 'zh-Hans',
           clause ->> 'zh-Hant'
      from ${given(caps)}
    on conflict do nothing`.execute(tx)
  const { rows } = await sql<{ place: number }>`
    select place - 1 as place
      from ${given(caps)}
      join (select pack, is_card, kind, effective_from, yearly, ${clauseOf} as clause from rate_caps) s
             using (pack, is_card, kind)
     where s.effective_from = ${effective_from} and (s.yearly, s.clause) is distinct from (r.yearly, r.clause)
     order by place limit 1`.execute(tx)
  if (rows[0]) {
    throw new Refused(
      'is_published_otherwise',
      `caps.${rows[0].place}: another rate holds from ${effective_from}; name a later day.`,
    )
  }
  return Number(numAffectedRows)
}

/** The caps and alerts in force on a day. */
export async function capsOn(db: Db, asOf: string): Promise<PublishedCap[]> {
  const { rows } = await sql<PublishedCap>`
    select distinct on (pack, is_card, kind)
           pack, is_card, kind, effective_from, yearly::text as yearly, ${clauseOf} as clause
      from rate_caps
     where effective_from <= ${asOf}
     order by pack, is_card, kind, effective_from desc`.execute(db)
  return rows
}
