import type pg from 'pg'

/**
 * staging.kinds: lenders and products of a staged tape (staging.entries), with how many of their loans are
 * new, changed and closed. A table of its own, so that every core counts.
 */
export const countKinds = (client: pg.Client) =>
  client.query(`
    create unlogged table staging.kinds as
    select lender, product, count(*) filter (where is_new) as new,
           count(*) filter (where not is_new) as changed,
           count(*) filter (
             where (was).status in ('active', 'charged_off') and status in ('closed', 'sold')) as closed
      from staging.entries
     group by lender, product`)

/** Notes lenders and products that the tape brings for the first time. */
export const meetLoanKinds = (client: pg.Client) =>
  client.query(`
    insert into loan_kinds (lender, product)
    select lender, product from staging.kinds where new > 0 on conflict do nothing`)
