import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { BorrowerId } from '../verdicts/verdict.api.ts'
import { ClosedIncident, Incidents } from './incident.api.ts'
import { closeIncident, openIncidents } from './incident.sql.ts'

const open = endpoint({
  method: 'get',
  path: '/conduct/incidents',
  permission: 'conduct.read',
  tags: ['conduct'],
  summary: 'Contacts that broke a rule and are not closed, the newest first.',
  responses: { 200: jsonAnswer(Incidents, 'At most two hundred.') },
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

/** Incidents: the open ones, and closing one. */
export const incidentRoutes = () =>
  newRoutes()
    .openapi(open, async (c) => c.json(Incidents.parse({ incidents: await openIncidents(c.var.db) }), 200))
    .openapi(close, async (c) => {
      const about = { ...c.req.valid('param'), ...c.req.valid('json') }
      const at = c.var.clock.now().toString()
      await closeIncident(c.var.db, about, { at, by: c.var.person.staff_id })
      return c.body(null, 204)
    })
