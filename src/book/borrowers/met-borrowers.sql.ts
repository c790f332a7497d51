import type pg from 'pg'
import { fillTable } from '../../platform/bulk.ts'
import { Refused } from '../../platform/refusal.ts'

/**
 * Borrowers that a staged tape (staging.entries) brings and the book does not have yet: their number and
 * nothing else,
 * until a borrower file says more. Refused: `borrower_numbers_collide`, when two numbers have one derived
 * key.
 */
export async function meetBorrowers(client: pg.Client) {
  await fillTable(client, 'borrowers', () =>
    client.query(`
      insert into borrowers (borrower_id, lender, borrower_no)
      select distinct on (e.borrower_id) e.borrower_id, e.lender, e.borrower_no
        from staging.entries e
       where e.is_new
         and not exists (select from borrowers b where b.borrower_id = e.borrower_id)
       order by e.borrower_id`),
  )
  // An aggregate and no "limit 1": for one row the planner would look up every borrower singly.
  const { rows } = await client.query<{ one: string | null; other: string | null }>(`
    select min(b.borrower_no) as one, min(e.borrower_no) as other
      from staging.entries e
      join borrowers b using (borrower_id)
     where e.is_new and (b.borrower_no <> e.borrower_no or b.lender <> e.lender)`)
  const { one, other } = rows[0]!
  if (one === null) return
  throw new Refused(
    'borrower_numbers_collide',
    `The borrower numbers ${one} and ${other} have the same derived key; write to the maintainers. ` +
      'Nothing changed.',
  )
}
