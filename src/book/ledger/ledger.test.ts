import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { explainDifference, positionOf, post, proveBalances } from './ledger.sql.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)

async function loan(no: string, minor: number, on: string, status = 'active') {
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (7, ${no}, 'bank', 'USD', ${status}, ${on}, ${minor}, ${minor}, '2025-01-01')
  `.execute(db)
}
const payment = (no: string, loanNo: string, on: string, minor: number, kind = 'payment') =>
  sql`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
      loaded_as_of)
    values (7, ${no}, 'bank', ${loanNo}, ${on}, ${minor}, 'USD', ${kind}, ${on})
  `.execute(db)
const tape = (on: string) =>
  sql`
    insert into loads (kind, lenders, as_of, mode, file_name, file_path, sha256, state, loaded_at, rows, new,
      changed, unchanged,
                       closed, rejected, seconds)
    values ('loans', array['bank'], ${on}, 'full', 'x', 'x', 'x', 'applied', '2025-03-01T00:00:00Z', 1, 0, 0,
            0, 0, 0, 0)
  `.execute(db)

test('day 1: the tape; day 2: money in and part taken back; the position shows its arithmetic', async () => {
  await loan('L1', 100_000, '2025-03-01')
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await tape('2025-03-01')
  await payment('P1', 'L1', '2025-03-02', 30_000)
  await payment('P2', 'L1', '2025-03-02', 10_000, 'reversal')
  expect(await runStep(client, 'book/ledger/post-payments', '2025-03-02')).toBe(6)
  expect(await positionOf(db, '7', 'L1', '2025-03-02')).toEqual({
    loan_no: 'L1',
    currency: 'USD',
    tape_as_of: '2025-03-01',
    tape_minor: 100_000,
    movements: [
      { on_date: '2025-03-02', kind: 'payment', part: null, reason: 'money came in', change_minor: -30_000 },
      {
        on_date: '2025-03-02',
        kind: 'reversal',
        part: null,
        reason: 'money that came in was taken back',
        change_minor: 10_000,
      },
    ],
    outstanding_minor: 80_000,
  })
})

test('the same night again posts nothing', async () => {
  expect(await runStep(client, 'book/ledger/post-payments', '2025-03-02')).toBe(0)
})

test('day 3: an expected tape passes; beyond the setting it is held until a person explains it', async () => {
  await sql`insert into settings (name, effective_from, value)
            values ('balance_difference_limit', '2025-01-01', '{"minor": 500}')`.execute(db)
  await tape('2025-03-03')
  const move = async (no: string, from: number, to: number) => {
    await sql`insert into loan_positions
                (borrower_id, loan_no, lender, product, currency, valid_from, valid_to, status,
                 outstanding_minor, past_due_minor)
              values (7, ${no}, 'bank', '', 'USD', '2025-03-01', '2025-03-03', 'active', ${from},
                     ${from})`.execute(db)
    await sql`update loans set outstanding_minor = ${to}, position_from = '2025-03-03'
               where loan_no = ${no}`.execute(db)
  }
  await move('L1', 100_000, 80_400)
  await loan('L2', 50_000, '2025-03-01')
  await move('L2', 50_000, 49_000)
  expect(await runStep(client, 'book/ledger/compare-with-tape', '2025-03-03')).toBe(1)
  expect(await runStep(client, 'book/ledger/compare-with-tape', '2025-03-03')).toBe(0)
  const { rows } = await sql`select loan_no, expected_minor, stated_minor from balance_differences`.execute(
    db,
  )
  expect(rows).toEqual([{ loan_no: 'L2', expected_minor: 50_000, stated_minor: 49_000 }])
  const about = { borrower_id: '7', loan_no: 'L2', as_of: '2025-03-03' }
  const by = { at: '2025-03-03T09:00:00Z', staff: 'ann', explanation: 'paid at the branch, file follows' }
  expect(await explainDifference(db, about, by)).toBe(true)
  expect(await explainDifference(db, about, by)).toBe(false)
  expect(await runStep(client, 'book/ledger/compare-with-tape', '2025-03-03')).toBe(0)
})

test('a full tape that repeats a balance although money came differs; a partial one is silent', async () => {
  await loan('L4', 30_000, '2025-03-01')
  await payment('P4', 'L4', '2025-03-03', 10_000)
  await runStep(client, 'book/ledger/post-payments', '2025-03-03')
  await tape('2025-03-04')
  await sql`update loads set mode = 'delta' where as_of = '2025-03-04'`.execute(db)
  // money of the day of a tape is in that tape already
  expect(await runStep(client, 'book/ledger/compare-with-tape', '2025-03-04')).toBe(0)
  await payment('P5', 'L4', '2025-03-05', 10_000)
  await runStep(client, 'book/ledger/post-payments', '2025-03-05')
  await tape('2025-03-06')
  await sql`update loads set mode = 'delta' where as_of = '2025-03-06'`.execute(db)
  expect(await runStep(client, 'book/ledger/compare-with-tape', '2025-03-06')).toBe(0)
  await sql`update loads set mode = 'full' where as_of = '2025-03-06'`.execute(db)
  expect(await runStep(client, 'book/ledger/compare-with-tape', '2025-03-06')).toBe(1)
  const { rows } = await sql`select loan_no, expected_minor, stated_minor from balance_differences
                              where as_of = '2025-03-06'`.execute(db)
  expect(rows).toEqual([{ loan_no: 'L4', expected_minor: 20_000, stated_minor: 30_000 }])
})

test('after the charge-off money is a recovery, and the agency keeps its fee', async () => {
  await loan('L3', 20_000, '2025-03-01', 'charged_off')
  await payment('P3', 'L3', '2025-03-04', 5_000)
  await runStep(client, 'book/ledger/post-payments', '2025-03-04')
  const fee = {
    borrower_id: '7',
    loan_no: 'L3',
    movement_no: 'collection_fee:P3',
    kind: 'collection_fee',
    on_date: '2025-03-04',
    entered_on: '2025-03-04',
    currency: 'USD',
    amount_minor: 900,
    actor: 'ann',
  } as const
  expect(await post(db, fee)).toBe(true)
  expect(await post(db, fee)).toBe(false)
  const { rows } = await sql`
    select account, sum(amount_minor)::bigint as minor from entries where loan_no = 'L3' group by account
           order by 1
  `.execute(db)
  expect(rows).toEqual([
    { account: 'cash', minor: 4_100 },
    { account: 'charged_off', minor: -5_000 },
    { account: 'collection_cost', minor: 900 },
  ])
})

test('verify proves the book, and finds an entry that somebody changed', async () => {
  expect(await proveBalances(db)).toMatchObject({ loans: 4, differences: 0, examples: [] })
  await sql`update entries set amount_minor = amount_minor + 1
             where movement_no = 'payment:P1' and account = 'cash'`.execute(db)
  const proof = await proveBalances(db)
  expect(proof.differences).toBe(1)
  expect(proof.examples).toEqual([
    { loan_no: 'L1', about: 'payment:P1', what: 'entries_do_not_cancel_out', minor: 1 },
  ])
  await sql`update entries set amount_minor = amount_minor - 1
             where movement_no = 'payment:P1' and account = 'cash'`.execute(db)
})

test('verify finds a payment that no night has posted, and money that no payment brought', async () => {
  await payment('P7', 'L4', '2025-03-07', 700)
  expect((await proveBalances(db)).differences).toBe(0)
  await sql`insert into nights (as_of, started_at) values ('2025-03-07', '2025-03-07T20:00:00Z')`.execute(db)
  expect((await proveBalances(db)).differences).toBe(0)
  await sql`update nights set finished_at = '2025-03-07T21:00:00Z'`.execute(db)
  const money = { loan_no: 'L4', currency: 'USD', on_date: '2025-03-07', entered_on: '2025-03-07' } as const
  await post(db, {
    ...{ borrower_id: '7', movement_no: 'payment:P8', kind: 'payment', amount_minor: 800, actor: 'eve' },
    ...money,
  })
  await sql`update payments set kind = 'reversal' where payment_no = 'P4'`.execute(db)
  const { examples } = await proveBalances(db)
  expect(examples.toSorted((a, b) => (String(a['about']) < String(b['about']) ? -1 : 1))).toEqual([
    { loan_no: 'L4', about: 'P4', what: 'payment_was_posted_otherwise', minor: 0 },
    { loan_no: 'L4', about: 'P7', what: 'payment_was_not_posted', minor: -700 },
    { loan_no: 'L4', about: 'payment:P8', what: 'movement_has_no_payment', minor: 800 },
  ])
  await client.end()
  await db.destroy()
})
