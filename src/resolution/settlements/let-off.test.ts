// What a completed settlement lets off: all that is owed on its day, whatever moved since the offer.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { proveBalances } from '../../book/ledger/ledger.sql.ts'
import { standingOf } from '../../book/positions/standing.sql.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { paymentRoutes } from '../receipts/payment.routes.ts'
import { settlementRoutes } from './settlement.routes.ts'
import { settlementsOf } from './settlement.sql.ts'
import { settlementDecisionRoutes } from './settlement-decision.routes.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
let today = '2025-06-02'
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), [
  settlementRoutes(),
  settlementDecisionRoutes(),
  paymentRoutes(),
])
afterAll(async () => {
  await client.end()
  await db.destroy()
})

const lent = { outstanding: 100_000, interest: 10_000 }
/** What the lender states of the loan at the close of a day. */
async function tape(asOf: string, { outstanding, interest } = lent) {
  await sql`
    update loans set position_from = ${asOf}, outstanding_minor = ${outstanding},
                     past_due_minor = ${outstanding}, interest_minor = ${interest},
                     principal_minor = ${outstanding - interest - 10_000}
     where borrower_id = ${borrower}`.execute(db)
  await sql`
    insert into loads (kind, lenders, as_of, mode, file_name, file_path, sha256, state, loaded_at, rows, new,
                       changed, unchanged, closed, rejected, seconds)
    values ('loans', array[${`bank${borrower}`}], ${asOf}, 'full', 'tape', '/tape', ${`${borrower} ${asOf}`},
            'applied', ${asOf}, 1, 0, 0, 1, 0, 0, 0)`.execute(db)
}

let borrower = 0
beforeAll(async () => {
  desk.as('max', 'manager')
})
/** Each story has a lender, a borrower and a loan of its own, 1,000.00 as of 1 June. */
beforeEach(async () => {
  borrower += 1
  today = '2025-06-02'
  const lender = `bank${borrower}`
  await sql`insert into loan_kinds values (${lender}, '')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no)
    values (${borrower}, ${lender}, 'B')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on, principal_minor, interest_minor, penalty_minor,
                       fees_minor)
    values (${borrower}, 'L', ${lender}, 'USD', 'active', '2025-06-01', 100000, 100000, '2025-01-20', 80000,
            10000, 5000, 5000)`.execute(db)
})
const loan = () => `/borrowers/${borrower}/loans/L/settlements`
const offer = (minor: number, more = {}) =>
  desk.ask('POST', loan(), {
    currency: 'USD',
    offer_minor: minor,
    expires_on: '2025-06-10',
    pay_by: '2025-06-20',
    ...more,
  })
const take = async (no = 1) => (await desk.ask('PUT', `${loan()}/${no}/acceptance`)).body
const pay = (no: string, minor: number, more = {}) =>
  desk.ask('POST', `/borrowers/${borrower}/payments`, {
    payment_no: `${borrower}-${no}`,
    loan_no: 'L',
    paid_on: today,
    amount_minor: minor,
    currency: 'USD',
    ...more,
  })
const bounce = (no: string, minor: number) =>
  pay(`${no}-back`, minor, { kind: 'reversal', reverses: `${borrower}-${no}` })
/** Money that a file of the day brings; the night posts it. */
const filed = (on: string, no: string, minor: number, reverses: string | null = null) =>
  sql`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                          reverses, loaded_as_of)
    values (${borrower}, ${no}, ${`bank${borrower}`}, 'L', ${on}, ${minor}, 'USD',
            ${reverses ? 'reversal' : 'payment'}, ${reverses}, ${on})`.execute(db)
async function night(asOf: string) {
  const steps = ['book/ledger/post-payments', 'resolution/settlements/expire-offers'] as const
  for (const step of [...steps, 'book/ledger/post-settlements'] as const) await runStep(client, step, asOf)
}
const states = async () =>
  (await settlementsOf(db, String(borrower)))
    .toSorted((a, b) => a.settlement_no - b.settlement_no)
    .map(({ outcome, paid_minor, forgiven_minor }) => [outcome, paid_minor, forgiven_minor])
const owed = async (on = today) => (await standingOf(db, String(borrower), 'L', on))!.outstanding_minor

test('money that comes before the borrower’s word counts, and nothing is let off twice', async () => {
  await offer(80_000)
  today = '2025-06-04'
  await pay('A', 10_000)
  today = '2025-06-05'
  await take()
  await pay('B', 69_999)
  expect(await states()).toEqual([[null, 79_999, 0]])
  await pay('C', 1)
  expect(await states()).toEqual([['completed', 80_000, 20_000]])
  expect(await owed()).toBe(0)
})

test('the receipt says what the money made of the settlement', async () => {
  await offer(80_000)
  await take()
  const told = async (answer: ReturnType<typeof pay>) =>
    (await answer).body.changes.filter(({ what }: { what: string }) => what.startsWith('settlement:'))
  expect(await told(pay('A', 79_999))).toEqual([])
  expect(await told(pay('B', 1))).toEqual([{ what: 'settlement:1', before: 'open', after: 'completed' }])
  today = '2025-06-21'
  expect(await told(bounce('B', 1))).toEqual([{ what: 'settlement:1', before: 'completed', after: 'broken' }])
})

test('all of it paid before the word: the acceptance completes it', async () => {
  await offer(80_000)
  today = '2025-06-04'
  await pay('A', 80_000)
  expect(await states()).toEqual([[null, 0, 0]])
  today = '2025-06-05'
  expect(await take()).toMatchObject({ outcome: 'completed', paid_minor: 80_000, forgiven_minor: 20_000 })
  expect(await owed()).toBe(0)
})

test('money of the same day before the offer is off its balance, and no money for it', async () => {
  await pay('A', 10_000)
  expect((await offer(80_000)).body.balance_minor).toBe(90_000)
  await take()
  await pay('B', 79_999)
  expect(await states()).toEqual([[null, 79_999, 0]])
  await pay('C', 1)
  expect(await states()).toEqual([['completed', 80_000, 10_000]])
  expect(await owed()).toBe(0)
})

test('interest since the acceptance is let off with the rest', async () => {
  await offer(80_000)
  await take()
  await tape('2025-06-04', { outstanding: 101_000, interest: 11_000 })
  today = '2025-06-05'
  await pay('A', 80_000)
  expect(await states()).toEqual([['completed', 80_000, 21_000]])
  expect(await owed()).toBe(0)
})

test('completed by the files of a night, the loan owes nothing the day after its tape', async () => {
  await offer(80_000)
  await take()
  await filed('2025-06-05', 'F', 80_000)
  await tape('2025-06-05', { outstanding: 21_000, interest: 1_000 })
  await night('2025-06-05')
  expect(await states()).toEqual([['completed', 80_000, 21_000]])
  expect(await owed('2025-06-06')).toBe(0)
})

test('money after it is completed lessens what is let off, and taken back makes it more again', async () => {
  await offer(80_000)
  await take()
  await pay('A', 80_000)
  await filed('2025-06-03', 'B', 15_000)
  await night('2025-06-03')
  expect([await states(), await owed('2025-06-03')]).toEqual([[['completed', 95_000, 5_000]], 0])
  await filed('2025-06-04', 'C', 9_000)
  await night('2025-06-04')
  expect([await states(), await owed('2025-06-04')]).toEqual([[['completed', 104_000, 0]], -4_000])
  await filed('2025-06-05', 'B-back', 15_000, 'B')
  await night('2025-06-05')
  expect([await states(), await owed('2025-06-05')]).toEqual([[['completed', 89_000, 11_000]], 0])
  expect((await proveBalances(db)).differences).toBe(0)
})

test('a bounce after a newer offer breaks the old one, and new money is for the newer alone', async () => {
  await offer(80_000)
  await take()
  await pay('A', 80_000)
  await tape('2025-06-04', { outstanding: 30_000, interest: 10_000 })
  today = '2025-06-05'
  await offer(25_000)
  await bounce('A', 80_000)
  expect(await states()).toEqual([
    ['broken', 0, 0],
    [null, 0, 0],
  ])
  await take(2)
  const left = await owed()
  await pay('B', 90_000)
  expect(await states()).toEqual([
    ['broken', 0, 0],
    ['completed', 90_000, left - 90_000],
  ])
  expect(await owed()).toBe(0)
})
