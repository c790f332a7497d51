import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { missing, shared } from '../../../test/support/shared.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { proveBalances } from './ledger.sql.ts'

type Row = Record<string, string>
const rowsOf = (path: string): Row[] =>
  parse(gunzipSync(readFileSync(shared(path))), { columns: true, skip_empty_lines: true })
const read = (path: string) => JSON.parse(readFileSync(shared(path), 'utf8'))

// Hundreds of thousands of rows: seconds on a quiet machine, more on a busy one.
const SLOW = 240_000

test.skipIf(missing('data/taiwan'))(
  'Taiwan: five months of payments post against the statements before them',
  async () => {
    const oracle = read('data/taiwan/oracle.json')
    const cards = rowsOf('data/taiwan/UCI_Credit_Card.csv.gz')
    const whole_dollars = (value: string | undefined) => Math.round(Number(value)) * 100
    const url = await freshUrl()
    const db = connect(url)
    const client = await openClient(url)
    await client.query(`create temp table cards (id bigint, month int, bill bigint, paid bigint)`)
    const cells = cards.flatMap((card) =>
      [1, 2, 3, 4, 5].map((n) => [
        Number(card['ID']),
        n,
        whole_dollars(card[`BILL_AMT${n + 1}`]),
        whole_dollars(card[`PAY_AMT${n}`]),
      ]),
    )
    for (let from = 0; from < cells.length; from += 30_000) {
      const part = cells.slice(from, from + 30_000)
      await client.query(
        'insert into cards select * from unnest($1::bigint[], $2::int[], $3::bigint[], $4::bigint[])',
        [
          part.map((cell) => cell[0]),
          part.map((cell) => cell[1]),
          part.map((cell) => cell[2]),
          part.map((cell) => cell[3]),
        ],
      )
    }
    // Month 1 of the file is September, 5 May: payments are of the 20th.
    await client.query(`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
      loaded_as_of)
    select id, 'P' || id || '-' || month, 'bank', 'C' || id, make_date(2005, 10 - month, 20), paid, 'TWD',
           'payment',
           make_date(2005, 10 - month, 20)
      from cards where paid > 0`)
    for (const n of [5, 4, 3, 2, 1]) await runStep(client, 'book/ledger/post-payments', `2005-0${10 - n}-20`)
    const { rows: months } = await client.query(`
    select 10 - extract(month from m.on_date)::int as n, sum(m.amount_minor)::bigint / 100 as paid,
           count(*) filter (where c.bill + e.amount_minor = 0) as to_the_dollar
      from movements m
      join entries e on (e.borrower_id, e.loan_no, e.movement_no) = (m.borrower_id, m.loan_no, m.movement_no)
       and e.account = 'receivable'
      join cards c on c.id = m.borrower_id and c.month = 10 - extract(month from m.on_date)::int
     group by 1 order by 1`)
    const exactly = (n: number) =>
      cells.filter(([, month, bill, paid]) => month === n && paid! > 0 && bill === paid).length
    expect(months).toEqual(
      [1, 2, 3, 4, 5].map((n) => ({ n, paid: oracle.column_sums[`PAY_AMT${n}`], to_the_dollar: exactly(n) })),
    )
    expect((await proveBalances(db)).differences).toBe(0)
    await client.end()
    await db.destroy()
  },
  SLOW,
)
