import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { missing, shared } from '../../../test/support/shared.ts'
import { connect, type Db, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import {
  decimal,
  type Fraction,
  fraction,
  plus,
  roundCarrying,
  roundHalfEven,
  times,
  whole,
} from '../interest/fraction.ts'
import { postAll, proveBalances } from './ledger.sql.ts'
import type { Movement, MovementKind } from './movement.ts'

type Row = Record<string, string>
const rowsOf = (path: string): Row[] =>
  parse(gunzipSync(readFileSync(shared(path))), { columns: true, skip_empty_lines: true })
const read = (path: string) => JSON.parse(readFileSync(shared(path), 'utf8'))
/** The file's numbers carry float residue, such as 2.6e-09: exact all the same. */
function exact(text: string): Fraction {
  const [mantissa, exponent] = text.split('e')
  return exponent ? times(decimal(mantissa!), fraction(1, 10n ** BigInt(-Number(exponent)))) : decimal(text)
}
const cents = (value: Fraction) => roundHalfEven(times(value, whole(100)))
const centsOf = (text: string | undefined) => cents(exact(text || '0'))
const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n)
const text = (minor: bigint) => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`
const median = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
const round4 = (value: number) => Math.round(value * 10_000) / 10_000

async function bulk(db: Db, movements: Movement[]) {
  for (let from = 0; from < movements.length; from += 5_000)
    await postAll(db, movements.slice(from, from + 5_000))
}

// Hundreds of thousands of rows: seconds on a quiet machine, more on a busy one.
const SLOW = 240_000
const CLUB = 'data/lendingclub-outcomes'
const clubTest = test.skipIf(missing(CLUB))

/** instalment × (1 − (1 + i)^−36) / i, to the nearest 25 dollars. */
function loanAmount(row: Row): bigint {
  const i = times(decimal(row['int_rate']!), fraction(1, 1200))
  const growth = { numerator: (i.numerator + i.denominator) ** 36n, denominator: i.denominator ** 36n }
  const annuity = fraction(
    (growth.numerator - growth.denominator) * i.denominator,
    growth.numerator * i.numerator,
  )
  return 2_500n * roundHalfEven(times(times(decimal(row['installment']!), annuity), fraction(1, 25)))
}

clubTest(
  'LendingClub: parts add up to the payments on every row, to 0.01',
  () => {
    const oracle = read(`${CLUB}/oracle.json`)
    const rows = rowsOf(`${CLUB}/test_labels.csv.gz`)
    const within = { half: 0, one: 0, more: 0 }
    for (const row of rows) {
      const parts = ['total_rec_prncp', 'total_rec_int', 'total_rec_late_fee', 'recoveries']
      const total = parts.map((part) => exact(row[part]!)).reduce(plus, whole(0))
      const off = plus(exact(row['total_pymnt']!), times(total, whole(-1)))
      const scaled = {
        numerator: off.numerator < 0n ? -off.numerator : off.numerator,
        denominator: off.denominator,
      }
      const atMost = (limit: Fraction) =>
        scaled.numerator * limit.denominator <= limit.numerator * scaled.denominator
      within[atMost(fraction(5, 1_000)) ? 'half' : atMost(fraction(1, 100)) ? 'one' : 'more']++
    }
    const expected = oracle.identity.rows_by_absolute_error
    expect(within).toEqual({ half: expected['at most 0.005'], one: expected['at most 0.01'], more: 0 })
  },
  SLOW,
)

/** Money of lost loans as the night posts it: before the charge-off, and after it as recoveries. */
async function payTheClub(client: Awaited<ReturnType<typeof openClient>>, lost: readonly Row[]) {
  await client.query(`create temp table club (id bigint, part text, minor bigint)`)
  const parts = ['total_rec_prncp', 'total_rec_int', 'total_rec_late_fee', 'recoveries']
  const cells = lost.flatMap((row) => parts.map((part) => [row['id'], part, String(centsOf(row[part]))]))
  await client.query('insert into club select * from unnest($1::bigint[], $2::text[], $3::bigint[])', [
    ...[0, 1, 2].map((column) => cells.map((cell) => cell[column])),
  ])
  await client.query(`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor)
    select distinct id, id::text, 'club', 'USD', 'active', date '2018-01-01', 0, 0 from club`)
  const pay = async (on: string, which: string) => {
    await client.query(`
      insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                            loaded_as_of)
      select id, part || id, 'club', id::text, '${on}', minor, 'USD', 'payment', '${on}'
        from club where minor > 0 and ${which}`)
    await runStep(client, 'book/ledger/post-payments', on)
  }
  await pay('2018-12-31', "part <> 'recoveries'")
  await client.query(`update loans set status = 'charged_off'`)
  await pay('2019-01-01', "part = 'recoveries'")
}

clubTest(
  'LendingClub: charge-offs, recoveries, fees and settlements, posted, are the totals of the oracle',
  async () => {
    const oracle = read(`${CLUB}/oracle.json`)
    const rows = rowsOf(`${CLUB}/test_labels.csv.gz`)
    const lost = rows.filter((row) => row['loan_status'] === 'Charged Off')
    // The fee is told in fractions of a cent; the agency's statement is paid as one sum.
    const fees = roundCarrying(lost.map((row) => times(exact(row['collection_recovery_fee']!), whole(100))))
    const url = await freshUrl()
    const db = connect(url)
    const client = await openClient(url)
    await payTheClub(client, lost)
    await bulk(
      db,
      lost.flatMap((row, index) => {
        const one = (kind: MovementKind, amount: bigint): Movement[] => {
          if (amount <= 0n) return []
          const [loan, on] = [row['id']!, '2019-01-01']
          const money = { currency: 'USD', amount_minor: Number(amount), actor: 'replay' }
          const dated = { on_date: on, entered_on: on }
          return [{ borrower_id: loan, loan_no: loan, movement_no: `${kind}:1`, kind, ...dated, ...money }]
        }
        return [
          ...one('charge_off', loanAmount(row) - centsOf(row['total_rec_prncp'])),
          ...one('collection_fee', fees[index]!),
        ]
      }),
    )
    const { rows: totals } = await sql<{ kind: string; minor: number; loans: number }>`
    select m.kind, sum(e.amount_minor)::bigint as minor, count(distinct m.loan_no) as loans
      from movements m
      join entries e using (borrower_id, loan_no, movement_no)
     where e.amount_minor > 0 and m.kind <> 'payment'
     group by m.kind`.execute(db)
    const of = (kind: string) => totals.find((row) => row.kind === kind)!
    const told = oracle.charged_off
    expect(lost.length).toBe(told.loans)
    expect(text(BigInt(of('charge_off').minor))).toBe(told.principal_lost)
    expect(text(BigInt(of('recovery').minor))).toBe(told.recoveries)
    expect(of('recovery').loans).toBe(told.with_any_recovery)
    expect(text(BigInt(of('collection_fee').minor))).toBe(told.collection_fees)
    const [gross, net] = [of('recovery').minor, of('recovery').minor - of('collection_fee').minor]
    expect(round4(gross / of('charge_off').minor)).toBe(told.gross_recovery_rate)
    expect(round4(net / of('charge_off').minor)).toBe(told.net_recovery_rate)
    expect((await proveBalances(db)).differences).toBe(0)
    await client.end()
    await db.destroy()
  },
  SLOW,
)

clubTest(
  'LendingClub: totals of the file, settlements and the 18 % fee',
  () => {
    const oracle = read(`${CLUB}/oracle.json`)
    const rows = rowsOf(`${CLUB}/test_labels.csv.gz`)
    for (const column of Object.keys(oracle.sums)) {
      expect([
        column,
        text(sum(roundCarrying(rows.map((row) => times(exact(row[column] || '0'), whole(100)))))),
      ]).toEqual([column, oracle.sums[column]])
    }
    const settled = rows.filter((row) => row['settlement_status'])
    const byStatus = (status: string) => settled.filter((row) => row['settlement_status'] === status)
    for (const [status, count] of Object.entries(oracle.settlements.status))
      expect(byStatus(status).length).toBe(count)
    expect(median(settled.map((row) => Number(row['settlement_percentage']))).toFixed(2)).toBe(
      oracle.settlements.percentage_median,
    )
    for (const [status, expected] of Object.entries(
      oracle.settlements.recovered_over_settlement_amount_median,
    )) {
      const ratios = byStatus(status).map(
        (row) => Number(row['recoveries']) / Number(row['settlement_amount']),
      )
      expect([status, round4(median(ratios))]).toEqual([status, expected])
    }
    const fee = { exact: 0, more: 0, less: 0, zero: 0 }
    for (const row of rows.filter((one) => exact(one['recoveries']!).numerator > 0n)) {
      const asked = times(exact(row['recoveries']!), fraction(18, 100))
      const paid = exact(row['collection_recovery_fee']!)
      const off = cents(plus(paid, times(asked, whole(-1))))
      const near = off <= 1n && off >= -1n
      fee[paid.numerator === 0n ? 'zero' : near ? 'exact' : off > 0n ? 'more' : 'less']++
    }
    const { loans } = oracle.agency_fee
    expect(fee).toEqual({
      exact: loans['18 % to 0.01'],
      more: loans.more,
      less: loans.less,
      zero: loans.zero,
    })
  },
  SLOW,
)

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
