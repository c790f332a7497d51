import {
  endpoint,
  jsonAnswer,
  jsonBody,
  newRoutes,
  pageAsked,
  pageFrom,
  pageQuery,
  z,
} from '../../platform/http.ts'
import { BorrowerId } from '../verdicts/verdict.api.ts'
import { ClosedIncident, Incidents } from './incident.api.ts'
import { closeIncident, openIncidents } from './incident.sql.ts'

const open = endpoint({
  method: 'get',
  path: '/conduct/incidents',
  permission: 'conduct.read',
  tags: ['conduct'],
  summary: 'Contacts that broke a rule and are not closed, the newest first.',
  request: { query: pageQuery(200) },
  responses: { 200: jsonAnswer(Incidents, 'A page of them.') },
})

const close = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/incident-closures',
  permission: 'conduct.write',
  tags: ['conduct'],
  summary: 'Close an incident with what was done about it.',
  request: { params: z.object({ borrower_id: BorrowerId }), ...jsonBody(ClosedIncident) },
  responses: { 204: { description: 'Closed.' } },
})

const incidentKey = z.tuple([z.iso.datetime(), BorrowerId, z.uuid(), z.string().max(60)])

/** Incidents: the open ones, and closing one. */
export const incidentRoutes = () =>
  newRoutes()
    .openapi(open, async (c) => {
      const page = pageAsked(c.req.valid('query'), incidentKey)
      const { rows, next_cursor } = pageFrom(await openIncidents(c.var.db, page), page.limit, (row) => [
        row.found_at,
        row.borrower_id,
        row.contact_id,
        row.rule_id,
      ])
      return c.json(Incidents.parse({ incidents: rows, next_cursor }), 200)
    })
    .openapi(close, async (c) => {
      const about = { ...c.req.valid('param'), ...c.req.valid('json') }
      const at = c.var.clock.now().toString()
      await closeIncident(c.var.db, about, { at, by: c.var.person.staff_id })
      return c.body(null, 204)
    })
