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
import { askedBy } from '../contacts/asker.sql.ts'
import { BorrowerId } from '../verdicts/verdict.api.ts'
import { lockBorrower } from '../verdicts/verdict.sql.ts'
import {
  ContactPlanned,
  NewAcknowledgement,
  NewPlannedContact,
  OpenStops,
  PlannedContacts,
} from './stop.api.ts'
import { acknowledgeStop, openStops, planContact, plannedContacts } from './stop.sql.ts'

const open = endpoint({
  method: 'get',
  path: '/conduct/stops',
  permission: 'conduct.read',
  tags: ['conduct'],
  summary: 'Stops that somebody has not acknowledged, the oldest first.',
  request: { query: pageQuery(200) },
  responses: { 200: jsonAnswer(OpenStops, 'A page of them.') },
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

const plan = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/planned-contacts',
  permission: 'contacts.write',
  tags: ['conduct'],
  summary:
    'Plan a contact. The rules are asked now and by the night, a stop cancels it, the gate asks again.',
  request: { params: z.object({ borrower_id: BorrowerId }), ...jsonBody(NewPlannedContact) },
  responses: { 201: jsonAnswer(ContactPlanned, 'Planned, with what would refuse it as things stand.') },
})

const planned = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/planned-contacts',
  permission: 'borrowers.read',
  tags: ['conduct'],
  summary: 'What is and was planned, what stopped it, and what the rules said of it last.',
  request: { params: z.object({ borrower_id: BorrowerId }) },
  responses: { 200: jsonAnswer(PlannedContacts, 'The next first; at most two hundred.') },
})

const stopKey = z.tuple([z.iso.datetime(), BorrowerId, z.uuid(), z.string().max(200)])

/** Stops: who has not acknowledged, and acknowledging; what is planned, for a stop to cancel. */
export const stopRoutes = () =>
  newRoutes()
    .openapi(plan, async (c) => {
      const { borrower_id } = c.req.valid('param')
      const told = await c.var.db.transaction().execute(async (tx) => {
        const at = await lockBorrower(tx, borrower_id, c.var.clock)
        const { staff_id: _, ...asked } = await askedBy(
          tx,
          borrower_id,
          c.req.valid('json'),
          c.var.person,
          true,
        )
        return planContact(tx, borrower_id, asked, at)
      })
      return c.json(ContactPlanned.parse(told), 201)
    })
    .openapi(planned, async (c) => {
      const { borrower_id } = c.req.valid('param')
      const told = { planned: await plannedContacts(c.var.db, borrower_id) }
      return c.json(PlannedContacts.parse(told), 200)
    })
    .openapi(open, async (c) => {
      const page = pageAsked(c.req.valid('query'), stopKey)
      const { rows, next_cursor } = pageFrom(await openStops(c.var.db, page), page.limit, (row) => [
        row.at,
        row.borrower_id,
        row.stop_id,
        row.worked_by,
      ])
      return c.json({ stops: rows, next_cursor }, 200)
    })
    .openapi(acknowledge, async (c) => {
      const about = { ...c.req.valid('param'), ...c.req.valid('json') }
      const at = c.var.clock.now().toString()
      await acknowledgeStop(c.var.db, about, { at, by: c.var.person.staff_id })
      return c.body(null, 204)
    })
