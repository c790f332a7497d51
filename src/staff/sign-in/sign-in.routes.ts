import { sql } from 'kysely'
import { endpoint, jsonAnswer, jsonBody, newRoutes, type Routes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { auditInsert } from '../audit/audit.sql.ts'
import { FirstAdmin, Me, Passkey, SignInState } from './sign-in.api.ts'
import { giveRole, nobodyYet, passkeysOf } from './sign-in.sql.ts'
import { createStaff } from './sign-in.ts'
import { waysIn } from './ways-in.routes.ts'
import { addressOf, type Desk, staffOf } from './who-asks.routes.ts'

// Any fixed number: whoever holds it makes the first admin.
const FIRST_ADMIN_LOCK = 4_172_061

/** Two that ask at once wait for each other: only the first becomes the admin. */
const makeFirstAdmin = (
  desk: Desk,
  person: { name: string; email: string; password: string },
  origin: string,
) =>
  desk.db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${FIRST_ADMIN_LOCK})`.execute(tx)
    if (!(await nobodyYet(tx))) {
      throw new Refused('admin_exists_already', 'Somebody works here already; an admin makes further staff.')
    }
    const staff_id = await createStaff(desk.signIn, person)
    const at = desk.clock.now().toString()
    await giveRole(tx, { staff_id, role: 'admin', at, given_by: staff_id })
    const action = 'POST /api/first-admin'
    const entry = {
      at,
      staff_id,
      action,
      subject: `staff_id=${staff_id}`,
      reason: 'first run',
      origin,
      borrowers: [],
    }
    await tx.executeQuery(auditInsert(tx, entry))
  })

/** Routes that need nobody signed in: how to sign in, signing in, the first admin. */
export function openRoutes(desk: Desk): Routes {
  const routes = newRoutes()
  routes.route('/', waysIn(desk))
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
      await makeFirstAdmin(desk, c.req.valid('json'), addressOf(c))
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

const myPasskeys = endpoint({
  method: 'get',
  path: '/me/passkeys',
  permission: null,
  tags: ['staff'],
  summary: 'The passkeys with which whoever is signed in comes in',
  responses: { 200: jsonAnswer(z.object({ rows: z.array(Passkey) }), 'The oldest first.') },
})

/** Whoever is signed in. */
export function meRoutes(desk: Desk): Routes {
  const routes = newRoutes()
  routes.openapi(meRoute, async (c) => {
    const { staff_id, name, roles, permissions, lenders, sees_all } = c.var.person
    const staff = await staffOf(desk, c.req.raw.headers)
    return c.json(
      {
        ...{ staff_id, name, sees_all, roles: [...roles] },
        lenders: [...lenders],
        permissions: [...permissions],
        email: staff?.email ?? '',
        language: staff?.language ?? 'en',
        second_factor_missing: staff?.second_factor_missing ?? false,
      },
      200,
    )
  })
  routes.openapi(myPasskeys, async (c) =>
    c.json({ rows: await passkeysOf(c.var.own, c.var.person.staff_id) }, 200),
  )
  return routes
}
