// What is written goes out in an approved text, or not at all.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { contactRoutes } from '../contacts/contact.routes.ts'
import { verdictRoutes } from '../verdicts/verdict.routes.ts'
import { askRules, lockBorrower } from '../verdicts/verdict.sql.ts'
import { templateRoutes } from './template.routes.ts'

const db = await freshDatabase()
let at = '2026-03-02T02:00:00Z' // ten in Shanghai
const desk = deskApp(db, () => fixedClock(at), [templateRoutes(), verdictRoutes(), contactRoutes()])

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', 'card')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('bank', 'packs', '2000-01-01', '["cn"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    values (7, 'bank', '7', '{Asia/Shanghai}')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    values (7, 'L7', 'bank', 'card', 'CNY', 'active', '2026-01-01', 10000, 100)`.execute(db)
})

const sent = async (day: string, text: Record<string, string>, channel = 'sms', id = '7') => {
  const asked = { channel, automated: true, ...text }
  const moment = `${day}T06:00:00Z`
  const [answer] = await db.transaction().execute(async (tx) => {
    await lockBorrower(tx, id, fixedClock(moment))
    return askRules(tx, id, [asked], moment)
  })
  const { refusals, warnings } = answer!
  return [...refusals.map((it) => it.rule_id), ...warnings.map((it) => `(${it.rule_id})`)]
}
const text = { channel: 'sms', language: 'zh-Hans', packs: ['cn'] }
const write = (template: string, body: string, about = {}) =>
  desk.ask('POST', '/conduct/templates', { template, body, ...text, ...about })
const approve = (template: string, version: number, about: Record<string, string> = {}) =>
  desk.ask('POST', `/conduct/templates/${template}/versions/${version}/approvals`, {
    from_on: '2026-03-10',
    to_on: '2026-03-20',
    reason: 'read by counsel on paper',
    ...about,
  })

test('a text is sent from the first day of its approval to the last, by its channel', async () => {
  desk.as('cora', 'compliance')
  expect((await write('reminder', '您好，{{name}}')).body).toEqual({ template: 'reminder', version: 1 })
  const reminder = { template: 'reminder@1' }
  expect(await sent('2026-03-10', reminder)).toEqual(['CN-C5', 'HOUSE-C2'])
  expect((await approve('reminder', 1)).body.refusal).toBe('template_is_ones_own')
  desk.as('dora', 'compliance')
  expect((await approve('reminder', 1)).status).toBe(204)
  expect(await sent('2026-03-09', reminder)).toEqual(['CN-C5', 'HOUSE-C2'])
  expect(await sent('2026-03-10', reminder)).toEqual([])
  expect(await sent('2026-03-20', reminder)).toEqual([])
  expect(await sent('2026-03-21', reminder)).toEqual(['CN-C5', 'HOUSE-C2'])
  expect(await sent('2026-03-12', reminder, 'email')).toEqual(['CN-C5', 'HOUSE-C2'])
  expect(await sent('2026-03-12', { template: 'reminder@2' })).toEqual(['CN-C5', 'HOUSE-C2'])
  expect(await sent('2026-03-12', { text: '您好' })).toEqual(['CN-C5', 'HOUSE-C2'])
  // China knows approved texts only
  expect(await sent('2026-03-12', {})).toEqual(['CN-C5', '(HOUSE-C3)'])
  expect(await sent('2026-03-12', {}, 'call')).toEqual([])
})

const offered = async (about = {}) => {
  const asked = { borrower_id: '7', channels: ['sms', 'email', 'call'], about }
  const { body } = await desk.ask('POST', '/contacts/verdicts', asked)
  return body.channels as {
    allowed: boolean
    texts: { template: string; language: string; body: string }[]
  }[]
}

test('the desk is told which texts are lawful now; the contact keeps the one it was made with', async () => {
  await sql`
    insert into staff (id, name, email, created_at, updated_at)
    values ('ann', 'Ann', 'ann@example.com', ${at}, ${at})`.execute(db)
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by)
    values ('ann', 'conduct', '2026-01-01', '2027-01-01', 'lee')`.execute(db)
  desk.as('ann', 'collector')
  at = '2026-03-12T06:00:00Z'
  const reminder = { template: 'reminder@1', language: 'zh-Hans', body: '您好，{{name}}' }
  expect(await offered()).toMatchObject([
    { allowed: false, texts: [reminder] },
    { allowed: false, texts: [] },
    { allowed: true, texts: [] },
  ])
  // who names a text is answered about that one
  expect(await offered({ template: 'reminder@1' })).toMatchObject([{ allowed: true, texts: [] }, {}, {}])
  const told = (named: object) => desk.ask('POST', '/borrowers/7/contacts', { channel: 'sms', ...named })
  expect(await told({})).toMatchObject({ status: 409, body: { refusal: 'contact_is_refused' } })
  const made = await told({ template: 'reminder@1' })
  expect(made.status).toBe(201)
  const { rows } = await sql<{ template: string }>`
    select v.asked ->> 'template' as template
      from contact_attempts a
      join verdicts v on v.borrower_id = a.borrower_id and v.verdict_id = a.verdict_id
     where a.attempt_id = ${made.body.attempt_id}`.execute(db)
  expect(rows).toEqual([{ template: 'reminder@1' }])
  // ten at night in Shanghai: no text makes it lawful
  at = '2026-03-12T14:00:00Z'
  expect((await offered())[0]!.texts).toEqual([])
  at = '2026-03-20T06:00:00Z'
  expect((await offered())[0]!.texts).toHaveLength(1)
  at = '2026-03-21T06:00:00Z'
  expect((await offered())[0]!.texts).toEqual([])
  at = '2026-03-02T02:00:00Z'
})

test('no text named: refused for a letter in Taiwan, warned about for messages and elsewhere', async () => {
  for (const [borrower_id, pack, zone] of [
    ['8', 'tw', 'Asia/Taipei'],
    ['9', 'uk', 'Europe/London'],
  ] as const) {
    await sql`insert into loan_kinds values (${pack}, 'card')`.execute(db)
    await sql`
      insert into settings (lender, name, effective_from, value)
      values (${pack}, 'packs', '2000-01-01', ${JSON.stringify([pack])}::jsonb)`.execute(db)
    await sql`
      insert into borrowers (borrower_id, lender, borrower_no, time_zones)
      values (${borrower_id}, ${pack}, '1', array[${zone}])`.execute(db)
    await sql`
      insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                         outstanding_minor, past_due_minor)
      values (${borrower_id}, 'L', ${pack}, 'card', 'TWD', 'active', '2026-01-01', 10000, 100)`.execute(db)
  }
  expect(await sent('2026-03-12', {}, 'letter', '8')).toEqual(['TW-N3', '(HOUSE-C3)'])
  expect(await sent('2026-03-12', {}, 'sms', '8')).toEqual(['(HOUSE-C3)'])
  expect(await sent('2026-03-12', {}, 'letter', '9')).toEqual(['(HOUSE-C3)'])
})

test('approved for another jurisdiction is not approved here', async () => {
  desk.as('cora', 'compliance')
  await write('english', 'A reminder of {{amount}}.', { packs: ['uk'] })
  desk.as('dora', 'compliance')
  await approve('english', 1)
  expect(await sent('2026-03-12', { template: 'english@1' })).toEqual(['CN-C5'])
})

test('a changed text is a new version that nobody approved; a withdrawn one is sent no more', async () => {
  desk.as('cora', 'compliance')
  expect((await write('reminder', '您好')).body.version).toBe(2)
  expect(await sent('2026-03-13', { template: 'reminder@2' })).toEqual(['CN-C5', 'HOUSE-C2'])
  at = '2026-03-14T02:00:00Z'
  const path = '/conduct/templates/reminder/versions/1/withdrawals'
  expect((await desk.ask('POST', path, { reason: 'a wrong number in it' })).status).toBe(204)
  expect(await sent('2026-03-13', { template: 'reminder@1' })).toEqual([])
  expect(await sent('2026-03-14', { template: 'reminder@1' })).toEqual(['CN-C5', 'HOUSE-C2'])
  at = '2026-03-15T02:00:00Z'
  desk.as('dora', 'compliance')
  expect((await approve('reminder', 1)).status).toBe(204)
  expect(await sent('2026-03-15', { template: 'reminder@1' })).toEqual([])
})

test('a text with a banned phrase of its packs is not approved; a collector approves nothing', async () => {
  desk.as('cora', 'compliance')
  await write('threat', '再不还款，您可以借新还旧')
  desk.as('dora', 'compliance')
  const told = await approve('threat', 1)
  expect(told).toMatchObject({ status: 409, body: { refusal: 'template_has_banned_phrases' } })
  expect((await approve('nothing', 1)).status).toBe(404)
  expect((await approve('english', 1, { to_on: '2026-03-01' })).body.refusal).toBe(
    'approval_ends_before_it_begins',
  )
  desk.as('ann', 'collector')
  expect((await approve('reminder', 2)).status).toBe(403)
  const { body } = await desk.ask('GET', '/conduct/templates')
  expect(body.templates).toHaveLength(4)
})
