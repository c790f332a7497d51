import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { fixedClock } from '../../src/platform/clock.ts'
import { connect, type Db, openClient } from '../../src/platform/database.ts'
import { runStep } from '../../src/platform/nightly.ts'
import { verifyAudit } from '../../src/staff/audit/audit.sql.ts'
import { freshUrl } from '../support/database.ts'
import { type Asker, putBorrower, staffedDesk } from '../support/staffed-desk.ts'

// A second goes by whenever somebody looks at it.
let second = 0
const tick = () =>
  fixedClock(Temporal.Instant.from('2026-05-12T15:00:00Z').add({ seconds: second++ }).toString())
const clock = { now: () => tick().now(), today: (zone?: string) => tick().today(zone) }
let db: Db
let url: string
let desk: Awaited<ReturnType<typeof staffedDesk>>
let north: string
let south: string
let collector: Asker
let manager: Asker

const why = { 'amends-reason': 'worklist' }

beforeAll(async () => {
  url = await freshUrl()
  db = connect(url)
  desk = await staffedDesk({ db, url, clock })
  north = await putBorrower(db, {
    lender: 'north',
    borrower_no: 'N-0001',
    name: 'Ada North',
    as_of: '2026-05-11',
  })
  south = await putBorrower(db, {
    lender: 'south',
    borrower_no: 'S-0002',
    name: 'Bela South',
    as_of: '2026-05-11',
  })
  collector = (await desk.person(['collector'], ['north'])).ask
  manager = (await desk.person(['manager'])).ask
  return () => db.destroy()
})

test('nobody is let in without signing in, and a wrong password is not a way in', async () => {
  expect((await desk.anybody('GET', '/me')).body).toMatchObject({ status: 401, refusal: 'not_signed_in' })
  const { email } = await desk.person(['collector'])
  const wrong = await desk.signIn(email, 'not the right password')
  expect(wrong.answer.status).toBe(401)
  expect((await wrong.ask('GET', '/me')).status).toBe(401)
})

test('five wrong passwords lock an address, also for the right one', async () => {
  const { email } = await desk.person(['collector'])
  for (let i = 0; i < 5; i++) await desk.signIn(email, `wrong password ${i}`)
  const { answer } = await desk.signIn(email)
  expect(answer.body).toMatchObject({ refusal: 'sign_in_is_locked' })
})

test('a collector reads a borrower of the team, and one of another lender is not there', async () => {
  const mine = await collector('GET', `/borrowers/${north}`, undefined, why)
  expect(mine.body).toMatchObject({ name: 'Ada North', national_id_masked: '••••4567' })
  const other = await collector('GET', `/borrowers/${south}`, undefined, why)
  expect(other.body).toMatchObject({ status: 404, refusal: 'borrower_is_not_found' })
  expect((await manager('GET', `/borrowers/${south}`, undefined, why)).body).toMatchObject({
    name: 'Bela South',
  })
})

test('search finds by name, loan, number and the end of a phone, among the own borrowers only', async () => {
  const found = async (ask: Asker, q: string) => {
    const { body } = await ask('GET', `/borrowers?q=${encodeURIComponent(q)}`, undefined, why)
    return (body['rows'] as unknown as { name: string }[]).map((row) => row.name)
  }
  expect(await found(collector, 'ada')).toEqual(['Ada North'])
  expect(await found(collector, 'nor')).toEqual(['Ada North'])
  expect(await found(collector, 'L-N-0001')).toEqual(['Ada North'])
  expect(await found(collector, '0001')).toEqual(['Ada North'])
  expect(await found(collector, 'bela')).toEqual([])
  expect(await found(manager, 'bela')).toEqual(['Bela South'])
  expect(await found(manager, '0002')).toEqual(['Bela South'])
})

test('every table about a borrower is protected, and every view reads with its reader’s rights', async () => {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name
      from pg_class c
     where c.relnamespace = 'public'::regnamespace
       and (c.relkind = 'r' and not c.relrowsecurity
            and exists (select from pg_attribute a
                         where a.attrelid = c.oid and a.attname = 'borrower_id' and not a.attisdropped)
            or c.relkind = 'v' and not coalesce(c.reloptions, '{}') @> '{security_invoker=true}'
               -- asked by the policies; test/api/scope.test.ts shows what it tells
               and c.relname not in ('borrowers_in_portfolios', 'borrowers_seen'))`.execute(db)
  expect(rows).toEqual([])
})

test('a read of personal data needs its reason, and both the read and every write are logged', async () => {
  expect((await collector('GET', `/borrowers/${north}`)).body).toMatchObject({
    refusal: 'reason_is_missing',
  })
  const before = (await verifyAudit(db)).events
  await collector('GET', `/borrowers/${north}`, undefined, { 'amends-reason': 'she called' })
  const shown = await collector('POST', `/borrowers/${north}/disclosures`, { what: 'national_id' }, why)
  expect(shown.body).toEqual({ value: 'X1234567' })
  const { rows } = await sql<{ action: string; subject: string; reason: string }>`
    select action, subject, reason from audit_entries where entry_no > ${before} order by entry_no`.execute(
    db,
  )
  expect(rows).toEqual([
    { action: 'GET /api/borrowers/:borrower_id', subject: `borrower_id=${north}`, reason: 'she called' },
    {
      action: 'POST /api/borrowers/:borrower_id/disclosures',
      subject: `borrower_id=${north}`,
      reason: 'worklist',
    },
  ])
})

test('the log is sealed each night; one row altered by hand is caught', async () => {
  const client = await openClient(url)
  await runStep(client, 'staff/audit/seal-audit', '2026-05-12')
  await collector('GET', `/borrowers/${north}`, undefined, why)
  await runStep(client, 'staff/audit/seal-audit', '2026-05-13')
  expect(await verifyAudit(db)).toMatchObject({ ok: true, broken_from: null })
  await expect(client.query('delete from audit_entries')).rejects.toThrow('only ever added to')
  await expect(client.query('update audit_seals set entries = 0')).rejects.toThrow('only ever added to')
  // Somebody who owns the database can switch the guard off, but not make the digests agree.
  await client.query('alter table audit_entries disable trigger audit_entries_stand')
  await client.query(
    "update audit_entries set reason = 'nothing' where entry_no = (select min(entry_no) from audit_entries)",
  )
  expect(await verifyAudit(db)).toMatchObject({ ok: false, broken_from: '2026-05-12' })
  await client.end()
})

test('a permission that a role lacks is refused by its name', async () => {
  const refused = await collector('GET', '/staff')
  expect(refused.body).toMatchObject({ status: 403, refusal: 'permission_is_missing' })
})

test('a write that does not come from the desk’s own page is refused', async () => {
  const forged = await manager('POST', '/loads?file_name=a.csv&as_of=2026-05-11', 'x', {
    origin: 'http://evil.test',
  })
  expect(forged.body).toMatchObject({ status: 403, refusal: 'request_is_forged' })
})

test('the same idempotency key gives the first answer and does it once', async () => {
  const admin = (await desk.person(['admin'])).ask
  const key = { 'idempotency-key': 'key-of-this-test' }
  const body = { name: 'dialler', permissions: ['contacts.write'], days: 30 }
  const first = await admin('POST', '/tokens', body, key)
  const again = await admin('POST', '/tokens', body, key)
  expect(again.body).toEqual(first.body)
  expect((await admin('POST', '/tokens', { ...body, name: 'other' }, key)).body).toMatchObject({
    refusal: 'key_was_used_for_another_request',
  })
  const { rows } = (await admin('GET', '/tokens')).body as unknown as { rows: unknown[] }
  expect(rows).toHaveLength(1)
})

test('what a machine writes without a reason is logged with what its token is for', async () => {
  const admin = (await desk.person(['admin'])).ask
  const wanted = {
    name: 'licences from the regulator',
    permissions: ['conduct.write', 'book.read_all'],
    days: 1,
  }
  const { token } = (await admin('POST', '/tokens', wanted)).body as unknown as { token: string }
  const body = { licensed_until: '2027-01-01' }
  const headers = { authorization: `Bearer ${token}` }
  const told = await desk.anybody('POST', '/conduct/agencies/north/standings', body, headers)
  expect(told.status).toBe(201)
  const { rows } = await sql<{ reason: string }>`
    select reason from audit_entries where action like 'POST %standings' order by entry_no desc limit 1
  `.execute(db)
  expect(rows).toEqual([{ reason: 'licences from the regulator' }])
})

test('a machine’s token does what it was given for, and nothing once it is ended', async () => {
  const admin = (await desk.person(['admin'])).ask
  const made = await admin('POST', '/tokens', {
    name: 'reports',
    permissions: ['book.read', 'book.read_all'],
    days: 1,
  })
  const { token, token_id } = made.body as unknown as { token: string; token_id: string }
  const machine: Asker = (method, path) =>
    desk.anybody(method, path, undefined, { authorization: `Bearer ${token}` })
  expect((await machine('GET', '/portfolio?as_of=2026-05-12')).status).toBe(200)
  expect((await machine('GET', '/staff')).status).toBe(403)
  await admin('DELETE', `/tokens/${token_id}`)
  expect((await machine('GET', '/portfolio')).status).toBe(401)
})

test('two admins do not undo each other, and the last admin stays', async () => {
  const { ask: admin } = await desk.person(['admin'])
  const { staff_id } = await desk.person(['collector'])
  const read = await admin('GET', `/staff/${staff_id}`)
  const etag = { 'if-match': read.headers.get('etag')! }
  const rights = (roles: string[]) => ({ roles, teams: [] })
  expect((await admin('PUT', `/staff/${staff_id}/rights`, rights(['field']), etag)).status).toBe(200)
  expect((await admin('PUT', `/staff/${staff_id}/rights`, rights(['legal']), etag)).body).toMatchObject({
    refusal: 'changed_meanwhile',
  })
  expect((await admin('PUT', `/staff/${staff_id}/rights`, rights(['legal']))).body).toMatchObject({
    refusal: 'version_is_missing',
  })
})

test('somebody who left is signed out at once', async () => {
  const { ask: admin } = await desk.person(['admin'])
  const { staff_id, ask, email } = await desk.person(['manager'])
  expect((await ask('GET', '/me')).status).toBe(200)
  await admin('POST', `/staff/${staff_id}/departure`, { reason: 'moved away' })
  expect((await ask('GET', '/me')).status).toBe(401)
  const { ask: again } = await desk.signIn(email)
  expect((await again('GET', '/me')).status).toBe(401)
})
