import { endpoint, isBorrower, jsonAnswer, jsonBody, newRoutes, type Routes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { handOver, handoversOf, takeBack } from './handover.sql.ts'
import { Handovers, NewHandover } from './worklist.api.ts'

const tags = ['worklists']

const list = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/handovers',
  permission: 'borrowers.read',
  tags,
  summary: 'The visitors who have a case now',
  request: { params: isBorrower },
  responses: { 200: jsonAnswer(Handovers, 'The oldest first.') },
})

const give = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/handovers',
  permission: 'worklist.lead',
  tags,
  summary: 'Hand a case over to a visitor, who sees it from then on',
  request: { params: isBorrower, ...jsonBody(NewHandover) },
  responses: { 201: jsonAnswer(Handovers, 'Handed over.') },
})

const back = endpoint({
  method: 'delete',
  path: '/borrowers/{borrower_id}/handovers/{staff_id}',
  permission: 'worklist.lead',
  tags,
  summary: 'Take a case back from a visitor, who sees it no more',
  request: { params: isBorrower.extend({ staff_id: z.string().max(60) }) },
  responses: { 200: jsonAnswer(Handovers, 'Taken back.') },
})

/** Handovers: the cases that a visitor has. */
export function handoverRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(list, async (c) =>
    c.json({ rows: await handoversOf(c.var.db, c.req.valid('param').borrower_id) }, 200),
  )
  routes.openapi(give, async (c) => {
    const about = { ...c.req.valid('param'), ...c.req.valid('json') }
    const { db, clock, person } = c.var
    if (!(await handOver(db, { ...about, at: clock.now().toString(), by: person.staff_id }))) {
      throw new Refused(
        'staff_is_not_found',
        'There is no such borrower, or nobody of that number works here.',
      )
    }
    return c.json({ rows: await handoversOf(db, about.borrower_id) }, 201)
  })
  routes.openapi(back, async (c) => {
    const about = c.req.valid('param')
    const { db, clock, person } = c.var
    if (!(await takeBack(db, { ...about, at: clock.now().toString(), by: person.staff_id }))) {
      throw new Refused('handover_is_not_found', 'This case is not with that person.')
    }
    return c.json({ rows: await handoversOf(db, about.borrower_id) }, 200)
  })
  return routes
}
