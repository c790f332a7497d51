import { endpoint, isBorrower, jsonAnswer, newRoutes } from '../../platform/http.ts'
import { ContactHours } from './contact-hours.api.ts'
import { contactHours } from './contact-hours.sql.ts'
import { lockBorrower } from './verdict.sql.ts'

const hours = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/contact-hours',
  permission: 'contacts.write',
  tags: ['conduct'],
  summary: 'When the rest of the borrower’s own day allows which channel, as rules and facts stand now.',
  request: { params: isBorrower },
  responses: { 200: jsonAnswer(ContactHours, 'Stretches of half hours. Nothing is kept.') },
})

const channels = ['call', 'sms', 'email', 'letter', 'visit'] as const

/** The hours of a borrower's day. */
export const contactHoursRoutes = () =>
  newRoutes().openapi(hours, async (c) => {
    const { borrower_id } = c.req.valid('param')
    const { staff_id } = c.var.person
    const answer = await c.var.db.transaction().execute(async (tx) => {
      const at = await lockBorrower(tx, borrower_id, c.var.clock)
      return contactHours(tx, { borrower_id, staff_id, at }, channels)
    })
    return c.json(answer, 200)
  })
