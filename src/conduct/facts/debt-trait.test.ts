// What the tape does not say of a debt is told with who and why, and the rules read it as it was known.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { attemptContact, recordOutsideContacts } from '../contacts/attempt.sql.ts'
import { askRules, lockBorrower, replayVerdict } from '../verdicts/verdict.sql.ts'
import { factRoutes } from './fact.routes.ts'

const db = await freshDatabase()
let now = '2024-05-08T15:00:00Z'
const desk = deskApp(db, () => fixedClock(now), [factRoutes()])
const call = { channel: 'call', address: '+12125550100', automated: true }

beforeAll(async () => {
  await sql`insert into loan_kinds values ('acme', 'loan')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    select n, 'acme', n, '{America/New_York}' from generate_series(1, 2) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    select n, no, 'acme', 'loan', 'USD', 'active', '2024-01-01', 10000, 100
      from generate_series(1, 2) n, unnest('{L1,L2}'::text[]) no`.execute(db)
  desk.as('cora', 'compliance')
})

const tell = (id: string, about: Record<string, unknown>) =>
  desk.ask('POST', `/borrowers/${id}/debt-traits`, { reason: 'read in the file', ...about })

const refused = (id: string, debt: string) =>
  db.transaction().execute(async (tx) => {
    const at = await lockBorrower(tx, id, fixedClock(now))
    const [answer] = await askRules(tx, id, [{ ...call, debts: [debt] }], at)
    return answer!.refusals.map((it) => it.rule_id)
  })

test('student loans under one number are one debt, until a product turns out to be another', async () => {
  const calls = Array.from({ length: 7 }, (_, i) => ({
    at: `2024-05-0${i + 1}T15:00:00Z`,
    direction: 'out' as const,
    channel: 'call',
    outcome: 'unanswered',
    debts: ['L1'],
    source_no: `c-${i}`,
    automated: true,
  }))
  now = '2024-05-07T16:00:00Z'
  await recordOutsideContacts(db, '1', calls, { clock: fixedClock(now), recorded_by: 'dialler' })
  expect(await refused('1', 'L2')).toEqual([])
  const loan = { product: 'student_loan', account: 'SL-1' }
  expect((await tell('1', { debt: 'L1', ...loan })).status).toBe(201)
  expect(await refused('1', 'L2')).toEqual([])
  expect((await tell('1', { debt: 'L2', ...loan })).body).toMatchObject({ recorded: true, stop_id: null })
  expect(await refused('1', 'L2')).toEqual(['US-F1'])
  now = '2024-05-07T17:00:00Z'
  await tell('1', { debt: 'L1', product: 'card', reason: 'the lender wrote' })
  expect(await refused('1', 'L2')).toEqual([])
  const { body } = await desk.ask('GET', '/borrowers/1/conduct')
  expect(body.debt_traits).toHaveLength(3)
  expect(body.debt_traits[0]).toMatchObject({
    debt: 'L1',
    product: 'card',
    account: 'SL-1',
    recorded_by: 'cora',
    reason: 'the lender wrote',
  })
})

test('an attorney stops work about the debt; what was answered before keeps what was known', async () => {
  now = '2024-05-08T15:00:00Z'
  const made = await attemptContact(
    db,
    '2',
    { ...call, debts: ['L1'] },
    {
      clock: fixedClock(now),
      asked_by: 'kim',
    },
  )
  expect(made.attempt_id).not.toBeNull()
  now = '2024-05-08T16:00:00Z'
  const fact_id = randomUUID()
  const represented = { debt: 'L1', represented: true, fact_id, at: '2024-05-08T14:00:00Z' }
  const told = await tell('2', represented)
  expect(told.body).toMatchObject({ fact_id, recorded: true, stop_id: expect.any(String) })
  expect(told.body.incidents).toBeGreaterThan(0)
  expect((await tell('2', represented)).body).toMatchObject({ recorded: false, stop_id: null })
  expect(await refused('2', 'L1')).toContain('US-T7')
  expect(await refused('2', 'L2')).not.toContain('US-T7')
  const replay = await replayVerdict(db, made.verdict.verdict_id)
  expect(replay).toMatchObject({ allowed: true, same: true })
  now = '2024-05-08T17:00:00Z'
  await tell('2', { debt: 'L1', represented: false, reason: 'the attorney does not answer' })
  expect(await refused('2', 'L1')).not.toContain('US-T7')
})

test('a number needs its product, something must be said, and an auditor says none of it', async () => {
  expect((await tell('2', { debt: 'L2', account: 'SL-9' })).body.refusal).toBe('account_has_no_product')
  expect((await tell('2', { debt: 'L2' })).status).toBe(400)
  expect((await tell('2', { debt: 'L2', represented: true, at: '2024-06-01T00:00:00Z' })).body.refusal).toBe(
    'fact_is_in_the_future',
  )
  desk.as('vera', 'auditor')
  expect((await tell('2', { debt: 'L2', represented: true })).status).toBe(403)
})
