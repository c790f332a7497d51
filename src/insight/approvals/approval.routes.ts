import {
  endpoint,
  fromCursor,
  jsonAnswer,
  newRoutes,
  PageQuery,
  pageFrom,
  pageOf,
  type Routes,
  z,
} from '../../platform/http.ts'
import { WaitingApproval } from './approval.api.ts'
import { waitingApprovals } from './approval.sql.ts'

const list = endpoint({
  method: 'get',
  path: '/approvals',
  permission: 'approvals.decide',
  tags: ['approvals'],
  summary: 'Plans, settlements, waivers and movements that wait for another person’s word, oldest first',
  request: { query: PageQuery },
  responses: { 200: jsonAnswer(pageOf(WaitingApproval), 'A page of what waits.') },
})

/** What waits for a decision; the decision itself is a resource of each. */
export const approvalRoutes = (): Routes =>
  newRoutes().openapi(list, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const after = cursor ? fromCursor(cursor, z.tuple([z.iso.date(), z.string().max(300)])) : null
    const rows = await waitingApprovals(c.var.db, c.var.person.staff_id, { after, limit })
    return c.json(
      pageFrom(rows, limit, (row) => [
        row.proposed_on,
        `${row.borrower_id} ${row.kind}:${row.loan_no}:${row.no}`,
      ]),
      200,
    )
  })
