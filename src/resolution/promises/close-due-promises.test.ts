import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { standingOf } from '../../book/positions/standing.sql.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { cancelPromise, insertPromise, judgeLoan, promiseFacts, promisesOf } from './promise.sql.ts'
import { takePromise } from './promise.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
afterAll(async () => {
  await client.end()
  await db.destroy()
})

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
})
const night = (asOf: string) => runStep(client, 'resolution/promises/close-due-promises', asOf)

async function loan(loanNo: string) {
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (7, ${loanNo}, 'bank', 'USD', 'active', '2025-03-01', 500000, 50000, '2025-02-01')
  `.execute(db)
}
async function promise(loanNo: string, madeOn: string, dueOn: string, minor: number) {
  const standing = (await standingOf(db, '7', loanNo, madeOn))!
  const asked = {
    loan_no: loanNo,
    due_on: dueOn,
    promised_minor: minor,
    currency: 'USD',
    channel: 'call',
  } as const
  const decision = takePromise(await promiseFacts(db, standing, madeOn), asked)
  if (!decision.ok) throw new Error(decision.refusal)
  return insertPromise(db, standing, asked, decision.value, { staff: 'ann', at: `${madeOn}T10:00:00Z` })
}
const pay = (no: string, loanNo: string, on: string, minor: number, loaded = on) =>
  sql`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
      loaded_as_of)
    values (7, ${no}, 'bank', ${loanNo}, ${on}, ${minor}, 'USD', 'payment', ${loaded})
  `.execute(db)
const takeBack = (no: string, of: string, loanNo: string, on: string, minor: number) =>
  sql`
    insert into payments
      (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind, reverses,
       loaded_as_of)
    values (7, ${no}, 'bank', ${loanNo}, ${on}, ${minor}, 'USD', 'reversal', ${of}, ${on})
  `.execute(db)
/** The night has come to a row that the desk holds. */
async function untilSomebodyWaits() {
  for (let tries = 0; tries < 200; tries++) {
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      db,
    )
    if (rows.length > 0) return
    await new Promise((done) => setTimeout(done, 25))
  }
  throw new Error('the night waits for nobody')
}
const outcomes = async (loanNo: string) =>
  (await promisesOf(db, '7'))
    .filter((one) => one.loan_no === loanNo)
    .toSorted((a, b) => a.promise_no - b.promise_no)
    .map(({ outcome, paid_minor }) => [outcome, paid_minor])

test('the due day and its grace are still open; the day after, nothing came: broken', async () => {
  await loan('L1')
  await promise('L1', '2025-03-01', '2025-03-10', 10_000)
  await night('2025-03-11')
  expect(await outcomes('L1')).toEqual([[null, null]])
  await night('2025-03-12')
  expect(await outcomes('L1')).toEqual([['broken', 0]])
})

test('enough by the last counting day is kept, within the tolerance; less is partly kept', async () => {
  await loan('L2')
  await promise('L2', '2025-03-01', '2025-03-10', 10_000)
  await pay('P2', 'L2', '2025-03-11', 9_500)
  await loan('L3')
  await promise('L3', '2025-03-01', '2025-03-10', 10_000)
  await pay('P3', 'L3', '2025-03-11', 9_499)
  await night('2025-03-12')
  expect(await outcomes('L2')).toEqual([['kept', 9_500]])
  expect(await outcomes('L3')).toEqual([['partly_kept', 9_499]])
})

test('money before the word was given and after its last day does not count', async () => {
  await loan('L4')
  await pay('P4', 'L4', '2025-02-28', 10_000)
  await promise('L4', '2025-03-01', '2025-03-10', 10_000)
  await pay('P5', 'L4', '2025-03-12', 10_000)
  await night('2025-03-12')
  expect(await outcomes('L4')).toEqual([['broken', 0]])
})

test('a payment keeps a promise that night; the bounce reopens it; the deadline breaks it', async () => {
  await loan('L5')
  await promise('L5', '2025-04-01', '2025-04-10', 10_000)
  await pay('P6', 'L5', '2025-04-03', 10_000)
  await night('2025-04-03')
  expect(await outcomes('L5')).toEqual([['kept', 10_000]])
  await takeBack('R6', 'P6', 'L5', '2025-04-05', 10_000)
  await night('2025-04-05')
  expect(await outcomes('L5')).toEqual([[null, 0]])
  await night('2025-04-12')
  expect(await outcomes('L5')).toEqual([['broken', 0]])
})

test('a reversal after the deadline judges again, and the record says what it was', async () => {
  await loan('L6')
  await promise('L6', '2025-05-01', '2025-05-10', 10_000)
  await pay('P7', 'L6', '2025-05-09', 10_000)
  await night('2025-05-12')
  await takeBack('R7', 'P7', 'L6', '2025-05-20', 10_000)
  await judgeLoan(db, { borrower_id: '7', loan_no: 'L6' }, '2025-05-20')
  expect(await outcomes('L6')).toEqual([['broken', 0]])
  const { rows } = await sql`select was, was_minor, now_is, now_minor from promise_rejudgements
                              where loan_no = 'L6'`.execute(db)
  expect(rows).toEqual([{ was: 'kept', was_minor: 10_000, now_is: 'broken', now_minor: 0 }])
})

test('a back-dated payment turns a broken promise into a kept one', async () => {
  await loan('L7')
  await promise('L7', '2025-06-01', '2025-06-10', 10_000)
  await night('2025-06-12')
  expect(await outcomes('L7')).toEqual([['broken', 0]])
  await pay('P8', 'L7', '2025-06-09', 10_000, '2025-06-15')
  await night('2025-06-15')
  expect(await outcomes('L7')).toEqual([['kept', 10_000]])
})

test('three promises of one call share the money, earliest first, and no payment counts twice', async () => {
  await loan('L8')
  await promise('L8', '2025-07-01', '2025-07-05', 10_000)
  await promise('L8', '2025-07-01', '2025-07-10', 10_000)
  await promise('L8', '2025-07-01', '2025-07-15', 10_000)
  await pay('P9', 'L8', '2025-07-04', 10_000)
  await pay('P10', 'L8', '2025-07-14', 10_000)
  for (const day of ['07-04', '07-07', '07-12', '07-14', '07-17']) await night(`2025-${day}`)
  expect(await outcomes('L8')).toEqual([
    ['kept', 10_000],
    ['broken', 0],
    ['kept', 10_000],
  ])
})

test('paid ahead in one sum, all three are kept', async () => {
  await loan('L9')
  await promise('L9', '2025-07-01', '2025-07-05', 10_000)
  await promise('L9', '2025-07-01', '2025-07-10', 10_000)
  await pay('P11', 'L9', '2025-07-02', 20_000)
  await night('2025-07-02')
  expect(await outcomes('L9')).toEqual([
    ['kept', 10_000],
    ['kept', 10_000],
  ])
})

test('a newer word replaces the open one; one whose day has passed is judged, not erased', async () => {
  await loan('L10')
  await promise('L10', '2025-08-01', '2025-08-05', 10_000)
  await promise('L10', '2025-08-01', '2025-08-20', 10_000)
  await pay('P12', 'L10', '2025-08-06', 4_000)
  await promise('L10', '2025-08-06', '2025-08-15', 6_000)
  expect(await outcomes('L10')).toEqual([
    ['broken', 0],
    ['cancelled', null],
    [null, null],
  ])
  await night('2025-08-17')
  expect((await outcomes('L10'))[2]).toEqual(['partly_kept', 4_000])
})

test('a promise that the desk cancels while the night judges it stays cancelled', async () => {
  await loan('L11')
  await promise('L11', '2025-09-01', '2025-09-10', 10_000)
  await pay('P13', 'L11', '2025-09-05', 10_000, '2025-09-12')
  const about = { borrower_id: '7', loan_no: 'L11', promise_no: 1 }
  let running: ReturnType<typeof night>
  await db.transaction().execute(async (tx) => {
    await cancelPromise(tx, about, '2025-09-12', 'agreed otherwise')
    running = night('2025-09-12')
    await untilSomebodyWaits()
  })
  await running!
  expect(await outcomes('L11')).toEqual([['cancelled', null]])
})

test('every night again changes nothing', async () => {
  for (const day of ['2025-05-12', '2025-06-15', '2025-07-17', '2025-08-17']) expect(await night(day)).toBe(0)
})
