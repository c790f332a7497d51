import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { refuseFile, repeated } from '../../platform/json-file.ts'
import { Refused } from '../../platform/refusal.ts'
import { aboutOf, type Grid, type GridRule } from './grid.ts'

const columns = sql`
  level, what, lender, product, agency, from_days, to_days, charged_off, balance_to_units, limit_units,
  concessions_max, term_days_max`

/** Rows that name a lender, product or agency that the book does not know: they would never bind. */
async function strangers(tx: Db, rules: readonly GridRule[]): Promise<string[]> {
  const { rows } = await sql<{ place: number; what: string; name: string }>`
    select place - 1 as place, what, name
      from jsonb_array_elements(${JSON.stringify(rules)}::jsonb) with ordinality as given (rule, place)
     cross join lateral jsonb_to_record(rule) as r (lender text, product text, agency text)
     cross join lateral (
       select 'lender' as what, r.lender as name
        where r.lender <> '' and not exists (select from loan_kinds where lender = r.lender)
       union all
       select 'product', r.product
        where r.product <> '' and not exists (
          select from loan_kinds where product = r.product and r.lender in ('', lender))
       union all
       select 'agency', r.agency
        where r.agency <> '' and not exists (select from agency_standings where agency = r.agency)
     ) unknown
     order by place, what`.execute(tx)
  return rows.map(
    ({ place, what, name }) => `rules.${place}.${what}: the book knows no ${what} "${name}"; mend the name`,
  )
}

/** A version of the grid as it stands; undefined when there is none. */
export async function gridOf(db: Db, grid_version: string): Promise<Grid | undefined> {
  const { rows } = await sql<Omit<Grid, 'rules'>>`
    select grid_version, effective_from, published_by, source
      from authority_grids where grid_version = ${grid_version}`.execute(db)
  const { rows: rules } = await sql<GridRule>`
    select ${columns} from authority_rules where grid_version = ${grid_version}
     order by what, level, lender, product, agency, from_days, charged_off nulls first, balance_to_units
  `.execute(db)
  return rows[0] && { ...rows[0], rules }
}

/** The version in force on a day. */
export async function gridOn(db: Db, asOf: string): Promise<Grid> {
  const { rows } = await sql<{ grid_version: string }>`
    select grid_version from authority_grids where effective_from <= ${asOf}
     order by effective_from desc limit 1`.execute(db)
  return (await gridOf(db, rows[0]!.grid_version))!
}

/** A grid whose rows stand in one order, as text. */
function canonical({ rules, ...grid }: Grid): string {
  const { grid_version, effective_from, published_by, source } = grid
  const lines = rules.map((rule) =>
    JSON.stringify([...aboutOf(rule), rule.limit_units, rule.concessions_max, rule.term_days_max]),
  )
  return JSON.stringify([grid_version, effective_from, published_by, source, ...lines.toSorted()])
}

/**
 * Publishes a version of the grid from its day on; false when it stands already. What was decided keeps the
 * version that it was decided by, so none is ever changed, and none begins before `today`. Refused:
 * `file_is_wrong`, `is_published_otherwise`.
 */
export async function publishGrid(tx: Db, grid: Grid, today: string): Promise<boolean> {
  // One publisher at a time, so that each sees what the other has published.
  await sql`lock table authority_grids in share row exclusive mode`.execute(tx)
  const { grid_version, effective_from, published_by, source, rules } = grid
  const stands = await gridOf(tx, grid_version)
  if (stands && canonical(stands) === canonical(grid)) return false
  if (stands) {
    throw new Refused(
      'is_published_otherwise',
      `grid_version: ${grid_version} is published and says something else; give this one a name of its own.`,
    )
  }
  const { rows } = await sql<{ grid_version: string }>`
    select grid_version from authority_grids where effective_from = ${effective_from}`.execute(tx)
  if (rows[0]) {
    throw new Refused(
      'is_published_otherwise',
      `effective_from: ${rows[0].grid_version} begins on ${effective_from} already; name another day.`,
    )
  }
  const past =
    effective_from < today ? [`effective_from: ${effective_from} is past; name ${today} or later`] : []
  const wrong = [...past, ...repeated('rules', rules, aboutOf), ...(await strangers(tx, rules))]
  if (wrong.length > 0) refuseFile(wrong)
  await sql`
    insert into authority_grids (grid_version, effective_from, published_by, source)
    values (${grid_version}, ${effective_from}, ${published_by}, ${source})`.execute(tx)
  await sql`
    insert into authority_rules (grid_version, ${columns})
    select ${grid_version}, ${columns}
      from jsonb_to_recordset(${JSON.stringify(rules)}::jsonb) as r
           (level text, what text, lender text, product text, agency text, from_days int, to_days int,
            charged_off boolean, balance_to_units bigint, limit_units int, concessions_max int,
            term_days_max int)`.execute(tx)
  return true
}
