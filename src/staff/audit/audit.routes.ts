import {
  endpoint,
  fromCursor,
  isBorrower,
  jsonAnswer,
  newRoutes,
  PageQuery,
  pageFrom,
  pageOf,
  type Routes,
  z,
} from '../../platform/http.ts'
import { AuditRow, AuditState } from './audit.api.ts'
import { auditPage, verifyAudit } from './audit.sql.ts'

const list = endpoint({
  method: 'get',
  path: '/audit',
  permission: 'audit.read',
  tags: ['audit'],
  summary: 'Who did what, newest first',
  request: {
    query: PageQuery.extend({
      staff_id: z.string().max(60).optional(),
      borrower_id: isBorrower.shape.borrower_id.optional(),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(AuditRow), 'A page of the log.') },
})

const state = endpoint({
  method: 'get',
  path: '/audit/seals',
  permission: 'audit.read',
  tags: ['audit'],
  summary: 'Whether the log stands as it was sealed',
  responses: { 200: jsonAnswer(AuditState, 'The first night that does not agree, if any.') },
})

export function auditRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(list, async (c) => {
    const { cursor, limit, staff_id = null, borrower_id = null } = c.req.valid('query')
    const before = cursor ? fromCursor(cursor, z.tuple([z.number().int()]))[0] : null
    const rows = await auditPage(c.var.db, { before, limit, staff_id, borrower_id })
    return c.json(
      pageFrom(rows, limit, (row) => [row.entry_no]),
      200,
    )
  })
  routes.openapi(state, async (c) => c.json(await verifyAudit(c.var.db), 200))
  return routes
}
