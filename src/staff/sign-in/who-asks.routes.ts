import { createHash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { CompiledQuery } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import {
  borrowersIn,
  type Env,
  isBorrower,
  isMachine,
  MACHINE,
  type Person,
  problem,
  reasonOf,
} from '../../platform/http.ts'
import { databaseFor } from '../../platform/http-database.ts'
import { isWrite, minutesAgo } from '../../platform/http-guards.ts'
import { auditInsert } from '../audit/audit.sql.ts'
import { subjectOf } from '../audit/audit.ts'
import { permissionsOf } from '../rights/permission.ts'
import { isSeen } from '../rights/row-security.sql.ts'
import { scopeOf } from '../rights/scope.ts'
import { holderOfSession, machineOf, noteUse, type StaffRights } from './sign-in.sql.ts'
import { type SignIn, sessionTokenOf } from './sign-in.ts'

/** What the desk stands on; `demo` when it runs the demo book. */
export type Desk = { signIn: SignIn; db: Db; url: string; clock: Clock; demo: boolean; singleSignOn: boolean }

// An hour without a request ends a session, and twelve hours in any case. That one is in use is noted every
// five minutes, for each note is a write.
const IDLE_MINUTES = 60
const SESSION_MINUTES_MAX = 12 * 60
const NOTED_MINUTES = 5

/**
 * Person behind a session cookie, with the rights of this moment; null when nobody is signed in. `isUse`:
 * the session lives on by it.
 */
export async function staffOf(
  { signIn, db, clock }: Desk,
  headers: Headers,
  isUse = true,
): Promise<StaffRights | null> {
  const token = await sessionTokenOf(signIn, headers)
  if (!token) return null
  const [made_since, used_since] = [minutesAgo(SESSION_MINUTES_MAX), minutesAgo(IDLE_MINUTES)]
  const staff = await holderOfSession(db, token, { made_since, used_since, on: clock.today() })
  if (isUse && staff && staff.used_at < minutesAgo(NOTED_MINUTES)) await noteUse(db, token, minutesAgo(0))
  return staff
}

/** Without a second factor where one is required a person may do nothing but set it up. */
function personOf(rights: StaffRights): Person {
  const roles = rights.second_factor_missing ? [] : rights.roles
  const permissions = permissionsOf(roles)
  const { staff_id, name } = rights
  const scope = scopeOf({ ...rights, roles, permissions })
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
    staff_id: `${MACHINE}${token_id}`,
    name,
    roles: [],
    permissions,
    sees_all: permissions.has('book.read_all'),
    lenders,
    portfolios: [],
    agencies: [],
    sees_handed: false,
    sees_colleagues: false,
    teams: [],
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

/** What a write tells of itself once its body was read: about whom, and why. */
const told = (c: Context<Env>): { borrower_id?: unknown; reason?: unknown } =>
  (c.req as { valid(target: 'json'): object | undefined }).valid('json') ?? {}

/** What is logged of this request, and which borrowers' entries are in the log already. */
class Log {
  readonly borrowers = new Set<string>()
  written = false
  private readonly c: Context<Env>
  private readonly desk: Desk
  private readonly person: Person

  constructor(c: Context<Env>, desk: Desk, person: Person) {
    this.c = c
    this.desk = desk
    this.person = person
  }

  entry(borrowers: readonly string[]): CompiledQuery {
    const { c, desk, person } = this
    const { reason } = told(c)
    // What a machine does without a reason of its own it does for what its token was given for.
    const given = isMachine(person) ? person.name : null
    return auditInsert(desk.db, {
      at: desk.clock.now().toString(),
      staff_id: person.staff_id,
      action: `${c.req.method} ${routePath(c)}`,
      subject: subjectOf({ ...c.req.query(), ...(c.req.param() as Record<string, string>) }),
      reason: reasonOf(c) ?? (typeof reason === 'string' ? reason : given),
      origin: addressOf(c),
      borrowers,
    })
  }

  /** Those whom the path, the body, or the rows that were written name. */
  about(rows: readonly unknown[]): string[] {
    const { c } = this
    const written = rows.map((row) => (row as { borrower_id?: unknown }).borrower_id)
    const path = (c.req.param() as Record<string, string>)['borrower_id']
    const named = [path, told(c).borrower_id, ...written]
    const ids = named.filter((each) => isBorrower.safeParse({ borrower_id: each }).success)
    return [...new Set(ids)] as string[]
  }

  async add(borrowers: readonly string[]) {
    await this.desk.db.executeQuery(this.entry(borrowers))
    for (const each of borrowers) this.borrowers.add(each)
    this.written = true
  }

  /**
   * A write that committed nothing as the person (a file sent, a password) is logged now, and so is whoever
   * its answer shows beside those whom it was about.
   */
  async finish() {
    const shown = (await borrowersIn(this.c)).filter((each) => !this.borrowers.has(each))
    if (!this.written || shown.length > 0) await this.add(shown)
  }
}

/** Whom and what the policies let `person` see, as settings of a transaction. */
const scopeSettings = (person: Person): Record<string, string> => ({
  'amends.staff_id': person.staff_id,
  'amends.sees_all': person.sees_all ? 'on' : 'off',
  'amends.lenders': arrayLiteral(person.lenders),
  'amends.portfolios': JSON.stringify(person.portfolios),
  'amends.agencies': arrayLiteral(person.agencies),
  'amends.handed_to': person.sees_handed ? person.staff_id : '',
  'amends.colleagues': person.sees_colleagues ? 'on' : 'off',
  'amends.teams': arrayLiteral(person.teams),
  'amends.permissions': arrayLiteral([...person.permissions]),
})

// A question about one borrower has the same plan whoever it is: made once for a connection, not six times.
const ONE_PLAN = { plan_cache_mode: 'force_generic_plan' }

const isOfOneCase = (c: Context<Env>) =>
  'borrower_id' in c.req.param() || c.req.path === '/api/worklists/next'

/** The database as `person` sees it in this request; what a write commits first carries its entry. */
function databaseOf(c: Context<Env>, { db }: Desk, person: Person, log: Log): Db {
  let about: string[] = []
  const settings = scopeSettings(person)
  return databaseFor(db, {
    role: 'amends_desk',
    get settings() {
      return isOfOneCase(c) ? { ...settings, ...ONE_PLAN } : settings
    },
    // the entry of the first transaction stands for the whole request
    get beforeCommit() {
      if (log.written || !isWrite(c.req.method)) return null
      return (rows: readonly unknown[]) => {
        about = log.about(rows)
        return [log.entry(about)]
      }
    },
    committed: () => {
      if (log.written || !isWrite(c.req.method)) return
      log.written = true
      for (const each of about) log.borrowers.add(each)
    },
  })
}

/** Whether `person` sees a borrower; whoever sees all is told by what they ask for. Nothing is logged. */
async function seesBorrower({ db }: Desk, person: Person, borrower_id: string): Promise<boolean> {
  if (person.sees_all) return true
  const settings = { ...scopeSettings(person), ...ONE_PLAN }
  const seen = databaseFor(db, { role: 'amends_desk', settings, beforeCommit: null, committed: () => {} })
  return isSeen(seen, borrower_id)
}

/** Whoever asks, by token or session; null when nobody is signed in. */
async function personBehind(desk: Desk, headers: Headers, isUse = true): Promise<Person | null> {
  const authorization = headers.get('authorization')
  if (authorization) return machineBehind(desk, authorization)
  const rights = await staffOf(desk, headers, isUse)
  return rights && personOf(rights)
}

/** Lets nobody through who is not signed in, gives the handlers what they work with, and logs. */
export const whoAsks =
  (desk: Desk): MiddlewareHandler<Env> =>
  async (c, next) => {
    const person = await personBehind(desk, c.req.raw.headers)
    if (!person) return problem(c, 'not_signed_in')
    const log = new Log(c, desk, person)
    c.set('own', desk.db)
    c.set('url', desk.url)
    c.set('clock', desk.clock)
    c.set('person', person)
    c.set('origin', addressOf(c))
    c.set('asksAgain', async () => {
      const again = await personBehind(desk, c.req.raw.headers, false)
      return again && { person: again, db: databaseOf(c, desk, again, log) }
    })
    c.set('seesBorrower', (borrower_id) => seesBorrower(desk, person, borrower_id))
    c.set('logRead', isWrite(c.req.method) ? undefined : (borrowers) => log.add(borrowers))
    c.set('db', databaseOf(c, desk, person, log))
    await next()
    if (isWrite(c.req.method) && c.res.ok) await log.finish()
    return undefined
  }
