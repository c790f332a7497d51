import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { daysPastDue } from './days-past-due.sql.ts'
import type { PastDuePosition } from './past-due.api.ts'
import { type DayRange, type Pause, pastDue } from './past-due.ts'

type Edge = { bucket: string; from_days: number; to_days: number | null }
type Book = {
  lender: string
  product: string
  currency: string
  past_due_minor: number
  oldest_due_on: string | null
  days_past_due: number
}

type About = { borrower_id: string; loan_no: string }

/** What holds of a loan on a day, by the tape and money since; undefined for a loan the book did not hold. */
async function bookOn(db: Db, { borrower_id, loan_no }: About, asOf: string): Promise<Book | undefined> {
  const { rows } = await sql<Book>`
    select p.lender, p.product, p.currency, p.past_due_minor, p.oldest_due_on,
           ${daysPastDue('p', asOf)} as days_past_due
      from positions p
     where p.borrower_id = ${borrower_id} and p.loan_no = ${loan_no}
       and p.valid_from <= ${asOf} and ${asOf} < p.valid_to
  `.execute(db)
  return rows[0]
}

/** The edges by which a loan's days are banded on a day, with its day origin and grace. */
async function ruleOn(db: Db, { lender, product }: Book, asOf: string) {
  const { rows } = await sql<Edge & { day_origin: 0 | 1; grace_days: number }>`
    select bucket, from_days, to_days, day_origin, grace_days
      from bucket_edges
     where lender = ${lender} and product = ${product}
       and effective_from <= ${asOf} and ${asOf} < effective_to
     order by rank
  `.execute(db)
  const { day_origin, grace_days } = rows[0] ?? { day_origin: 0, grace_days: 0 }
  const edges = rows.map((edge) => ({ ...edge, range: [edge.from_days, edge.to_days] as DayRange }))
  const bucketOf = (days: number) =>
    edges.find((edge) => days >= edge.from_days && days <= (edge.to_days ?? days))?.bucket ?? 'current'
  return { rule: { day_origin, grace_days, ranges: edges.map(({ range }) => range) }, bucketOf }
}

/** The lender's instalments of a loan, each as one sum. */
async function owedOf(db: Db, { borrower_id, loan_no }: About) {
  const { rows } = await sql<{ instalment_no: number; due_on: string; minor: number }>`
    select instalment_no, due_on, principal_minor + interest_minor + fees_minor as minor
      from instalments
     where borrower_id = ${borrower_id} and loan_no = ${loan_no}
     order by due_on, instalment_no
  `.execute(db)
  return rows.map(({ minor, ...row }) => ({ ...row, amount_minor: BigInt(minor) }))
}

/** Everything that moved what is owed of a loan up to a day, by what it was. */
async function movedBy(db: Db, { borrower_id, loan_no }: About, asOf: string) {
  const { rows } = await sql<{ kind: string; change_minor: number }>`
    select kind, sum(change_minor)::bigint as change_minor
      from money_moved
     where borrower_id = ${borrower_id} and loan_no = ${loan_no} and on_date <= ${asOf}
     group by kind
     order by kind
  `.execute(db)
  return rows
}

/** The pauses of a loan; one that is open runs on beyond `asOf`. */
async function pausesBy(db: Db, { borrower_id, loan_no }: About, asOf: string): Promise<Pause[]> {
  const { rows } = await sql<Pause>`
    select from_on, coalesce(resumed_on, to_on, ${asOf}) as to_on
      from pauses where borrower_id = ${borrower_id} and loan_no = ${loan_no}
  `.execute(db)
  return rows
}

/**
 * What is past due of a loan at the close of `asOf`: by the tape and money since, and beside it by the
 * lender's instalments, all money and the pauses, by the function that answers money cases. Undefined for a
 * loan the book did not hold.
 */
export async function pastDuePosition(
  db: Db,
  about: About,
  asOf: string,
): Promise<PastDuePosition | undefined> {
  const loan = await bookOn(db, about, asOf)
  if (!loan) return undefined
  const { lender: _, product: __, currency, ...stated } = loan
  const { rule, bucketOf } = await ruleOn(db, loan, asOf)
  const book = { ...stated, bucket: bucketOf(stated.days_past_due) }
  const answer = { loan_no: about.loan_no, currency, as_of: asOf, book }
  const owed = await owedOf(db, about)
  if (owed.length === 0) return { ...answer, by_instalments: null, differs: false }
  const moved = await movedBy(db, about, asOf)
  const paid = Math.max(0, -moved.reduce((sum, { change_minor }) => sum + change_minor, 0))
  const found = pastDue(owed, BigInt(paid), await pausesBy(db, about, asOf), rule, asOf)
  const days_past_due = found.instalments[0]?.days ?? 0
  const due = owed.filter(({ due_on }) => (rule.day_origin === 1 ? due_on <= asOf : due_on < asOf))
  const by_instalments = {
    past_due_minor: Number(found.past_due_minor),
    oldest_due_on: found.instalments[0]?.owed.due_on ?? null,
    days_past_due,
    bucket: bucketOf(days_past_due),
    due_minor: Number(due.reduce((sum, { amount_minor }) => sum + amount_minor, 0n)),
    moved,
    calendar_days: found.past_due_days,
    grace_days: rule.grace_days,
    delinquent_days: found.delinquent_days,
    instalments: found.instalments.map(({ owed: { amount_minor, ...row }, past_due_minor, days }) => ({
      ...row,
      amount_minor: Number(amount_minor),
      paid_minor: Number(amount_minor - past_due_minor),
      past_due_minor: Number(past_due_minor),
      days_past_due: days,
      bucket: bucketOf(days),
    })),
  }
  const differs = (['past_due_minor', 'oldest_due_on', 'days_past_due'] as const).some(
    (each) => book[each] !== by_instalments[each],
  )
  return { ...answer, by_instalments, differs }
}
