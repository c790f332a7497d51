import { type RawBuilder, sql } from 'kysely'

/**
 * Days past due at the close of `asOf`, as the book counts them: by the day origin of the loan's lender and
 * product, pauses left out. `loan` is the alias of a row with borrower_id, loan_no, lender, product and
 * oldest_due_on. For rows that are shown: each is looked up by itself.
 */
export const daysPastDue = (loan: string, asOf: string): RawBuilder<number> => {
  const column = (name: string) => sql.ref(`${loan}.${name}`)
  return sql<number>`
    days_past_due(
      ${column('oldest_due_on')},
      coalesce((
        select e.day_origin from bucket_edges e
         where e.lender = ${column('lender')} and e.product = ${column('product')}
           and e.rank = 1 and e.effective_from <= ${asOf} and e.effective_to > ${asOf}), 0),
      (select d.paused from paused_days d
        where d.borrower_id = ${column('borrower_id')} and d.loan_no = ${column('loan_no')}),
      ${asOf})`
}
