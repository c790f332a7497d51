import { createHash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import {
  type Env,
  endpoint,
  jsonAnswer,
  jsonBody,
  newRoutes,
  type Person,
  problem,
  type Routes,
  reasonOf,
} from '../../platform/http.ts'
import { databaseFor } from '../../platform/http-database.ts'
import { isOlderThan, isWrite } from '../../platform/http-guards.ts'
import { Refused } from '../../platform/refusal.ts'
import { auditInsert } from '../audit/audit.sql.ts'
import { subjectOf } from '../audit/audit.ts'
import { permissionsOf } from '../rights/permission.ts'
import { FirstAdmin, Me, SignInState } from './sign-in.api.ts'
import {
  giveRole,
  hasSingleSignOn,
  lockedUntil,
  machineOf,
  nobodyYet,
  recordTry,
  rightsOf,
  type StaffRights,
} from './sign-in.sql.ts'
import { createStaff, SESSION_HOURS_MAX, type SignIn } from './sign-in.ts'

// Any fixed number: whoever holds it makes the first admin.
const FIRST_ADMIN_LOCK = 4_172_061

/** What the desk stands on; `demo` when it runs the demo book. */
export type Desk = { signIn: SignIn; db: Db; url: string; clock: Clock; demo: boolean; singleSignOn: boolean }

/** Person behind a session cookie, with the rights of this moment; null when nobody is signed in. */
async function staffOf({ signIn, db }: Desk, headers: Headers): Promise<StaffRights | null> {
  const found = await signIn.auth.api.getSession({ headers })
  if (!found) return null
  if (isOlderThan(found.session.createdAt, SESSION_HOURS_MAX)) return null
  const rights = await rightsOf(db, found.user.id)
  return rights && !rights.departed ? rights : null
}

/** Without a second factor where one is required a person may do nothing but set it up. */
function personOf(rights: StaffRights): Person {
  const held = rights.second_factor_missing ? [] : rights.roles
  const permissions = permissionsOf(held)
  const { staff_id, name, roles, lenders } = rights
  return { staff_id, name, roles, permissions, lenders, sees_all: permissions.has('book.read_all') }
}

async function machineBehind({ db, clock }: Desk, authorization: string): Promise<Person | null> {
  const token = /^Bearer (.+)$/.exec(authorization)?.[1]
  if (!token) return null
  const sha256 = createHash('sha256').update(token).digest('hex')
  const machine = await machineOf(db, sha256, clock.now().toString())
  if (!machine) return null
  const { token_id, name, lenders } = machine
  const permissions = new Set(machine.permissions)
  return {
    staff_id: `token:${token_id}`,
    name,
    roles: [],
    permissions,
    lenders,
    sees_all: permissions.has('book.read_all'),
  }
}

const arrayLiteral = (texts: readonly string[]) =>
  `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`

/** The address that asks; behind a proxy of our own (AMENDS_BEHIND_PROXY=1) the one that the proxy names. */
export function addressOf(c: Context): string {
  const forwarded =
    process.env['AMENDS_BEHIND_PROXY'] && c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
  const { incoming } = (c.env ?? {}) as { incoming?: { socket: { remoteAddress?: string } } }
  return forwarded || incoming?.socket.remoteAddress || 'unknown'
}

/** The database as `person` sees it in this request; what it commits first carries the entry of the log. */
function databaseOf(c: Context<Env>, { db, clock }: Desk, person: Person): Db {
  let logged = false
  return databaseFor(db, {
    role: 'amends_desk',
    settings: {
      'amends.staff_id': person.staff_id,
      'amends.sees_all': person.sees_all ? 'on' : 'off',
      'amends.lenders': arrayLiteral(person.lenders),
    },
    beforeCommit: () => {
      if (logged || !(isWrite(c.req.method) || c.var.logged)) return []
      logged = true
      return [
        auditInsert(db, {
          at: clock.now().toString(),
          staff_id: person.staff_id,
          action: `${c.req.method} ${routePath(c)}`,
          subject: subjectOf(c.req.param() as Record<string, string>),
          reason: reasonOf(c),
          origin: addressOf(c),
        }),
      ]
    },
  })
}

/** Lets nobody through who is not signed in, and gives the handlers what they work with. */
export const whoAsks =
  (desk: Desk): MiddlewareHandler<Env> =>
  async (c, next) => {
    const authorization = c.req.header('authorization')
    const rights = authorization ? null : await staffOf(desk, c.req.raw.headers)
    const person = authorization ? await machineBehind(desk, authorization) : rights && personOf(rights)
    if (!person) return problem(c, 'not_signed_in')
    c.set('own', desk.db)
    c.set('url', desk.url)
    c.set('clock', desk.clock)
    c.set('person', person)
    c.set('origin', addressOf(c))
    c.set('db', databaseOf(c, desk, person))
    return next()
  }

/** The library's own routes, with the lock on an address that was tried too often. */
async function signInWithLock(c: Context, desk: Desk): Promise<Response> {
  const body: unknown = await c.req.raw
    .clone()
    .json()
    .catch(() => null)
  const email = String((body as { email?: unknown } | null)?.email ?? '').toLowerCase()
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
  return response
}

/** Two that ask at once wait for each other: only the first becomes the admin. */
const makeFirstAdmin = (desk: Desk, person: { name: string; email: string; password: string }) =>
  desk.db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${FIRST_ADMIN_LOCK})`.execute(tx)
    if (!(await nobodyYet(tx))) {
      throw new Refused('admin_exists_already', 'Somebody works here already; an admin makes further staff.')
    }
    const staff_id = await createStaff(desk.signIn, person)
    const at = desk.clock.now().toString()
    await giveRole(tx, { staff_id, role: 'admin', at, given_by: staff_id })
  })

/** Routes that need nobody signed in: how to sign in, signing in, the first admin. */
export function openRoutes(desk: Desk): Routes {
  const routes = newRoutes()
  routes.post('/auth/sign-in/email', (c) => signInWithLock(c, desk))
  routes.on(['GET', 'POST'], '/auth/*', (c) => desk.signIn.auth.handler(c.req.raw))
  routes.openapi(
    endpoint({
      method: 'get',
      path: '/sign-in',
      tags: ['staff'],
      summary: 'How one may sign in',
      permission: null,
      open: true,
      responses: { 200: jsonAnswer(SignInState, 'What the sign-in page offers.') },
    }),
    async (c) =>
      c.json(
        { first_run: await nobodyYet(desk.db), single_sign_on: desk.singleSignOn, demo: desk.demo },
        200,
      ),
  )
  routes.openapi(
    endpoint({
      method: 'post',
      path: '/first-admin',
      tags: ['staff'],
      summary: 'Make the first admin of a new installation',
      permission: null,
      open: true,
      request: jsonBody(FirstAdmin),
      responses: { 201: jsonAnswer(SignInState.pick({ first_run: true }), 'The admin may sign in now.') },
    }),
    async (c) => {
      await makeFirstAdmin(desk, c.req.valid('json'))
      return c.json({ first_run: false }, 201)
    },
  )
  return routes
}

const meRoute = endpoint({
  method: 'get',
  path: '/me',
  permission: null,
  tags: ['staff'],
  summary: 'Who is signed in, and what they may do',
  responses: { 200: jsonAnswer(Me, 'The person of this session.') },
})

export function meRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(meRoute, async (c) => {
    const { person, own } = c.var
    const rights = await rightsOf(own, person.staff_id)
    const { staff_id, name, roles, permissions, lenders, sees_all } = person
    return c.json(
      {
        ...{
          staff_id,
          name,
          sees_all,
          roles: [...roles],
          lenders: [...lenders],
          permissions: [...permissions],
        },
        email: rights?.email ?? '',
        language: rights?.language ?? 'en',
        second_factor_missing: rights?.second_factor_missing ?? false,
      },
      200,
    )
  })
  return routes
}
