// Facts come once, stop what was planned, and show in a new light what was done.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase, freshUrl } from '../../../test/support/database.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, type Db, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { attemptContact } from '../contacts/attempt.sql.ts'
import { acknowledgeStop, openStops, planContact, STOPS } from '../stops/stop.sql.ts'
import { replayVerdict } from '../verdicts/verdict.sql.ts'
import { factsOf, recordFact } from './fact.sql.ts'

let db: Db
const noon = (day: number) => fixedClock(`2024-05-${String(day).padStart(2, '0')}T16:00:00Z`)
const by = (day: number) => ({ clock: noon(day), recorded_by: 'kim' })

async function borrower(on: Db, no: string): Promise<string> {
  await sql`insert into loan_kinds values ('acme', 'card') on conflict do nothing`.execute(on)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["us"]') on conflict do nothing`.execute(on)
  const { rows } = await sql<{ borrower_id: string }>`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    values (borrower_id_of('acme', ${no}), 'acme', ${no}, '{America/New_York}')
    returning borrower_id::text as borrower_id`.execute(on)
  const { borrower_id } = rows[0]!
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor, row_digest)
    values (${borrower_id}, 'L1', 'acme', 'card', 'USD', 'active', '2024-01-01', 10000, 100, 0),
           (${borrower_id}, 'L2', 'acme', 'loan', 'USD', 'active', '2024-01-01', 10000, 100, 0)`.execute(on)
  return borrower_id
}

const plan = (on: Db, id: string, debts: string[], worked_by: string) =>
  planContact(
    on,
    id,
    { at: '2024-05-20T16:00:00Z', channel: 'call', debts, why: 'missed instalment', worked_by },
    '2024-05-01T16:00:00Z',
  )

beforeAll(async () => {
  db = await freshDatabase()
})

test('a cease stops everything planned, once, and shows who has not acknowledged', async () => {
  const id = await borrower(db, 'cease')
  await plan(db, id, ['L1'], 'collector kim')
  await plan(db, id, ['L2'], 'agency A')
  const fact_id = randomUUID()
  const told = { fact_id, kind: 'cease', reason: 'letter received' }
  const first = await recordFact(db, id, 'holds', told, by(2))
  expect(first).toMatchObject({ fact_id, recorded: true, incidents: 0 })
  expect(await recordFact(db, id, 'holds', told, by(3))).toMatchObject({ recorded: false, stop_id: null })

  const waiting = async () =>
    (await openStops(db)).filter((it) => it.borrower_id === id).map((it) => it.worked_by)
  expect((await waiting()).sort()).toEqual(['agency A', 'collector kim'])
  const about = { borrower_id: id, stop_id: first.stop_id!, worked_by: 'agency A' }
  await acknowledgeStop(db, about, { at: '2024-05-02T16:01:00Z', by: 'ann' })
  expect(await waiting()).toEqual(['collector kim'])
  await expect(
    acknowledgeStop(db, { ...about, worked_by: 'agency B' }, { at: '2024-05-02T16:01:00Z', by: 'ann' }),
  ).rejects.toThrow('No such stop')
})

test('a dispute about one loan leaves the plan of the other', async () => {
  const id = await borrower(db, 'dispute')
  await plan(db, id, ['L1'], 'kim')
  await plan(db, id, ['L2'], 'lee')
  await recordFact(db, id, 'holds', { kind: 'dispute', debts: ['L1'], reason: 'paid already' }, by(2))
  const { rows } = await sql<{ worked_by: string; cancelled: boolean }>`
    select worked_by, cancelled_at is not null as cancelled
      from planned_contacts where borrower_id = ${id} order by worked_by`.execute(db)
  expect(rows).toEqual([
    { worked_by: 'kim', cancelled: true },
    { worked_by: 'lee', cancelled: false },
  ])
})

test('listeners hear of a stop when it is committed', async () => {
  const url = await freshUrl()
  const own = connect(url)
  const listener = await openClient(url)
  try {
    const id = await borrower(own, 'listened')
    const heard = new Promise<string>((resolve) =>
      listener.once('notification', (message) => resolve(message.payload ?? '')),
    )
    await listener.query(`listen ${STOPS}`)
    await recordFact(own, id, 'holds', { kind: 'deceased', reason: 'told by the family' }, by(2))
    expect(JSON.parse(await heard)).toMatchObject({ borrower_id: id, cause: 'deceased' })
  } finally {
    await listener.end()
    await own.destroy()
  }
})

test('a cease received yesterday, told today, makes this morning’s call an incident', async () => {
  const id = await borrower(db, 'late-cease')
  const call = { channel: 'call', automated: true }
  const { verdict } = await attemptContact(db, id, call, { clock: noon(8), asked_by: 'bot' })
  expect(verdict.allowed).toBe(true)
  const told = { kind: 'cease', at: '2024-05-07T20:00:00Z', reason: 'letter in the post room' }
  expect(await recordFact(db, id, 'holds', told, by(9))).toMatchObject({ recorded: true, incidents: 2 })
  const { rows } = await sql<{ rule_id: string; cause: string }>`
    select rule_id, cause from incidents where borrower_id = ${id} order by rule_id`.execute(db)
  expect(rows).toEqual([
    { rule_id: 'HOUSE-D2', cause: 'late_fact' },
    { rule_id: 'US-T8', cause: 'late_fact' },
  ])
  const replay = await replayVerdict(db, verdict.verdict_id)
  expect(replay).toMatchObject({ allowed: true, same: true })
})

test('nothing is recorded before it happens', async () => {
  const id = await borrower(db, 'future')
  const told = { kind: 'cease', at: '2024-06-01T00:00:00Z', reason: 'announced' }
  await expect(recordFact(db, id, 'holds', told, by(2))).rejects.toThrow('has not come yet')
})

test('an opt-out closes the number however it is written', async () => {
  const id = await borrower(db, 'opted-out')
  await recordFact(db, id, 'opt_outs', { address: '+1 (212) 555-0101', reason: 'said so' }, by(2))
  const text = { channel: 'sms', address: '+12125550101', automated: true }
  const { verdict } = await attemptContact(db, id, text, { clock: noon(8), asked_by: 'bot' })
  expect(verdict.refusals.map((it) => it.rule_id)).toEqual(['HOUSE-M1', 'US-M1'])
  expect((await factsOf(db, id)).opt_outs).toMatchObject([{ address: '+12125550101', reason: 'said so' }])
})

test('the night learns of a death from the lender’s file and stops what a payment settles', async () => {
  const url = await freshUrl()
  const own = connect(url)
  const client = await openClient(url)
  try {
    const id = await borrower(own, 'night')
    await sql`update borrowers set deceased_on = '2024-05-01' where borrower_id = ${id}`.execute(own)
    expect(await runStep(client, 'conduct/facts/learn-from-book', '2024-05-03')).toBe(1)
    expect(await runStep(client, 'conduct/facts/learn-from-book', '2024-05-03')).toBe(0)
    expect((await factsOf(own, id)).holds).toMatchObject([{ kind: 'deceased' }])

    await plan(own, id, ['L1'], 'kim')
    await sql`
      insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                            loaded_as_of)
      values (${id}, 'P1', 'acme', 'L1', '2024-05-02', 100, 'USD', 'payment', '2024-05-03')`.execute(own)
    await runStep(client, 'conduct/stops/stop-paid', '2024-05-03')
    expect(await openStops(own)).toMatchObject([{ cause: 'payment', worked_by: 'kim' }])
    expect(await runStep(client, 'conduct/stops/stop-paid', '2024-05-03')).toBe(0)
  } finally {
    await client.end()
    await own.destroy()
  }
})
