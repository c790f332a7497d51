import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import type { NewStanding } from './agency.api.ts'

export type Standing = {
  agency: string
  at: string | null
  recorded_at: string
  recorded_by: string
  licensed_until: string | null
  secrecy_until: string | null
  evaluated_on: string | null
  barred_reason: string | null
  in_good_standing: boolean
}

/** The newest standing of each agency, and whether it may work on a day. */
export async function agencyStandings(db: Db, on: string): Promise<Standing[]> {
  const { rows } = await sql<Standing>`
    select s.*, coalesce(${on}::date <= s.licensed_until
                         and ${on}::date <= s.secrecy_until
                         and ${on}::date <= s.evaluated_on + interval '12 months'
                         and s.barred_reason is null, false) as in_good_standing
      from (
        select distinct on (agency) agency, at, recorded_at, recorded_by, licensed_until, secrecy_until,
               evaluated_on, barred_reason
          from agency_standings
         order by agency, coalesce(at, recorded_at) desc, recorded_at desc) s
     order by s.agency collate "C"`.execute(db)
  return rows
}

/**
 * Records what an agency showed; from this moment on it counts, and what was so since an earlier moment has
 * the agency's contacts since then judged again in the night (incidents/judge-late-facts). Refused:
 * `evaluation_is_in_the_future`, for what has not been done says nothing; `fact_is_in_the_future`.
 */
export async function recordStanding(
  db: Db,
  agency: string,
  shown: NewStanding,
  { at, by }: { at: string; by: string },
): Promise<void> {
  const since = shown.at ?? null
  if (since !== null && Temporal.Instant.compare(since, at) > 0) {
    throw new Refused('fact_is_in_the_future', `${since} has not come yet; record it when it is so.`)
  }
  if (shown.evaluated_on !== null && shown.evaluated_on > at.slice(0, 10)) {
    throw new Refused('evaluation_is_in_the_future', `${shown.evaluated_on} has not come yet.`)
  }
  await sql`
    insert into agency_standings (agency, recorded_at, licensed_until, secrecy_until, evaluated_on,
                                  barred_reason, recorded_by, at)
    values (${agency}, ${at}, ${shown.licensed_until}, ${shown.secrecy_until}, ${shown.evaluated_on},
            ${shown.barred_reason}, ${by}, ${since})
    on conflict (agency, recorded_at) do nothing`.execute(db)
}
