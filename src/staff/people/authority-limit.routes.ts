import type { Context } from 'hono'
import type { Db } from '../../platform/database.ts'
import {
  checkVersion,
  type Env,
  endpoint,
  jsonAnswer,
  jsonBody,
  newRoutes,
  type Routes,
  versionOf,
  z,
} from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { AuthorityLimits, NewAuthorityLimit } from './people.api.ts'
import { giveLimit, limitsOf, lockMember } from './people.sql.ts'

const tags = ['staff']
const path = '/staff/{staff_id}/authority-limits'
const params = z.object({ staff_id: z.string().max(60) })

const list = endpoint({
  method: 'get',
  path,
  permission: 'staff.read',
  tags,
  summary: 'What a member may give up at most, beside what the role may; the newest first',
  request: { params },
  responses: { 200: jsonAnswer(AuthorityLimits, 'Limits in force and past ones.') },
})

const give = endpoint({
  method: 'post',
  path,
  permission: 'staff.write',
  tags,
  summary:
    'Limit what a member may give up, from a day on; it narrows the role’s authority, never widens it ' +
    '(header if-match: the ETag that was read, once there is a limit)',
  request: { params, ...jsonBody(NewAuthorityLimit) },
  responses: { 201: jsonAnswer(AuthorityLimits, 'As they are now.') },
})

/** Limits as they stand, for the answer and as what the next change is checked against. */
async function standing(db: Db, staff_id: string): Promise<AuthorityLimits> {
  const rows = await limitsOf(db, staff_id)
  return { rows, version: versionOf(rows) }
}

function answered(c: Context<Env>, limits: AuthorityLimits): AuthorityLimits {
  c.header('etag', `"${limits.version}"`)
  return limits
}

/** Authority limits of single people, beside the grid of the levels. */
export function authorityLimitRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(list, async (c) =>
    c.json(answered(c, await standing(c.var.db, c.req.valid('param').staff_id)), 200),
  )
  routes.openapi(give, async (c) => {
    const { staff_id } = c.req.valid('param')
    const { person, db } = c.var
    if (staff_id === person.staff_id) {
      throw new Refused('own_limit', 'Nobody sets a limit of their own.')
    }
    const limit = { staff_id, ...c.req.valid('json'), by: person.staff_id }
    const given = await db.transaction().execute(async (tx) => {
      if (!(await lockMember(tx, staff_id))) {
        throw new Refused('staff_is_not_found', 'Nobody of that number works here.')
      }
      const before = await standing(tx, staff_id)
      checkVersion(c, before.version, { required: before.rows.length > 0 })
      await giveLimit(tx, limit)
      return standing(tx, staff_id)
    })
    return c.json(answered(c, given), 201)
  })
  return routes
}
