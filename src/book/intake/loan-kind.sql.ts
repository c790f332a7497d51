import type pg from 'pg'

/** Notes lenders and products that a staged tape (staging.entries) brings for the first time. */
export const meetLoanKinds = (client: pg.Client) =>
  client.query(`
    insert into loan_kinds (lender, product)
    select distinct lender, product from staging.entries where is_new on conflict do nothing`)
