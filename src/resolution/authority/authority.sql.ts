import { sql } from 'kysely'
import { decided, type Standing, settingOf } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import {
  type Approval,
  type Ask,
  type AuthorityRule,
  isApproved,
  type LetOffOn,
  type Level,
  levelOf,
  mayApprove,
} from './authority.ts'

/** The grid in force, its version, and how many concessions the borrower had in the last twelve months. */
export type Authority = { grid_version: string; rules: AuthorityRule[]; concessions: number }

/** What bears on a concession on `loan` on a day, asked by somebody of these agencies: their rows narrow. */
export async function authorityFor(
  tx: Db,
  loan: Standing,
  asOf: string,
  agencies: readonly string[],
): Promise<Authority> {
  const { rows: grids } = await sql<{ grid_version: string }>`
    select grid_version from authority_grids where effective_from <= ${asOf} order by effective_from desc
           limit 1
  `.execute(tx)
  const { grid_version } = grids[0]!
  const { rows: rules } = await sql<AuthorityRule>`
    select level, what, limit_units, concessions_max, term_days_max
      from authority_rules
     where grid_version = ${grid_version}
       and lender in ('', ${loan.lender}) and product in ('', ${loan.product})
       and (agency = '' or agency = any (${agencies}::text[]))
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
               and applied_on is not null and undone_on is null
        union all
        select accepted_on from settlements where borrower_id = ${loan.borrower_id}
               and accepted_on is not null
      ) given
     where on_date > ${asOf}::date - interval '12 months' and on_date <= ${asOf}
  `.execute(tx)
  return { grid_version, rules, concessions: had[0]!.concessions }
}

/** What somebody would give away, in months or in minor units. */
export type Given = { what: 'waiver' | 'settlement' | 'plan_months'; size: number }

/**
 * Whether that is beyond the person's own limit in force on `asOf`, which only narrows the grid; without a
 * limit nothing is.
 */
export async function isBeyondOwnLimit(
  tx: Db,
  staffId: string,
  loan: Standing,
  { what, size }: Given,
  asOf: string,
): Promise<boolean> {
  const { rows } = await sql<{ limit_units: number | null }>`
    select min(limit_units) as limit_units
      from authority_limits
     where staff_id = ${staffId} and what = ${what} and currency in ('', ${loan.currency})
       and from_on <= ${asOf} and ${asOf} < to_on
  `.execute(tx)
  const limit = rows[0]?.limit_units ?? null
  return limit !== null && size > limit * (what === 'plan_months' ? 1 : loan.unit_minor)
}

/**
 * What somebody let off on a day, all borrowers together, in the currency of `loan`, and may let off: waivers
 * asked for, and offers on the person's own authority; those that wait for others are let off by them. Holds
 * until the transaction ends whoever asks for the same person: two at once cannot pass the limit together.
 */
export async function letOffOn(
  tx: Db,
  loan: Standing,
  by: { staff_id: string; level: Level | undefined; on: string },
): Promise<LetOffOn> {
  // Two people who give one borrower something stand in a row by its lock; one person at two by this.
  await sql`select pg_advisory_xact_lock(hashtextextended('waiver' || ${by.staff_id}, 0))`.execute(tx)
  const { rows } = await sql<{ today_minor: number }>`
    select coalesce(sum(minor), 0)::bigint as today_minor
      from (
        select amount_minor as minor
          from waivers
         where proposed_by = ${by.staff_id} and proposed_on = ${by.on} and currency = ${loan.currency}
           and rejected_on is null
        union all
        select balance_minor - coalesce(prompt_minor, offer_minor)
          from settlements
         where offered_by = ${by.staff_id} and offered_on = ${by.on} and currency = ${loan.currency}
           and is_within_authority and coalesce(outcome, '') not in ('withdrawn', 'rejected')
      ) given
  `.execute(tx)
  const limits = await settingOf<Record<string, number>>(tx, loan, 'waivers_per_day_units', by.on)
  const limit = by.level === undefined ? 0 : limits?.[by.level]
  const day_limit_minor = limit === undefined ? null : limit * loan.unit_minor
  return { today_minor: rows[0]!.today_minor, day_limit_minor }
}

export async function approvalsOf(tx: Db, borrowerId: string, subject: string): Promise<Approval[]> {
  const { rows } = await sql<Approval>`
    select approved_by, level, approved from approvals
     where borrower_id = ${borrowerId} and subject = ${subject}
  `.execute(tx)
  return rows
}

/** A request by its subject; `asks` tells what it asks of the grid after so many concessions. */
type Asked = {
  subject: string
  proposed_by: string
  level: Level
  asks: (concessions: number) => Ask[]
  given: Given
}

/**
 * Records one more person's word on a request about a locked loan; true when it needs no more. Asked of the
 * approver's authority as it is on `on`. Refused: as `mayApprove` does.
 */
export async function decideRequest(
  tx: Db,
  loan: Standing,
  request: Asked,
  word: {
    person: { staff_id: string; roles: readonly string[]; agencies: readonly string[] }
    approved: boolean
    reason: string
    on: string
    at: string
  },
): Promise<boolean> {
  const { person, approved, reason, on, at } = word
  const { subject, proposed_by, level: needed } = request
  const { rules, concessions } = await authorityFor(tx, loan, on, person.agencies)
  const approvals = await approvalsOf(tx, loan.borrower_id, subject)
  const is_beyond_limit = await isBeyondOwnLimit(tx, person.staff_id, loan, request.given, on)
  const about = { proposed_by, level: needed, approvals, rules, asks: request.asks(concessions) }
  const by = { staff_id: person.staff_id, level: levelOf(person.roles), is_beyond_limit }
  const level = decided(mayApprove(about, by, approved))
  await sql`
    insert into approvals (borrower_id, subject, approved_by, level, approved_at, approved, reason)
    values (${loan.borrower_id}, ${subject}, ${person.staff_id}, ${level}, ${at}, ${approved}, ${reason})
  `.execute(tx)
  return isApproved(needed, [...approvals, { approved_by: person.staff_id, level, approved }])
}
