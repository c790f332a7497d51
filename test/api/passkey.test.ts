// A passkey in a real Chromium, with the virtual authenticator that the browser has for such tests.
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDesk } from '../../src/api.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { connect, type Db } from '../../src/platform/database.ts'
import { giveRole } from '../../src/staff/sign-in/sign-in.sql.ts'
import { createStaff } from '../../src/staff/sign-in/sign-in.ts'
import { openBrowser } from '../support/browser.ts'
import { freshUrl } from '../support/database.ts'

const email = 'ada@desk.test'
const password = 'a long enough password'
let db: Db
let browser: Browser
let page: Page

type Answer = { status: number; body: Record<string, unknown> }

/** Asks the API from inside the page, as the desk does. */
const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
  page.evaluate(
    async ({ method, path, body }) => {
      const response = await fetch(`/api${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
      return { status: response.status, body: await response.json() }
    },
    { method, path, body },
  )

const makePasskey = () =>
  page.evaluate(async () => {
    const options = await (await fetch('/api/auth/passkey/generate-register-options')).json()
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
    return made.toJSON() as unknown
  })

/** `changed`: what a page of somebody else makes of the server's wishes. */
const showPasskey = (changed: Record<string, unknown> = {}) =>
  page.evaluate(async (changed) => {
    const options = await (await fetch('/api/auth/passkey/generate-authenticate-options')).json()
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({ ...options, ...changed })
    const shown = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
    return shown.toJSON() as unknown
  }, changed)

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url)
  const clock = systemClock()
  const { app, desk, close } = openDesk({ db, url, clock, secret: 'a secret of the tests only', demo: false })
  const staff_id = await createStaff(desk.signIn, { name: 'Ada', email, password })
  await giveRole(db, { staff_id, role: 'collector', at: clock.now().toString(), given_by: 'test' })
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as HttpServer
  await new Promise((listening) => server.once('listening', listening))
  browser = await openBrowser()
  page = await browser.newPage({ baseURL: `http://localhost:${(server.address() as AddressInfo).port}` })
  await page.goto('/api/reference')
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  afterAll(async () => {
    await browser.close()
    server.closeAllConnections()
    server.close()
    await close()
    await db.destroy()
  })
}, 60_000)

test('a passkey is a whole way in; a password alone only lets a second factor be set up', async () => {
  expect((await ask('POST', '/auth/sign-in/email', { email, password })).status).toBe(200)
  expect((await ask('GET', '/me')).body).toMatchObject({ second_factor_missing: true, permissions: [] })
  const response = await makePasskey()
  const made = await ask('POST', '/auth/passkey/verify-registration', { response, name: 'laptop' })
  expect(made.status).toBe(200)
  expect((await ask('GET', '/me/passkeys')).body['rows']).toMatchObject([{ name: 'laptop' }])
  await ask('POST', '/auth/sign-out', {})
  expect((await ask('GET', '/me')).status).toBe(401)

  const shown = await showPasskey()
  expect((await ask('POST', '/auth/passkey/verify-authentication', { response: shown })).status).toBe(200)
  const me = await ask('GET', '/me')
  expect(me.body).toMatchObject({ email, second_factor_missing: false })
  expect(me.body['permissions']).toContain('worklist.work')
  await ask('POST', '/auth/sign-out', {})
  // What was shown once is no way in a second time.
  const again = await ask('POST', '/auth/passkey/verify-authentication', { response: shown })
  expect(again.status).toBe(400)
  expect((await ask('GET', '/me')).status).toBe(401)
})

test('where there is a passkey, a password that somebody learnt lets nobody around it', async () => {
  const tried = await ask('POST', '/auth/sign-in/email', { email, password })
  expect(tried.body).toMatchObject({ status: 409, refusal: 'passkey_is_required' })
  expect((await ask('GET', '/me')).status).toBe(401)
  expect((await ask('GET', '/auth/passkey/generate-register-options')).status).toBe(401)
})

test('a device that did not ask for PIN, finger or face is refused', async () => {
  const { rows } = await sql<{ id: string }>`select credential_id as id from sign_in_passkeys`.execute(db)
  const unasked = { userVerification: 'discouraged', allowCredentials: [{ ...rows[0], type: 'public-key' }] }
  const response = await showPasskey(unasked)
  const refused = await ask('POST', '/auth/passkey/verify-authentication', { response })
  expect(refused).toMatchObject({ status: 403, body: { code: 'PASSKEY_DID_NOT_VERIFY_THE_PERSON' } })
  expect((await ask('GET', '/me')).status).toBe(401)
})

test('coming in, going out and a new passkey stand in the log', async () => {
  const { rows } = await sql<{ action: string }>`
    select distinct action from audit_entries where staff_id = (select id from staff where email = ${email})
     order by action`.execute(db)
  expect(rows.map((row) => row.action)).toEqual([
    'POST /api/auth/passkey/verify-authentication',
    'POST /api/auth/passkey/verify-registration',
    'POST /api/auth/sign-in/email',
    'POST /api/auth/sign-out',
  ])
})

test('the rest of the sign-in library is closed: nobody signs up or gives themselves a name', async () => {
  for (const path of [
    '/auth/sign-up/email',
    '/auth/update-user',
    '/auth/delete-user',
    '/auth/change-email',
  ]) {
    expect((await ask('POST', path, { name: 'Boss', email: 'new@desk.test', password })).body).toMatchObject({
      refusal: 'no_such_route',
    })
  }
})
