// The gate on a real database: nobody goes round it, and the last allowed call is allowed once.
import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase, freshUrl } from '../../../test/support/database.ts'
import { backUp, restore } from '../../platform/backup.ts'
import { fixedClock } from '../../platform/clock.ts'
import { connect, type Db } from '../../platform/database.ts'
import { giveVerdict, lockBorrower, replayVerdict } from '../verdicts/verdict.sql.ts'
import { attemptContact, recordOutcome, recordOutsideContacts } from './attempt.sql.ts'

let db: Db
const NOW = '2024-05-08T15:00:00Z'
const clock = fixedClock(NOW)
const later = fixedClock('2024-05-08T15:02:00Z')
const call = { channel: 'call', address: '+1 212 555 0100', staff_id: 'kim' }

async function borrower(no: string, pack: string, zone: string, on: Db = db): Promise<string> {
  const lender = `lender-${pack}`
  await sql`
    insert into loan_kinds (lender, product) values (${lender}, 'card') on conflict do nothing`.execute(on)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values (${lender}, 'packs', '2000-01-01',
      ${JSON.stringify([pack])}::jsonb) on conflict do nothing`.execute(on)
  const { rows } = await sql<{ borrower_id: string }>`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    values (borrower_id_of(${lender}, ${no}), ${lender}, ${no}, array[${zone}])
    returning borrower_id::text as borrower_id`.execute(on)
  const { borrower_id } = rows[0]!
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    values (${borrower_id}, ${`L-${no}`}, ${lender}, 'card', 'USD', 'active', '2024-01-01', 10000, 100)
  `.execute(on)
  return borrower_id
}

/** Calls that a dialler logged: unanswered, one a day, before `NOW`. */
const dialled = (days: number) =>
  Array.from({ length: days }, (_, i) => ({
    at: `2024-05-0${7 - i}T15:00:00Z`,
    direction: 'out' as const,
    channel: 'call',
    outcome: 'unanswered',
    automated: true,
    source_no: `dial-${i}`,
  }))

const incidentsOf = async (borrower_id: string) => {
  const { rows } = await sql<{ rule_id: string; cause: string }>`
    select rule_id, cause from incidents where borrower_id = ${borrower_id} order by rule_id`.execute(db)
  return rows
}

beforeAll(async () => {
  db = await freshDatabase()
  await sql`
    insert into staff (id, name, email, created_at, updated_at)
    values ('kim', 'Kim', 'kim@example.com', ${NOW}, ${NOW})`.execute(db)
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by)
    values ('kim', 'conduct', '2024-01-01', '2025-01-01', 'lee')`.execute(db)
})

test('fifty tries at the last allowed call leave exactly one', async () => {
  const id = await borrower('fifty', 'us', 'America/New_York')
  await recordOutsideContacts(db, id, dialled(6), { clock, recorded_by: 'dialler' })
  const tries = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      attemptContact(db, id, call, { clock: fixedClock(`2024-05-08T15:00:00.${199 - i}Z`), asked_by: 'kim' }),
    ),
  )
  expect(tries.filter((it) => it.attempt_id !== null)).toHaveLength(1)
  const refused = tries.find((it) => it.attempt_id === null)!
  expect(refused.verdict.refusals.map((it) => it.rule_id)).toContain('US-F1')
})

test('a certificate that lapsed, and nobody named, are refused by the house rule', async () => {
  const id = await borrower('uncertified', 'us', 'America/New_York')
  const asking = { clock: fixedClock('2025-05-08T15:00:00Z'), asked_by: 'kim' }
  const lapsed = await attemptContact(db, id, call, asking)
  expect(lapsed.verdict.refusals.map((it) => it.rule_id)).toEqual(['HOUSE-S1'])
  const { staff_id: _, ...nobody } = call
  const unnamed = await attemptContact(db, id, nobody, { clock, asked_by: 'kim' })
  expect(unnamed.verdict.refusals.map((it) => it.rule_id)).toEqual(['HOUSE-S1'])
})

test('a borrower whom no pack binds is refused', async () => {
  const id = await borrower('lawless', 'atlantis', 'America/New_York')
  const { verdict } = await attemptContact(db, id, call, { clock, asked_by: 'kim' })
  expect(verdict.refusals.map((it) => it.rule_id)).toEqual(['HOUSE-0'])
})

/** A check and foreign keys say it, whichever is asked first. */
const NO_VERDICT = /attempt_stands_on_its_verdict|unique|foreign key/

/** An attempt in plain SQL that copies whatever it can from a verdict. */
const plainInsert = (verdict_id: string, borrower_id: string, change = {}) => {
  const row = {
    channel: 'call',
    at: NOW,
    allowed: true,
    address: '+12125550100',
    attempt_id: null,
    ...change,
  }
  return sql`
    insert into contact_attempts (
      borrower_id, attempt_id, verdict_id, allowed, decided_at, at, recorded_at, recorded_by, channel, debts,
      party, party_id, address, placed_by, purpose)
    select ${borrower_id}, coalesce(${row.attempt_id}::uuid, v.attempt_id, gen_random_uuid()), ${verdict_id},
           ${row.allowed}, ${NOW}, ${row.at}, ${NOW}, 'sql', ${row.channel},
           coalesce(v.debts, '{}'), 'debtor', '', ${row.address}, 'lender', 'collect'
      from (values (1)) one
      left join verdicts v on v.verdict_id = ${verdict_id}`
}

/** A verdict in plain SQL that says yes, with what can be copied from another: everything. */
const plainVerdict = (verdict_id: string, like: string, attempt_id: string | null, given_in: string) => sql`
  insert into verdicts
  select (jsonb_populate_record(v, jsonb_strip_nulls(jsonb_build_object(
            'verdict_id', ${verdict_id}::text, 'attempt_id', ${attempt_id}::text,
            'given_in', coalesce(${given_in}, v.given_in::text))))).*
    from verdicts v where v.verdict_id = ${like}`

test('plain SQL inserts no attempt without a verdict, nor with a used or refusing one', async () => {
  const id = await borrower('round-it', 'us', 'America/New_York')
  const other = await borrower('somebody-else', 'us', 'America/New_York')
  await expect(plainInsert(randomUUID(), id).execute(db)).rejects.toThrow(NO_VERDICT)

  const used = await attemptContact(db, id, call, { clock, asked_by: 'kim' })
  expect(used.attempt_id).not.toBeNull()
  await expect(plainInsert(used.verdict.verdict_id, id).execute(db)).rejects.toThrow(NO_VERDICT)
  const again = { attempt_id: randomUUID() }
  await expect(plainInsert(used.verdict.verdict_id, id, again).execute(db)).rejects.toThrow(NO_VERDICT)

  const refused = await attemptContact(db, id, call, { clock, asked_by: 'kim' })
  expect(refused.attempt_id).toBeNull()
  await expect(plainInsert(refused.verdict.verdict_id, id).execute(db)).rejects.toThrow(NO_VERDICT)
  await expect(plainInsert(refused.verdict.verdict_id, id, { allowed: false }).execute(db)).rejects.toThrow(
    /check/,
  )

  const fresh = (change = {}, about = other) =>
    db.transaction().execute(async (tx) => {
      await lockBorrower(tx, other, clock)
      const given = { at: NOW, asked_by: 'kim', attempt_id: randomUUID() }
      const { verdict_id, allowed } = await giveVerdict(tx, other, call, given)
      expect(allowed).toBe(true)
      await plainInsert(verdict_id, about, change).execute(tx)
      throw new Error('inserted')
    })
  await expect(fresh({ channel: 'visit' })).rejects.toThrow(NO_VERDICT)
  await expect(fresh({ address: '+12125550199' })).rejects.toThrow(NO_VERDICT)
  await expect(fresh({ at: '2024-05-08T15:05:01Z' })).rejects.toThrow(/check/)
  await expect(fresh({ attempt_id: randomUUID() })).rejects.toThrow(NO_VERDICT)
  await expect(fresh({}, id)).rejects.toThrow(NO_VERDICT)
  await expect(fresh()).rejects.toThrow('inserted')
})

test('a verdict of an earlier transaction opens nothing, whatever is copied from it', async () => {
  const id = await borrower('earlier', 'us', 'America/New_York')
  const give = (attempt_id?: string) =>
    db.transaction().execute(async (tx) => {
      await lockBorrower(tx, id, clock)
      const given = { at: NOW, asked_by: 'kim', ...(attempt_id === undefined ? {} : { attempt_id }) }
      const { verdict_id } = await giveVerdict(tx, id, call, given)
      const { rows } = await sql<{ xid: string }>`select pg_current_xact_id()::text as xid`.execute(tx)
      return { verdict_id, given_in: rows[0]!.xid }
    })
  // A verdict that names an attempt does not outlast a transaction that does not make it.
  await expect(give(randomUUID())).rejects.toThrow(/verdict_opened_its_attempt/)
  const { verdict_id, given_in } = await give()
  await expect(plainInsert(verdict_id, id).execute(db)).rejects.toThrow(NO_VERDICT)

  const attempt_id = randomUUID()
  const later = async (locked: boolean, of: string | null) =>
    db.transaction().execute(async (tx) => {
      if (locked) await sql`select from borrowers where borrower_id = ${id} for update`.execute(tx)
      const { rows } = await sql<{ xid: string }>`select pg_current_xact_id()::text as xid`.execute(tx)
      await plainVerdict(attempt_id, verdict_id, attempt_id, of ?? rows[0]!.xid).execute(tx)
    })
  await expect(later(true, given_in)).rejects.toThrow(/verdict_is_of_this_transaction/)
  await expect(later(false, null)).rejects.toThrow(/borrower_is_locked/)
  await expect(
    sql`update verdicts set attempt_id = ${attempt_id} where verdict_id = ${verdict_id}`.execute(db),
  ).rejects.toThrow(/verdict_is_of_this_transaction|borrower_is_locked/)
  const { rows } = await sql`select from contact_attempts where borrower_id = ${id}`.execute(db)
  expect(rows).toHaveLength(0)
})

test('an attempt that was made is not made again under its verdict', async () => {
  const id = await borrower('once', 'us', 'America/New_York')
  const { verdict, attempt_id } = await attemptContact(db, id, call, { clock, asked_by: 'kim' })
  await expect(
    db.transaction().execute(async (tx) => {
      await sql`delete from contact_attempts where attempt_id = ${attempt_id}`.execute(tx)
      await plainInsert(verdict.verdict_id, id, { attempt_id: randomUUID() }).execute(tx)
    }),
  ).rejects.toThrow(NO_VERDICT)
  await expect(
    sql`delete from contact_attempts where attempt_id = ${attempt_id}`.execute(db),
  ).rejects.toThrow(/verdict_opened_its_attempt/)
})

test('a backup keeps attempts with their verdicts, and what is restored is as closed as before', async () => {
  const url = await freshUrl()
  const full = connect(url)
  const copyUrl = await freshUrl()
  const copy = connect(copyUrl)
  try {
    const id = await borrower('kept', 'us', 'America/New_York', full)
    const { verdict, attempt_id } = await attemptContact(
      full,
      id,
      { ...call, automated: true },
      { clock, asked_by: 'kim' },
    )
    expect(attempt_id).not.toBeNull()
    const file = join(mkdtempSync(join(tmpdir(), 'backup-')), 'book.gz')
    await backUp(url, file)
    await restore(copyUrl, file)
    const { rows } = await sql`select attempt_id from contact_attempts`.execute(copy)
    expect(rows).toEqual([{ attempt_id }])
    await expect(plainVerdict(randomUUID(), verdict.verdict_id, null, '1').execute(copy)).rejects.toThrow(
      /verdict_is_of_this_transaction|borrower_is_locked/,
    )
  } finally {
    await full.destroy()
    await copy.destroy()
  }
})

test('an agency’s late log makes the call that was right an incident; its verdict stays', async () => {
  const id = await borrower('late-log', 'cn', 'Asia/Shanghai')
  const asking = { clock: fixedClock('2026-03-10T07:00:00Z'), asked_by: 'kim' } // 15:00 in Shanghai
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by)
    values ('kim', 'conduct', '2026-01-01', '2027-01-01', 'lee')`.execute(db)
  const { verdict, attempt_id } = await attemptContact(db, id, call, asking)
  expect(verdict.allowed).toBe(true)
  await recordOutcome(db, id, attempt_id!, {
    outcome: 'conversation',
    clock: fixedClock('2026-03-10T07:10:00Z'),
  })

  const log = ['01', '02', '03', '08'].map((hour, i) => ({
    at: `2026-03-10T${hour}:00:00Z`,
    direction: 'out' as const,
    channel: 'call',
    outcome: 'conversation',
    placed_by: 'agency:A',
    source_no: `a-${i}`,
  }))
  const told = { clock: fixedClock('2026-03-11T00:00:00Z'), recorded_by: 'agency A' }
  const first = await recordOutsideContacts(db, id, log, told)
  expect(first.recorded).toBe(4)
  expect(await incidentsOf(id)).toEqual(
    expect.arrayContaining([
      { rule_id: 'CN-F1', cause: 'late_fact' },
      { rule_id: 'CN-F1', cause: 'outside_contact' },
      { rule_id: 'HOUSE-A1', cause: 'outside_contact' },
    ]),
  )
  expect(await recordOutsideContacts(db, id, log, told)).toEqual({ recorded: 0, incidents: 0 })

  const replay = await replayVerdict(db, verdict.verdict_id)
  expect(replay.allowed).toBe(true)
  expect(replay.same).toBe(true)
  expect(replay.today.allowed).toBe(true)
})

test('what the person does is recorded and never judged', async () => {
  const id = await borrower('inbound', 'cn', 'Asia/Shanghai')
  const night = {
    at: '2026-03-10T18:00:00Z',
    direction: 'in' as const,
    channel: 'call',
    outcome: 'conversation',
  }
  const told = { clock: fixedClock('2026-03-11T00:00:00Z'), recorded_by: 'switchboard' }
  expect(await recordOutsideContacts(db, id, [night], told)).toEqual({ recorded: 1, incidents: 0 })
})

test('an outcome is recorded once', async () => {
  const id = await borrower('outcome', 'us', 'America/New_York')
  const { attempt_id } = await attemptContact(db, id, call, { clock, asked_by: 'kim' })
  await recordOutcome(db, id, attempt_id!, { outcome: 'unanswered', clock: later })
  await recordOutcome(db, id, attempt_id!, { outcome: 'unanswered', clock: later })
  await expect(recordOutcome(db, id, attempt_id!, { outcome: 'conversation', clock: later })).rejects.toThrow(
    /already/,
  )
})

test('an entry without a number counts once, and takes the outcome that comes later', async () => {
  const id = await borrower('no-number', 'us', 'America/New_York')
  const told = { clock, recorded_by: 'dialler' }
  const rings = { at: '2024-05-07T11:00:00-04:00', direction: 'out' as const, channel: 'call' }
  const log = [rings, rings, { ...rings, at: '2024-05-08T10:00:00-04:00', outcome: 'busy' }]
  expect(await recordOutsideContacts(db, id, log, told)).toMatchObject({ recorded: 2 })
  expect(await recordOutsideContacts(db, id, log, told)).toMatchObject({ recorded: 0 })
  const outcomes = async () => {
    const { rows } = await sql<{ outcome: string | null }>`
      select outcome from outside_contacts where borrower_id = ${id} order by at`.execute(db)
    return rows.map((row) => row.outcome)
  }
  expect(await outcomes()).toEqual([null, 'busy'])
  const talked = [{ ...rings, outcome: 'conversation' }]
  const after = { clock: later, recorded_by: 'dialler' }
  expect(await recordOutsideContacts(db, id, talked, after)).toMatchObject({ recorded: 0 })
  expect(await outcomes()).toEqual(['conversation', 'busy'])
  // what is known is not told otherwise
  await recordOutsideContacts(db, id, [{ ...rings, outcome: 'busy' }], after)
  expect(await outcomes()).toEqual(['conversation', 'busy'])
  const { verdict } = await attemptContact(db, id, call, { clock: later, asked_by: 'kim' })
  expect(verdict.refusals.map((it) => it.rule_id)).toEqual(['US-F2'])
})
