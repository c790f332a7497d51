import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { AffordabilityStatement, NewAffordability } from './affordability.api.ts'

const columns = sql`stated_on, currency, lines, income_minor, expenditure_minor, dependants, recorded_by`

/** Records the statement of a day; a second one of the same day takes its place. */
export async function recordAffordability(
  tx: Db,
  borrowerId: string,
  stated: NewAffordability,
  by: { on: string; at: string; staff_id: string },
): Promise<AffordabilityStatement> {
  const sum = (kind: string) =>
    stated.lines.reduce((total, line) => total + (line.kind === kind ? line.amount_minor : 0), 0)
  const { rows } = await sql<AffordabilityStatement>`
    insert into affordability_statements
      (borrower_id, stated_on, currency, lines, income_minor, expenditure_minor, dependants, recorded_by,
       recorded_at)
    values (${borrowerId}, ${by.on}, ${stated.currency}, ${JSON.stringify(stated.lines)}, ${sum('income')},
            ${sum('expenditure')}, ${stated.dependants}, ${by.staff_id}, ${by.at})
    on conflict (borrower_id, stated_on) do update
       set currency = excluded.currency, lines = excluded.lines, income_minor = excluded.income_minor,
           expenditure_minor = excluded.expenditure_minor, dependants = excluded.dependants,
           recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at
    returning ${columns}
  `.execute(tx)
  return rows[0]!
}

/** The borrower's newest statement up to `asOf`. */
export async function affordabilityOf(
  db: Db,
  borrowerId: string,
  asOf: string,
): Promise<AffordabilityStatement | undefined> {
  const { rows } = await sql<AffordabilityStatement>`
    select ${columns}
      from affordability_statements
     where borrower_id = ${borrowerId} and stated_on <= ${asOf}
     order by stated_on desc
     limit 1
  `.execute(db)
  return rows[0]
}
