import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Person } from '../../platform/http.ts'
import type { FoundBorrower } from './borrower.api.ts'

const FOUND_MAX = 12

const escaped = (text: string) => text.replace(/[\\%_]/g, '\\$&')

/**
 * Borrowers that answer to `text`: the beginning of their number, name or last name, a loan number, or the
 * last four or more digits of a phone. The indexes are asked as the program (row-level security would keep
 * them from being used), and what they name is read again as the person, who sees no more than they may.
 */
export async function searchBorrowers(
  dbs: { own: Db; db: Db },
  text: string,
  scope: Pick<Person, 'sees_all' | 'lenders' | 'portfolios' | 'sees_handed' | 'staff_id'>,
): Promise<FoundBorrower[]> {
  const start = `${escaped(text)}%`
  const lower = `${escaped(text.toLowerCase())}%`
  const digits = text.replace(/\D/g, '')
  const isPhone = /^[\d\s()+-]+$/.test(text) && digits.length >= 4
  const end = `${[...digits].reverse().join('')}%`
  const mine = sql`(${scope.sees_all} or b.lender = any (${[...scope.lenders]}::text[])
    or ${scope.portfolios.length > 0} and exists (
      select from loans l
        join jsonb_to_recordset(${JSON.stringify(scope.portfolios)}::jsonb)
             as p (lender text, product text, branch text) on p.lender = l.lender
       where l.borrower_id = b.borrower_id
         and p.product in ('', l.product) and p.branch in ('', coalesce(l.branch, '')))
    or ${scope.sees_handed} and exists (
      select from handovers h
       where h.borrower_id = b.borrower_id and h.staff_id = ${scope.staff_id} and h.ended_at is null))`
  const candidates = await sql<{ borrower_id: string; matched: string }>`
    select borrower_id::text as borrower_id, matched
      from (
        (select b.borrower_id, 'number' as matched, 1 as turn from borrowers b
          where b.borrower_no like ${start} and ${mine} limit ${FOUND_MAX})
        union all
        (select l.borrower_id, 'loan', 1 from loans l join borrowers b using (borrower_id)
          where l.loan_no = ${text} and ${mine} limit ${FOUND_MAX})
        union all
        (select b.borrower_id, 'name', 2 from borrowers b
          where lower(b.name) like ${lower} and ${mine} limit ${FOUND_MAX})
        union all
        (select b.borrower_id, 'name', 2 from borrowers b
          where last_word(b.name) like ${lower} and ${mine} limit ${FOUND_MAX})
        union all
        (select p.borrower_id, 'phone', 3 from contact_points p join borrowers b using (borrower_id)
          where ${isPhone} and p.kind in ('mobile', 'phone', 'work_phone')
            and digits_reversed(p.value) like ${end} and ${mine} limit ${FOUND_MAX})
      ) found
     order by turn
     limit ${FOUND_MAX * 2}`.execute(dbs.own)
  const matched = new Map(candidates.rows.map((row) => [row.borrower_id, row.matched]))
  const { rows } = await sql<Omit<FoundBorrower, 'matched'>>`
    select borrower_id::text as borrower_id, borrower_no, lender, name
      from borrowers
     where borrower_id = any (${[...matched.keys()]}::bigint[])
     order by name nulls last, borrower_no
     limit ${FOUND_MAX}`.execute(dbs.db)
  return rows.map((row) => ({ ...row, matched: matched.get(row.borrower_id) as FoundBorrower['matched'] }))
}
