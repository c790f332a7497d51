import { sql } from 'kysely'
import { daysPastDue } from '../../book/positions/days-past-due.sql.ts'
import type { Db } from '../../platform/database.ts'
import type { Page } from '../../platform/http.ts'
import type { Worklist, WorklistItem, WorklistPart } from './worklist.api.ts'

// A case that shows no sign of life for so long goes back to the list.
const TAKEN_MINUTES = 30

const columns = (at: string, on: string) => sql`
  i.borrower_id::text as borrower_id, b.borrower_no, b.name, i.lender, i.loan_no, i.currency,
  to_decimal(i.past_due_minor, c.exponent) as past_due,
  ${daysPastDue(on, 'i.oldest_due_on', 'k')} as days_past_due,
  i.bucket, i.score, i.reasons, i.zones, i.not_before, i.put_off_reason,
  case when i.taken_until > ${at} then i.taken_by end as taken_by,
  case when i.taken_until > ${at} then s.name end as taken_by_name, i.done_with,
  d.at_day + i.call_opens as call_from, d.at_day + i.call_opens + o.open_for as call_until`

/** Items with what is shown of them; `items` is the table, or rows of it that were just changed. */
const from = (at: string, items = sql`worklist_items`) => sql`
  from ${items} i
  join borrowers b using (borrower_id)
  join currencies c on c.currency = i.currency
  left join loans k on k.borrower_id = i.borrower_id and k.loan_no = i.loan_no
  left join staff s on s.id = i.taken_by
 -- the hours of a call may run over midnight in UTC: the stretch that is open now, or the next one to open
 cross join lateral (
   select (i.call_closes - i.call_opens
           + case when i.call_closes <= i.call_opens then interval '1 day' else '0' end) as open_for
 ) o
 cross join lateral (
   select case when i.call_opens <> i.call_closes then date_trunc('day', ${at}::timestamptz, 'UTC') end
          - case when ${at}::timestamptz < date_trunc('day', ${at}::timestamptz, 'UTC') - interval '1 day'
                        + i.call_opens + o.open_for
                 then interval '1 day' else '0' end as at_day
 ) d`

type Moment = { at: string; on: string }

/** Its time has come: not put off, and inside the hours of a call. */
const isTime = (at: string) => sql`
  (i.not_before is null or i.not_before <= ${at})
  and is_call_hour(${at}, i.call_opens, i.call_closes)`

/** Its case is open: money that came since the night may have ended it. */
const isOpen = sql`
  exists (select from cases k where k.borrower_id = i.borrower_id and k.closed_on is null)`

/** Free for somebody: not done, its time has come, with nobody else who is still at it. */
const isFree = (at: string, staff_id: string) => sql`
  i.done_on is null
  and ${isOpen}
  and ${isTime(at)}
  and (i.taken_by is null or i.taken_by = ${staff_id} or i.taken_until <= ${at})`

/**
 * Gives the next case to a collector: the one that they have already, or the first free one. Two who ask at
 * once never get the same: a row that somebody has locked is passed over.
 */
export async function takeNext(db: Db, staff_id: string, { at, on }: Moment): Promise<WorklistItem | null> {
  const { rows } = await sql<WorklistItem>`
    with mine as (
      select i.borrower_id
        from worklist_items i
       where i.taken_by = ${staff_id}
         and i.taken_until > ${at}
         and i.done_on is null
         and ${isOpen}
         and (i.not_before is null or i.not_before <= ${at})
       limit 1
    ), next as (
      select i.borrower_id
        from worklist_items i
       where i.done_on is null
         and ${isOpen}
         and (i.taken_by is null or i.taken_until <= ${at})
         and ${isTime(at)}
         and not exists (select from mine)
       order by i.score desc, i.borrower_id
       limit 1
         for update skip locked
    ), taken as (
      update worklist_items i
         set taken_by = ${staff_id},
             taken_until = ${at}::timestamptz + make_interval(mins => ${TAKEN_MINUTES})
       where borrower_id = (select borrower_id from mine union all select borrower_id from next)
      returning i.*
    )
    select ${columns(at, on)} ${from(at, sql`taken`)}`.execute(db)
  return rows[0] ?? null
}

/** Takes one case by hand, or keeps it longer. False: somebody else is at it. */
export async function takeCase(
  db: Db,
  about: { borrower_id: string; staff_id: string; at: string },
): Promise<boolean> {
  const taken = await sql`
    update worklist_items
       set taken_by = ${about.staff_id},
           taken_until = ${about.at}::timestamptz + make_interval(mins => ${TAKEN_MINUTES})
     where borrower_id = ${about.borrower_id}
       and (taken_by is null or taken_by = ${about.staff_id} or taken_until <= ${about.at})`.execute(db)
  return taken.numAffectedRows === 1n
}

export async function itemOf(db: Db, borrower_id: string, { at, on }: Moment): Promise<WorklistItem | null> {
  const { rows } = await sql<WorklistItem>`
    select ${columns(at, on)} ${from(at)} where i.borrower_id = ${borrower_id}`.execute(db)
  return rows[0] ?? null
}

type Leaving = {
  borrower_id: string
  staff_id: string
  how: 'worked' | 'later' | 'returned'
  reason: string
  not_before: string | null
}

/** A case that its collector leaves, as it stands then. Null: it was not theirs any more. */
export async function leaveCase(db: Db, leaving: Leaving, { at, on }: Moment): Promise<WorklistItem | null> {
  const worked = leaving.how === 'worked'
  const { rows } = await sql<WorklistItem>`
    with changed as (
    update worklist_items
       set taken_by = null, taken_until = null,
           done_on = case when ${worked} then ${on}::date end,
           done_by = case when ${worked} then ${leaving.staff_id} end,
           done_with = case when ${worked} then ${leaving.reason} end,
           not_before = ${leaving.not_before}::timestamptz,
           put_off_reason = case when ${leaving.how === 'later'} then ${leaving.reason} end
     where borrower_id = ${leaving.borrower_id}
       and (taken_by is null or taken_by = ${leaving.staff_id} or taken_until <= ${at})
    returning *
    )
    select ${columns(at, on)} ${from(at, sql`changed`)}`.execute(db)
  return rows[0] ?? null
}

/** How the day of a collector goes: each part of the list as a whole, and what came of it. */
export async function dayOf(db: Db, staff_id: string, { at, on }: Moment): Promise<Worklist['counts']> {
  const { rows } = await sql<Worklist['counts']>`
    select count(*) filter (where ${isFree(at, staff_id)}) as to_do,
           count(*) filter (where i.done_on is null and ${isOpen} and not (${isTime(at)})) as not_yet,
           count(*) filter (where done_on is null and taken_until > ${at}
                              and taken_by <> ${staff_id}) as with_others,
           count(*) filter (where done_by = ${staff_id} and done_on = ${on}) as done_by_me,
           (select count(*) from contact_attempts a
             where a.recorded_by = ${staff_id} and a.at >= ${on}::date) as attempts,
           (select count(*) from contact_attempts a
             where a.recorded_by = ${staff_id} and a.at >= ${on}::date 
               and a.outcome = 'conversation') as conversations,
           (select count(*) from promises p where p.taken_by = ${staff_id} and p.made_on = ${on}) as promises
      from worklist_items i`.execute(db)
  return rows[0]!
}

/** Of an item: until when it is put off, its score, whose it is; each part is ordered by some of them. */
export type ItemKey = readonly [string, number, string]

export const keyOf = (item: WorklistItem): ItemKey => [
  item.not_before ?? 'infinity',
  item.score,
  item.borrower_id,
]

/**
 * A part of a collector's list: what is to do in its order, what is not yet to be done, what was done today;
 * one more than the page has.
 */
export async function listOf(
  db: Db,
  staff_id: string,
  part: WorklistPart,
  { at, on, after, limit }: Moment & Page<ItemKey>,
): Promise<WorklistItem[]> {
  const [until, score, borrower_id] = after ?? [null, null, null]
  const put_off = sql`date_trunc('milliseconds', coalesce(i.not_before, 'infinity'))`
  const parts = {
    to_do: {
      where: isFree(at, staff_id),
      key: sql`i.score <= ${score}::bigint
               and (i.score < ${score} or i.borrower_id > ${borrower_id}::bigint)`,
      order: sql`i.score desc, i.borrower_id`,
    },
    not_yet: {
      where: sql`i.done_on is null and ${isOpen} and not (${isTime(at)})`,
      key: sql`(${put_off}, -i.score, i.borrower_id)
               > (${until}::timestamptz, -${score}::bigint, ${borrower_id}::bigint)`,
      order: sql`${put_off}, i.score desc, i.borrower_id`,
    },
    done: {
      where: sql`i.done_by = ${staff_id} and i.done_on = ${on}`,
      key: sql`i.borrower_id > ${borrower_id}::bigint`,
      order: sql`i.borrower_id`,
    },
  }
  const { where, key, order } = parts[part]
  const { rows } = await sql<WorklistItem>`
    select ${columns(at, on)} ${from(at)}
     where ${where} and ${after ? key : sql`true`}
     order by ${order}
     limit ${limit + 1}`.execute(db)
  return rows
}
