import { createHash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { type Env, type Person, problem, reasonOf } from '../../platform/http.ts'
import { databaseFor } from '../../platform/http-database.ts'
import { isOlderThan, isWrite } from '../../platform/http-guards.ts'
import { auditInsert } from '../audit/audit.sql.ts'
import { subjectOf } from '../audit/audit.ts'
import { permissionsOf } from '../rights/permission.ts'
import { scopeOf } from '../rights/scope.ts'
import { machineOf, rightsOf, type StaffRights } from './sign-in.sql.ts'
import { SESSION_HOURS_MAX, type SignIn } from './sign-in.ts'

/** What the desk stands on; `demo` when it runs the demo book. */
export type Desk = { signIn: SignIn; db: Db; url: string; clock: Clock; demo: boolean; singleSignOn: boolean }

/** Person behind a session cookie, with the rights of this moment; null when nobody is signed in. */
export async function staffOf({ signIn, db, clock }: Desk, headers: Headers): Promise<StaffRights | null> {
  const found = await signIn.auth.api.getSession({ headers })
  if (!found) return null
  if (isOlderThan(found.session.createdAt, SESSION_HOURS_MAX)) return null
  const rights = await rightsOf(db, found.user.id, clock.today())
  if (!rights || rights.departed) return null
  // A passkey and the lender's sign-on have shown what they must; a password needs its second factor.
  const missing = rights.second_factor_missing && found.session.cameBy === 'password'
  return { ...rights, second_factor_missing: missing }
}

/** Without a second factor where one is required a person may do nothing but set it up. */
function personOf(rights: StaffRights): Person {
  const roles = rights.second_factor_missing ? [] : rights.roles
  const permissions = permissionsOf(roles)
  const { staff_id, name, lenders, agencies } = rights
  const scope = scopeOf({ roles, permissions, lenders, agencies })
  return { staff_id, name, roles: rights.roles, permissions, ...scope }
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
    sees_all: permissions.has('book.read_all'),
    lenders,
    agencies: [],
    sees_handed: false,
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
      'amends.agencies': arrayLiteral(person.agencies),
      'amends.handed_to': person.sees_handed ? person.staff_id : '',
      'amends.permissions': arrayLiteral([...person.permissions]),
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
