// A book that was restored on another machine without the secret of its old home: who still comes in.
import { createHmac } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { openDesk } from '../../src/api.ts'
import { connect } from '../../src/platform/database.ts'
import { verifyAudit } from '../../src/staff/audit/audit.sql.ts'
import { amends } from '../support/amends.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { staffedDesk } from '../support/staffed-desk.ts'

const ORIGIN = 'http://desk.test'

/** The code of an authenticator at this moment (RFC 6238), from the address that it was set up with. */
function codeOf(totp_uri: string): string {
  const letters = new URL(totp_uri).searchParams.get('secret')!
  const bits = [...letters].map((each) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(each))
  const bytes = bits
    .map((five) => five.toString(2).padStart(5, '0'))
    .join('')
    .match(/.{8}/g)!
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const key = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
  const mac = createHmac('sha1', key).update(counter).digest()
  return `${(mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fffffff) % 1_000_000}`.padStart(6, '0')
}

test('sessions and codes end with the secret; who owns the machine lets an admin in', async () => {
  const url = await freshUrl()
  const db = connect(url)
  const clock = settableClock('2026-05-12T16:00:00Z')
  const old = await staffedDesk({ db, url, clock })
  const moved = openDesk({ db, url, clock, secret: 'the secret of another home', demo: false })
  afterAll(async () => {
    await moved.close()
    await db.destroy()
  })
  const { email } = await old.person(['admin'])
  const { ask } = await old.signIn(email)
  const set_up = await ask('POST', '/auth/two-factor/enable', { password: old.password })
  const { totpURI } = set_up.body as unknown as { totpURI: string }
  const code = { code: codeOf(totpURI) }
  expect((await ask('POST', '/auth/two-factor/verify-totp', code)).status).toBe(200)

  const post = async (app: typeof moved.app, path: string, body: object, from = '') => {
    const headers = { host: 'desk.test', origin: ORIGIN, 'content-type': 'application/json', cookie: from }
    const sent = await app.request(`${ORIGIN}/api${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return {
      status: sent.status,
      cookie: sent.headers
        .getSetCookie()
        .map((each) => each.split(';')[0])
        .join('; '),
    }
  }
  const meOf = async (app: typeof moved.app, session: string) =>
    (await app.request(`${ORIGIN}/api/me`, { headers: { cookie: session } })).status
  const comesIn = async (app: typeof moved.app, password: string) => {
    const first = await post(app, '/auth/sign-in/email', { email, password })
    const second = await post(app, '/auth/two-factor/verify-totp', { code: codeOf(totpURI) }, first.cookie)
    return { factor: second.status, session: second.cookie, me: await meOf(app, second.cookie) }
  }
  const before = await comesIn(old.app, old.password)
  expect(before).toMatchObject({ factor: 200, me: 200 })
  expect(await meOf(moved.app, before.session)).toBe(401)
  const refused = await comesIn(moved.app, old.password)
  expect(refused.me).toBe(401)
  expect(refused.factor).toBe(409)

  const reset = await amends(['staff', 'reset', email.toUpperCase(), '--json'], { DATABASE_URL: url })
  const { first_password } = JSON.parse(reset.stdout) as { first_password: string }
  const again = await post(moved.app, '/auth/sign-in/email', { email, password: first_password })
  const me = await moved.app.request(`${ORIGIN}/api/me`, { headers: { cookie: again.cookie } })
  expect(await me.json()).toMatchObject({ email, roles: ['admin'] })
  expect((await post(moved.app, '/auth/sign-in/email', { email, password: old.password })).status).toBe(401)
  expect((await verifyAudit(db)).ok).toBe(true)

  const nobody = await amends(['staff', 'reset', 'nobody@desk.test', '--json'], { DATABASE_URL: url })
  expect([nobody.status, JSON.parse(nobody.stderr).refusal]).toEqual([1, 'staff_is_not_found'])
}, 60_000)
