import { sql } from 'kysely'
import type pg from 'pg'
import type { Db } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'

/** The steps that derive what money and days past due come to; the last empties the list of corrections. */
const derived = [
  'book/delinquency/follow-money',
  'book/delinquency/age-loans',
  'book/delinquency/classify-risk',
] as const

/** What a correction of the past did to the bucket history. */
export type Corrected = { corrected_loans?: number; history_removed?: number; history_written?: number }

/**
 * Notes that some loans are to be derived anew from a day on, where a night has seen it. `affected` is SQL of
 * (borrower_id, loan_no, from_on). How many there are.
 */
export async function noteCorrections(client: pg.Client, affected: string): Promise<number> {
  const { rowCount } = await client.query(`
    insert into delinquency_corrections (borrower_id, loan_no, from_on)
    select a.borrower_id, a.loan_no, a.from_on
      from (${affected}) a
     where a.from_on <= (select max(as_of) from nights where finished_at is not null)
    on conflict (borrower_id, loan_no) do update
       set from_on = least(delinquency_corrections.from_on, excluded.from_on), taken = false`)
  return rowCount ?? 0
}

/**
 * Derives the bucket history and risk classes of some loans anew from a day on, in the caller's transaction,
 * by the same steps as the night. `affected` is SQL of (borrower_id, loan_no, from_on). Nothing to do where
 * no night has seen those days.
 */
export async function correctDelinquency(client: pg.Client, affected: string): Promise<Corrected> {
  const { rows } = await client.query<{ last: string | null }>(
    'select max(as_of)::text as last from nights where finished_at is not null',
  )
  const { last } = rows[0]!
  if (last === null) return {}
  if ((await noteCorrections(client, affected)) === 0) return {}
  const history = 'select d.* from delinquencies d join corrected using (borrower_id, loan_no)'
  await client.query(`create temp table corrected on commit drop as
    select borrower_id, loan_no from delinquency_corrections`)
  await client.query(`create temp table history_before on commit drop as ${history}`)
  for (const step of derived) await runStep(client, step, last)
  const told = await client.query<Required<Corrected>>(`
    select (select count(*) from corrected) as corrected_loans,
           (select count(*) from (select * from history_before except ${history}) gone) as history_removed,
           (select count(*) from (${history} except select * from history_before) written)
            as history_written`)
  await client.query('drop table corrected, history_before')
  return told.rows[0]!
}

/**
 * Notes that a setting holds from a day that nights have seen: the next night derives the loans of its lender
 * and product ('' for all) anew from there. The number of loans that were past due since.
 */
export async function noteSettingOfThePast(
  tx: Db,
  { lender, product, effective_from }: { lender: string; product: string; effective_from: string },
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into delinquency_corrections (borrower_id, loan_no, from_on)
    select distinct p.borrower_id, p.loan_no, ${effective_from}::date
      from positions p
     where ${lender} in ('', p.lender)
       and ${product} in ('', p.product)
       and p.oldest_due_on is not null
       and p.valid_to > ${effective_from}
       and ${effective_from} <= (select max(as_of) from nights where finished_at is not null)
    on conflict (borrower_id, loan_no) do update
       set from_on = least(delinquency_corrections.from_on, excluded.from_on), taken = false
  `.execute(tx)
  return Number(numAffectedRows)
}

/**
 * Notes that a loan's bucket history is to be derived anew from a day on: the next night does it. False where
 * no night has seen that day.
 */
export async function noteCorrection(
  tx: Db,
  loan: { borrower_id: string; loan_no: string },
  fromOn: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into delinquency_corrections (borrower_id, loan_no, from_on)
    select ${loan.borrower_id}, ${loan.loan_no}, ${fromOn}
     where ${fromOn} <= (select max(as_of) from nights where finished_at is not null)
       and exists (
         select from delinquencies
          where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
            and coalesce(valid_to, date 'infinity') >= ${fromOn})
    on conflict (borrower_id, loan_no) do update
       set from_on = least(delinquency_corrections.from_on, excluded.from_on), taken = false
  `.execute(tx)
  return numAffectedRows === 1n
}
