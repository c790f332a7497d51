import { sql } from 'kysely'
import { disputedMinor } from '../../book/allocation/book-allocation.sql.ts'
import { addDays } from '../../book/interest/calendar-day.ts'
import { dayCountOf } from '../../book/interest/day-count.ts'
import { decimal } from '../../book/interest/fraction.ts'
import { type Standing, settingOf } from '../../book/positions/standing.sql.ts'
import { rateCapsOf } from '../../book/quotes/quote.sql.ts'
import { downPayment } from '../../book/schedules/schedule.ts'
import type { Db } from '../../platform/database.ts'
import { forLoan } from '../../platform/night-parts.ts'
import { stepSql } from '../../platform/nightly.ts'
import { Refused } from '../../platform/refusal.ts'
import { affordabilityOf } from '../affordability/affordability.sql.ts'
import { hasDisputedInstalment } from '../disputes/dispute.sql.ts'
import type { Calendar } from './calendar.ts'
import type { NewPlan, Plan } from './plan.api.ts'
import { type Affordability, type PlanFacts, planEvery } from './plan.ts'
import type { PlanInstalment, PlanShape, PlanTerms } from './plan-schedule.ts'

/** The terms that a request, the lender's settings and the day make. Refused: `day_count_is_unknown`. */
export async function termsFor(tx: Db, loan: Standing, asked: NewPlan, asOf: string): Promise<PlanTerms> {
  const calendar = (await settingOf<Calendar>(tx, loan, 'calendar', asOf))!
  const counted = (await settingOf<string>(tx, loan, 'day_count', asOf)) ?? 'actual/365'
  const day_count = dayCountOf(counted)
  if (!day_count) throw new Refused('day_count_is_unknown', `No day count is called ${counted}.`)
  const shapes: Record<NewPlan['shape'], PlanShape> = {
    equal: { shape: 'equal' },
    step_up: { shape: 'step_up', each: asked.step_each ?? 0, step_bps: asked.step_bps ?? 0 },
    interest_only_start: { shape: 'interest_only_start', interest_only: asked.interest_only ?? 0 },
    balloon: { shape: 'balloon', balloon_minor: BigInt(asked.balloon_minor ?? 0) },
  }
  return {
    ...shapes[asked.shape],
    principal_minor: BigInt(asked.principal_minor),
    annual_rate: decimal(asked.annual_rate),
    day_count,
    proposed_on: asOf,
    first_due_on: asked.first_due_on,
    every: planEvery[asked.every],
    instalments: asked.instalments,
    first_payment_minor:
      asked.first_payment_percent === undefined
        ? BigInt(asked.first_payment_minor)
        : downPayment(BigInt(asked.principal_minor), decimal(asked.first_payment_percent)),
    calendar: loan.packs.includes('cn') ? { ...calendar, china: true } : calendar,
    cure_days: (await settingOf<number>(tx, loan, 'plan_cure_days', asOf)) ?? 0,
  }
}

/** What the borrower's other open plans take of a month, at their heaviest. */
async function takenByOthers(tx: Db, loan: Standing): Promise<bigint> {
  const { rows } = await sql<{ minor: number }>`
    select coalesce(sum(heaviest), 0)::bigint as minor
      from (
        select max((terms ->> 'heaviest_month_minor')::bigint) as heaviest
          from plans
         where borrower_id = ${loan.borrower_id} and loan_no <> ${loan.loan_no} and outcome is null
           and currency = ${loan.currency}
         group by loan_no) plan
  `.execute(tx)
  return BigInt(rows[0]!.minor)
}

async function affordabilityFacts(tx: Db, loan: Standing, asOf: string): Promise<Affordability | null> {
  const statement = await affordabilityOf(tx, loan.borrower_id, asOf)
  if (!statement) return null
  const days = (await settingOf<number>(tx, loan, 'affordability_days', asOf)) ?? 0
  const share = (await settingOf<number>(tx, loan, 'affordability_share_bps', asOf)) ?? 0
  const left = BigInt(statement.income_minor) - BigInt(statement.expenditure_minor)
  return {
    stated_on: statement.stated_on,
    holds_until: addDays(statement.stated_on, days),
    currency: statement.currency,
    free_minor: left > 0n ? (left * BigInt(share)) / 10_000n : 0n,
    taken_minor: await takenByOthers(tx, loan),
  }
}

/** What `proposePlan` decides from. */
export async function planFacts(tx: Db, loan: Standing, asOf: string): Promise<PlanFacts> {
  const { rows } = await sql<{ plan_no: number }>`
    select plan_no from plans
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and outcome is null
     order by agreed_on is null desc
  `.execute(tx)
  const house = (await settingOf<number>(tx, loan, 'plan_months_max', asOf)) ?? 0
  const byLaw = loan.packs.includes('cn') && loan.is_card
  const law = byLaw ? await settingOf<number>(tx, loan, 'plan_months_max_card_cn', asOf) : undefined
  return {
    as_of: asOf,
    status: loan.status,
    is_disputed: loan.is_disputed || (await hasDisputedInstalment(tx, loan)),
    currency: loan.currency,
    outstanding_minor: loan.outstanding_minor - (await disputedMinor(tx, loan, asOf)),
    caps: await rateCapsOf(tx, loan, asOf),
    months_max: Math.min(house, law ?? house),
    open_plan_no: rows[0]?.plan_no ?? null,
    affordability: await affordabilityFacts(tx, loan, asOf),
  }
}

const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)

/**
 * Records a proposed plan with its schedule. What it renegotiates ends when the new one is agreed; a mere
 * proposal that it replaces ends at once. Answers its number.
 */
export async function insertPlan(
  tx: Db,
  loan: Standing,
  terms: PlanTerms,
  rows: readonly PlanInstalment[],
  about: {
    proposed_by: string
    level_needed: string
    is_within_authority: boolean
    grid_version: string
    heaviest_month_minor: bigint
    renegotiates: number | null
    reason: string | null
  },
): Promise<number> {
  if (about.renegotiates !== null) {
    await sql`
      update plans set outcome = 'renegotiated', ended_on = ${terms.proposed_on}
       where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
          and plan_no = ${about.renegotiates} and agreed_on is null
    `.execute(tx)
  }
  const { grid_version, heaviest_month_minor } = about
  const kept = JSON.stringify({ ...terms, grid_version, heaviest_month_minor }, asText)
  const { rows: made } = await sql<{ plan_no: number }>`
    insert into plans
      (borrower_id, loan_no, plan_no, currency, shape, terms, principal_minor, total_minor, cure_days,
       level_needed,
       is_within_authority, proposed_on, proposed_by, replaces_plan_no, reason)
    select ${loan.borrower_id}, ${loan.loan_no}, coalesce(max(plan_no), 0) + 1, ${loan.currency},
           ${terms.shape},
           ${kept}, ${terms.principal_minor}, ${rows.at(-1)!.due_so_far_minor}, ${terms.cure_days},
           ${about.level_needed}, ${about.is_within_authority}, ${terms.proposed_on}, ${about.proposed_by},
           ${about.renegotiates}, ${about.reason}
      from plans
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
    returning plan_no
  `.execute(tx)
  const { plan_no } = made[0]!
  await sql`
    insert into plan_instalments
      (borrower_id, loan_no, plan_no, no, due_on, moved_from, principal_minor, interest_minor,
       due_so_far_minor,
       cure_until)
    select ${loan.borrower_id}, ${loan.loan_no}, ${plan_no}, no, due_on, moved_from, principal_minor,
           interest_minor,
           due_so_far_minor, cure_until
      from jsonb_to_recordset(${JSON.stringify(rows, asText)})
        as row (no int, due_on date, moved_from date, principal_minor bigint, interest_minor bigint,
                due_so_far_minor bigint, cure_until date)
  `.execute(tx)
  return plan_no
}

/** A borrower's plans with their instalments, the newest first. */
export async function plansOf(db: Db, borrowerId: string): Promise<Plan[]> {
  const { rows } = await sql<Plan>`
    select p.loan_no, p.plan_no, p.currency, p.shape, p.principal_minor, p.total_minor, p.paid_minor,
           p.level_needed,
           p.is_within_authority,
           p.proposed_on, p.proposed_by, p.agreed_on, p.owed_minor, p.how_agreed, p.outcome, p.ended_on,
           p.replaces_plan_no,
           (select jsonb_agg(to_jsonb(i) - 'borrower_id' - 'loan_no' - 'plan_no' order by i.no)
              from plan_instalments i
             where (i.borrower_id, i.loan_no, i.plan_no)
                = (p.borrower_id, p.loan_no, p.plan_no)) as instalments
      from plans p
     where p.borrower_id = ${borrowerId}
     order by p.proposed_on desc, p.loan_no, p.plan_no desc
  `.execute(db)
  return rows
}

/** One plan. Refused: `no_such_plan`. */
export async function planOf(
  tx: Db,
  about: { borrower_id: string; loan_no: string; plan_no: number },
): Promise<Plan> {
  const found = (await plansOf(tx, about.borrower_id)).find(
    (one) => one.loan_no === about.loan_no && one.plan_no === about.plan_no,
  )
  if (found) return found
  throw new Refused('no_such_plan', 'There is no plan of that number.')
}

/**
 * Sets a proposed plan in force from `on`, the day on which its first payment is due, and ends the one that
 * performed until then; false when there is no such proposal.
 */
export async function agreePlan(
  tx: Db,
  about: { borrower_id: string; loan_no: string; plan_no: number },
  by: { on: string; staff_id: string; how_agreed: string; owed_minor: number },
): Promise<boolean> {
  await sql`
    update plans set outcome = 'renegotiated', ended_on = ${by.on}
     where borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no} and plan_no < ${about.plan_no}
       and agreed_on is not null and outcome is null
       and exists (
         select from plans n
          where n.borrower_id = plans.borrower_id and n.loan_no = plans.loan_no
            and n.plan_no = ${about.plan_no} and n.agreed_on is null and n.outcome is null)
  `.execute(tx)
  const { numAffectedRows } = await sql`
    update plans set agreed_on = ${by.on}, agreed_by = ${by.staff_id}, how_agreed = ${by.how_agreed},
                     owed_minor = ${by.owed_minor}
     where borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no} and plan_no = ${about.plan_no}
       and agreed_on is null and outcome is null
  `.execute(tx)
  if (!numAffectedRows) return false
  await sql`
    update plan_instalments i set due_on = ${by.on}, cure_until = ${by.on}::date + p.cure_days
      from plans p
     where p.borrower_id = i.borrower_id and p.loan_no = i.loan_no and p.plan_no = i.plan_no
       and i.borrower_id = ${about.borrower_id} and i.loan_no = ${about.loan_no}
       and i.plan_no = ${about.plan_no} and i.no = 0
  `.execute(tx)
  return true
}

/** Ends an open plan that nobody goes on with; false when there is none. */
export async function cancelPlan(
  tx: Db,
  about: { borrower_id: string; loan_no: string; plan_no: number },
  on: string,
  reason: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update plans set outcome = 'cancelled', ended_on = ${on}, reason = ${reason}
     where borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no} and plan_no = ${about.plan_no}
       and outcome is null
  `.execute(tx)
  return numAffectedRows === 1n
}

/** Runs the night's own judgement for one loan: after a payment or a reversal. */
export async function judgePlansOf(
  tx: Db,
  loan: { borrower_id: string; loan_no: string },
  asOf: string,
): Promise<void> {
  const text = await stepSql('resolution/plans/close-missed-plans', asOf)
  for (const statement of forLoan(text, loan)) await statement.execute(tx)
}
