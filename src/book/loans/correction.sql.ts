import pg from 'pg'
import { type Corrected, correctDelinquency, noteCorrections } from '../delinquency/correction.sql.ts'
import type { Applied, LoadOptions } from '../intake/entries.ts'

const columns = [
  ...['lender', 'product', 'currency'],
  ...['status', 'outstanding_minor', 'past_due_minor', 'oldest_due_on'],
  ...['principal_minor', 'interest_minor', 'penalty_minor', 'fees_minor'],
]
const of = (alias: string) => columns.map((column) => `${alias}.${column}`).join(', ')

/**
 * staging.mends: what the file says of an earlier day where the book says something else, and until which
 * day: of the lender's next whole tape, or of the next tape that told this loan otherwise or again. Mending
 * what the file does not change would cut stretches of history for nothing.
 */
const findMends = `
  create unlogged table staging.mends as
  select e.*, least(
           (select min(t.as_of) from tapes t where t.lender = e.lender and t.as_of > $1),
           (select min(n.valid_from) from tape_positions n
             where n.borrower_id = e.borrower_id and n.loan_no = e.loan_no and n.valid_from > $1),
           (select min(c.as_of) from tape_confirmations c
             where c.borrower_id = e.borrower_id and c.loan_no = e.loan_no and c.as_of > $1),
           date 'infinity') as until
    from staging.entries e
    left join tape_positions p
      on p.borrower_id = e.borrower_id and p.loan_no = e.loan_no and p.valid_from <= $1 and p.valid_to > $1
   where (${of('p')}) is distinct from (${of('e')})`

/** The pieces of history before and after the mended days, and the mended days themselves. */
const rewrite = [
  // What held on any of the days from $1 to before `until`, cut to what lies outside them.
  `create temp table mended on commit drop as
   select m.borrower_id, m.loan_no, m.until, p.valid_from as old_from, p.valid_to as old_to, ${of('p')}
     from staging.mends m
     join loan_positions p using (borrower_id, loan_no)
    where p.valid_from < m.until and p.valid_to > $1`,
  `delete from loan_positions p using mended m
    where (p.borrower_id, p.loan_no, p.valid_from) = (m.borrower_id, m.loan_no, m.old_from)`,
  `insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, ${columns.join(', ')})
   select borrower_id, loan_no, old_from, $1, ${columns.join(', ')} from mended where old_from < $1
   union all
   select borrower_id, loan_no, until, old_to, ${columns.join(', ')} from mended where old_to > until`,
  // A position that began before the mended days and holds today: today's row begins after them, or is
  // mended.
  `insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, ${columns.join(', ')})
   select l.borrower_id, l.loan_no, l.position_from, $1, ${of('l')}
     from staging.mends m join loans l using (borrower_id, loan_no)
    where l.position_from < $1`,
  `update loans l set position_from = m.until
     from staging.mends m
    where (m.borrower_id, m.loan_no) = (l.borrower_id, l.loan_no)
      and l.position_from < m.until and m.until < date 'infinity'`,
  `insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, ${columns.join(', ')})
   select m.borrower_id, m.loan_no, $1, m.until, ${of('m')}
     from staging.mends m where m.until < date 'infinity'`,
  `update loans l
      set (${columns.join(', ')}) = row(${of('m')}), position_from = $1, line_digest = null
     from staging.mends m
    where (m.borrower_id, m.loan_no) = (l.borrower_id, l.loan_no) and m.until = date 'infinity'`,
]

/**
 * Mends the positions of an earlier day: what the file says holds from that day until the lender told the
 * loan again; where it has not, it holds today. The bucket history of these loans is derived anew from there.
 */
export async function correctPast(client: pg.Client, asOf: string): Promise<Applied> {
  for (const sql of [findMends, ...rewrite]) await client.query(sql.replaceAll('$1', `date '${asOf}'`))
  const { rows } = await client.query<{ changed: number; mended_until: string | null }>(`
    select count(*) as changed, nullif(max(until), date 'infinity')::text as mended_until from staging.mends`)
  const { changed, mended_until } = rows[0]!
  const corrected = await correctDelinquency(
    client,
    `select borrower_id, loan_no, date '${asOf}' as from_on from staging.mends`,
  )
  await client.query('drop table mended')
  return { new: 0, changed, closed: 0, notes: { mended_until, ...corrected } }
}

/**
 * A tape that comes after the night of a later day than its own: those days are derived anew. Of loans that
 * money had moved by the newest night, which the load opens again: that this tape ends it, the book knows
 * once the load is on record.
 */
export async function deriveSeenDays(
  client: pg.Client,
  { as_of, mode }: LoadOptions,
  lenders: readonly string[],
): Promise<Corrected> {
  const { rowCount } = await client.query('select from nights where as_of > $1 limit 1', [as_of])
  if (!rowCount) return {}
  const day = `date '${as_of}'`
  const absent = mode === 'full' ? 'union all select borrower_id, loan_no from staging.absent' : ''
  const corrected = await correctDelinquency(
    client,
    `select borrower_id, loan_no, ${day} as from_on
       from (select borrower_id, loan_no from staging.entries ${absent}) told`,
  )
  const told =
    mode === 'full'
      ? `l.lender in (${lenders.map((lender) => pg.escapeLiteral(lender)).join(', ')})`
      : `exists (select from tape_confirmations c
           where c.borrower_id = l.borrower_id and c.loan_no = l.loan_no and c.as_of = ${day})`
  await noteCorrections(
    client,
    `select distinct m.borrower_id, m.loan_no, ${day} as from_on
       from moved_positions m
       join loans l on l.borrower_id = m.borrower_id and l.loan_no = m.loan_no
      where m.valid_to > ${day} and ${told}`,
  )
  return corrected
}
