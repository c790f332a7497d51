// Facts come once, stop what was planned, and show in a new light what was done.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Client } from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase, freshUrl } from '../../../test/support/database.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, type Db, openClient } from '../../platform/database.ts'
import { runStep, type Step } from '../../platform/nightly.ts'
import { recordStanding } from '../agencies/agency.sql.ts'
import { attemptContact, recordOutsideContacts } from '../contacts/attempt.sql.ts'
import { acknowledgeStop, openStops, planContact, STOPS } from '../stops/stop.sql.ts'
import { askRules, lockBorrower, replayVerdict } from '../verdicts/verdict.sql.ts'
import { factsOf, recordFact } from './fact.sql.ts'

let db: Db
const all = { after: null, limit: 200 }
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
                       outstanding_minor, past_due_minor)
    values (${borrower_id}, 'L1', 'acme', 'card', 'USD', 'active', '2024-01-01', 10000, 100),
           (${borrower_id}, 'L2', 'acme', 'loan', 'USD', 'active', '2024-01-01', 10000, 100)`.execute(on)
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

test('a guarantor’s hold stops what is planned with the guarantor, and that alone', async () => {
  const id = await borrower(db, 'guarantor')
  const planned = { at: '2024-05-20T16:00:00Z', channel: 'call', debts: ['L1'], why: 'missed instalment' }
  const guarantor = { party: 'guarantor', party_id: 'G' }
  for (const who of [{}, guarantor, { party: 'guarantor', party_id: 'F' }]) {
    await planContact(db, id, { ...planned, ...who, worked_by: 'kim' }, '2024-05-01T16:00:00Z')
  }
  await recordFact(db, id, 'holds', { ...guarantor, kind: 'cease', reason: 'the guarantor wrote' }, by(2))
  const { rows } = await sql`
    select party, party_id from planned_contacts
     where borrower_id = ${id} and cancelled_at is not null`.execute(db)
  expect(rows).toEqual([guarantor])
  const asked = (about: object) =>
    db.transaction().execute(async (tx) => {
      const at = await lockBorrower(tx, id, noon(3))
      const [told] = await askRules(tx, id, [{ channel: 'call', automated: true, ...about }], at)
      return [...new Set(told!.refusals.map((it) => it.rule_id))]
    })
  expect(await asked({})).toEqual([])
  expect(await asked(guarantor)).toEqual(['HOUSE-D2', 'US-T8'])
  await recordFact(db, id, 'hold_releases', { kind: 'cease', reason: 'the borrower is fine' }, by(4))
  expect(await asked(guarantor)).toEqual(['HOUSE-D2', 'US-T8'])
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
    (await openStops(db, all)).filter((it) => it.borrower_id === id).map((it) => it.worked_by)
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

/** What the listeners hear while `work` is done, in order. */
async function heardDuring(url: string, work: (client: Client) => Promise<void>) {
  const heard: Record<string, unknown>[] = []
  const listener = await openClient(url)
  const client = await openClient(url)
  try {
    listener.on('notification', ({ payload }) => heard.push(JSON.parse(payload ?? '{}')))
    await listener.query(`listen ${STOPS}`)
    await work(client)
    // Everything that was told before this was answered has been heard by then.
    await client.query(`notify ${STOPS}, '{"cause":"end"}'`)
    while (heard.at(-1)?.['cause'] !== 'end') await listener.query('select 1')
    return heard.slice(0, -1)
  } finally {
    await listener.end()
    await client.end()
  }
}

test('a death that the night learns of stops the plan, tells listeners and shows late calls', async () => {
  const url = await freshUrl()
  const own = connect(url)
  try {
    const id = await borrower(own, 'night')
    await plan(own, id, ['L1'], 'kim')
    await plan(own, id, ['L2'], 'visitor lee')
    const call = { channel: 'call', automated: true }
    const { verdict } = await attemptContact(own, id, call, { clock: noon(2), asked_by: 'bot' })
    expect(verdict.allowed).toBe(true)
    const agency = { at: '2024-05-02T17:00:00Z', direction: 'out' as const, channel: 'sms' }
    await recordOutsideContacts(own, id, [agency], { clock: noon(3), recorded_by: 'agency A' })
    await sql`update borrowers set deceased_on = '2024-05-01' where borrower_id = ${id}`.execute(own)

    const heard = await heardDuring(url, async (client) => {
      const run = (step: Step) => runStep(client, step, '2024-05-04')
      expect(await run('conduct/facts/learn-from-book')).toBe(1)
      expect(await run('conduct/facts/learn-from-book')).toBe(0)
      expect(await run('conduct/stops/stop-held')).toBe(2)
      expect(await run('conduct/stops/stop-held')).toBe(0)
      await run('conduct/incidents/judge-late-facts')
      await run('conduct/incidents/judge-late-facts')
    })
    expect(heard).toMatchObject([{ borrower_id: id, cause: 'deceased' }])
    expect((await openStops(own, all)).map((it) => it.worked_by).sort()).toEqual(['kim', 'visitor lee'])
    const { rows } = await sql<{ rule_id: string; cause: string }>`
      select rule_id, cause from incidents
       where rule_id = 'HOUSE-D1' order by cause`.execute(own)
    expect(rows).toEqual([
      { rule_id: 'HOUSE-D1', cause: 'late_fact' },
      { rule_id: 'HOUSE-D1', cause: 'outside_contact' },
    ])
    const { rows: left } = await sql`
      select proposal_id from contact_proposals union all select proposal_id from asked_contacts`.execute(own)
    expect(left).toEqual([])
  } finally {
    await own.destroy()
  }
})

test('a payment of the night’s files stops what was planned about its loan, tells listeners', async () => {
  const url = await freshUrl()
  const own = connect(url)
  try {
    const id = await borrower(own, 'paid')
    await plan(own, id, ['L1'], 'kim')
    await sql`
      insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                            loaded_as_of)
      values (${id}, 'P1', 'acme', 'L1', '2024-05-02', 100, 'USD', 'payment', '2024-05-03')`.execute(own)
    const heard = await heardDuring(url, async (client) => {
      expect(await runStep(client, 'conduct/stops/stop-paid', '2024-05-03')).toBe(1)
      expect(await runStep(client, 'conduct/stops/stop-paid', '2024-05-03')).toBe(0)
    })
    expect(heard).toMatchObject([{ borrower_id: id, cause: 'payment' }])
    expect(await openStops(own, all)).toMatchObject([{ cause: 'payment', worked_by: 'kim' }])
  } finally {
    await own.destroy()
  }
})

test('the night asks about everything planned at once; the answer is the one for each alone', async () => {
  const url = await freshUrl()
  const own = connect(url)
  const client = await openClient(url)
  try {
    const free = await borrower(own, 'free')
    const held = await borrower(own, 'held')
    const quiet = await borrower(own, 'quiet')
    const talk = { at: '2024-05-18T16:00:00Z', direction: 'in' as const, channel: 'call' }
    const told = { clock: noon(19), recorded_by: 'switchboard' }
    await recordOutsideContacts(own, quiet, [{ ...talk, outcome: 'conversation' }], told)
    for (const id of [free, held, quiet]) await plan(own, id, ['L1'], 'kim')
    // a hold that stopped nothing: from a file, before its step runs
    await sql`
      insert into holds (borrower_id, kind, debts, at, recorded_at, recorded_by, reason)
      values (${held}, 'dispute', '{L1}', '2024-05-01', '2024-05-18', 'file', 'paid already')`.execute(own)
    const checked = async (as_of = '2024-05-19') => {
      await runStep(client, 'conduct/stops/count-planned', as_of)
      await runStep(client, 'conduct/stops/check-planned', as_of)
      const { rows } = await sql<{ borrower_id: string; rule_id: string; next_allowed_at: string | null }>`
        select borrower_id::text as borrower_id, rule_id, next_allowed_at
          from planned_refusals order by rule_id`.execute(own)
      return rows
    }
    const first = await checked()
    expect(await checked()).toEqual(first)
    // what is past keeps what was told of it last
    expect(await checked('2024-05-21')).toEqual(first)
    const alone = []
    for (const id of [free, held, quiet]) {
      alone.push(
        ...(await own.transaction().execute(async (tx) => {
          const at = await lockBorrower(tx, id, fixedClock('2024-05-20T16:00:00Z'))
          const asked = { channel: 'call', debts: ['L1'], automated: true }
          const answers = await askRules(tx, id, [asked], at)
          return answers[0]!.refusals.map(({ rule_id, next_allowed_at }) => ({
            borrower_id: id,
            rule_id,
            next_allowed_at,
          }))
        })),
      )
    }
    expect(first).toEqual(alone.toSorted((a, b) => (a.rule_id < b.rule_id ? -1 : 1)))
    expect(first.map((it) => it.rule_id)).toEqual(['HOUSE-D4', 'US-F2', 'US-V4'])
  } finally {
    await client.end()
    await own.destroy()
  }
})

test('a place learnt late, an agency barred since: what was done is judged again', async () => {
  const url = await freshUrl()
  const own = connect(url)
  try {
    const id = await borrower(own, 'late place')
    const guarantor = { channel: 'call', automated: true, party: 'guarantor', party_id: 'G' }
    const called = await attemptContact(own, id, guarantor, { clock: noon(2), asked_by: 'bot' })
    expect(called.verdict.allowed).toBe(true)
    const place = { party: 'guarantor', party_id: 'G', zones: ['Asia/Tokyo'], at: '2024-05-01T00:00:00Z' }
    const told = { clock: noon(3), recorded_by: 'kim' }
    const learnt = await recordFact(own, id, 'party_places', { ...place, reason: 'lives there' }, told)
    expect(learnt.incidents).toBe(1)

    const shown = { licensed_until: '2025-01-01', secrecy_until: '2025-01-01', evaluated_on: '2024-04-01' }
    const first = { at: '2024-05-01T00:00:00Z', by: 'cora' }
    await recordStanding(own, 'A', { ...shown, barred_reason: null }, first)
    const agency = { channel: 'email', automated: true, placed_by: 'agency:A' }
    const sent = await attemptContact(own, id, agency, { clock: noon(4), asked_by: 'bot' })
    expect(sent.verdict.allowed).toBe(true)
    const barred = { ...shown, barred_reason: 'prosecuted', at: '2024-05-03T00:00:00Z' }
    await recordStanding(own, 'A', barred, { at: noon(5).now().toString(), by: 'cora' })
    await heardDuring(url, async (client) => {
      await runStep(client, 'conduct/incidents/judge-late-facts', '2024-05-06')
      await runStep(client, 'conduct/incidents/judge-late-facts', '2024-05-07')
    })
    const { rows } = await sql`
      select contact_id, rule_id, cause from incidents where borrower_id = ${id} order by found_at`.execute(
      own,
    )
    expect(rows).toEqual([
      { contact_id: called.attempt_id, rule_id: 'US-T1', cause: 'late_fact' },
      { contact_id: sent.attempt_id, rule_id: 'HOUSE-A1', cause: 'late_fact' },
    ])
  } finally {
    await own.destroy()
  }
})
