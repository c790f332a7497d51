import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDesk } from '../../src/api.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { connect } from '../../src/platform/database.ts'
import { createStaff } from '../../src/staff/sign-in/sign-in.ts'
import { freshUrl } from '../support/database.ts'

const HOST = 'http://desk.test'
let desk: ReturnType<typeof openDesk>
let provider: ReturnType<typeof createServer>
// Whom the lender's provider says it is.
let person = { sub: '77', email: 'ada@desk.test', email_verified: true, name: 'Ada' }

beforeAll(async () => {
  provider = createServer((request, response) => {
    const origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
    const answers: Record<string, unknown> = {
      '/.well-known/openid-configuration': {
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        userinfo_endpoint: `${origin}/userinfo`,
      },
      '/token': { access_token: 'of the provider', token_type: 'Bearer', expires_in: 60 },
      '/userinfo': person,
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answers[new URL(request.url!, origin).pathname] ?? {}))
  })
  await new Promise<void>((listening) => provider.listen(0, '127.0.0.1', listening))
  const url = await freshUrl()
  const db = connect(url)
  const { port } = provider.address() as AddressInfo
  const discovery = `http://127.0.0.1:${port}/.well-known/openid-configuration`
  const singleSignOn = { discovery_url: discovery, client_id: 'amends', client_secret: 'shared' }
  desk = openDesk({
    db,
    url,
    clock: systemClock(),
    secret: 'a secret of the tests only',
    demo: false,
    singleSignOn,
  })
  await createStaff(desk.desk.signIn, {
    name: 'Ada',
    email: 'ada@desk.test',
    password: 'a long enough password',
  })
  afterAll(async () => {
    provider.close()
    await desk.close()
    await db.destroy()
  })
})

const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

/** Goes to the provider and comes back from it, as a browser does; answers who is then signed in. */
async function goAndComeBack() {
  const headers = { host: 'desk.test', origin: HOST, 'content-type': 'application/json' }
  const body = JSON.stringify({ provider: 'single-sign-on', callbackURL: '/' })
  const begun = await desk.app.request(`${HOST}/api/auth/sign-in/social`, { method: 'POST', headers, body })
  const { url } = (await begun.json()) as { url: string }
  const state = new URL(url).searchParams.get('state')
  const back = await desk.app.request(`${HOST}/api/auth/callback/single-sign-on?code=given&state=${state}`, {
    headers: { host: 'desk.test', cookie: cookiesOf(begun) },
  })
  const me = await desk.app.request(`${HOST}/api/me`, {
    headers: { host: 'desk.test', cookie: cookiesOf(back) },
  })
  return { status: me.status, body: (await me.json()) as { name?: string } }
}

test('a member of staff comes in through the lender’s single sign-on', async () => {
  expect(await goAndComeBack()).toMatchObject({
    status: 200,
    body: { name: 'Ada', second_factor_missing: false },
  })
  const headers = { host: 'desk.test', origin: HOST, 'content-type': 'application/json' }
  const body = JSON.stringify({ email: 'ada@desk.test', password: 'a long enough password' })
  const byPassword = await desk.app.request(`${HOST}/api/auth/sign-in/email`, {
    method: 'POST',
    headers,
    body,
  })
  expect(await byPassword.json()).toMatchObject({ refusal: 'single_sign_on_is_required' })
})

test('somebody whom no admin has taken on does not', async () => {
  person = { sub: '78', email: 'stranger@desk.test', email_verified: true, name: 'Stranger' }
  expect((await goAndComeBack()).status).toBe(401)
})
