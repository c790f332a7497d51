import { z } from 'zod'
import { AskedContact, Channel, Verdict } from '../verdicts/verdict.api.ts'

export const Outcome = z.enum([
  'conversation',
  'dropped',
  'unanswered',
  'voicemail',
  'busy',
  'not_in_service',
  'notice_played',
  'delivered',
  'returned',
])

/** The attempt that may now be made, with the verdict that it carries. */
export const AttemptAllowed = z.object({
  attempt_id: z.uuid(),
  verdict: Verdict.extend({ verdict_id: z.uuid() }),
})
export const NewAttempt = AskedContact

export const NewOutcome = z.strictObject({
  outcome: Outcome,
  /** Where the talk was about other loans than the contact was made for. */
  conversation_debts: z.array(z.string().min(1).max(100)).min(1).max(200).optional(),
  note: z.string().max(4000).optional(),
})

/** A contact that happened outside our control, as its source tells it. */
export const NewOutsideContacts = z.strictObject({
  contacts: z
    .array(
      AskedContact.omit({ channel: true }).extend({
        at: z.iso.datetime({ offset: true }),
        direction: z.enum(['in', 'out']),
        channel: Channel,
        /** The number under which the source knows it: the same is one. Absent: what it says. */
        source_no: z.string().min(1).max(200).optional(),
        outcome: Outcome.optional(),
        conversation_debts: z.array(z.string().min(1).max(100)).min(1).max(200).optional(),
      }),
    )
    .min(1)
    .max(1000),
})
export const OutsideContactsRecorded = z.object({ recorded: z.int(), incidents: z.int() })
