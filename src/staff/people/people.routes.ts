import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import {
  type Env,
  endpoint,
  fromCursor,
  jsonAnswer,
  jsonBody,
  newRoutes,
  PageQuery,
  pageFrom,
  pageOf,
  type Routes,
  versionNamed,
  z,
} from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import { createStaff, passwordDigest } from '../sign-in/sign-in.ts'
import { Certificate, Departure, MadeStaff, NewStaff, StaffChange, StaffMember } from './people.api.ts'
import {
  changeStaff,
  endSessions,
  forgetDevices,
  otherAdmins,
  recordCertificate,
  recordDeparture,
  staffPage,
} from './people.sql.ts'

const tags = ['staff']
const Done = z.object({ done: z.literal(true) })
const params = z.object({ staff_id: z.string().max(60) })
const done = { done: true as const }

const list = endpoint({
  method: 'get',
  path: '/staff',
  permission: 'staff.read',
  tags,
  summary: 'Who works here, by name',
  request: { query: PageQuery },
  responses: { 200: jsonAnswer(pageOf(StaffMember), 'A page of staff.') },
})

const one = endpoint({
  method: 'get',
  path: '/staff/{staff_id}',
  permission: 'staff.read',
  tags,
  summary: 'One member of staff; the ETag is what a change must name',
  request: { params },
  responses: { 200: jsonAnswer(StaffMember, 'The member.') },
})

const make = endpoint({
  method: 'post',
  path: '/staff',
  permission: 'staff.write',
  tags,
  summary: 'Take on a member of staff',
  request: jsonBody(NewStaff),
  responses: { 201: jsonAnswer(MadeStaff, 'With a first password, shown once.') },
})

const change = endpoint({
  method: 'put',
  path: '/staff/{staff_id}/rights',
  permission: 'staff.write',
  tags,
  summary: 'Give a member roles and teams (header if-match: the ETag that was read)',
  request: { params, ...jsonBody(StaffChange) },
  responses: { 200: jsonAnswer(StaffMember, 'As it is now.') },
})

const depart = endpoint({
  method: 'post',
  path: '/staff/{staff_id}/departure',
  permission: 'staff.write',
  tags,
  summary: 'Record that a member left: sessions end at once',
  request: { params, ...jsonBody(Departure) },
  responses: { 200: jsonAnswer(Done, 'Recorded.') },
})

const certify = endpoint({
  method: 'post',
  path: '/staff/{staff_id}/certificates',
  permission: 'staff.write',
  tags,
  summary: 'Record a training certificate',
  request: { params, ...jsonBody(Certificate) },
  responses: { 201: jsonAnswer(Done, 'Recorded.') },
})

const reset = endpoint({
  method: 'post',
  path: '/staff/{staff_id}/sign-in-reset',
  permission: 'staff.write',
  tags,
  summary: 'A member lost their devices: passkeys, second factor and sessions end, a first password is made',
  request: { params, ...jsonBody(Departure) },
  responses: { 201: jsonAnswer(MadeStaff, 'With a first password, shown once.') },
})

const read = async (c: Context<Env>, staff_id: string): Promise<StaffMember> => {
  const [member] = await staffPage(c.var.db, { after: null, limit: 1, staff_id, own: c.var.own })
  if (!member) throw new Refused('staff_is_not_found', 'Nobody of that number works here.')
  c.header('etag', `"${member.version}"`)
  return member
}

export function versionAsked(c: Context): number {
  const version = versionNamed(c)
  if (!version || !/^\d{1,9}$/.test(version))
    throw new Refused('version_is_missing', 'Say in if-match which version you change.')
  return Number(version)
}

/** Whoever gives rights gives themselves none: another admin does. Less than one has is no harm. */
function refuseOwnRights(c: Context<Env>, now: StaffMember, wanted: Pick<StaffMember, 'roles' | 'teams'>) {
  if (now.staff_id !== c.var.person.staff_id) return
  const more =
    wanted.roles.some((role) => !now.roles.includes(role)) ||
    wanted.teams.some((team) => !now.teams.includes(team))
  if (more) throw new Refused('own_rights', 'Nobody gives themselves roles or teams; another admin does.')
}

async function refuseLastAdmin(c: Context<Env>, staff_id: string, stays: boolean) {
  if (stays || (await otherAdmins(c.var.db, staff_id)) > 0) return
  throw new Refused('last_admin_must_stay', 'Somebody must stay who can give rights.')
}

function memberRoutes(routes: Routes, signIn: SignIn) {
  routes.openapi(list, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const after = cursor ? fromCursor(cursor, z.tuple([z.string(), z.string()])).join('\n') : null
    const rows = await staffPage(c.var.db, { after, limit, staff_id: null, own: c.var.own })
    return c.json(
      pageFrom(rows, limit, (row) => [row.name, row.staff_id]),
      200,
    )
  })
  routes.openapi(one, async (c) => c.json(await read(c, c.req.valid('param').staff_id), 200))
  routes.openapi(make, async (c) => {
    const { name, email, roles, teams } = c.req.valid('json')
    const first_password = randomBytes(12).toString('base64url')
    const staff_id = await createStaff(signIn, { name, email, password: first_password }).catch(() => null)
    if (!staff_id) throw new Refused('address_is_taken', 'Somebody signs in with this address already.')
    const at = c.var.clock.now().toString()
    await c.var.db
      .transaction()
      .execute((tx) => changeStaff(tx, { staff_id, roles, teams, at, by: c.var.person.staff_id }, 1))
    return c.json({ staff_id, first_password }, 201)
  })
}

function changeRoutes(routes: Routes) {
  routes.openapi(change, async (c) => {
    const { staff_id } = c.req.valid('param')
    const { roles, teams } = c.req.valid('json')
    const version = versionAsked(c)
    const now = await read(c, staff_id)
    await refuseLastAdmin(c, staff_id, roles.includes('admin'))
    refuseOwnRights(c, now, { roles, teams })
    const at = c.var.clock.now().toString()
    const wanted = { staff_id, roles, teams, at, by: c.var.person.staff_id }
    const saved = await c.var.db.transaction().execute((tx) => changeStaff(tx, wanted, version))
    if (!saved)
      throw new Refused('changed_meanwhile', 'Somebody else changed this person meanwhile; look again.')
    return c.json(await read(c, staff_id), 200)
  })
  routes.openapi(depart, async (c) => {
    const { staff_id } = c.req.valid('param')
    await read(c, staff_id)
    await refuseLastAdmin(c, staff_id, false)
    const { clock, person, db, own } = c.var
    const { reason } = c.req.valid('json')
    await recordDeparture(db, { staff_id, at: clock.now().toString(), by: person.staff_id, reason })
    await endSessions(own, staff_id)
    return c.json(done, 200)
  })
  routes.openapi(certify, async (c) => {
    const { staff_id } = c.req.valid('param')
    const certificate = c.req.valid('json')
    await read(c, staff_id)
    if (certificate.lapses_on <= certificate.passed_on) {
      throw new Refused(
        'certificate_lapses_before_it_begins',
        'A certificate lapses after the day it was passed.',
      )
    }
    const told = { by: c.var.person.staff_id, at: c.var.clock.now().toString() }
    await recordCertificate(c.var.db, { staff_id, ...certificate, ...told })
    return c.json(done, 201)
  })
}

function resetRoutes(routes: Routes, signIn: SignIn) {
  routes.openapi(reset, async (c) => {
    const { staff_id } = c.req.valid('param')
    await read(c, staff_id)
    const first_password = randomBytes(12).toString('base64url')
    await forgetDevices(c.var.own, staff_id, await passwordDigest(signIn, first_password))
    return c.json({ staff_id, first_password }, 201)
  })
}

/** Staff: who works here, their rights, certificates, and their leaving. */
export function peopleRoutes(signIn: SignIn): Routes {
  const routes = newRoutes()
  memberRoutes(routes, signIn)
  changeRoutes(routes)
  resetRoutes(routes, signIn)
  return routes
}
