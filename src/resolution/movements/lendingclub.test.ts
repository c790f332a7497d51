import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { missing, shared } from '../../../test/support/shared.ts'
import {
  decimal,
  type Fraction,
  fraction,
  plus,
  roundCarrying,
  roundHalfEven,
  times,
  whole,
} from '../../book/interest/fraction.ts'
import { proveBalances } from '../../book/ledger/ledger.sql.ts'
import { standingOf } from '../../book/positions/standing.sql.ts'
import { connect, type Db, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { acceptSettlement, insertSettlement } from '../settlements/settlement.sql.ts'
import { offerSettlement } from '../settlements/settlement.ts'
import { insertEntered, movementFacts, postEntered } from './entered-movement.sql.ts'
import { type EnteredKind, enterMovement } from './entered-movement.ts'

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

/** The last day before any of these loans is lost, and the day after everything that the file knows of. */
const [TOLD_ON, LOST_ON, END] = ['2015-08-31', '2015-09-01', '2019-03-31']
const by = (on: string) => ({ on, staff_id: 'replay' })

/** A settlement's balance: what was offered is so many percent of it. */
const balanceOf = (row: Row) =>
  roundHalfEven(
    fraction(
      10_000n * exact(row['settlement_amount']!).numerator * exact(row['settlement_percentage']!).denominator,
      exact(row['settlement_amount']!).denominator * exact(row['settlement_percentage']!).numerator,
    ),
  )
const lostOf = (row: Row) => loanAmount(row) - centsOf(row['total_rec_prncp'])
// Each is offered and accepted by itself, as a person does: one in ten is enough.
const tenthSettled = (rows: readonly Row[]) =>
  rows.filter((row) => row['settlement_status'] !== '').filter((_, at) => at % 10 === 0)

/** The tape before the loss: the principal that is lost later is owed. */
async function tellTheClub(client: pg.Client, lost: readonly Row[]) {
  await client.query(`insert into loan_kinds values ('club', '')`)
  await client.query(
    `insert into borrowers (borrower_id, lender, borrower_no)
     select id, 'club', id from unnest($1::bigint[]) id`,
    [lost.map((row) => row['id'])],
  )
  await client.query(
    `insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                        past_due_minor, original_amount_minor)
     select id, id::text, 'club', 'USD', 'active', $3::date, minor, minor, amount
       from unnest($1::bigint[], $2::bigint[], $4::bigint[]) l (id, minor, amount)`,
    [
      lost.map((row) => row['id']),
      lost.map((row) => String(lostOf(row))),
      TOLD_ON,
      lost.map((row) => String(loanAmount(row))),
    ],
  )
}

/** Enters one movement of each of these loans, as the route does of one; a second person agrees. */
async function enter(
  db: Db,
  rows: readonly Row[],
  kind: EnteredKind,
  on: string,
  minorOf: (row: Row, at: number) => bigint,
): Promise<void> {
  const about = { movement_no: kind, kind, undoes: null, on_date: on, currency: 'USD', reason: 'replay' }
  const asks = rows
    .map((row, at) => ({
      ...about,
      borrower_id: row['id']!,
      loan_no: row['id']!,
      amount_minor: Number(minorOf(row, at)),
    }))
    .filter(({ amount_minor }) => amount_minor > 0)
  for (let from = 0; from < asks.length; from += 5_000) {
    const part = asks.slice(from, from + 5_000)
    const facts = await movementFacts(db, part, END)
    const kinds = part.map((ask, at) => enterMovement(facts[at]!, ask))
    expect(kinds.filter((decision) => !decision.ok)).toEqual([])
    await insertEntered(db, part, by(END))
    if (kind === 'charge_off') await postEntered(db, part, by(END))
  }
}

/** Offers and accepts what was agreed with each settled loan; how many could not be offered, and why. */
async function settle(db: Db, settled: readonly Row[]): Promise<Record<string, number>> {
  const refused: Record<string, number> = {}
  const one = async (row: Row) => {
    const [id, on] = [row['id']!, row['settlement_date']!]
    const standing = (await standingOf(db, id, id, on))!
    const offer = { currency: 'USD', offer_minor: Number(centsOf(row['settlement_amount'])) }
    const asked = { ...offer, expires_on: on, pay_by: lastDayOf(row) }
    const facts = {
      ...standing,
      as_of: on,
      has_offer: false,
      offer_days_max: 0,
      carry_on: [],
      discount_bps: 0,
    }
    const decision = offerSettlement(facts, asked)
    if (!decision.ok) {
      refused[decision.refusal] = (refused[decision.refusal] ?? 0) + 1
      return
    }
    const about = { ...decision.value, grid_version: 'club', level_needed: 'committee' }
    const offered = { ...about, is_within_authority: false, offered_on: on, offered_by: 'replay' }
    const { settlement_no } = await insertSettlement(db, standing, asked, offered)
    await acceptSettlement(db, { borrower_id: id, loan_no: id, settlement_no }, on, 'replay')
  }
  for (let from = 0; from < settled.length; from += 4) {
    await Promise.all(settled.slice(from, from + 4).map(one))
  }
  return refused
}

/** What came after the loss; the file has no dates of it, but for the day of a settlement. */
async function recover(client: pg.Client, lost: readonly Row[]) {
  await client.query(
    `insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                           loaded_as_of)
     select id, 'R' || id, 'club', id::text, on_date, minor, 'USD', 'payment', $4::date
       from unnest($1::bigint[], $2::date[], $3::bigint[]) p (id, on_date, minor) where minor > 0`,
    [
      lost.map((row) => row['id']),
      lost.map((row) => row['settlement_date'] || END),
      lost.map((row) => String(centsOf(row['recoveries']))),
      END,
    ],
  )
  await client.query('analyze')
  const steps = ['book/ledger/post-payments', 'resolution/settlements/expire-offers'] as const
  for (const step of [...steps, 'book/ledger/post-settlements'] as const) await runStep(client, step, END)
}

const lastDayOf = (row: Row) =>
  Temporal.PlainDate.from(row['settlement_date']!)
    .add({ months: Number(row['settlement_term']) })
    .toString()

/** How each settlement ended is what its money says; how many there are of each, by the file's own word. */
async function endsOf(db: Db, settled: readonly Row[]): Promise<Record<string, number>> {
  const { rows } = await sql<{ loan_no: string; outcome: string; left_minor: number }>`
    select s.loan_no, coalesce(s.outcome, 'open') as outcome,
           (l.outstanding_minor + (select sum(m.change_minor) from money_moved m
                                    where m.borrower_id = l.borrower_id and m.loan_no = l.loan_no))::bigint
             as left_minor
      from settlements s join loans l using (borrower_id, loan_no)`.execute(db)
  const ended = new Map(rows.map((row) => [row.loan_no, row]))
  const counts: Record<string, number> = {}
  for (const row of settled) {
    const { outcome, left_minor } = ended.get(row['id']!)!
    const paid = centsOf(row['recoveries']) >= centsOf(row['settlement_amount'])
    const expected = paid ? 'completed' : lastDayOf(row) < END ? 'broken' : 'open'
    expect([row['id'], outcome]).toEqual([row['id'], expected])
    if (paid) expect(left_minor).toBeLessThanOrEqual(0)
    const name = `${row['settlement_status']} ${paid ? 'paid' : 'not paid'}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

async function expectTotals(db: Db, oracle: { charged_off: Record<string, string | number> }) {
  const { rows: totals } = await sql<{ kind: string; minor: number; loans: number }>`
    select m.kind, sum(e.amount_minor)::bigint as minor, count(distinct m.loan_no) as loans
      from movements m
      join entries e using (borrower_id, loan_no, movement_no)
     where e.amount_minor > 0
     group by m.kind`.execute(db)
  const of = (kind: string) => totals.find((row) => row.kind === kind)!
  const told = oracle.charged_off
  expect(totals.map(({ kind }) => kind)).not.toContain('payment')
  expect(text(BigInt(of('charge_off').minor))).toBe(told['principal_lost'])
  expect(text(BigInt(of('recovery').minor))).toBe(told['recoveries'])
  expect(of('recovery').loans).toBe(told['with_any_recovery'])
  expect(text(BigInt(of('collection_fee').minor))).toBe(told['collection_fees'])
  const [gross, net] = [of('recovery').minor, of('recovery').minor - of('collection_fee').minor]
  expect(round4(gross / of('charge_off').minor)).toBe(told['gross_recovery_rate'])
  expect(round4(net / of('charge_off').minor)).toBe(told['net_recovery_rate'])
}

clubTest(
  'LendingClub: charge-offs, recoveries, fees and settlements, entered, are the totals of the oracle',
  async () => {
    const oracle = read(`${CLUB}/oracle.json`)
    const lost = rowsOf(`${CLUB}/test_labels.csv.gz`).filter((row) => row['loan_status'] === 'Charged Off')
    expect(lost.length).toBe(oracle.charged_off.loans)
    const settled = tenthSettled(lost)
    const url = await freshUrl()
    const db = connect(url)
    const client = await openClient(url)
    await tellTheClub(client, lost)
    // A settlement's balance holds interest and fees besides the principal.
    await enter(db, settled, 'interest', LOST_ON, (row) => balanceOf(row) - lostOf(row))
    await enter(db, lost, 'charge_off', LOST_ON, lostOf)
    expect(await settle(db, settled)).toEqual({})
    await recover(client, lost)
    // The fee is told in fractions of a cent; the agency's statement is paid as one sum.
    const fees = roundCarrying(lost.map((row) => times(exact(row['collection_recovery_fee']!), whole(100))))
    await enter(db, lost, 'collection_fee', END, (_, at) => fees[at]!)
    await expectTotals(db, oracle)
    // Of a settlement that began before the loss the file counts the first money elsewhere.
    expect(await endsOf(db, settled)).toEqual({
      'COMPLETE paid': 119,
      'COMPLETE not paid': 61,
      'ACTIVE not paid': 40,
      'ACTIVE paid': 1,
      'BROKEN not paid': 36,
    })
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
