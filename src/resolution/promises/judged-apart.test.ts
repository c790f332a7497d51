import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
afterAll(async () => {
  await client.end()
  await db.destroy()
})

// The same numbers every time: a run that fails, fails again.
let seed = 20_250_301
const random = (below: number) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return Math.floor((seed / 2_147_483_648) * below)
}

const FIRST = Temporal.PlainDate.from('2025-03-01')
const day = (n: number) => FIRST.add({ days: n }).toString()
type Promised = { loan: number; no: number; made: number; until: number; minor: number; enough: number }
type Paid = { loan: number; no: string; on: number; loaded: number; minor: number; reverses: Paid | null }

const LOANS = 120
const NIGHTS = 30
const promises: Promised[] = []
const payments: Paid[] = []
for (let loan = 0; loan < LOANS; loan++) {
  const agreements = random(3) === 0 ? [0, 12] : [random(6)]
  let no = 0
  for (const made of agreements) {
    for (let several = random(3) === 0 ? 3 : 1; several > 0; several--) {
      const minor = 100 * (1 + random(9))
      promises.push({ loan, no: ++no, made, until: made + 1 + random(9), minor, enough: minor - minor / 20 })
    }
  }
  for (let n = random(5); n > 0; n--) {
    const on = random(25)
    const paid = { loan, no: `P${loan}-${n}`, on, minor: 50 * (1 + random(12)), reverses: null }
    const loaded = Math.min(on + (random(3) === 0 ? random(8) : 0), NIGHTS - 1)
    payments.push({ ...paid, loaded })
    if (random(4) === 0) {
      const back = Math.min(loaded + random(6), NIGHTS - 1)
      payments.push({ ...paid, no: `R${loan}-${n}`, on: back, loaded: back, reverses: payments.at(-1)! })
    }
  }
}

/** What is in a promise's window by a night, a reversal on its payment's day. */
const receivedBy = ({ loan, made, until }: Promised, night: number) =>
  payments
    .filter((paid) => paid.loan === loan && paid.loaded <= night)
    .filter(({ on, reverses }) => (reverses?.on ?? on) >= made && (reverses?.on ?? on) <= until)
    .reduce((sum, { minor, reverses }) => sum + (reverses ? -minor : minor), 0)

/** Money serves the earliest promise of an agreement that is not served, dollar by dollar. */
function sharesOf(agreement: Promised[], night: number): number[] {
  const inOrder = agreement.toSorted((a, b) => a.until - b.until || a.no - b.no)
  let served = 0
  const shares = new Map<number, number>()
  for (const one of inOrder) {
    const share = Math.min(one.minor, Math.max(receivedBy(one, night) - served, 0))
    shares.set(one.no, share)
    served += share
  }
  return agreement.map(({ no }) => shares.get(no)!)
}

beforeAll(async () => {
  await sql`insert into borrowers (borrower_id, lender, borrower_no)
            select n, 'bank', n from generate_series(0, ${LOANS}::int - 1) n`.execute(db)
  const several = (one: Promised) =>
    promises.filter(({ loan, made }) => loan === one.loan && made === one.made).length > 1
  for (const one of promises) {
    await sql`
      insert into promises (borrower_id, loan_no, promise_no, made_on, due_on, counts_until, currency,
                            promised_minor, one_of_several, enough_minor, channel, taken_by)
      values (${one.loan}, 'L', ${one.no}, ${day(one.made)}, ${day(one.until)}, ${day(one.until)}, 'USD',
              ${one.minor}, ${several(one)}, ${one.enough}, 'call', 'ann')`.execute(db)
  }
})

test('thirty nights of back-dated money and bounces: each promise is what the money says', async () => {
  for (let night = 0; night < NIGHTS; night++) {
    for (const paid of payments.filter(({ loaded }) => loaded === night)) {
      await sql`
        insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                              reverses, loaded_as_of)
        values (${paid.loan}, ${paid.no}, 'bank', 'L', ${day(paid.on)}, ${paid.minor}, 'USD',
                ${paid.reverses ? 'reversal' : 'payment'}, ${paid.reverses?.no ?? null}, ${day(night)})
      `.execute(db)
    }
    await runStep(client, 'resolution/promises/close-due-promises', day(night))
    expect(await runStep(client, 'resolution/promises/close-due-promises', day(night))).toBe(0)
  }
  const { rows } = await sql<{ loan: string; no: number; outcome: string; paid_minor: number }>`
    select borrower_id::text as loan, promise_no as no, outcome, paid_minor from promises
  `.execute(db)
  const told = new Map(rows.map((row) => [`${row.loan}:${row.no}`, [row.outcome, row.paid_minor]]))
  for (const one of promises) {
    const agreement = promises.filter(({ loan, made }) => loan === one.loan && made === one.made)
    const share = sharesOf(agreement, NIGHTS)[agreement.indexOf(one)]!
    const outcome = share >= one.enough ? 'kept' : share > 0 ? 'partly_kept' : 'broken'
    expect([one, told.get(`${one.loan}:${one.no}`)]).toEqual([one, [outcome, share]])
  }
  const { rows: again } = await sql<{ n: number }>`select count(*) as n from promise_rejudgements`.execute(db)
  expect(again[0]!.n).toBeGreaterThan(10)
})
