// What must be said is for the person who hears it: who owes is told of the debt, nobody else.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { fixedClock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { recordOutsideContacts } from '../contacts/attempt.sql.ts'
import { askRules, lockBorrower } from './verdict.sql.ts'
import type { AskedContact } from './verdict.ts'

let db: Db
const ids = { us: '1', tw: '2', cn: '3' }
beforeAll(async () => {
  db = await freshDatabase()
  for (const [pack, id] of Object.entries(ids)) {
    await sql`insert into loan_kinds values (${pack}, 'card')`.execute(db)
    await sql`
      insert into settings (lender, name, effective_from, value)
      values (${pack}, 'packs', '2000-01-01', ${JSON.stringify([pack])}::jsonb)`.execute(db)
    await sql`
      insert into borrowers (borrower_id, lender, borrower_no, time_zones)
      values (${id}, ${pack}, '1', '{America/New_York}')`.execute(db)
    await sql`
      insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                         outstanding_minor, past_due_minor)
      values (${id}, 'L1', ${pack}, 'card', 'USD', 'active', '2024-01-01', 10000, 100),
             (${id}, 'L2', ${pack}, 'card', 'USD', 'active', '2024-01-01', 10000, 100)`.execute(db)
  }
})

/** What the rules answer at noon in New York of a day. */
const answered = (pack: keyof typeof ids, asked: AskedContact, day: string) =>
  db.transaction().execute(async (tx) => {
    const at = await lockBorrower(tx, ids[pack], fixedClock(`${day}T16:00:00Z`))
    const [told] = await askRules(tx, ids[pack], [{ automated: true, ...asked }], at)
    return told!
  })
/** What must be said by rule. */
const said = async (pack: keyof typeof ids, asked: AskedContact, day = '2026-05-08') =>
  Object.fromEntries((await answered(pack, asked, day)).disclosures.map((it) => [it.rule_id, it.says]))
const locate = { purpose: 'locate', party: 'third_party', party_id: 'A' }

test('a third party who is asked where the borrower is hears of no debt', async () => {
  const told = await said('us', { channel: 'call', ...locate })
  expect(Object.keys(told)).toEqual(['US-D3'])
  expect(told['US-D3']).toContain('say nothing of a debt')
  expect(Object.keys(await said('us', { channel: 'email', ...locate }))).toEqual(['US-D3'])
})

test('the borrower is told more at first than later: per debt, person and collector', async () => {
  const first = 'Say that a debt is being collected and that information will be used for it.'
  const later = 'Say that this is from a debt collector.'
  const d1 = async (asked: Partial<AskedContact>) =>
    (await said('us', { channel: 'call', ...asked }))['US-D1']
  const log = (source_no: string, outcome: string) =>
    recordOutsideContacts(
      db,
      ids.us,
      [{ at: '2026-05-01T16:00:00Z', direction: 'out', channel: 'call', debts: ['L1'], outcome, source_no }],
      { clock: fixedClock('2026-05-02T16:00:00Z'), recorded_by: 'kim' },
    )
  await log('1', 'unanswered')
  expect(await d1({ debts: ['L1'] })).toBe(first)
  await log('2', 'conversation')
  expect(await d1({ debts: ['L1'] })).toBe(later)
  expect(await d1({ debts: ['L1', 'L2'] })).toBe(first)
  expect(await d1({ debts: ['L1'], party: 'guarantor', party_id: 'G' })).toBe(first)
  expect(await d1({ debts: ['L1'], placed_by: 'agency:A' })).toBe(first)
})

test('in Taiwan only others are asked where the borrower can be reached', async () => {
  expect(Object.keys(await said('tw', { channel: 'call' }))).toEqual(['TW-R2'])
  expect(Object.keys(await said('tw', { channel: 'call', ...locate }))).toEqual(['TW-P2'])
})

test('in China a contact person hears neither balance nor purpose', async () => {
  const contact_person = { purpose: 'locate', party: 'contact_person', party_id: 'K' }
  expect(Object.keys(await said('cn', { channel: 'letter', ...contact_person }))).toEqual(['CN-P2'])
  expect(Object.keys(await said('cn', { channel: 'letter' }))).toEqual(['CN-L1'])
  expect(Object.keys(await said('cn', { channel: 'call', ...locate }))).toEqual(['CN-P3'])
})

test('what is not yet law need not be said', async () => {
  expect(Object.keys(await said('us', { channel: 'call' }, '2021-11-29'))).toEqual([])
  expect(Object.keys(await said('us', { channel: 'call' }, '2021-11-30'))).toEqual([
    'US-D1',
    'US-D2',
    'US-D4',
  ])
})

test('validation information that is missing after five days, or came back, is told', async () => {
  const warned = async (day: string, asked: Partial<AskedContact> = {}) => {
    const { warnings } = await answered('us', { channel: 'email', debts: ['L2'], ...asked }, day)
    return warnings.map((it) => it.rule_id).filter((id) => id === 'US-V1' || id === 'US-V5')
  }
  const text = { at: '2026-06-01T16:00:00Z', direction: 'out' as const, channel: 'sms', debts: ['L2'] }
  const learnt = { clock: fixedClock('2026-06-01T17:00:00Z'), recorded_by: 'kim' }
  await recordOutsideContacts(db, ids.us, [text], learnt)
  expect(await warned('2026-06-06')).toEqual([])
  expect(await warned('2026-06-07')).toEqual(['US-V1'])
  expect(await warned('2026-06-07', { placed_by: 'agency:A' })).toEqual([])
  expect(await warned('2026-06-07', { debts: ['L1'] })).toEqual(['US-V1']) // talked about in May
  const write = (table: 'notices_given' | 'notices_returned', day: string) =>
    sql`
    insert into ${sql.table(table)} (borrower_id, kind, debts, at, recorded_at, recorded_by, reason)
    values (${ids.us}, 'validation', '{L2}', ${day}, ${day}, 'kim', 'post')`.execute(db)
  await write('notices_given', '2026-06-07')
  expect(await warned('2026-06-08')).toEqual([])
  await write('notices_returned', '2026-06-10')
  expect(await warned('2026-06-11')).toEqual(['US-V1', 'US-V5'])
  await write('notices_given', '2026-06-12')
  expect(await warned('2026-06-13')).toEqual([])
})
