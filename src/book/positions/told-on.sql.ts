import { type RawBuilder, sql } from 'kysely'

/**
 * The last day by `asOf` for which the lender told a loan's position: its newest whole tape (of which the
 * loan's row was not rejected), a partial one
 * that named the loan, or the day since when the position holds. Money that came later is not in it. `loan`
 * is the alias of a row with borrower_id, loan_no and lender, `since` the column where its position begins;
 * `asOf` is a day, or SQL that says one.
 */
export const toldOn = (
  loan: string,
  since: string,
  asOf: string | ReturnType<typeof sql.ref>,
): RawBuilder<string> => sql`
  greatest(
    ${sql.ref(since)},
    (select max(t.as_of)
       from tapes t
      where t.lender = ${sql.ref(`${loan}.lender`)} and t.as_of <= ${asOf}
        and not exists (
          select from untold_loans u
           where u.borrower_id = ${sql.ref(`${loan}.borrower_id`)}
             and u.loan_no = ${sql.ref(`${loan}.loan_no`)} and u.as_of = t.as_of)),
    (select max(c.as_of)
       from tape_confirmations c
      where c.borrower_id = ${sql.ref(`${loan}.borrower_id`)} and c.loan_no = ${sql.ref(`${loan}.loan_no`)}
        and c.as_of <= ${asOf}))`
