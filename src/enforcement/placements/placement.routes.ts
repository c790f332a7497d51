import { askRules, lockBorrower } from '../../conduct/verdicts/verdict.sql.ts'
import { endpoint, isBorrower, jsonAnswer, jsonBody, newRoutes, type Routes } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { NewPlacement, Placements, Recall } from './placement.api.ts'
import { place, placementsOf, recall } from './placement.sql.ts'

const tags = ['placements']
const request = { params: isBorrower }

const list = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/placements',
  permission: 'borrowers.read',
  tags,
  summary: 'With which agencies a borrower was placed, the newest first',
  request,
  responses: { 200: jsonAnswer(Placements, 'The placements.') },
})

const make = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/placement',
  permission: 'placements.write',
  tags,
  summary: 'Give the case to an agency, where every pack allows it',
  request: { ...request, ...jsonBody(NewPlacement) },
  responses: { 201: jsonAnswer(Placements, 'Placed.') },
})

const end = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/placement/recall',
  permission: 'placements.write',
  tags,
  summary: 'Take the case back; the agency sees it no more',
  request: { ...request, ...jsonBody(Recall) },
  responses: { 200: jsonAnswer(Placements, 'Recalled.') },
})

/** Placements: give a case to an agency, and take it back. */
export function placementRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(list, async (c) =>
    c.json({ rows: await placementsOf(c.var.db, c.req.valid('param').borrower_id) }, 200),
  )
  routes.openapi(make, async (c) => {
    const { borrower_id } = c.req.valid('param')
    const { agency, reason } = c.req.valid('json')
    const { db, clock, person } = c.var
    const rows = await db.transaction().execute(async (tx) => {
      const at = await lockBorrower(tx, borrower_id, clock)
      const asked = {
        channel: 'placement',
        placed_by: `agency:${agency}`,
        staff_id: person.staff_id,
      } as const
      const [verdict] = await askRules(tx, borrower_id, [asked], at)
      if (!verdict?.allowed) {
        const rules = verdict?.refusals.map((each) => each.rule).join('; ') ?? ''
        throw new Refused('placement_is_refused', rules, { verdict })
      }
      if (!(await place(tx, borrower_id, agency, { at, by: person.staff_id, reason }))) {
        throw new Refused('case_is_placed_already', 'An agency has this case; recall it first.')
      }
      return placementsOf(tx, borrower_id)
    })
    return c.json({ rows }, 201)
  })
  routes.openapi(end, async (c) => {
    const { borrower_id } = c.req.valid('param')
    const { db, clock, person } = c.var
    const deed = { at: clock.now().toString(), by: person.staff_id, reason: c.req.valid('json').reason }
    if (!(await recall(db, borrower_id, deed))) {
      throw new Refused('placement_is_not_found', 'No agency has this case.')
    }
    return c.json({ rows: await placementsOf(db, borrower_id) }, 200)
  })
  return routes
}
