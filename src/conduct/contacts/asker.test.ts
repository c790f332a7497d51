// Who calls, who is called and where are what the sign-in and the book say, not what a request says.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { factRoutes } from '../facts/fact.routes.ts'
import { stopRoutes } from '../stops/stop.routes.ts'
import { verdictRoutes } from '../verdicts/verdict.routes.ts'
import { contactRoutes } from './contact.routes.ts'

const db = await freshDatabase()
const AT = '2024-05-08T15:00:00Z' // eleven in New York
const desk = deskApp(db, () => fixedClock(AT), [verdictRoutes(), contactRoutes(), factRoutes(), stopRoutes()])

beforeAll(async () => {
  await sql`insert into loan_kinds values ('acme', 'card')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    select n, 'acme', n, '{America/New_York}' from generate_series(1, 9) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    select n, 'L' || n, 'acme', 'card', 'USD', 'active', '2024-01-01', 10000, 100
      from generate_series(1, 9) n`.execute(db)
  await sql`
    insert into staff (id, name, email, created_at, updated_at)
    values ('ann', 'Ann', 'ann@example.com', ${AT}, ${AT}), ('abe', 'Abe', 'abe@example.com', ${AT}, ${AT})
  `.execute(db)
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by)
    select id, 'conduct', '2024-01-01', '2025-01-01', 'lee' from staff`.execute(db)
  await sql`
    insert into placements (borrower_id, lender, agency, reason, placed_at, placed_by)
    values (2, 'acme', 'Z', 'a test', '2024-05-01', 'lee')`.execute(db)
  await sql`
    insert into contact_points (borrower_id, party, party_name, kind, value)
    select n, v.* from generate_series(4, 8) n,
           (values ('debtor', '', 'mobile', '+1 212 555 0104'),
                   ('debtor', '', 'phone', '(212) 555-0105'),
                   ('debtor', '', 'work_phone', '+12125550106'),
                   ('guarantor', 'Bo', 'mobile', '+12125550107')) v`.execute(db)
})

const call = async (borrower_id: string, asked: Record<string, unknown> = {}) => {
  const { status, body } = await desk.ask('POST', `/borrowers/${borrower_id}/contacts`, {
    channel: 'call',
    ...asked,
  })
  if (status === 201) return 'made'
  const refusals: { rule_id: string }[] = body.figures?.verdict?.refusals ?? []
  return [body.refusal, ...refusals.map((it) => it.rule_id)].join(' ')
}
const asked = (borrower_id: string, about: Record<string, unknown>) =>
  desk.refusal('POST', '/contacts/verdicts', { borrower_id, about })

test('an agency’s people call for it, whatever they say, and only where it has the case', async () => {
  desk.ofAgency('abe', 'Z')
  expect(await call('2')).toBe('contact_is_refused HOUSE-A1')
  expect(await call('2', { placed_by: 'lender' })).toBe('placed_by_is_not_yours')
  expect(await asked('2', { placed_by: 'lender' })).toBe('placed_by_is_not_yours')
  expect(await call('1')).toBe('case_is_not_placed_with_the_agency')
  await sql`
    insert into agency_standings (agency, recorded_at, licensed_until, secrecy_until, evaluated_on,
                                  recorded_by)
    values ('Z', '2024-05-01', '2025-01-01', '2025-01-01', '2024-01-01', 'lee')`.execute(db)
  expect(await call('2')).toBe('made')
  const { rows } = await sql`select placed_by from contact_attempts where borrower_id = 2`.execute(db)
  expect(rows).toEqual([{ placed_by: 'agency:Z' }])
})

test('the lender’s people call for nobody else; a machine for the agency that has the case', async () => {
  desk.as('ann', 'collector')
  for (const placed_by of ['agency:Z', 'buyer:x']) {
    expect(await call('2', { placed_by })).toBe('placed_by_is_not_yours')
    expect(await asked('2', { placed_by })).toBe('placed_by_is_not_yours')
  }
  desk.asMachine()
  const by = (placed_by: string, more = {}) => ({ placed_by, automated: true, ...more })
  expect(await call('3', by('agency:Z'))).toBe('case_is_not_placed_with_the_agency')
  expect(await call('3', by('buyer:x'))).toBe('loan_is_not_sold')
  expect(await call('3', by('buyer:x', { debts: ['L3'] }))).toBe('loan_is_not_sold')
  await sql`update loans set status = 'sold' where loan_no = 'L3'`.execute(db)
  expect(await call('3', by('buyer:x', { debts: ['L3'] }))).toBe('made')
})

test('only a machine says that a machine does it, and then it needs no certificate', async () => {
  desk.as('nobody-certified', 'collector')
  expect(await call('1', { automated: true })).toBe('automated_is_for_machines')
  expect(await asked('1', { automated: true })).toBe('automated_is_for_machines')
  expect(await call('1')).toBe('contact_is_refused HOUSE-S1')
  desk.asMachine()
  expect(await call('1')).toBe('contact_is_refused HOUSE-S1')
  expect(await call('1', { automated: true })).toBe('made')
})

test('a guarantor is one of the book; one number is one person', async () => {
  desk.as('ann', 'collector')
  const bo = { party: 'guarantor', party_id: 'Bo' }
  expect(await call('4', { ...bo, party_id: 'g1' })).toBe('person_is_not_in_the_book')
  expect(await asked('4', { ...bo, party_id: 'g1' })).toBe('person_is_not_in_the_book')
  // the number of the book, however it is written, is called as whose it is
  for (const address of ['+12125550104', '212 555-0104', '0012125550104']) {
    expect(await call('4', { ...bo, address })).toBe('address_is_of_another_person')
  }
  expect(await call('4', { address: '+12125550107' })).toBe('address_is_of_another_person')
  expect(await call('4', { ...bo, address: '+12125550107' })).toBe('made')
  expect(await call('4', { address: '+12125550104' })).toBe('made')
})

test('a third party is asked where the borrower is at a number, under one name', async () => {
  desk.as('ann', 'collector')
  const locate = { party: 'third_party', purpose: 'locate' }
  expect(await call('5', { ...locate, party_id: 'aunt' })).toBe('address_is_missing')
  expect(await asked('5', { ...locate, party_id: 'aunt' })).toBeUndefined()
  const at = { ...locate, address: '+1 212 555 0199' }
  expect(await call('5', { ...at, party_id: 'aunt' })).toBe('made')
  // what came of it is not known: it may have been the one talk
  expect(await call('5', { ...at, party_id: 'aunt' })).toBe('contact_is_refused US-D3 US-F2')
  for (const other of [{ party_id: 'uncle' }, { party: 'spouse', party_id: '' }]) {
    expect(await call('5', { ...at, ...other, address: '2125550199' })).toBe('address_is_of_another_person')
  }
  expect(await call('5', { ...at, party_id: 'uncle', address: '+12125550198' })).toBe('made')
})

test('a debt that the borrower has not is refused by name', async () => {
  desk.as('ann', 'collector')
  expect(await call('6', { debts: ['nonsense'] })).toBe('no_such_loan')
  expect(await asked('6', { debts: ['L6', 'nonsense'] })).toBe('no_such_loan')
  expect(await call('6', { debts: ['L6'] })).toBe('made')
})

test('the place of a number is the book’s', async () => {
  desk.as('ann', 'collector')
  const say = (id: string, place: string) =>
    desk.ask('POST', `/borrowers/${id}/constraints`, { place, reason: 'said so' })
  await say('7', 'work')
  for (const place of [undefined, 'mobile', 'home']) {
    expect(await call('7', { address: '212-555-0106', place })).toBe('contact_is_refused HOUSE-T3 US-T6')
  }
  expect(await call('7', { address: '212-555-0105', place: 'work' })).toBe('made')
  await say('8', 'home')
  expect(await call('8', { address: '+12125550105' })).toBe('contact_is_refused HOUSE-T3 US-T3')
  // where a number rings that the book has not, its caller says
  expect(await call('8', { address: '+12125550177', place: 'home' })).toBe(
    'contact_is_refused HOUSE-T3 US-T3',
  )
  expect(await call('8', { address: '+12125550106' })).toBe('made')
})

test('a plan is asked about as it is made: a cease refuses it, hours are told with it', async () => {
  desk.as('ann', 'collector')
  const path = '/borrowers/9/planned-contacts'
  const plan = { channel: 'call', debts: ['L9'], why: 'missed instalment', worked_by: 'ann' }
  const night = { ...plan, at: '2024-05-10T03:00:00Z' } // eleven at night in New York
  const told = await desk.ask('POST', path, night)
  expect(told).toMatchObject({ status: 201, body: { refusals: [{ rule_id: 'US-T1' }] } })
  const { planned } = (await desk.ask('GET', path)).body
  expect(planned).toMatchObject([
    { refusals: [{ rule_id: 'US-T1', checked_on: '2024-05-08', next_allowed_at: '2024-05-10T08:00' }] },
  ])
  const day = { ...plan, at: '2024-05-10T15:00:00Z' }
  expect((await desk.ask('POST', path, day)).body.refusals).toEqual([])
  expect(await desk.refusal('POST', path, { ...day, debts: ['L8'] })).toBe('no_such_loan')
  await desk.ask('POST', '/borrowers/9/holds', { kind: 'cease', reason: 'letter received' })
  expect(await desk.refusal('POST', path, day)).toBe('contact_is_refused')
})
