import { endpoint, isBorrower, jsonAnswer, newRoutes, type Routes } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { borrowerRow } from './borrower.sql.ts'
import { Circumstances } from './circumstances.api.ts'
import { circumstancesOf } from './circumstances.sql.ts'

const read = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/circumstances',
  permission: 'borrowers.read',
  personal: true,
  tags: ['borrowers'],
  summary: 'Why it is overdue as the borrower told it, what can be paid, and the papers of the case',
  request: { params: isBorrower },
  responses: { 200: jsonAnswer(Circumstances, 'Causes and papers, the newest first.') },
})

/** The circumstances of a borrower. */
export function circumstancesRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(read, async (c) => {
    const { borrower_id } = c.req.valid('param')
    if (!(await borrowerRow(c.var.db, borrower_id))) {
      throw new Refused('borrower_is_not_found', 'There is no such borrower among those that you work on.')
    }
    return c.json(await circumstancesOf(c.var.db, borrower_id), 200)
  })
  return routes
}
