// The whole program behind its API, without a port: staff of every role, and requests as a browser sends
// them.
import { sql } from 'kysely'
import { afterAll } from 'vitest'
import { openDesk } from '../../src/api.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { Db } from '../../src/platform/database.ts'
import { changeStaff, saveTeam, waiveSecondFactor } from '../../src/staff/people/people.sql.ts'
import type { Role } from '../../src/staff/rights/permission.ts'
import { createStaff } from '../../src/staff/sign-in/sign-in.ts'

const PASSWORD = 'a long enough password'
const ORIGIN = 'http://desk.test'

export type Answer = {
  status: number
  body: Record<string, never> & { [key: string]: unknown }
  headers: Headers
}
export type Asker = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>

/** The desk over a database. `person` makes a member of staff with a team of lenders and signs them in. */
export async function staffedDesk(options: { db: Db; url: string; clock: Clock }) {
  const { db, clock } = options
  const { app, desk, close } = openDesk({ ...options, secret: 'a secret of the tests only', demo: false })
  afterAll(close)

  const asker =
    (cookie: string | null): Asker =>
    async (method, path, body, headers = {}) => {
      const response = await app.request(`${ORIGIN}/api${path}`, {
        method,
        headers: {
          host: 'desk.test',
          origin: ORIGIN,
          ...(cookie ? { cookie } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} }
    }

  const signIn = async (email: string, password = PASSWORD) => {
    const answer = await asker(null)('POST', '/auth/sign-in/email', { email, password })
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
    const cookie = cookies.join('; ')
    return { answer, cookie, ask: asker(cookie) }
  }

  let made = 0
  const cookies = new Map<string, string>()
  const person = async (roles: Role[], lenders: string[] | null = null, teams: string[] = []) => {
    const email = `person-${++made}@desk.test`
    const staff_id = await createStaff(desk.signIn, { name: `Person ${made}`, email, password: PASSWORD })
    await waiveSecondFactor(db, staff_id)
    const team_id = `team-${made}`
    if (lenders) await saveTeam(db, { team_id, name: team_id, lenders })
    const at = clock.now().toString()
    await changeStaff(
      db,
      { staff_id, roles, teams: lenders ? [team_id, ...teams] : teams, at, by: 'test' },
      1,
    )
    const { ask, cookie } = await signIn(email)
    cookies.set(email, cookie)
    return { staff_id, email, ask, cookie }
  }
  /** The session that `person` began: signing in again and again would meet the limit of an address. */
  const cookieOf = (email: string) => cookies.get(email)!
  return { app, desk, asker, anybody: asker(null), signIn, person, cookieOf, password: PASSWORD }
}

/**
 * Puts one borrower with one loan into the book by hand: lender, number, name and past due in whole units.
 */
export async function putBorrower(
  db: Db,
  about: {
    lender: string
    borrower_no: string
    name: string
    past_due?: number
    as_of: string
    days?: number
  },
): Promise<string> {
  const { lender, borrower_no, name, past_due = 500, as_of, days = 20 } = about
  const { rows } = await sql<{ borrower_id: string }>`
    insert into borrowers (borrower_id, lender, borrower_no, name, kind, national_id, time_zones, row_digest)
    values (borrower_id_of(${lender}, ${borrower_no}), ${lender}, ${borrower_no}, ${name}, 'person',
            'X1234567',
            '{America/Chicago}', 0)
    returning borrower_id::text as borrower_id`.execute(db)
  const { borrower_id } = rows[0]!
  await sql`insert into loan_kinds values (${lender}, 'personal') on conflict do nothing`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (${borrower_id}, ${`L-${borrower_no}`}, ${lender}, 'personal', 'USD', 'active', ${as_of},
            ${past_due * 1000}, ${past_due * 100}, ${as_of}::date - ${days}::int)`.execute(db)
  await sql`
    insert into contact_points (borrower_id, party, party_name, kind, value)
    values (${borrower_id}, 'debtor', '', 'mobile', ${`+1 312 555 ${borrower_no.slice(-4)}`})`.execute(db)
  return borrower_id
}
