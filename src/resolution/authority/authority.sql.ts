import { sql } from 'kysely'
import type { Standing } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import type { Approval, AuthorityRule, Level } from './authority.ts'

/** The grid in force, its version, and how many concessions the borrower had in the last twelve months. */
export type Authority = { grid_version: string; rules: AuthorityRule[]; concessions: number }

/** What bears on a concession on `loan` on a day. `agency` narrows when a placed agency asks. */
export async function authorityFor(tx: Db, loan: Standing, asOf: string, agency = ''): Promise<Authority> {
  const { rows: grids } = await sql<{ grid_version: string }>`
    select grid_version from authority_grids where effective_from <= ${asOf} order by effective_from desc
           limit 1
  `.execute(tx)
  const { grid_version } = grids[0]!
  const { rows: rules } = await sql<AuthorityRule>`
    select level, what, limit_units, concessions_max, term_days_max
      from authority_rules
     where grid_version = ${grid_version}
       and lender in ('', ${loan.lender}) and product in ('', ${loan.product}) and agency in ('', ${agency})
       and from_days <= ${loan.days_past_due} and (to_days is null or ${loan.days_past_due} <= to_days)
       and (charged_off is null or charged_off = ${loan.status === 'charged_off'})
       and (balance_to_units is null
            or ${loan.outstanding_minor}::numeric / 10 ^ (select exponent from currencies
                                          where currency = ${loan.currency}) <= balance_to_units)
  `.execute(tx)
  const { rows: had } = await sql<{ concessions: number }>`
    select count(*) as concessions
      from (
        select applied_on as on_date from waivers where borrower_id = ${loan.borrower_id}
               and applied_on is not null
        union all
        select accepted_on from settlements where borrower_id = ${loan.borrower_id}
               and accepted_on is not null
      ) given
     where on_date > ${asOf}::date - interval '12 months' and on_date <= ${asOf}
  `.execute(tx)
  return { grid_version, rules, concessions: had[0]!.concessions }
}

/**
 * A person's own limit, which only narrows the grid; undefined when there is none. Whole units of the
 * currency.
 */
export async function ownLimit(
  tx: Db,
  staffId: string,
  what: 'waiver' | 'settlement' | 'plan_months',
  currency: string,
  asOf: string,
): Promise<number | undefined> {
  const { rows } = await sql<{ limit_units: number | null }>`
    select min(limit_units) as limit_units
      from authority_limits
     where staff_id = ${staffId} and what = ${what} and currency in ('', ${currency})
       and from_on <= ${asOf} and ${asOf} < to_on
  `.execute(tx)
  return rows[0]?.limit_units ?? undefined
}

export async function approvalsOf(tx: Db, borrowerId: string, subject: string): Promise<Approval[]> {
  const { rows } = await sql<Approval>`
    select approved_by, level, approved from approvals
     where borrower_id = ${borrowerId} and subject = ${subject}
  `.execute(tx)
  return rows
}

/** Records one person's decision on a request. */
export async function recordApproval(
  tx: Db,
  about: { borrower_id: string; subject: string },
  by: { staff_id: string; level: Level; approved: boolean; reason: string; at: string },
): Promise<void> {
  await sql`
    insert into approvals (borrower_id, subject, approved_by, level, approved_at, approved, reason)
    values (${about.borrower_id}, ${about.subject}, ${by.staff_id}, ${by.level}, ${by.at}, ${by.approved},
            ${by.reason})
  `.execute(tx)
}
