import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { putBorrower } from '../../../test/support/staffed-desk.ts'
import { connect, type Db, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { dayOf, itemOf, leaveCase, listOf, takeCase, takeNext } from './worklist.sql.ts'

const as_of = '2026-05-12'
const at = '2026-05-12T15:00:00Z'
const moment = { at, on: as_of }
let db: Db
let url: string

async function fill(on = as_of): Promise<number> {
  const client = await openClient(url)
  try {
    await client.query('begin')
    await runStep(client, 'book/delinquency/refresh-edges', on)
    await runStep(client, 'strategy/worklists/find-work', on)
    const rows = await runStep(client, 'strategy/worklists/fill-worklist', on)
    await client.query('commit')
    return rows
  } finally {
    await client.end()
  }
}

const clear = () =>
  sql`update worklist_items set taken_by = null, taken_until = null, not_before = null`.execute(db)

/** A borrower whose loan is in M1 with an open case. */
async function put(no: string, past_due: number, days = 20): Promise<string> {
  const borrower_id = await putBorrower(db, {
    lender: 'north',
    borrower_no: no,
    name: `Name ${no}`,
    past_due,
    as_of,
    days,
  })
  await sql`insert into cases values (${borrower_id}, ${as_of}::date - 10)`.execute(db)
  await sql`
    insert into delinquencies (borrower_id, loan_no, valid_from, bucket, began_as)
    values (${borrower_id}, ${`L-${no}`}, ${as_of}::date - ${days - 1}::int, 'M1', 'new')`.execute(db)
  return borrower_id
}

beforeAll(async () => {
  url = await freshUrl()
  db = connect(url, { max: 30 })
  for (let i = 1; i <= 120; i++) await put(`N-${1000 + i}`, i * 10)
  await fill()
  return () => db.destroy()
})

test('the night puts the larger sum first, and the same night again writes nothing', async () => {
  const to_do = await listOf(db, 'ann', 'to_do', { ...moment, after: null, limit: 120 })
  expect((await dayOf(db, 'ann', moment)).to_do).toBe(120)
  expect(to_do[0]).toMatchObject({ days_past_due: 20, bucket: 'M1' })
  // Money counts in twentieths of its currency: the six largest of 120 stand together.
  expect(Number(to_do[0]!.past_due)).toBeGreaterThan(1140)
  expect(Number(to_do[59]!.past_due)).toBeLessThan(670)
  expect(to_do[0]!.reasons.map((it) => it.reason)).toEqual(['rolls', 'never_contacted', 'past_due_since'])
  expect(await fill()).toBe(0)
})

test('a hundred who ask at once get a hundred different cases', async () => {
  const taken = await Promise.all(
    Array.from({ length: 100 }, (_, i) => takeNext(db, `collector-${i}`, moment)),
  )
  expect(new Set(taken.map((item) => item?.borrower_id)).size).toBe(100)
  await clear()
})

test('asking again gives the case that one has; after half an hour without a sign it goes back', async () => {
  const first = await takeNext(db, 'ann', moment)
  expect((await takeNext(db, 'ann', moment))?.borrower_id).toBe(first!.borrower_id)
  expect(await takeCase(db, { borrower_id: first!.borrower_id, staff_id: 'bob', at })).toBe(false)
  const later = { at: '2026-05-12T15:30:00Z', on: as_of }
  expect((await takeNext(db, 'bob', later))?.borrower_id).toBe(first!.borrower_id)
  await clear()
})

test('what was put off comes back at its time, what was worked with the next night', async () => {
  const [first, second] = [await takeNext(db, 'ann', moment), await takeNext(db, 'bob', moment)]
  const later = {
    staff_id: 'ann',
    how: 'later' as const,
    reason: 'at work',
    not_before: '2026-05-12T17:00:00Z',
  }
  await leaveCase(db, { borrower_id: first!.borrower_id, ...later }, moment)
  const worked = { staff_id: 'bob', how: 'worked' as const, reason: 'talked', not_before: null }
  await leaveCase(db, { borrower_id: second!.borrower_id, ...worked }, moment)
  expect(await dayOf(db, 'bob', moment)).toMatchObject({
    to_do: 118,
    not_yet: 1,
    done_by_me: 1,
  })
  const afterwards = { at: '2026-05-12T17:00:00Z', on: as_of }
  expect((await takeNext(db, 'ann', afterwards))?.borrower_id).toBe(first!.borrower_id)
  await fill('2026-05-13')
  expect((await itemOf(db, second!.borrower_id, { ...moment, on: '2026-05-13' }))?.done_with).toBeNull()
  await clear()
})

test('a case that money ended by day is given to nobody before the night takes it off the list', async () => {
  const first = await takeNext(db, 'ann', moment)
  const on = (day: string | null) =>
    sql`update cases set closed_on = ${day} where borrower_id = ${first!.borrower_id}`.execute(db)
  const counted = (await dayOf(db, 'ann', moment)).to_do
  await on(as_of)
  const next = await takeNext(db, 'ann', moment)
  expect(next).not.toBeNull()
  expect(next!.borrower_id).not.toBe(first!.borrower_id)
  expect((await dayOf(db, 'ann', moment)).to_do).toBe(counted - 1)
  const listed = await listOf(db, 'ann', 'to_do', { ...moment, after: null, limit: 200 })
  expect(listed.map((item) => item.borrower_id)).not.toContain(first!.borrower_id)
  await on(null)
  await clear()
})

test('what is promised, held or paid needs nobody; what broke is weighed and said', async () => {
  const [promised, held, broke] = [await put('P-1', 900), await put('P-2', 900), await put('P-3', 5)]
  const promise = (borrower_id: string, no: string, outcome: string | null) =>
    sql`
    insert into promises (borrower_id, loan_no, promise_no, made_on, due_on, counts_until, currency,
                          promised_minor,
                          enough_minor, channel, taken_by, outcome, judged_on, paid_minor)
    values (${borrower_id}, ${no}, 1, '2026-05-01', '2026-05-10', '2026-05-11', 'USD', 42000, 39900, 'call',
            'ann',
            ${outcome}, ${outcome ? as_of : null}::date, ${outcome ? 15000 : null})`.execute(db)
  await promise(promised, 'L-P-1', null)
  await promise(broke, 'L-P-3', 'partly_kept')
  await sql`
    insert into holds (borrower_id, kind, at, recorded_at, recorded_by, reason)
    values (${held}, 'dispute', ${at}, ${at}, 'ann', 'not mine')`.execute(db)
  await fill()
  expect(await itemOf(db, promised, moment)).toBeNull()
  expect(await itemOf(db, held, moment)).toBeNull()
  expect((await itemOf(db, broke, moment))?.reasons[0]).toEqual({
    reason: 'promise_broken',
    on: as_of,
    due_on: '2026-05-10',
    promised: '420.00',
    paid: '150.00',
    currency: 'USD',
  })
})

test('a smaller loan that is older says since when and in which bucket the case is', async () => {
  const borrower_id = await put('OLDER', 900)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor, oldest_due_on)
    select borrower_id, 'L-SMALL', lender, product, currency, status, position_from, 5000, 500,
           ${as_of}::date - 100
      from loans where loan_no = 'L-OLDER'`.execute(db)
  await sql`
    insert into delinquencies (borrower_id, loan_no, valid_from, bucket, began_as)
    values (${borrower_id}, 'L-SMALL', ${as_of}::date - 9, 'M4', 'roll_forward')`.execute(db)
  await fill()
  const { rows } = await sql<{ loan_no: string; bucket: string; days: number; reasons: unknown[] }>`
    select loan_no, bucket, ${as_of}::date - oldest_due_on as days, reasons
      from worklist_items where borrower_id = ${borrower_id}`.execute(db)
  expect(rows[0]).toMatchObject({ loan_no: 'L-OLDER', bucket: 'M4', days: 100 })
  expect(rows[0]!.reasons).toContainEqual({ reason: 'past_due_since', on: '2026-02-01' })
  expect(rows[0]!.reasons).toContainEqual({ reason: 'rolls', on: '2026-05-23', bucket: 'M1' })
})
