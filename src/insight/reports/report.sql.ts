import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'

/**
 * Reports read much and join it by loan. The planner takes two keys that always go together for independent
 * and would loop; hashing is right for every join here.
 */
export const reading = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> =>
  db.transaction().execute(async (tx) => {
    await sql`set local enable_nestloop = off`.execute(tx)
    await sql`set local work_mem = '128MB'`.execute(tx)
    return work(tx)
  })

/** Loans past due at the close of a day, each in its bucket of that day. */
const lateOn = (on: string) => sql`
  select s.*, days_past_due(s.oldest_due_on, s.day_origin, s.paused, ${on}) as days_past_due
    from bucket_segments s
   where s.valid_from <= ${on}::date and s.valid_to > ${on}::date
     and s.starts_on <= ${on}::date and s.ends_on > ${on}::date`

/** Positions of open loans at the close of a day. */
const openOn = (on: string) => sql`
  select * from positions p
   where p.valid_from <= ${on}::date and p.valid_to > ${on}::date and p.status in ('active', 'charged_off')`

export type BucketRow = {
  bucket: string
  currency: string
  loans: number
  outstanding: string
  past_due: string
}

/** Buckets on a day, of every lender and product of the book; before there is one, everybody's. */
const edgesOn = (on: string) => sql`
  select bucket, from_days, rank from bucket_edges
   where effective_from <= ${on}::date and effective_to > ${on}::date
     and (lender <> '' or not exists (select from loan_kinds))`

/** Names of the buckets in their order on a day, `current` first. */
export async function bucketsOn(db: Db, on: string): Promise<string[]> {
  const { rows } = await sql<{ bucket: string }>`
    select bucket from (${edgesOn(on)}) e
     group by bucket order by min(from_days), min(rank), bucket`.execute(db)
  return ['current', ...rows.map((row) => row.bucket)]
}

/** One row per bucket and currency of open loans, empty buckets too; amounts as decimal text. */
export async function bucketReport(db: Db, on: string): Promise<BucketRow[]> {
  const { rows } = await sql<BucketRow>`
    with late as (
      select currency, bucket, count(*) as loans, sum(outstanding_minor) as outstanding,
             sum(past_due_minor) as past_due
        from (${lateOn(on)}) s group by 1, 2
    ), everything as (
      select currency, count(*) as loans, sum(outstanding_minor) as outstanding,
             sum(past_due_minor) as past_due
        from (${openOn(on)}) p group by 1
    ), current as (
      select e.currency, 'current' as bucket, e.loans - coalesce(sum(l.loans), 0) as loans,
             e.outstanding - coalesce(sum(l.outstanding), 0) as outstanding,
             e.past_due - coalesce(sum(l.past_due), 0) as past_due
        from everything e left join late l using (currency)
       group by e.currency, e.loans, e.outstanding, e.past_due
    ), nothing as (
      select distinct e.currency, n.bucket, 0, 0, 0 from everything e cross join (${edgesOn(on)}) n
    )
    select r.bucket, r.currency, sum(r.loans)::bigint as loans,
           to_decimal(sum(r.outstanding), c.exponent) as outstanding,
           to_decimal(sum(r.past_due), c.exponent) as past_due
      from (select * from current
            union all select currency, bucket, loans, outstanding, past_due from late
            union all select * from nothing) r
      join currencies c using (currency)
     group by r.bucket, r.currency, c.exponent
     order by r.currency, r.bucket`.execute(db)
  return rows
}

export type PastDueRow = {
  loan_no: string
  lender: string
  currency: string
  days_past_due: number
  bucket: string
  past_due: string
  outstanding: string
}

/** Loans with one day past due or more, by number. */
export async function pastDueReport(db: Db, on: string): Promise<PastDueRow[]> {
  const { rows } = await sql<PastDueRow>`
    select s.loan_no, s.lender, s.currency, s.days_past_due, s.bucket,
           to_decimal(s.past_due_minor, c.exponent) as past_due,
           to_decimal(s.outstanding_minor, c.exponent) as outstanding
      from (${lateOn(on)}) s
      join currencies c using (currency)
     where s.days_past_due >= 1
     order by s.loan_no collate "C", s.lender collate "C"`.execute(db)
  return rows
}

export type RollCell = {
  from_bucket: string
  to_bucket: string
  currency: string
  loans: number
  outstanding: string
}

/** Where every open loan stands on a day, as a temporary table of the transaction. */
async function standing(tx: Db, name: string, on: string) {
  await sql`
    create temp table ${sql.table(name)} on commit drop as
    select p.borrower_id, p.loan_no, p.currency, p.outstanding_minor, coalesce(s.bucket, 'current') as bucket
      from (${openOn(on)}) p
      left join (${lateOn(on)}) s using (borrower_id, loan_no)`.execute(tx)
  await sql`analyze ${sql.table(name)}`.execute(tx)
}

/** Loans by their bucket at `from` and at `to` (`closed` when no longer open), and their money at `from`. */
export async function rollReport(tx: Db, from: string, to: string): Promise<RollCell[]> {
  await standing(tx, 'standing_from', from)
  await standing(tx, 'standing_to', to)
  const { rows } = await sql<RollCell>`
    select a.bucket as from_bucket, coalesce(b.bucket, 'closed') as to_bucket, a.currency, count(*) as loans,
           to_decimal(sum(a.outstanding_minor), c.exponent) as outstanding
      from standing_from a
      join currencies c using (currency)
      left join standing_to b using (borrower_id, loan_no)
     group by a.bucket, b.bucket, a.currency, c.exponent`.execute(tx)
  return rows
}

export type RecoveryRow = {
  currency: string
  loans_at_start: number
  loans_with_money: number
  past_due_at_start: string
  recovered: string
  recovery_rate: number | null
}

/**
 * Payments less reversals after `from` up to `to` on the loans past due at the close of `from`, over their
 * past due.
 */
export async function recoveryReport(db: Db, from: string, to: string): Promise<RecoveryRow[]> {
  const { rows } = await sql<RecoveryRow>`
    with cohort as (
      select borrower_id, loan_no, currency, past_due_minor from (${lateOn(from)}) s where days_past_due >= 1
    ), money as (
      select c.borrower_id, c.loan_no,
             sum(case p.kind when 'reversal' then -p.amount_minor else p.amount_minor end) as minor
        from cohort c
        join payments p using (borrower_id, loan_no)
       where p.paid_on > ${from}::date and p.paid_on <= ${to}::date
       group by 1, 2
    )
    select c.currency, count(*) as loans_at_start,
           count(m.minor) filter (where m.minor > 0) as loans_with_money,
           to_decimal(sum(c.past_due_minor), k.exponent) as past_due_at_start,
           to_decimal(coalesce(sum(m.minor), 0), k.exponent) as recovered,
           round(coalesce(sum(m.minor), 0) / nullif(sum(c.past_due_minor), 0), 6)::float8 as recovery_rate
      from cohort c
      join currencies k using (currency)
      left join money m using (borrower_id, loan_no)
     group by c.currency, k.exponent order by 1`.execute(db)
  return rows
}

export type CollectionDays = { episodes: number; median: number | null }

/**
 * Days from the first day past due to the day on which the loan was current again, or closed, with money
 * received; of the episodes that ended after `from` up to `to`.
 */
export async function collectionDays(db: Db, from: string, to: string): Promise<CollectionDays> {
  const { rows } = await sql<CollectionDays>`
    with ended as (
      select borrower_id, loan_no, valid_to
        from delinquencies
       where valid_to > ${from}::date and valid_to <= ${to}::date and ended_as in ('cure', 'closed')
    ), began as (
      select e.borrower_id, e.loan_no, e.valid_to as ended_on, max(d.valid_from) as began_on
        from ended e
        join delinquencies d using (borrower_id, loan_no)
       where d.valid_from < e.valid_to and d.began_as = 'new'
       group by 1, 2, 3
    ), episodes as (
      select b.ended_on - least(p.oldest_due_on + 1 - o.day_origin, b.began_on) as days
        from began b
        join positions p
          on (p.borrower_id, p.loan_no) = (b.borrower_id, b.loan_no)
         and p.valid_from <= b.began_on and p.valid_to > b.began_on
        join bucket_edges o
          on (o.lender, o.product, o.rank) = (p.lender, p.product, 1)
         and o.effective_from <= b.began_on and o.effective_to > b.began_on
       where exists (
         select from payments m
          where (m.borrower_id, m.loan_no) = (b.borrower_id, b.loan_no)
            and m.paid_on between b.began_on and b.ended_on
            and m.kind = 'payment')
    )
    select count(*) as episodes, percentile_cont(0.5) within group (order by days) as median
    from episodes`.execute(db)
  return rows[0]!
}
