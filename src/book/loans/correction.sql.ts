import type pg from 'pg'
import { correctDelinquency } from '../delinquency/correction.sql.ts'
import type { Applied } from '../intake/entries.ts'

const columns = [
  ...['lender', 'product', 'currency'],
  ...['status', 'outstanding_minor', 'past_due_minor', 'oldest_due_on'],
  ...['principal_minor', 'interest_minor', 'penalty_minor', 'fees_minor'],
]
const of = (alias: string) => columns.map((column) => `${alias}.${column}`).join(', ')

/** The pieces of history before and after the corrected days, and the corrected days themselves. */
const rewrite = [
  // What held on any of the days [$1, $2), cut to what lies outside them.
  `create temp table mended on commit drop as
   select e.borrower_id, e.loan_no, p.valid_from as old_from, p.valid_to as old_to, ${of('p')}
     from staging.entries e
     join loan_positions p using (borrower_id, loan_no)
    where p.valid_from < $2 and p.valid_to > $1`,
  `delete from loan_positions p using mended m
    where (p.borrower_id, p.loan_no, p.valid_from) = (m.borrower_id, m.loan_no, m.old_from)`,
  `insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, ${columns.join(', ')})
   select borrower_id, loan_no, old_from, $1, ${columns.join(', ')} from mended m where old_from < $1
   union all
   select borrower_id, loan_no, $2, old_to, ${columns.join(', ')} from mended m where old_to > $2`,
  // A position that began before the corrected days and holds today: today's row begins after them.
  `insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, ${columns.join(', ')})
   select l.borrower_id, l.loan_no, l.position_from, $1, ${of('l')}
     from staging.entries e join loans l using (borrower_id, loan_no)
    where l.position_from < $1`,
  `update loans l set position_from = $2
     from staging.entries e
    where (e.borrower_id, e.loan_no) = (l.borrower_id, l.loan_no) and l.position_from < $2`,
  `insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, ${columns.join(', ')})
   select e.borrower_id, e.loan_no, $1, $2, ${of('e')} from staging.entries e`,
]

/**
 * Mends the positions of an earlier day: what the file says holds from that day until the day of the lender's
 * next tape, which stated the position again. The bucket history of these loans is derived anew from there. A
 * loan that the book does not know cannot be mended and is left out; the notes count it.
 */
export async function correctPast(client: pg.Client, asOf: string, until: string): Promise<Applied> {
  const unknown = await client.query('delete from staging.entries where is_new')
  // Mending what the file does not change would cut stretches of history for nothing.
  await client.query(
    `delete from staging.entries e using tape_positions p
      where (p.borrower_id, p.loan_no) = (e.borrower_id, e.loan_no)
        and p.valid_from <= $1 and p.valid_to > $1 and (${of('p')}) is not distinct from (${of('e')})`,
    [asOf],
  )
  const { rows } = await client.query<{ changed: number }>('select count(*) as changed from staging.entries')
  for (const sql of rewrite) {
    // Each statement names one day or both; a parameter that it does not name would have no type.
    await client.query(sql.replaceAll('$1', `date '${asOf}'`).replaceAll('$2', `date '${until}'`))
  }
  await client.query('drop table mended')
  const corrected = await correctDelinquency(
    client,
    `select borrower_id, loan_no, date '${asOf}' as from_on from staging.entries`,
  )
  return {
    ...{ new: 0, changed: rows[0]!.changed, closed: 0 },
    notes: { unknown_loans: unknown.rowCount ?? 0, mended_until: until, ...corrected },
  }
}
