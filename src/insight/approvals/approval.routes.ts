import { endpoint, jsonAnswer, newRoutes, type Routes } from '../../platform/http.ts'
import { WaitingApprovals } from './approval.api.ts'
import { waitingApprovals } from './approval.sql.ts'

const list = endpoint({
  method: 'get',
  path: '/approvals',
  permission: 'approvals.decide',
  tags: ['approvals'],
  summary: 'Plans, settlements and waivers that wait for another person’s word, oldest first',
  responses: { 200: jsonAnswer(WaitingApprovals, 'At most two hundred.') },
})

/** What waits for a decision; the decision itself is a resource of each plan, settlement or waiver. */
export const approvalRoutes = (): Routes =>
  newRoutes().openapi(list, async (c) =>
    c.json({ rows: await waitingApprovals(c.var.db, c.var.person.staff_id) }, 200),
  )
