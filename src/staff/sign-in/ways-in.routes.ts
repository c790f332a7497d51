import type { Context } from 'hono'
import { newRoutes, problem, type Routes, reasonOf } from '../../platform/http.ts'
import { auditInsert } from '../audit/audit.sql.ts'
import {
  dropSession,
  hasOnlyPasskeys,
  hasSingleSignOn,
  holderOf,
  lockedUntil,
  recordTry,
} from './sign-in.sql.ts'
import { addressOf, type Desk, staffOf } from './who-asks.routes.ts'

/** What the library is asked to do; everything else of it (names, addresses, sign-up) stays closed. */
const forAnybody = [
  'sign-in/social',
  'callback/single-sign-on',
  'oauth2/callback/single-sign-on',
  'error',
  'two-factor/verify-totp',
  'two-factor/verify-backup-code',
  'passkey/generate-authenticate-options',
]
const forWhoeverIsSignedIn = [
  'sign-out',
  'change-password',
  'revoke-other-sessions',
  'two-factor/enable',
  'two-factor/disable',
  'two-factor/generate-backup-codes',
  'passkey/generate-register-options',
  'passkey/verify-registration',
  'passkey/delete-passkey',
]

type Told = { token?: string; user?: { id?: string }; session?: { userId?: string } }

const bodyOf = async (message: Request | Response): Promise<Record<string, unknown> & Told> =>
  (await message
    .clone()
    .json()
    .catch(() => null)) ?? {}

/** What was done to somebody's ways in stands in the log as every other write does. */
const log = async (c: Context, { db, clock }: Desk, staff_id: string) => {
  const entry = {
    at: clock.now().toString(),
    staff_id,
    action: `${c.req.method} ${c.req.path}`,
    subject: `staff_id=${staff_id}`,
    reason: reasonOf(c),
    origin: addressOf(c),
    borrowers: [],
  }
  await db.executeQuery(auditInsert(db, entry))
}

/** Whoever has just been given a session by a redirect, as the lender's sign-on ends with. */
async function whoCameIn(desk: Desk, response: Response): Promise<string | null> {
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  if (!cookies.some((cookie) => cookie?.includes('session_token'))) return null
  return (await staffOf(desk, new Headers({ cookie: cookies.join('; ') })))?.staff_id ?? null
}

/** Asks the library; what it did is logged for whoever it was done by. */
async function asked(c: Context, desk: Desk, staff_id: string | null): Promise<Response> {
  const response = await desk.signIn.auth.handler(c.req.raw)
  // The seed of the codes is sealed by the home's secret; in a home with another one the library fails on it.
  if (response.status >= 500 && c.req.path.includes('/two-factor/')) {
    const detail = 'It was set up under another secret of the home: `amends staff reset` begins anew.'
    return problem(c, 'second_factor_is_unreadable', { detail })
  }
  if (response.status >= 400) return response
  if (c.req.method !== 'POST') {
    const who = await whoCameIn(desk, response)
    if (who) await log(c, desk, who)
    return response
  }
  const { user, session } = await bodyOf(response)
  const who = staff_id ?? user?.id ?? session?.userId
  if (who) await log(c, desk, who)
  return response
}

// Addresses whose password is being tried right now.
const trying = new Set<string>()

/**
 * A password, one try of an address at a time: many at once would all be let in before the first was counted.
 */
async function byPassword(c: Context, desk: Desk): Promise<Response> {
  const { email: given } = await bodyOf(c.req.raw)
  const email = String(given ?? '').toLowerCase()
  if (trying.has(email)) {
    c.header('retry-after', '1')
    return problem(c, 'too_many_requests', { detail: 'This address is being tried right now.' })
  }
  trying.add(email)
  try {
    return await tryPassword(c, desk, email)
  } finally {
    trying.delete(email)
  }
}

/** Counted per address, and no way in for whoever has a better one. */
async function tryPassword(c: Context, desk: Desk, email: string): Promise<Response> {
  const at = desk.clock.now().toString()
  const until = await lockedUntil(desk.db, email, at)
  if (until) {
    const detail = 'This address was tried too often with a wrong password.'
    return problem(c, 'sign_in_is_locked', { detail, figures: { until } })
  }
  if (desk.singleSignOn && (await hasSingleSignOn(desk.db, email))) {
    return problem(c, 'single_sign_on_is_required')
  }
  const response = await desk.signIn.auth.handler(c.req.raw)
  await recordTry(desk.db, { email, at, succeeded: response.ok, origin: addressOf(c) })
  if (!response.ok) return response
  const { token, user } = await bodyOf(response)
  if (token && (await hasOnlyPasskeys(desk.db, email))) {
    await dropSession(desk.db, token)
    return problem(c, 'passkey_is_required', { detail: 'This person signs in with a passkey.' })
  }
  if (token && user?.id) await log(c, desk, user.id)
  return response
}

async function byPasskey(c: Context, desk: Desk): Promise<Response> {
  const { response: shown } = await bodyOf(c.req.raw)
  const holder = await holderOf(desk.db, String((shown as { id?: unknown } | undefined)?.id ?? ''))
  if (holder && desk.singleSignOn && (await hasSingleSignOn(desk.db, holder.email))) {
    return problem(c, 'single_sign_on_is_required')
  }
  const response = await asked(c, desk, null)
  const at = desk.clock.now().toString()
  if (holder) {
    const { email } = holder
    await recordTry(desk.db, { email, at, succeeded: response.ok, origin: addressOf(c) })
  }
  return response
}

/** The ways in: the library's own routes, as far as they are open, with lock and log. */
export function waysIn(desk: Desk): Routes {
  const routes = newRoutes()
  routes.post('/auth/sign-in/email', (c) => byPassword(c, desk))
  routes.post('/auth/passkey/verify-authentication', (c) => byPasskey(c, desk))
  for (const path of forAnybody) {
    routes.on(['GET', 'POST'], `/auth/${path}`, (c) => asked(c, desk, null))
  }
  for (const path of forWhoeverIsSignedIn) {
    routes.on(['GET', 'POST'], `/auth/${path}`, async (c) => {
      const staff = await staffOf(desk, c.req.raw.headers)
      return staff ? asked(c, desk, staff.staff_id) : problem(c, 'not_signed_in')
    })
  }
  routes.all('/auth/*', (c) => problem(c, 'no_such_route'))
  return routes
}
