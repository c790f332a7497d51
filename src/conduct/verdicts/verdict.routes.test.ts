// What the desk asks: verdict before the button, the gate, facts as records, and the compliance officer's
// lists.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { contactRoutes } from '../contacts/contact.routes.ts'
import { factRoutes } from '../facts/fact.routes.ts'
import { incidentRoutes } from '../incidents/incident.routes.ts'
import { packRoutes } from '../packs/pack.routes.ts'
import { stopRoutes } from '../stops/stop.routes.ts'
import { planContact } from '../stops/stop.sql.ts'
import { verdictRoutes } from './verdict.routes.ts'

const db = await freshDatabase()
let at = '2024-05-08T15:00:00Z' // eleven in New York
const desk = deskApp(db, () => fixedClock(at), [
  verdictRoutes(),
  contactRoutes(),
  factRoutes(),
  stopRoutes(),
  incidentRoutes(),
  packRoutes(),
])

beforeAll(async () => {
  await sql`insert into loan_kinds values ('acme', 'card')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    select n, 'acme', n, '{America/New_York}' from generate_series(7, 9) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    select n, 'L' || n, 'acme', 'card', 'USD', 'active', '2024-01-01', 10000, 100
      from generate_series(7, 9) n`.execute(db)
  await sql`
    insert into staff (id, name, email, created_at, updated_at)
    values ('ann', 'Ann', 'ann@example.com', ${at}, ${at})`.execute(db)
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by)
    values ('ann', 'conduct', '2024-01-01', '2025-01-01', 'lee')`.execute(db)
})

const verdictsOf = async (borrower_id: string, about = {}) => {
  const { status, body } = await desk.ask('POST', '/contacts/verdicts', { borrower_id, about })
  expect(status).toBe(200)
  return Object.fromEntries(body.channels.map((it: { channel: string }) => [it.channel, it])) as Record<
    string,
    { allowed: boolean; refusals: { rule_id: string; source: string }[] } & {
      next_allowed_at: string | null
      disclosures: { rule_id: string }[]
    }
  >
}

test('every channel is answered at once, with its clause, its time and what must be said', async () => {
  expect((await desk.ask('POST', '/borrowers/7/contacts', { channel: 'call' })).status).toBe(201)
  const [call] = (await desk.ask('GET', '/borrowers/7/conduct')).body.holds
  expect(call).toBeUndefined()
  const verdicts = await verdictsOf('7')
  expect(Object.keys(verdicts)).toEqual(['call', 'sms', 'email', 'letter', 'visit', 'message', 'portal'])
  // the outcome of the call is not known yet: it may have been a talk
  expect(verdicts['call']).toMatchObject({ allowed: false, next_allowed_at: '2024-05-15' })
  expect(verdicts['call']!.refusals).toMatchObject([
    { rule_id: 'US-F2', source: '12 CFR 1006.14(b)(2)(i)(B)' },
  ])
  expect(verdicts['email']).toMatchObject({ allowed: true, refusals: [] })
  expect(verdicts['email']!.disclosures.map((it) => it.rule_id)).toEqual(['US-D1', 'US-M2'])
})

test('a refused contact is a problem with the verdict, and stands in the list of refusals', async () => {
  const refused = await desk.ask('POST', '/borrowers/7/contacts', { channel: 'call' })
  expect(refused).toMatchObject({ status: 409, body: { refusal: 'contact_is_refused' } })
  const { verdict_id, refusals } = refused.body.figures.verdict
  expect(refusals).toMatchObject([{ rule_id: 'US-F2' }])
  desk.as('cora', 'compliance')
  const { verdicts, by_rule } = (await desk.ask('GET', '/conduct/refusals')).body
  expect(by_rule).toMatchObject([{ rule_id: 'US-F2', contacts: 1 }])
  expect(verdicts[0]).toMatchObject({ verdict_id, channel: 'call', asked_by: 'ann' })
  const replay = await desk.ask('GET', `/conduct/verdicts/${verdict_id}/replay`)
  expect(replay.body).toMatchObject({
    same: true,
    allowed: false,
    today: { refused_now: [], released_now: [] },
  })
  expect(await desk.refusal('GET', `/conduct/verdicts/${randomUUID()}/replay`)).toBe('verdict_is_not_found')
  desk.as('ann', 'collector')
})

test('a hold is one record however often it is sent, and stops what is planned', async () => {
  await planContact(
    db,
    '8',
    { at, channel: 'call', debts: ['L8'], why: 'missed instalment', worked_by: 'ann' },
    at,
  )
  const hold = { kind: 'cease', reason: 'letter received', fact_id: randomUUID() }
  const first = await desk.ask('POST', '/borrowers/8/holds', hold)
  expect(first).toMatchObject({ status: 201, body: { fact_id: hold.fact_id, recorded: true } })
  expect((await desk.ask('POST', '/borrowers/8/holds', hold)).body.recorded).toBe(false)
  expect((await verdictsOf('8'))['letter']).toMatchObject({ allowed: false })
  expect((await verdictsOf('8', { purpose: 'terminate' }))['letter']).toMatchObject({ allowed: true })

  expect(await desk.refusal('GET', '/conduct/stops')).toBe('permission_is_missing')
  desk.as('cora', 'compliance')
  expect((await desk.ask('GET', '/conduct/stops')).body.stops).toMatchObject([
    { cause: 'cease', worked_by: 'ann' },
  ])
  desk.as('ann', 'collector')
  const path = `/borrowers/8/stops/${first.body.stop_id}/acknowledgements`
  expect((await desk.ask('POST', path, { worked_by: 'ann' })).status).toBe(204)
  expect(await desk.refusal('POST', path, { worked_by: 'somebody' })).toBe('stop_is_not_found')
  expect(
    await desk.refusal('POST', '/borrowers/8/hold-releases', { kind: 'cease', reason: 'withdrawn' }),
  ).toBe('permission_is_missing')
})

test('a note with a threat in it is an incident for the compliance officer to close', async () => {
  const { body } = await desk.ask('POST', '/borrowers/9/contacts', { channel: 'call' })
  const told = { outcome: 'conversation', note: 'Told her she will regret this.' }
  const path = `/borrowers/9/contacts/${body.attempt_id}/outcome`
  expect((await desk.ask('PUT', path, { ...told, note: 'Told her you will regret this.' })).status).toBe(204)
  expect(await desk.refusal('PUT', path, { outcome: 'busy' })).toBe('outcome_is_known_already')
  desk.as('cora', 'compliance')
  const { incidents } = (await desk.ask('GET', '/conduct/incidents')).body
  expect(incidents).toMatchObject([{ rule_id: 'HOUSE-C1', cause: 'banned_phrase', borrower_id: '9' }])
  const closed = {
    contact_id: body.attempt_id,
    rule_id: 'HOUSE-C1',
    note: 'talked with Ann, called the borrower',
  }
  expect((await desk.ask('POST', '/borrowers/9/incident-closures', closed)).status).toBe(204)
  expect(await desk.refusal('POST', '/borrowers/9/incident-closures', closed)).toBe('incident_is_not_found')
})

test('a house rule is set aside by signature, law is not', async () => {
  desk.as('cora', 'compliance')
  const asked = { from_on: '2024-05-01', to_on: '2024-06-30', reason: 'the new hire starts before the exam' }
  const law = await desk.refusal('POST', '/conduct/exceptions', { ...asked, rule_id: 'US-F1' })
  expect(law).toBe('rule_is_not_the_houses')
  desk.as('bob', 'collector')
  expect((await verdictsOf('9'))['email']).toMatchObject({
    allowed: false,
    refusals: [{ rule_id: 'HOUSE-S1' }],
  })
  desk.as('cora', 'compliance')
  const signed = await desk.ask('POST', '/conduct/exceptions', {
    ...asked,
    rule_id: 'HOUSE-S1',
    lender: 'acme',
  })
  expect(signed.status).toBe(201)
  desk.as('bob', 'collector')
  expect((await verdictsOf('9'))['email']).toMatchObject({ allowed: true })
  expect(await desk.refusal('POST', '/conduct/exceptions', { ...asked, rule_id: 'HOUSE-S1' })).toBe(
    'permission_is_missing',
  )
})

test('packs say which rules counsel has yet to confirm', async () => {
  desk.as('cora', 'compliance')
  const { packs } = (await desk.ask('GET', '/conduct/packs')).body
  const us = packs.find((it: { pack: string }) => it.pack === 'us')
  expect(us).toMatchObject({ own_zone: null, in_use: true })
  expect(us.unconfirmed).toBeGreaterThan(0)
  const { rules } = (await desk.ask('GET', `/conduct/packs/${us.pack_version}/rules`)).body
  expect(rules).toHaveLength(us.rules)
  expect(rules.find((it: { rule_id: string }) => it.rule_id === 'US-X1')).toMatchObject({
    force: 'statute',
    mark: 'M',
    for_counsel: true,
    is_decided: true,
  })
})

test('recordings and records are kept for the longest time that any pack asks', async () => {
  desk.as('cora', 'compliance')
  const told = async (packs: string, products = 'card') => {
    const { keep, record } = (await desk.ask('GET', `/conduct/retention?packs=${packs}&products=${products}`))
      .body
    return {
      keep: keep.map((it: Record<string, unknown>) => `${it['what']} ${it['months']} ${it['rule_id']}`),
      record: record.map((it: { channel: string }) => it.channel),
    }
  }
  expect(await told('tw')).toEqual({ keep: ['recording 6 TW-R1'], record: ['call', 'visit'] })
  expect(await told('tw,us')).toEqual({
    keep: ['record 36 US-R1', 'recording 36 US-R1'],
    record: ['call', 'visit'],
  })
  expect(await told('cn,tw,us')).toEqual({
    keep: ['handover 36 CN-A7', 'record 60 CN-R3', 'recording 60 CN-R3'],
    record: ['call', 'visit'],
  })
  expect((await told('cn', 'consumer_finance')).keep).toContain('record 60 CN-R2')
  expect(await told('uk')).toEqual({ keep: [], record: [] })
  // a borrower whom two packs bind: the loan's pack and one of the borrower's own
  await sql`
    insert into borrower_packs (borrower_id, pack, from_on, recorded_by, reason)
    values (9, 'cn', '2024-01-01', 'cora', 'moved')`.execute(db)
  const { keep } = (await desk.ask('GET', '/borrowers/9/retention')).body
  expect(keep).toMatchObject([{ months: 36 }, { what: 'record', months: 60 }, { months: 60 }])
  await sql`delete from borrower_packs`.execute(db)
})

test('contacts that others tell us of are recorded once and judged', async () => {
  at = '2024-05-09T15:00:00Z'
  desk.as('ann', 'collector')
  const contacts = [
    {
      at: '2024-05-09T03:00:00Z',
      direction: 'out',
      channel: 'call',
      outcome: 'unanswered',
      source_no: 'd1',
      automated: true,
    },
  ]
  const path = '/borrowers/7/outside-contacts'
  // who calls asks before; that the person called anybody writes down
  expect(await desk.refusal('POST', path, { contacts })).toBe('own_contact_needs_a_verdict')
  const inbound = { at: '2024-05-09T14:00:00Z', direction: 'in', channel: 'sms' }
  expect((await desk.ask('POST', path, { contacts: [inbound] })).status).toBe(201)
  desk.asMachine()
  const told = await desk.ask('POST', path, { contacts })
  expect(told).toMatchObject({ status: 201, body: { recorded: 1 } })
  expect((await desk.ask('POST', path, { contacts })).body.recorded).toBe(0)
  desk.as('cora', 'compliance')
  const { incidents } = (await desk.ask('GET', '/conduct/incidents')).body
  expect(incidents.map((it: { rule_id: string }) => it.rule_id)).toContain('US-T1')
})

test('what cannot be is refused, not broken', async () => {
  desk.as('ann', 'collector')
  expect(await desk.refusal('POST', '/contacts/verdicts', { borrower_id: '12345' })).toBe(
    'borrower_is_not_found',
  )
  expect(await desk.refusal('POST', '/contacts/verdicts', { borrower_id: '99999999999999999999' })).toBe(
    'request_is_malformed',
  )
  expect(await desk.refusal('POST', '/borrowers/7/opt-outs', { reason: 'nothing named' })).toBe(
    'request_is_malformed',
  )
})
