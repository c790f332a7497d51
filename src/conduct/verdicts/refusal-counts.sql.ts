import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'

export type RefusalCount = { rule_id: string; rule: string; contacts: number }

/** How many contacts each rule refused within `days` before `at` (an instant): by the first rule of each. */
export async function refusalCounts(db: Db, at: string, days: number): Promise<RefusalCount[]> {
  const { rows } = await sql<RefusalCount>`
    select rule_id, max(rule) as rule, count(*) as contacts
      from (
        select refusals -> 0 ->> 'rule_id' as rule_id, refusals -> 0 ->> 'rule' as rule
          from verdicts
         where not allowed
           and decided_at > ${at}::timestamptz - make_interval(days => ${days})) first
     group by rule_id
     order by contacts desc, rule_id collate "C"`.execute(db)
  return rows
}
