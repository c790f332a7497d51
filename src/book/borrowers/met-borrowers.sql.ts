import type pg from 'pg'
import { fillTable } from '../../platform/bulk.ts'
import { Refused } from '../../platform/refusal.ts'

/**
 * Borrowers that a staged tape (staging.entries) brings and the book does not have yet: their number and
 * nothing else, until a borrower file says more. Refused: `borrower_numbers_collide`, when two numbers have
 * one derived key.
 */
export async function meetBorrowers(client: pg.Client) {
  const { rows } = await client.query<{ some: boolean }>('select exists (select from borrowers) as some')
  const unknown = `
       and not exists (
         select from borrowers b
          where (b.borrower_id, b.lender, b.borrower_no) = (e.borrower_id, e.lender, e.borrower_no))`
  // Two numbers of one key are two rows here, and the key of the table refuses the second. The first of each
  // in order: a million keys are sorted in half the time that a table of their digests takes.
  const meet = `
    insert into borrowers (borrower_id, lender, borrower_no)
    select distinct on (e.borrower_id, e.lender, e.borrower_no) e.borrower_id, e.lender, e.borrower_no
      from staging.entries e
     where e.is_new ${rows[0]!.some ? unknown : ''}`
  try {
    await fillTable(client, 'borrowers', () => client.query(meet))
  } catch (error) {
    const { code, constraint, detail } = error as pg.DatabaseError
    if (code !== '23505' || constraint !== 'borrowers_pkey') throw error
    throw new Refused(
      'borrower_numbers_collide',
      `Two borrower numbers have the same derived key (${detail}); write to the maintainers. ` +
        'Nothing changed.',
    )
  }
}
