// Caps beyond calls: what a pack or the house may count, and what only warns.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { fixedClock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { answerCases } from '../cases/conduct-case.sql.ts'
import { recordOutsideContacts } from '../contacts/attempt.sql.ts'
import { loadPack, readPacks } from '../packs/pack.sql.ts'
import type { Pack } from '../packs/pack.ts'
import { askRules, lockBorrower } from '../verdicts/verdict.sql.ts'

let db: Db
beforeAll(async () => {
  db = await freshDatabase()
  const { pack } = readPacks().find((it) => it.pack.pack === 'house')!
  const caps: Pack['rules'][number] = {
    ...pack.rules[0]!,
    id: 'HOUSE-F1',
    rule: 'At most three texts a day, five texts and e-mails in seven days about a debt, a visit a day',
    checks: [
      { check: 'calls_per_day', channels: ['sms'], counted: ['sms'], calls_max: 3, count_key: 'person' },
      {
        check: 'calls_in_days',
        channels: ['sms', 'email'],
        counted: ['sms', 'email'],
        calls_max: 5,
        days: 7,
      },
      { check: 'calls_per_day', channels: ['visit'], counted: ['visit'], calls_max: 1, count_key: 'person' },
    ],
  }
  const capped = { ...pack, version: '2099.1', rules: [...pack.rules, caps] }
  await loadPack(db, capped, 'capped', '2100-01-01T00:00:00Z')
})

const person = { zones: ['America/New_York'] }
const agreed = { at: '2026-03-01T10:00', kind: 'consent', channel: 'visit' }
const times = (n: number, kind: string, day = 10) =>
  Array.from({ length: n }, (_, i) => ({
    at: `2026-03-${String(day).padStart(2, '0')}T09:${String(10 + i)}`,
    kind,
    debts: ['D1'],
    outcome: kind === 'visit' ? 'conversation' : undefined,
  }))

/** The rules that refuse and warn, and from when, of a contact at noon on 10 March. */
async function answered(events: object[], proposal: object, pack: string[] = ['us', 'house']) {
  const asked = { at: '2026-03-10T12:00', channel: 'sms', debts: ['D1'], ...proposal }
  const [told] = await answerCases(db, [{ id: 'cap', pack, person, events, proposal: asked }])
  expect(told!.problem).toBeUndefined()
  return {
    refused: told!.refusals.map((it) => [it.rule, it.next_allowed_at]),
    warned: told!.warnings.map((it) => it.rule),
  }
}

test('without a cap of the house twenty texts a day are allowed: law gives no number (US-F7)', async () => {
  expect((await answered(times(20, 'sms'), {}, ['us'])).refused).toEqual([])
})

test('a cap on texts counts texts: the third is the last of the day, calls and e-mails aside', async () => {
  expect((await answered(times(2, 'sms'), {})).refused).toEqual([])
  expect((await answered(times(3, 'sms'), {})).refused).toEqual([['HOUSE-F1', '2026-03-11']])
  expect((await answered(times(3, 'call'), {})).refused).toEqual([])
  expect((await answered(times(3, 'sms', 9), {})).refused).toEqual([])
})

test('a cap over several days counts texts and e-mails about the debt together', async () => {
  const written = [...times(2, 'sms', 7), ...times(2, 'email', 8)]
  expect((await answered(written, { channel: 'email' })).refused).toEqual([])
  const five = [...written, ...times(1, 'sms', 9)]
  expect((await answered(five, { channel: 'email' })).refused).toEqual([['HOUSE-F1', '2026-03-14']])
  expect((await answered(five, { channel: 'email', debts: ['D2'] })).refused).toEqual([])
  expect((await answered(five, { channel: 'letter' })).refused).toEqual([])
})

test('a cap on visits counts visits, whatever came of them', async () => {
  const visit = { channel: 'visit', staff: 2 }
  expect((await answered([agreed], visit)).refused).toEqual([])
  expect((await answered([agreed, ...times(1, 'visit')], visit)).refused).toEqual([
    ['HOUSE-F1', '2026-03-11'],
  ])
})

test('US-F6 warns of a second call within five minutes, at five no longer', async () => {
  await sql`insert into loan_kinds values ('acme', 'card')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    values (1, 'acme', '1', '{America/New_York}')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    values (1, 'L1', 'acme', 'card', 'USD', 'active', '2024-01-01', 10000, 100)`.execute(db)
  const first = { at: '2026-03-10T16:00:00Z', direction: 'out' as const, channel: 'call', outcome: 'busy' }
  await recordOutsideContacts(db, '1', [first], { clock: fixedClock(first.at), recorded_by: 'kim' })
  const warned = (at: string) =>
    db.transaction().execute(async (tx) => {
      const now = await lockBorrower(tx, '1', fixedClock(`2026-03-10T${at}Z`))
      const [told] = await askRules(tx, '1', [{ channel: 'call', automated: true }], now)
      return told!.warnings.map((it) => [it.rule_id, it.modality, it.next_allowed_at])
    })
  expect(await warned('16:04:59')).toEqual([['US-F6', 'should', '2026-03-10T12:05']])
  expect(await warned('16:05:00')).toEqual([])
})

test('US-F6 warns of the seventh call of a day, not of the sixth', async () => {
  const dialled = (n: number) => times(n, 'call').map((it) => ({ ...it, outcome: 'busy' }))
  expect((await answered(dialled(5), { channel: 'call' }, ['us'])).warned).toEqual([])
  expect(await answered(dialled(6), { channel: 'call' }, ['us'])).toEqual({ refused: [], warned: ['US-F6'] })
})
