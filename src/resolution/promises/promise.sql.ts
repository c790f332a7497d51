import { sql } from 'kysely'
import { addDays } from '../../book/interest/calendar-day.ts'
import { type Standing, settingOf } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import { forLoan } from '../../platform/night-parts.ts'
import { stepSql } from '../../platform/nightly.ts'
import type { NewPromise, PromiseToPay } from './promise.api.ts'
import {
  type BySegment,
  forSegment,
  type PromiseFacts,
  type PromiseTerms,
  type TakenPromise,
} from './promise.ts'

const columns = sql`
  loan_no, promise_no, instalment_no, made_on, due_on, counts_until, currency, promised_minor, enough_minor,
  channel,
  taken_by, outcome, judged_on, paid_minor, reason`

async function termsFor(tx: Db, loan: Standing, asOf: string): Promise<PromiseTerms> {
  const number = async (name: string) =>
    forSegment((await settingOf<BySegment>(tx, loan, name, asOf)) ?? 0, loan.days_past_due)
  return {
    tolerance_bps: await number('promise_tolerance_bps'),
    grace_days: await number('promise_grace_days'),
    window_days: await number('promise_window_days'),
    per_loan_max: await number('promises_per_loan_max'),
  }
}

/** What `takePromise` decides from. */
export async function promiseFacts(tx: Db, loan: Standing, asOf: string): Promise<PromiseFacts> {
  const { rows: open } = await sql<PromiseFacts['open'][number]>`
    select promise_no, instalment_no, made_on, due_on
      from promises
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and outcome is null
  `.execute(tx)
  const { rows: instalments } = await sql<{ instalment_no: number }>`
    select instalment_no from instalments
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
  `.execute(tx)
  const { status, currency, outstanding_minor } = loan
  const instalment_nos = instalments.map(({ instalment_no }) => instalment_no)
  const terms = await termsFor(tx, loan, asOf)
  return { as_of: asOf, status, currency, outstanding_minor, terms, open, instalment_nos }
}

/** Records a promise that was taken; what it replaces ends the day before. Answers the promise. */
export async function insertPromise(
  tx: Db,
  loan: Standing,
  asked: NewPromise,
  taken: TakenPromise,
  by: { staff: string; at: string },
): Promise<PromiseToPay> {
  for (const { promise_no, is_due } of taken.replaces) {
    await sql`
      update promises
         set counts_until = ${addDays(taken.made_on, -1)},
             replaced_on = ${taken.made_on},
             outcome = case when ${is_due} then outcome else 'cancelled' end,
             judged_on = case when ${is_due} then judged_on else ${taken.made_on} end,
             reason = 'replaced'
       where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and promise_no = ${promise_no}
    `.execute(tx)
  }
  if (taken.replaces.some((old) => old.is_due)) await judgeLoan(tx, loan, taken.made_on)
  if (taken.one_of_several) {
    await sql`
      update promises set one_of_several = true
       where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and made_on = ${taken.made_on}
    `.execute(tx)
  }
  const { rows } = await sql<PromiseToPay>`
    insert into promises
      (borrower_id, loan_no, promise_no, instalment_no, made_on, due_on, counts_until, currency,
       promised_minor,
       enough_minor, one_of_several, channel, taken_by, taken_at, reason)
    select ${loan.borrower_id}, ${loan.loan_no}, coalesce(max(promise_no), 0) + 1,
           ${asked.instalment_no ?? null},
           ${taken.made_on}, ${taken.due_on}, ${taken.counts_until}, ${loan.currency},
           ${taken.promised_minor},
           ${taken.enough_minor}, ${taken.one_of_several}, ${asked.channel}, ${by.staff}, ${by.at},
           ${asked.note ?? null}
      from promises
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
    returning ${columns}
  `.execute(tx)
  return rows[0]!
}

/** Cancels an open promise; false when there is none of that number. */
export async function cancelPromise(
  tx: Db,
  about: { borrower_id: string; loan_no: string; promise_no: number },
  asOf: string,
  reason: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update promises
       set outcome = 'cancelled', judged_on = ${asOf}, reason = ${reason}
     where borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no}
        and promise_no = ${about.promise_no}
       and outcome is null
  `.execute(tx)
  return numAffectedRows === 1n
}

/** A borrower's promises, the newest first. */
export async function promisesOf(db: Db, borrowerId: string): Promise<PromiseToPay[]> {
  const { rows } = await sql<PromiseToPay>`
    select ${columns} from promises where borrower_id = ${borrowerId} order by made_on desc, due_on, loan_no,
           promise_no
  `.execute(db)
  return rows
}

/** Runs the night's own judgement for one loan: after a reversal, or when a newer word ends an older one. */
export async function judgeLoan(
  tx: Db,
  loan: { borrower_id: string; loan_no: string },
  asOf: string,
): Promise<void> {
  const text = await stepSql('resolution/promises/close-due-promises', asOf)
  for (const statement of forLoan(text, loan)) await statement.execute(tx)
}
