import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, openClient } from '../../platform/database.ts'
import { databaseFor } from '../../platform/http-database.ts'
import { runNight, type Step } from '../../platform/nightly.ts'
import { promiseRoutes } from '../promises/promise.routes.ts'
import { paymentRoutes } from './payment.routes.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
let today = '2025-03-08'
// As the desk asks: with the rights of a person, not of the owner of the tables.
const asPerson = databaseFor(db, {
  role: 'amends_desk',
  settings: { 'amends.sees_all': 'on', 'amends.permissions': '{payments.write,people.read}' },
  beforeCommit: null,
  committed: () => {},
})
const desk = deskApp(asPerson, () => fixedClock(`${today}T12:00:00Z`), [paymentRoutes(), promiseRoutes()])
desk.as('max', 'manager')
afterAll(async () => {
  await client.end()
  await db.destroy()
})

const steps: readonly Step[] = [
  'book/ledger/post-payments',
  'book/delinquency/refresh-edges',
  'book/delinquency/follow-money',
  'book/delinquency/age-loans',
  'book/delinquency/classify-risk',
  'book/cases/close-cases',
  'book/cases/open-cases',
  'resolution/promises/close-due-promises',
]
/** The night of a day, and how many rows it wrote. */
async function night(asOf: string) {
  const ran = await runNight(client, steps, asOf, fixedClock(`${asOf}T20:00:00Z`))
  return ran.steps.reduce((sum, step) => sum + step.rows, 0)
}
const tape = (asOf: string) =>
  sql`insert into loads (kind, lenders, as_of, mode, file_name, file_path, sha256, state, loaded_at, rows,
                         new, changed, unchanged, closed, rejected, seconds)
      values ('loans', '{bank}', ${asOf}, 'full', 'tape', '/tape', ${asOf}, 'applied', ${asOf}, 1, 0, 0, 1, 0,
              0, 0)`.execute(db)
/** A borrower of that number with one loan: two instalments past due, the first since 1 December. */
async function loan(borrower: number) {
  await sql`insert into borrowers (borrower_id, lender, borrower_no)
            values (${borrower}, 'bank', ${`B${borrower}`})`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (${borrower}, 'L', 'bank', 'TWD', 'active', '2025-03-01', 90000, 22000, '2024-12-01')`.execute(db)
  await sql`
    insert into instalments (borrower_id, loan_no, instalment_no, due_on, principal_minor, interest_minor)
    values (${borrower}, 'L', 1, '2024-12-01', 10000, 1000), (${borrower}, 'L', 2, '2025-02-15', 10000, 1000),
           (${borrower}, 'L', 3, '2025-03-20', 10000, 1000)`.execute(db)
}
beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into settings (lender, name, effective_from, value)
            values ('bank', 'packs', '2020-01-01', '["tw"]')`.execute(db)
  for (const borrower of [1, 2, 3, 4, 5, 6]) await loan(borrower)
  await tape('2025-03-01')
  await night('2025-03-07')
})
type Change = { what: string; before: unknown; after: unknown }
async function book(borrower: number, payment_no: string, paid_on: string, amount_minor: number, more = {}) {
  const asked = { payment_no, loan_no: 'L', paid_on, amount_minor, currency: 'TWD', ...more }
  const { status, body } = await desk.ask('POST', `/borrowers/${borrower}/payments`, asked)
  expect(status).toBe(201)
  const told = (body.changes as Change[]).filter(({ what }) => !what.startsWith('payment:'))
  return Object.fromEntries(told.map(({ what, before, after }) => [what, [before, after]]))
}
const back = (reverses: string) => ({ kind: 'reversal', reverses })
/** The loan's buckets, risk classes and cases, from each day until the next. */
async function history(borrower: number) {
  const { rows } = await sql<{ what: string; said: string; from_on: string; to_on: string | null }>`
    select 'bucket' as what, bucket as said, valid_from as from_on, valid_to as to_on
      from delinquencies where borrower_id = ${borrower} and (valid_to is null or valid_to > '2025-03-02')
    union all
    select 'class', risk_class::text, valid_from, valid_to
      from risk_classes where borrower_id = ${borrower} and (valid_to is null or valid_to > '2025-03-02')
    union all
    select 'case', coalesce((select 'closed' where closed_on is not null), 'open'), opened_on, closed_on
      from cases where borrower_id = ${borrower}
     order by 1, 3`.execute(db)
  return rows.map(({ what, said, from_on, to_on }) => [what, said, from_on, to_on].join(' ').trim())
}

test('before the money: a bucket, a class, a case', async () => {
  expect(await history(1)).toEqual(['bucket M4 2025-03-02', 'case open 2025-03-07', 'class 3 2025-03-02'])
})

test('what is past due is paid: current, class 1, case closed at once; the promise is kept', async () => {
  const sum = { promised_minor: 22_000, currency: 'TWD' }
  const word = { loan_no: 'L', due_on: '2025-03-10', channel: 'call', ...sum }
  expect((await desk.ask('POST', '/borrowers/1/promises', word)).status).toBe(201)
  expect(await book(1, 'P1', '2025-03-08', 22_000)).toEqual({
    'promise:1': ['open', 'kept'],
    bucket: ['M4', 'current'],
    risk_class: ['3', '1'],
    case: ['open', 'closed'],
  })
  expect(await history(1)).toEqual([
    'bucket M4 2025-03-02 2025-03-08',
    'case closed 2025-03-07 2025-03-08',
    'class 3 2025-03-02 2025-03-08',
  ])
  const { rows } = await sql`select ended_as from delinquencies
                              where borrower_id = 1 and bucket = 'M4'`.execute(db)
  expect(rows).toEqual([{ ended_as: 'cure' }])
})

test('one instalment is paid: the next one is the oldest, and the loan rolls back', async () => {
  expect(await book(2, 'P2', '2025-03-08', 11_000)).toEqual({ bucket: ['M4', 'M1'], risk_class: ['3', '1'] })
  const { rows } = await sql`
    select concat_ws(' ', valid_from, outstanding_minor, past_due_minor, oldest_due_on) as position
      from positions where borrower_id = 2 order by valid_from`.execute(db)
  expect(rows).toEqual([
    { position: '2025-03-01 90000 22000 2024-12-01' },
    { position: '2025-03-08 79000 11000 2025-02-15' },
  ])
})

test('a part of an instalment moves the sum and not the day; a unit more than one moves it', async () => {
  expect(await book(3, 'P3', '2025-03-08', 10_999)).toEqual({})
  expect(await book(3, 'P3b', '2025-03-08', 1)).toEqual({ bucket: ['M4', 'M1'], risk_class: ['3', '1'] })
})

test('the night of that day changes nothing of it, nor does the same night again', async () => {
  const before = await history(1)
  await night('2025-03-08')
  expect(await history(1)).toEqual(before)
  for (const borrower of [1, 2, 3]) {
    const left = await sql`select from delinquency_corrections where borrower_id = ${borrower}`.execute(db)
    expect(left.rows).toEqual([])
  }
  expect(await night('2025-03-09')).toBe(0)
})

test('the bounce: past due again at once, as if nothing had come; a case of its own day', async () => {
  today = '2025-03-10'
  expect(await book(1, 'R1', '2025-03-10', 22_000, back('P1'))).toEqual({
    'promise:1': ['kept', 'open'],
    bucket: ['current', 'M4'],
    risk_class: ['1', '3'],
    case: ['closed', 'open'],
    buckets: [null, { derived_anew_from: '2025-03-08' }],
  })
  expect(await history(1)).toEqual([
    'bucket M4 2025-03-02',
    'case closed 2025-03-07 2025-03-08',
    'case open 2025-03-10',
    'class 3 2025-03-02',
  ])
  expect(await night('2025-03-10')).toBe(0)
})

test('money of a day that nights have judged: the history is right from that day, at once', async () => {
  expect(await book(4, 'P4', '2025-03-05', 22_000)).toEqual({
    bucket: ['M4', 'current'],
    risk_class: ['3', '1'],
    case: ['open', 'closed'],
    buckets: [null, { derived_anew_from: '2025-03-05' }],
  })
  expect(await history(4)).toEqual([
    'bucket M4 2025-03-02 2025-03-05',
    'case closed 2025-03-07 2025-03-10',
    'class 3 2025-03-02 2025-03-05',
  ])
  today = '2025-03-11'
  expect(await night('2025-03-11')).toBe(0)
})

test('while a night is at work nothing waits for it: the next one makes up for it', async () => {
  const other = await openClient(url)
  await other.query('select pg_advisory_lock(4172027)')
  expect(await book(5, 'P5', '2025-03-11', 22_000)).toEqual({
    buckets: [null, { derived_anew_from: '2025-03-11' }],
  })
  await other.end()
  expect(await history(5)).toContain('case open 2025-03-07')
  await night('2025-03-12')
  expect(await history(5)).toEqual([
    'bucket M4 2025-03-02 2025-03-11',
    'case closed 2025-03-07 2025-03-12',
    'class 3 2025-03-02 2025-03-11',
  ])
})

test('the next tape is the lender’s own word: what it does not know of is past due again', async () => {
  today = '2025-03-14'
  await tape('2025-03-14')
  await night('2025-03-14')
  expect((await history(4)).filter((one) => !one.startsWith('class'))).toEqual([
    'bucket M4 2025-03-02 2025-03-05',
    'bucket M4 2025-03-14',
    'case closed 2025-03-07 2025-03-10',
    'case open 2025-03-14',
  ])
  const { rows } = await sql`select past_due_minor, valid_from, valid_to from positions
                              where borrower_id = 4 order by valid_from`.execute(db)
  expect(rows).toMatchObject([
    { past_due_minor: 22_000, valid_from: '2025-03-01', valid_to: '2025-03-05' },
    { past_due_minor: 0, valid_from: '2025-03-05', valid_to: '2025-03-14' },
    { past_due_minor: 22_000, valid_from: '2025-03-14' },
  ])
  expect(await night('2025-03-15')).toBe(0)
})

test('a bounce of money that the tape knew: what was past due before comes back', async () => {
  today = '2025-03-16'
  await sql`insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency,
                                  kind, loaded_as_of)
            values (6, 'P6', 'bank', 'L', '2025-03-13', 22000, 'TWD', 'payment', '2025-03-14')`.execute(db)
  await sql`
    insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, lender, product, currency, status,
                                outstanding_minor, past_due_minor, oldest_due_on)
    select borrower_id, loan_no, position_from, '2025-03-14', lender, product, currency, status,
           outstanding_minor, past_due_minor, oldest_due_on
      from loans where borrower_id = 6`.execute(db)
  await sql`update loans set position_from = '2025-03-14', outstanding_minor = 68000, past_due_minor = 0,
                   oldest_due_on = null where borrower_id = 6`.execute(db)
  await night('2025-03-16')
  expect((await history(6)).at(0)).toBe('bucket M4 2025-03-02 2025-03-14')
  expect(await book(6, 'R6', '2025-03-16', 22_000, back('P6'))).toMatchObject({
    bucket: ['current', 'M4'],
    case: ['closed', 'open'],
  })
  const { rows } = await sql`
    select concat_ws(' ', outstanding_minor, past_due_minor, oldest_due_on) as position
      from positions where borrower_id = 6 and valid_to = 'infinity'`.execute(db)
  expect(rows).toEqual([{ position: '90000 22000 2024-12-01' }])
  await night('2025-03-17')
  expect(await night('2025-03-18')).toBe(0)
})
