// Routes with a person at them, without sign-in: what a handler sees is what the desk would give it.
import type { Clock } from '../../src/platform/clock.ts'
import type { Db } from '../../src/platform/database.ts'
import { newRoutes, onError, type Routes } from '../../src/platform/http.ts'
import { permissionsOf, type Role } from '../../src/staff/rights/permission.ts'

type Who = { staff_id: string; roles: readonly Role[]; agencies: readonly string[] }

/** An app of `routes` whose requests come from whoever `as` names, at whatever time `clock` shows. */
export function deskApp(db: Db, clock: () => Clock, routes: readonly Routes[]) {
  let who: Who = { staff_id: 'ann', roles: ['collector'], agencies: [] }
  const app = newRoutes()
  app.onError(onError)
  app.use(async (c, next) => {
    c.set('db', db)
    c.set('own', db)
    c.set('origin', 'test')
    c.set('clock', clock())
    const person = {
      ...who,
      name: who.staff_id,
      sees_all: true,
      lenders: [],
      portfolios: [],
      sees_handed: false,
      sees_colleagues: true,
      teams: [],
    }
    c.set('person', { ...person, permissions: permissionsOf(who.roles) })
    await next()
  })
  for (const one of routes) app.route('/', one)
  const send = async (method: string, path: string, type: string, body?: string) => {
    // A read of personal data says why, as the desk does.
    const headers = { 'content-type': type, 'amends-reason': 'a test' }
    const response = await app.request(path, { method, headers, ...(body === undefined ? {} : { body }) })
    const text = await response.text()
    return { status: response.status, body: text && JSON.parse(text) }
  }
  const ask = (method: string, path: string, body?: unknown) =>
    send(method, path, 'application/json', body === undefined ? undefined : JSON.stringify(body))
  return {
    as: (staff_id: string, ...roles: Role[]) => {
      who = { staff_id, roles, agencies: [] }
    },
    /** The agencies of whoever `as` named last. */
    of: (...agencies: string[]) => {
      who = { ...who, agencies }
    },
    /** Somebody of an agency. */
    ofAgency: (staff_id: string, agency: string) => {
      who = { staff_id, roles: ['agency'], agencies: [agency] }
    },
    /** A machine, with what a manager may do. */
    asMachine: () => {
      who = { staff_id: 'token:dialler', roles: ['manager'], agencies: [] }
    },
    ask,
    /** A text as it is. */
    send: (path: string, text: string) => send('POST', path, 'text/plain', text),
    /** A document. */
    bytes: async (path: string) =>
      Buffer.from(await (await app.request(path, { headers: { 'amends-reason': 'a test' } })).arrayBuffer()),
    refusal: async (method: string, path: string, body?: unknown) =>
      (await ask(method, path, body)).body.refusal as string | undefined,
  }
}
