import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { type Standing, standingOf } from '../positions/standing.sql.ts'
import { followMoney } from './follow-money.sql.ts'
import type { NewPause, Pause, PauseChange, Resumption } from './pause.api.ts'

const columns = sql`
  loan_no, pause_no, from_on, to_on, reason, granted_on, granted_by, resumed_on, resumed_why, resumed_by,
  resumption_recorded_on`

/** The pauses of a loan, the newest first. */
export async function pausesOf(db: Db, borrowerId: string, loanNo: string): Promise<Pause[]> {
  const { rows } = await sql<Pause>`
    select ${columns} from pauses
     where borrower_id = ${borrowerId} and loan_no = ${loanNo}
     order by pause_no desc
  `.execute(db)
  return rows
}

type By = { on: string; staff_id: string }

/** Records a pause. Refused: `pause_ends_before_it_begins`. */
async function insertPause(tx: Db, loan: Standing, asked: NewPause, by: By): Promise<Pause> {
  if (asked.to_on !== null && asked.to_on <= asked.from_on) {
    throw new Refused('pause_ends_before_it_begins', 'The last day of a pause comes after its first.')
  }
  const { rows } = await sql<Pause>`
    insert into pauses (borrower_id, loan_no, pause_no, from_on, to_on, reason, granted_on, granted_by)
    select ${loan.borrower_id}, ${loan.loan_no}, coalesce(max(pause_no), 0) + 1, ${asked.from_on},
           ${asked.to_on}, ${asked.reason}, ${by.on}, ${by.staff_id}
      from pauses
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
    returning ${columns}
  `.execute(tx)
  return rows[0]!
}

/** Ends a pause early. Refused: `no_such_running_pause`, `day_is_outside_the_pause`. */
async function insertResumption(
  tx: Db,
  about: { loan: Standing; pause_no: number },
  given: Resumption,
  by: By,
): Promise<Pause> {
  const { loan, pause_no } = about
  const { rows: running } = await sql<Pick<Pause, 'from_on' | 'to_on'>>`
    select from_on, to_on from pauses
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and pause_no = ${pause_no}
       and resumed_on is null
  `.execute(tx)
  const pause = running[0]
  if (!pause) throw new Refused('no_such_running_pause', 'There is no such pause that was not resumed.')
  if (given.resumed_on < pause.from_on || (pause.to_on !== null && given.resumed_on >= pause.to_on)) {
    throw new Refused(
      'day_is_outside_the_pause',
      `The pause runs from ${pause.from_on} ${pause.to_on === null ? 'on' : `to ${pause.to_on}`}.`,
    )
  }
  const { rows } = await sql<Pause>`
    update pauses
       set resumed_on = ${given.resumed_on}, resumed_why = ${given.reason}, resumed_by = ${by.staff_id},
           resumption_recorded_on = ${by.on}
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and pause_no = ${pause_no}
    returning ${columns}
  `.execute(tx)
  return rows[0]!
}

/** Notes that the loan's history is to be derived anew from the day after `on`, where a night has seen it. */
async function noteDaysAfter(tx: Db, loan: Standing, on: string): Promise<void> {
  await sql`
    insert into delinquency_corrections (borrower_id, loan_no, from_on)
    select ${loan.borrower_id}, ${loan.loan_no}, ${on}::date + 1
     where ${on} < (select max(as_of) from nights where finished_at is not null)
    on conflict (borrower_id, loan_no) do update
       set from_on = least(delinquency_corrections.from_on, excluded.from_on), taken = false
  `.execute(tx)
}

/** The stretches of a loan in its buckets, the newest first, and where it stands. */
async function countOf(tx: Db, loan: Standing, asOf: string) {
  const { rows } = await sql<{ bucket: string; valid_to: string | null }>`
    select bucket, valid_from, valid_to, began_as, ended_as from delinquencies
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
     order by valid_from desc
  `.execute(tx)
  const { days_past_due } = (await standingOf(tx, loan.borrower_id, loan.loan_no, asOf))!
  const bucket = rows.find(({ valid_to }) => valid_to === null)?.bucket ?? 'current'
  return { stretches: rows.map((row) => JSON.stringify(row)), count: { days_past_due, bucket } }
}

/**
 * Runs a change of a loan's pauses, derives what nights have counted of the days after `change`'s day anew by
 * the night's own SQL, and says what came out otherwise. The caller holds the borrower's lock.
 */
async function counting(
  tx: Db,
  loan: Standing,
  asOf: string,
  change: () => Promise<{ pause: Pause; after_on: string }>,
): Promise<PauseChange> {
  const before = await countOf(tx, loan, asOf)
  const { pause, after_on } = await change()
  await noteDaysAfter(tx, loan, after_on)
  const isFollowed = await followMoney(tx, loan.borrower_id, asOf)
  const after = await countOf(tx, loan, asOf)
  const only = (some: string[], others: string[]) => some.filter((each) => !others.includes(each)).length
  return {
    pause,
    before: before.count,
    after: after.count,
    history: isFollowed
      ? {
          removed: only(before.stretches, after.stretches),
          written: only(after.stretches, before.stretches),
        }
      : null,
  }
}

/** Grants a pause of the count. Refused: `pause_ends_before_it_begins`. */
export const grantPause = (tx: Db, loan: Standing, asked: NewPause, by: By): Promise<PauseChange> =>
  counting(tx, loan, by.on, async () => ({
    pause: await insertPause(tx, loan, asked, by),
    after_on: asked.from_on,
  }))

/** Resumes the count before the pause ends. Refused: `no_such_running_pause`, `day_is_outside_the_pause`. */
export const resumeCount = (
  tx: Db,
  about: { loan: Standing; pause_no: number },
  given: Resumption,
  by: By,
): Promise<PauseChange> =>
  counting(tx, about.loan, by.on, async () => ({
    pause: await insertResumption(tx, about, given, by),
    after_on: given.resumed_on,
  }))
