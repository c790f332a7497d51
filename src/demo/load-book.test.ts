import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { freshUrl } from '../../test/support/database.ts'
import { steps } from '../nightly.ts'
import { fixedClock } from '../platform/clock.ts'
import { connect } from '../platform/database.ts'
import { toDay } from './calendar.ts'
import { loadDemoWhenEmpty } from './demo-when-empty.ts'
import { loadBook } from './load-book.ts'
import { writeBook } from './write-files.ts'

const temporary = mkdtempSync(join(tmpdir(), 'amends-demo-'))
const url = await freshUrl()
const db = connect(url)
afterAll(async () => {
  rmSync(temporary, { recursive: true, force: true })
  await db.destroy()
})

const quiet = { to: () => {}, end: () => {} }
const last = toDay('2025-03-10')
const shape = { loans: 400, first: last - 8, last, seed: 3 }
const book = writeBook(join(temporary, 'a'), shape, quiet)
const target = { db, url, clock: fixedClock('2025-03-10T20:00:00Z'), steps }

test('a book whose night has run is nobody’s to fill, though no file has come yet', async () => {
  await sql`insert into nights (as_of, started_at) values ('2025-03-10', '2025-03-10T20:00:00Z')`.execute(db)
  expect(await loadDemoWhenEmpty({ ...target, json: false }, steps)).toBe(false)
  await sql`delete from nights`.execute(db)
})

test('the book loads without a rejected row, and our days past due are the lender’s', async () => {
  const broken = { ...book, days: book.days.slice(0, 5) }
  expect(await loadBook(target, broken, quiet)).toMatchObject({ rejected: 0, dpd_differs: 0, nights: 5 })
  // A demo that was broken off goes on where it stopped.
  const rest = await loadBook(target, { ...book, bank_on: '2025-03-10' }, quiet)
  expect(rest).toMatchObject({ rejected: 0, dpd_differs: 0, nights: 5 })
  const { rows } = await sql<{ loans: number; late: number; differ: number; buckets_differ: number }>`
    select count(*) as loans, count(*) filter (where l.lender_days_past_due > 0) as late,
           count(*) filter (where coalesce(date '2025-03-10' - l.oldest_due_on, 0) <> l.lender_days_past_due)
             as differ,
           count(*) filter (where d.bucket is distinct from case
             when l.lender_days_past_due > 0
             then 'M' || least(7, (l.lender_days_past_due - 1) / 30 + 1) end) as buckets_differ
      from loans l
      left join delinquencies d
        on (d.borrower_id, d.loan_no) = (l.borrower_id, l.loan_no) and d.valid_to is null
     where l.status in ('active', 'charged_off')
  `.execute(db)
  expect(rows[0]).toMatchObject({ differ: 0, buckets_differ: 0 })
  expect(rows[0]!.loans).toBeGreaterThan(350)
  expect(rows[0]!.late).toBeGreaterThan(15)
})

test('the last day brings a bank statement: lines that wait, and balances that differ', async () => {
  const { rows } = await sql`
    select coalesce(outcome, waits_because) as became, count(*) as lines from statement_lines
     group by 1 order by 1`.execute(db)
  expect(rows).toEqual([
    { became: 'booked', lines: 2 },
    { became: 'ignored', lines: 1 },
    { became: 'match_is_not_sure', lines: 1 },
    { became: 'money_went_out', lines: 1 },
    { became: 'nobody_matches', lines: 1 },
  ])
  const differing = await sql<{ loans: number }>`
    select count(*) as loans
      from balance_differences d
      join payments p on p.borrower_id = d.borrower_id and p.loan_no = d.loan_no
     where p.method = 'bank' and d.stated_minor - d.expected_minor = p.amount_minor`.execute(db)
  expect(differing.rows[0]!.loans).toBeGreaterThan(0)
})

test('each lender has its pack of law, its borrowers their cases', async () => {
  const { rows } = await sql<{ lender: string; packs: string[]; cases: number }>`
    select s.lender, s.value as packs,
           (select count(*) from cases c join borrowers b using (borrower_id)
             where b.lender = s.lender and c.closed_on is null) as cases
      from settings s where s.name = 'packs' and s.lender <> '' order by 1
  `.execute(db)
  expect(rows.map(({ lender, packs }) => [lender, ...packs])).toEqual([
    ['demo-cn', 'cn'],
    ['demo-tw', 'tw'],
    ['demo-us', 'us'],
  ])
  expect(rows.every(({ cases }) => cases > 0)).toBe(true)
})

test('nothing of the truth is in the book', async () => {
  const { rows } = await sql<{ extras: number }>`
    select (select count(*) from loans where extra is not null)
         + (select count(*) from borrowers where extra is not null) as extras
  `.execute(db)
  expect(rows[0]!.extras).toBe(0)
})

test('another demo is refused, and one into a book with other loans', async () => {
  const other = writeBook(join(temporary, 'b'), { ...shape, seed: 4 }, quiet)
  await expect(loadBook(target, other, quiet)).rejects.toMatchObject({ refusal: 'book_holds_another_demo' })
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor)
    values (7, 'L1', 'bank', 'USD', 'active', '2025-01-01', 1, 0)`.execute(db)
  await expect(loadBook(target, book, quiet)).rejects.toMatchObject({ refusal: 'book_holds_other_loans' })
})
