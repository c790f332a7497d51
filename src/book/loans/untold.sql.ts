import type pg from 'pg'
import type { Cells } from '../intake/entries.ts'

/** Another whole tape of the day may tell what the first one did not; it makes no loan untold. */
const noted = (cells: Cells) => `
  with silent as (
    select l.borrower_id, l.loan_no, l.lender
      from loans l
     where l.lender = any ($1)
       and l.status in ('active', 'charged_off')
       and l.position_from < ${cells.asOf}
       and l.loan_no in (
         select key from staging.rejects r where coalesce(r.lender, ${cells.lenderText}) = l.lender
         union all
         select loan_no from staging.spilt)
       and not exists (
         select from staging.rows s
          where s.loan_no = l.loan_no
            and borrower_id_of(${cells.lender}, ${cells.of('borrower_no')}) = l.borrower_id
            and not exists (select from staging.bad b where b.ref = s.ctid))
  ), told as (
    delete from untold_loans u
     using loans l
     where u.as_of = ${cells.asOf}
       and l.borrower_id = u.borrower_id and l.loan_no = u.loan_no and l.lender = any ($1)
       and not exists (select from silent n where (n.borrower_id, n.loan_no) = (u.borrower_id, u.loan_no))
  )
  insert into untold_loans (borrower_id, loan_no, as_of)
  select borrower_id, loan_no, ${cells.asOf}
    from silent n
   where not exists (select from tapes t where t.lender = n.lender and t.as_of = ${cells.asOf})
  on conflict do nothing`

/** Keeps which open loans a whole tape names in rejected rows alone: it tells nothing of them. */
export async function noteUntold(client: pg.Client, cells: Cells, lenders: readonly string[]) {
  const { rowCount } = await client.query(
    `(select from staging.rejects limit 1)
     union all (select from untold_loans where as_of = ${cells.asOf} limit 1)`,
  )
  if (rowCount) await client.query(noted(cells), [lenders])
}
