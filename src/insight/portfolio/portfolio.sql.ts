import { sql } from 'kysely'
import { daysPastDue } from '../../book/positions/days-past-due.sql.ts'
import type { Db } from '../../platform/database.ts'
import type { Person } from '../../platform/http.ts'
import type { BookStatus, PortfolioLoan } from './portfolio.api.ts'

export async function bookStatus(db: Db): Promise<BookStatus> {
  const { rows } = await sql<BookStatus>`
    select (select max(as_of) from loads where kind = 'loans' and state = 'applied') as tape_as_of,
           (select max(loaded_at) from loads
             where kind = 'payments' and state = 'applied') as payments_loaded_at,
           (select max(as_of) from nights where finished_at is not null) as night_as_of,
           (select failed_step from nights order by as_of desc limit 1) as night_failed_step,
           (select count(*) from loads where state = 'held' and accepted_by is null) as held_loads`.execute(
    db,
  )
  return rows[0]!
}

/** The lenders in the book, as far as somebody sees something of them. */
export async function lendersSeen(db: Db, scope: Pick<Person, 'sees_all' | 'lenders' | 'portfolios'>) {
  const seen = [...scope.lenders, ...scope.portfolios.map(({ lender }) => lender)]
  const { rows } = await sql<{ lender: string }>`
    select distinct lender from loan_kinds
     where ${scope.sees_all} or lender = any (${seen}::text[]) order by lender`.execute(db)
  return rows.map((row) => row.lender)
}

export type BucketSum = {
  currency: string
  exponent: number
  bucket: string
  rank: number
  from_days: number | null
  to_days: number | null
  loans: number
  borrowers: number
  outstanding_minor: string
  past_due_minor: string
}

/** Where every open loan stands at the close of `as_of`: its position and its bucket of that day. */
const standing = (as_of: string, lender: string | null) => sql`
  select p.borrower_id, p.loan_no, p.lender, p.product, p.currency,
         p.outstanding_minor, p.past_due_minor, p.oldest_due_on, coalesce(d.bucket, 'current') as bucket
    from positions p
    left join delinquencies d
      on d.borrower_id = p.borrower_id
     and d.loan_no = p.loan_no
     and d.valid_from <= ${as_of}
     and (d.valid_to is null or d.valid_to > ${as_of})
   where p.valid_from <= ${as_of}
     and p.valid_to > ${as_of}
     and p.status in ('active', 'charged_off')
     and (${lender}::text is null or p.lender = ${lender})`

/** The buckets of a lender, or of all that the book holds: their order, and between which days they lie. */
const edges = (as_of: string, lender: string | null) => sql`
  select bucket, min(from_days) as rank, min(from_days) as from_days,
         case when bool_and(to_days is not null) then max(to_days) end as to_days
    from bucket_edges
   where effective_from <= ${as_of}
     and effective_to > ${as_of}
     and lender = coalesce(${lender}::text, nullif(lender, ''))
   group by bucket`

/** Loans and money by currency and bucket; minor units as text, for sums may outgrow a number. */
export async function bucketSums(db: Db, as_of: string, lender: string | null): Promise<BucketSum[]> {
  const { rows } = await sql<BucketSum>`
    with sums as (
      select s.currency, s.bucket, count(*) as loans, count(distinct s.borrower_id) as borrowers,
             sum(s.outstanding_minor)::text as outstanding_minor,
             sum(s.past_due_minor)::text as past_due_minor
        from (${standing(as_of, lender)}) s
       group by 1, 2
    )
    select s.*, c.exponent, coalesce(e.rank, case when s.bucket = 'current' then 0 else 9999 end) as rank,
           e.from_days, e.to_days
      from sums s
      join currencies c using (currency)
      left join (${edges(as_of, lender)}) e using (bucket)
     order by s.currency, rank, s.bucket`.execute(db)
  return rows
}

export type TrendPoint = {
  currency: string
  exponent: number
  on: string
  loans: number
  past_due_minor: string
}

/** Past-due money at the close of a number of days up to `as_of`, evenly spread. */
export async function trendPoints(
  db: Db,
  asked: { as_of: string; every_days: number; points: number; lender: string | null },
): Promise<TrendPoint[]> {
  const { rows } = await sql<TrendPoint>`
    select p.currency, c.exponent, day.on, count(*) as loans, sum(p.past_due_minor)::text as past_due_minor
      from (select (${asked.as_of}::date - n * ${asked.every_days}::int) as on
              from generate_series(0, ${asked.points}::int - 1) n) day
      join positions p
        on p.valid_from <= day.on
       and p.valid_to > day.on
       and p.past_due_minor > 0
       and p.status in ('active', 'charged_off')
      join currencies c on c.currency = p.currency
     where (${asked.lender}::text is null or p.lender = ${asked.lender})
     group by 1, 2, 3
     order by 1, 3`.execute(db)
  return rows
}

export type RollSum = {
  from_bucket: string
  to_bucket: string
  loans: number
  outstanding_minor: string
  exponent: number
}

/** How many loans of each bucket at `from` were in which bucket at `to`, and their money at `from`. */
export async function rollSums(
  db: Db,
  asked: { from: string; to: string; currency: string; lender: string | null },
): Promise<RollSum[]> {
  const { rows } = await sql<RollSum>`
    select a.bucket as from_bucket, coalesce(b.bucket, 'closed') as to_bucket, count(*) as loans,
           sum(a.outstanding_minor)::text as outstanding_minor, max(c.exponent) as exponent
      from (${standing(asked.from, asked.lender)}) a
      join currencies c using (currency)
      left join (${standing(asked.to, asked.lender)}) b using (borrower_id, loan_no)
     where a.currency = ${asked.currency}
     group by 1, 2`.execute(db)
  return rows
}

/** Names of the buckets in their order, `current` first. */
export async function bucketNames(db: Db, as_of: string, lender: string | null): Promise<string[]> {
  const { rows } = await sql<{ bucket: string }>`
    select bucket from (${edges(as_of, lender)}) e order by rank, bucket`.execute(db)
  return ['current', ...rows.map((row) => row.bucket)]
}

export type LoanQuery = {
  as_of: string
  currency: string
  bucket: string
  lender: string | null
  after: readonly [number, string] | null
  limit: number
}

/** Loans of one bucket, the largest past-due amount first. */
export async function loansOfBucket(db: Db, asked: LoanQuery) {
  const [minor, loan_no] = asked.after ?? [Number.MAX_SAFE_INTEGER, '']
  const { rows } = await sql<PortfolioLoan & { past_due_minor: number }>`
    select s.borrower_id::text as borrower_id, s.loan_no, s.lender, s.product, l.branch, s.currency, s.bucket,
           ${daysPastDue('s', asked.as_of)} as days_past_due,
           to_decimal(s.outstanding_minor, c.exponent) as outstanding,
           to_decimal(s.past_due_minor, c.exponent) as past_due, s.oldest_due_on, s.past_due_minor
      from (${standing(asked.as_of, asked.lender)}) s
      join loans l using (borrower_id, loan_no)
      join currencies c on c.currency = s.currency
     where s.currency = ${asked.currency}
       and s.bucket = ${asked.bucket}
       and (-s.past_due_minor, s.loan_no) > (-${minor}::bigint, ${loan_no})
     order by s.past_due_minor desc, s.loan_no
     limit ${asked.limit + 1}`.execute(db)
  return rows
}
