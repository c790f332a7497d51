import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { BorrowerId } from '../verdicts/verdict.api.ts'
import { NewAcknowledgement, OpenStops } from './stop.api.ts'
import { acknowledgeStop, openStops } from './stop.sql.ts'

const open = endpoint({
  method: 'get',
  path: '/conduct/stops',
  permission: 'conduct.read',
  tags: ['conduct'],
  summary: 'Stops that somebody has not acknowledged, the oldest first.',
  responses: { 200: jsonAnswer(OpenStops, 'At most two hundred.') },
})

const acknowledge = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/stops/{stop_id}/acknowledgements',
  permission: 'contacts.write',
  tags: ['conduct'],
  summary: 'Say that a stop is known to whoever worked the borrower.',
  request: {
    params: z.object({ borrower_id: BorrowerId, stop_id: z.uuid() }),
    ...jsonBody(NewAcknowledgement),
  },
  responses: { 204: { description: 'Acknowledged.' } },
})

/** Stops: who has not acknowledged, and acknowledging. */
export const stopRoutes = () =>
  newRoutes()
    .openapi(open, async (c) => c.json({ stops: await openStops(c.var.db) }, 200))
    .openapi(acknowledge, async (c) => {
      const about = { ...c.req.valid('param'), ...c.req.valid('json') }
      const at = c.var.clock.now().toString()
      await acknowledgeStop(c.var.db, about, { at, by: c.var.person.staff_id })
      return c.body(null, 204)
    })
