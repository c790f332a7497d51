import { endpoint, isMachine, jsonAnswer, jsonBody, newRoutes, type Person, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { BorrowerId } from '../verdicts/verdict.api.ts'
import { attemptContact, recordOutcome, recordOutsideContacts } from './attempt.sql.ts'
import {
  AttemptAllowed,
  NewAttempt,
  NewOutcome,
  NewOutsideContacts,
  OutsideContactsRecorded,
} from './contact.api.ts'

const OfBorrower = z.object({ borrower_id: BorrowerId })

const attempt = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/contacts',
  permission: 'contacts.write',
  tags: ['conduct'],
  summary: 'Make a contact: decided under a lock, refused with its clauses or recorded with its verdict.',
  request: { params: OfBorrower, ...jsonBody(NewAttempt) },
  responses: { 201: jsonAnswer(AttemptAllowed, 'It is allowed now, for five minutes.') },
})

const outcome = endpoint({
  method: 'put',
  path: '/borrowers/{borrower_id}/contacts/{attempt_id}/outcome',
  permission: 'contacts.write',
  tags: ['conduct'],
  summary: 'What a contact led to, once.',
  request: { params: OfBorrower.extend({ attempt_id: z.uuid() }), ...jsonBody(NewOutcome) },
  responses: { 204: { description: 'Recorded.' } },
})

const outside = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/outside-contacts',
  permission: 'contacts.write',
  tags: ['conduct'],
  summary: 'Record contacts that happened outside our control; they are judged afterwards.',
  request: { params: OfBorrower, ...jsonBody(NewOutsideContacts) },
  responses: {
    201: jsonAnswer(OutsideContactsRecorded, 'How many were new, and the incidents they raised.'),
  },
})

/**
 * Who may write down contacts that our side made without us: a machine (a dialler, an agency's system), or
 * whoever sends files. Anybody else would go round the gate by it; that the person called or wrote anybody
 * may write down.
 */
const bringsLogs = (person: Person) => isMachine(person) || person.permissions.has('loads.write')

/** Contacts: the gate, outcomes, and what others tell us. */
export const contactRoutes = () =>
  newRoutes()
    .openapi(attempt, async (c) => {
      const { clock, person, db } = c.var
      const made = await attemptContact(db, c.req.valid('param').borrower_id, c.req.valid('json'), {
        clock,
        asked_by: person.staff_id,
        asker: person,
      })
      if (made.attempt_id === null) {
        throw new Refused('contact_is_refused', made.verdict.refusals.map((it) => it.rule).join('; '), {
          verdict: made.verdict,
        })
      }
      return c.json(AttemptAllowed.parse(made), 201)
    })
    .openapi(outcome, async (c) => {
      const { borrower_id, attempt_id } = c.req.valid('param')
      await recordOutcome(c.var.db, borrower_id, attempt_id, { ...c.req.valid('json'), clock: c.var.clock })
      return c.body(null, 204)
    })
    .openapi(outside, async (c) => {
      const { contacts } = c.req.valid('json')
      if (contacts.some(({ direction }) => direction === 'out') && !bringsLogs(c.var.person)) {
        throw new Refused('own_contact_needs_a_verdict', 'A contact that you make begins with its verdict.')
      }
      const told = await recordOutsideContacts(c.var.db, c.req.valid('param').borrower_id, contacts, {
        clock: c.var.clock,
        recorded_by: c.var.person.staff_id,
      })
      return c.json(told, 201)
    })
