// What the outer shape of the API is for, each tried from the other side.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '../../src/platform/database.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { type Asker, putBorrower, staffedDesk } from '../support/staffed-desk.ts'

const clock = settableClock('2026-05-12T16:00:00Z')
const why = { 'amends-reason': 'a test' }
let db: Db
let desk: Awaited<ReturnType<typeof staffedDesk>>
let admin: Asker
let north: string
let south: string

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url)
  desk = await staffedDesk({ db, url, clock })
  const about = { as_of: '2026-05-11' }
  north = await putBorrower(db, { ...about, lender: 'north', borrower_no: 'N-0001', name: 'Ada North' })
  south = await putBorrower(db, { ...about, lender: 'south', borrower_no: 'S-0002', name: 'Bela South' })
  admin = (await desk.person(['admin'])).ask
  return () => db.destroy()
})

const refusalOf = async (ask: Asker, ...asked: Parameters<Asker>) => (await ask(...asked)).body['refusal']

test('a session ends after an idle hour, after twelve hours, and with its signature', async () => {
  const { staff_id, ask } = await desk.person(['collector'])
  const past = (column: 'created_at' | 'updated_at', minutes: number) =>
    sql`
    update sign_in_sessions set ${sql.ref(column)} = clock_timestamp() - make_interval(mins => ${minutes})
     where staff_id = ${staff_id}`.execute(db)
  await past('updated_at', 59)
  expect((await ask('GET', '/me')).status).toBe(200)
  // that request counted: the hour begins anew
  const { rows } = await sql<{ fresh: boolean }>`
    select updated_at > clock_timestamp() - interval '1 minute' as fresh
      from sign_in_sessions where staff_id = ${staff_id}`.execute(db)
  expect(rows[0]!.fresh).toBe(true)
  await past('updated_at', 61)
  expect(await refusalOf(ask, 'GET', '/me')).toBe('not_signed_in')
  await past('updated_at', 0)
  await past('created_at', 12 * 60 + 1)
  expect(await refusalOf(ask, 'GET', '/me')).toBe('not_signed_in')
  const { cookie, ask: again } = await desk.signIn((await desk.person(['collector'])).email)
  expect((await again('GET', '/me')).status).toBe(200)
  const [name, value] = cookie.split('=') as [string, string]
  const forged = value.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'))
  expect(await refusalOf(desk.asker(`${name}=${forged}`), 'GET', '/me')).toBe('not_signed_in')
  expect(await refusalOf(desk.asker(`${name}=%E0%A4%A`), 'GET', '/me')).toBe('not_signed_in')
})

test('many wrong passwords at once are counted like many one after the other', async () => {
  const { email } = await desk.person(['collector'])
  clock.set('2026-05-12T16:00:01Z')
  await Promise.all(Array.from({ length: 20 }, (_, i) => desk.signIn(email, `wrong password ${i}`)))
  const tries = async () =>
    (
      await sql<{ n: number }>`select count(*) as n from sign_in_attempts where email = ${email}
      and not succeeded`.execute(db)
    ).rows[0]!.n
  expect(await tries()).toBeLessThanOrEqual(5)
  for (let i = 0; i < 5; i++) await desk.signIn(email, `wrong again ${i}`)
  expect(await tries()).toBeLessThanOrEqual(5)
  expect((await desk.signIn(email)).answer.body['refusal']).toBe('sign_in_is_locked')
})

test.each([
  ['from another site', { origin: 'http://evil.test' }],
  ['from another port of this host', { origin: 'http://desk.test:81' }],
  ['from a page without an origin', { origin: 'null' }],
  ['that the browser says is cross-site', { 'sec-fetch-site': 'cross-site' }],
])('a write %s is refused', async (_, headers) => {
  const body = { name: 'x', permissions: ['book.read'], days: 1 }
  expect(await refusalOf(admin, 'POST', '/tokens', body, headers)).toBe('request_is_forged')
})

test('a machine sees and does what its token is for, until the token ends', async () => {
  const made = await admin('POST', '/tokens', {
    name: 'letters',
    permissions: ['borrowers.read'],
    lenders: ['north'],
    days: 1,
  })
  const { token } = made.body as unknown as { token: string }
  const machine: Asker = (method, path, body) =>
    desk.anybody(method, path, body, { authorization: `Bearer ${token}`, ...why })
  expect((await machine('GET', `/borrowers/${north}`)).body).toMatchObject({ name: 'Ada North' })
  expect((await machine('GET', `/borrowers/${south}`)).status).toBe(404)
  expect(await refusalOf(machine, 'GET', '/borrowers?q=ada')).toBe('permission_is_missing')
  expect(
    await refusalOf(machine, 'POST', '/tokens', { name: 'more', permissions: ['book.read'], days: 1 }),
  ).toBe('permission_is_missing')
  const { rows } = await sql<{ staff_id: string }>`
    select staff_id from audit_entries order by entry_no desc limit 1`.execute(db)
  expect(rows[0]!.staff_id).toMatch(/^token:/)
  expect((await sql`select from machine_tokens where sha256 = ${token}`.execute(db)).rows).toEqual([])
  clock.set('2026-05-13T16:00:01Z')
  expect((await machine('GET', `/borrowers/${north}`)).status).toBe(401)
  clock.set('2026-05-12T16:00:00Z')
})

test('the same key twice at once does it once, and another person’s key is another key', async () => {
  const key = { 'idempotency-key': 'twice-at-once' }
  const body = { name: 'once', permissions: ['book.read'], days: 1 }
  const answers = await Promise.all([1, 2, 3].map(() => admin('POST', '/tokens', body, key)))
  const made = answers.filter((answer) => answer.status === 201)
  expect(new Set(made.map((answer) => answer.body['token_id'])).size).toBe(1)
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    expect(answer.body['refusal']).toBe('request_is_still_at_work')
  }
  const other = await (await desk.person(['admin'])).ask('POST', '/tokens', body, key)
  expect(other.body['token_id']).not.toBe(made[0]!.body['token_id'])
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from machine_tokens where name = 'once'`.execute(db)
  expect(rows[0]!.n).toBe(2)
})

test('two who change one team do not undo each other', async () => {
  const team = { name: 'Night shift', lenders: ['north'] }
  expect((await admin('PUT', '/teams/night', team)).status).toBe(200)
  expect(await refusalOf(admin, 'PUT', '/teams/night', team)).toBe('version_is_missing')
  const etag = (await admin('GET', '/teams/night')).headers.get('etag')!
  const changes = [1, 2, 3].map((n) =>
    admin('PUT', '/teams/night', { ...team, name: `Shift ${n}` }, { 'if-match': etag }),
  )
  const statuses = (await Promise.all(changes)).map(({ status }) => status)
  expect(statuses.sort()).toEqual([200, 412, 412])
})

test('a list goes on where it ended, also when rows come; foreign cursors are refused', async () => {
  for (const n of [1, 2, 3, 4, 5]) await admin('PUT', `/teams/list-${n}`, { name: `List ${n}`, lenders: [] })
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body } = await admin('GET', `/teams?limit=2${cursor && `&cursor=${cursor}`}`)
    const page = body as unknown as { rows: { team_id: string }[]; next_cursor: string | null }
    seen.push(...page.rows.map((row) => row.team_id))
    if (seen.length === 2) await admin('PUT', '/teams/aaa', { name: 'Before the first', lenders: [] })
    cursor = page.next_cursor
  }
  expect(seen.filter((id) => id.startsWith('list-'))).toEqual([
    'list-1',
    'list-2',
    'list-3',
    'list-4',
    'list-5',
  ])
  expect(new Set(seen).size).toBe(seen.length)
  const foreign = Buffer.from(JSON.stringify([{ $gt: '' }])).toString('base64url')
  for (const bad of [foreign, 'x', "' or 1=1 --"]) {
    const path = `/teams?cursor=${encodeURIComponent(bad)}`
    expect(await refusalOf(admin, 'GET', path)).toBe('request_is_malformed')
  }
})

test('answers carry the headers that guard the desk, and none of the API is kept by a cache', async () => {
  const { headers } = await admin('GET', '/me')
  expect(headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/)
  expect(headers.get('content-security-policy')).not.toMatch(/script-src|unsafe-eval/)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  const { answer } = await desk.signIn((await desk.person(['collector'])).email)
  expect(answer.headers.getSetCookie().join()).toMatch(/HttpOnly.*SameSite=Lax/i)
})

test('a body beyond all measure is refused before it is read', async () => {
  const huge = `{"name":"${'x'.repeat(20_000_001)}"}`
  const headers = { 'content-length': `${huge.length}` }
  expect(await refusalOf(admin, 'POST', '/tokens', huge, headers)).toBe('file_is_too_large')
})

test('nobody gives themselves authority, and a limit is given from a day on', async () => {
  const me = (await admin('GET', '/me')).body as unknown as { staff_id: string }
  const limit = { what: 'waiver', limit_units: 100, from_on: '2026-05-01' }
  expect(await refusalOf(admin, 'POST', `/staff/${me.staff_id}/authority-limits`, limit)).toBe('own_limit')
  const { staff_id } = await desk.person(['collector'])
  const path = `/staff/${staff_id}/authority-limits`
  const first = (await admin('POST', path, limit)).headers.get('etag')!
  const later = { ...limit, limit_units: 50, from_on: '2026-06-01' }
  // Two admins who read the same limits do not replace each other's unseen.
  expect(await refusalOf(admin, 'POST', path, later)).toBe('version_is_missing')
  const both = [50, 60].map((limit_units) =>
    admin('POST', path, { ...later, limit_units }, { 'if-match': first }),
  )
  expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([201, 412])
  const { headers } = await admin('GET', path)
  const { body } = await admin('POST', path, later, { 'if-match': headers.get('etag')! })
  expect(body['rows']).toMatchObject([
    { limit_units: 50, from_on: '2026-06-01', to_on: null },
    { limit_units: 100, from_on: '2026-05-01', to_on: '2026-06-01' },
  ])
})

test('whoever lost their devices is let in anew by an admin, and by nothing that they had', async () => {
  const { staff_id, email, ask } = await desk.person(['collector'])
  const reset = await admin('POST', `/staff/${staff_id}/sign-in-reset`, { reason: 'phone was lost' })
  expect(await refusalOf(ask, 'GET', '/me')).toBe('not_signed_in')
  expect((await desk.signIn(email)).answer.status).toBe(401)
  const { first_password } = reset.body as unknown as { first_password: string }
  expect((await (await desk.signIn(email, first_password)).ask('GET', '/me')).status).toBe(200)
})

test('a statement of income that somebody else recorded meanwhile is not replaced', async () => {
  const path = `/borrowers/${north}/affordability`
  const { ask } = await desk.person(['collector'], ['north'])
  const stated = (amount_minor: number) => ({
    currency: 'USD',
    lines: [{ kind: 'income', what: 'wages', amount_minor, evidence: 'payslip' }],
  })
  expect((await ask('PUT', path, stated(100_000))).status).toBe(200)
  const etag = (await ask('GET', path, undefined, why)).headers.get('etag')!
  const both = [200_000, 300_000].map((minor) => ask('PUT', path, stated(minor), { 'if-match': etag }))
  expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 412])
  expect(await refusalOf(ask, 'PUT', path, stated(1), { 'if-match': 'x' })).toBe('version_is_missing')
})

// The last one, for it leaves the address without tries.
test('an address that tries too often is told to wait', async () => {
  // All at once, so that a slow machine does not give back tries meanwhile. A header that anybody may write
  // is no other address.
  const tries = Array.from({ length: 200 }, (_, i) =>
    desk.anybody('POST', '/auth/nothing', {}, { 'x-forwarded-for': `10.9.8.${i}` }),
  )
  const refused = (await Promise.all(tries)).filter((answer) => answer.status === 429)
  expect(refused.length).toBeGreaterThan(100)
  expect(refused[0]!.body['refusal']).toBe('too_many_requests')
  expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0)
}, 60_000)
