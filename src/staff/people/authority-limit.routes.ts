import { endpoint, jsonAnswer, jsonBody, newRoutes, type Routes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { AuthorityLimits, NewAuthorityLimit } from './people.api.ts'
import { giveLimit, limitsOf } from './people.sql.ts'

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
  summary: 'Limit what a member may give up, from a day on; it narrows the role’s authority, never widens it',
  request: { params, ...jsonBody(NewAuthorityLimit) },
  responses: { 201: jsonAnswer(AuthorityLimits, 'As they are now.') },
})

/** Authority limits of single people, beside the grid of the levels. */
export function authorityLimitRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(list, async (c) =>
    c.json({ rows: await limitsOf(c.var.db, c.req.valid('param').staff_id) }, 200),
  )
  routes.openapi(give, async (c) => {
    const { staff_id } = c.req.valid('param')
    const { person, db } = c.var
    if (staff_id === person.staff_id) {
      throw new Refused('own_limit', 'Nobody sets a limit of their own.')
    }
    const limit = { staff_id, ...c.req.valid('json'), by: person.staff_id }
    const given = await db.transaction().execute((tx) => giveLimit(tx, limit))
    if (!given) throw new Refused('staff_is_not_found', 'Nobody of that number works here.')
    return c.json({ rows: await limitsOf(db, staff_id) }, 201)
  })
  return routes
}
