// Periods of limitation by part of the claim, places of other parties, and agreement to visits.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { fixedClock } from '../../platform/clock.ts'
import { recordFact } from '../facts/fact.sql.ts'
import { limitationsOf } from './limitation.sql.ts'
import { askRules, lockBorrower } from './verdict.sql.ts'
import type { AskedContact } from './verdict.ts'

const db = await freshDatabase()

async function borrower(no: number, pack: string, zone: string) {
  const lender = `lender-${pack}`
  await sql`insert into loan_kinds values (${lender}, 'card') on conflict do nothing`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values (${lender}, 'packs', '2000-01-01', ${JSON.stringify([pack])}::jsonb)
    on conflict do nothing`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    values (${no}, ${lender}, ${no}, array[${zone}])`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    values (${no}, 'L1', ${lender}, 'card', 'TWD', 'active', '2020-01-01', 10000, 100)`.execute(db)
  return String(no)
}

const refused = (id: string, at: string, asked: AskedContact) =>
  db.transaction().execute(async (tx) => {
    await lockBorrower(tx, id, fixedClock(at))
    const [answer] = await askRules(tx, id, [{ automated: true, ...asked }], at)
    return answer!.refusals.map((it) => it.rule_id)
  })
const told = (at: string) => ({ clock: fixedClock(at), recorded_by: 'ann' })
const threat = { channel: 'call', purpose: 'legal_threat' }

test('Taiwan: interest is over after five years, principal after fifteen, each to its last day', async () => {
  const id = await borrower(1, 'tw', 'Asia/Taipei')
  expect(await refused(id, '2024-03-05T03:00:00Z', threat)).toContain('HOUSE-L1')
  for (const part of ['principal', 'interest']) {
    const fact = { debt: 'L1', part, limitation_from: '2019-03-05', reason: 'due date' }
    await recordFact(db, id, 'claim_parts', fact, told('2019-03-06T00:00:00Z'))
  }
  expect(await refused(id, '2024-03-05T03:00:00Z', threat)).toEqual([])
  expect(await refused(id, '2024-03-06T03:00:00Z', threat)).toEqual(['TW-S1'])
  const principal = { ...threat, claim_parts: ['principal'] }
  expect(await refused(id, '2024-03-06T03:00:00Z', principal)).toEqual([])
  expect(await refused(id, '2034-03-05T03:00:00Z', principal)).toEqual([])
  expect(await refused(id, '2034-03-06T03:00:00Z', principal)).toEqual(['TW-S1'])
  const limitations = await db.transaction().execute(async (tx) => {
    const at = await lockBorrower(tx, id, fixedClock('2024-03-06T03:00:00Z'))
    return limitationsOf(tx, id, at)
  })
  expect(limitations).toMatchObject([
    { debt: 'L1', part: 'interest', rule_id: 'TW-S1', ended_on: '2024-03-05', is_over: true },
    { debt: 'L1', part: 'principal', rule_id: 'TW-S1', ended_on: '2034-03-05', is_over: false },
  ])
})

test('China: a demand in time starts a part again; a last day of rest moves to a working day', async () => {
  const id = await borrower(2, 'cn', 'Asia/Shanghai')
  const fact = { debt: 'L1', part: 'principal', limitation_from: '2020-10-01', reason: 'due date' }
  await recordFact(db, id, 'claim_parts', fact, told('2020-10-02T00:00:00Z'))
  const limitations = async (at: string) =>
    db.transaction().execute(async (tx) => {
      await lockBorrower(tx, id, fixedClock(at))
      return limitationsOf(tx, id, at)
    })
  // 29 September to 6 October 2023 were days of rest; Saturday 7 October was worked
  expect(await limitations('2023-09-28T03:00:00Z')).toMatchObject([
    { part: 'principal', ended_on: '2023-10-01', last_working_on: '2023-10-07', is_over: false },
  ])
  const notice = { kind: 'demand', debts: ['L1'], reason: 'signed for', at: '2023-10-01T03:00:00Z' }
  await recordFact(db, id, 'notices_given', notice, told('2023-10-02T00:00:00Z'))
  expect(await limitations('2023-10-03T03:00:00Z')).toMatchObject([{ ended_on: '2026-10-01' }])
  expect(await refused(id, '2026-10-01T03:00:00Z', threat)).toEqual([])
  expect(await refused(id, '2026-10-02T03:00:00Z', threat)).toEqual(['CN-S4'])
})

test('a guarantor elsewhere is called by the hours of that place, the borrower by his own', async () => {
  const id = await borrower(3, 'us', 'America/New_York')
  const place = { party: 'guarantor', party_id: 'G', zones: ['Asia/Tokyo'], reason: 'moved' }
  await recordFact(db, id, 'party_places', place, told('2024-01-01T00:00:00Z'))
  const noon = '2024-05-08T16:00:00Z' // one at night in Tokyo
  const evening = '2024-05-08T23:30:00Z' // half past eight in Tokyo, half past seven in New York
  const guarantor = { channel: 'call', party: 'guarantor', party_id: 'G' }
  expect(await refused(id, noon, { channel: 'call' })).toEqual([])
  expect(await refused(id, noon, guarantor)).toEqual(['US-T1'])
  expect(await refused(id, evening, guarantor)).toEqual([])
  expect(await refused(id, noon, { ...guarantor, party_id: 'H' })).toEqual([])
  const nowhere = { ...place, zones: ['Mars/Olympus'] }
  await recordFact(db, id, 'party_places', nowhere, told('2024-02-01T00:00:00Z'))
  expect(await refused(id, evening, guarantor)).toEqual(['HOUSE-T0', 'HOUSE-T0', 'US-T0'])
})

test('nobody is visited who has not agreed, and not after it was taken back', async () => {
  const id = await borrower(4, 'tw', 'Asia/Taipei')
  const visit = { channel: 'visit', visitors: 2 }
  expect(await refused(id, '2024-05-08T03:00:00Z', visit)).toEqual(['HOUSE-V1'])
  const consent = { channel: 'visit', reason: 'said so on the phone' }
  await recordFact(db, id, 'consents', consent, told('2024-05-08T04:00:00Z'))
  expect(await refused(id, '2024-05-09T03:00:00Z', visit)).toEqual([])
  await recordFact(db, id, 'consent_revocations', consent, told('2024-05-10T04:00:00Z'))
  expect(await refused(id, '2024-05-11T03:00:00Z', visit)).toEqual(['HOUSE-V1'])
})
