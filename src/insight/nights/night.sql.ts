import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Night, NightSteps } from './night.api.ts'

const nights = sql`
  select n.as_of, n.started_at, n.finished_at, n.failed_step, n.error,
         count(s.step) as steps, coalesce(sum(s.rows), 0)::bigint as rows,
         coalesce(sum(s.seconds), 0)::float8 as seconds
    from nights n
    left join nightly_steps s using (as_of)`

/** Nights before `before`, newest first. */
export async function nightPage(db: Db, asked: { before: string | null; limit: number }): Promise<Night[]> {
  const { rows } = await sql<Night>`
    ${nights}
     where n.as_of < coalesce(${asked.before}::date, 'infinity')
     group by n.as_of
     order by n.as_of desc
     limit ${asked.limit + 1}`.execute(db)
  return rows
}

/** A night and its steps, in the order in which they ran as far as names tell. */
export async function nightOf(db: Db, as_of: string): Promise<NightSteps | null> {
  const found = await sql<Night>`${nights} where n.as_of = ${as_of} group by n.as_of`.execute(db)
  if (!found.rows[0]) return null
  const steps = await sql<NightSteps['steps'][number]>`
    select step, rows, seconds::float8 as seconds from nightly_steps where as_of = ${as_of}`.execute(db)
  return { night: found.rows[0], steps: steps.rows }
}
