import { z } from 'zod'
import { HoldKind, NoticeKind } from '../facts/fact.api.ts'
import { Channel, Purpose } from '../verdicts/verdict.api.ts'

const list = z.array(z.string())
const when = z.string().regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*)?$/, 'a date or a date and time')
const clockTime = z
  .string()
  .regex(/^(([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?|24:00(:00)?)$/, 'a clock time such as 21:30')
  .optional()
const by = z.string().optional()
const weekday = z.string().regex(/^(mon|tue|wed|thu|fri|sat|sun)/i, 'a day of the week such as mon')
const Outcome = z.enum([
  'conversation',
  'dropped',
  'unanswered',
  'voicemail',
  'busy',
  'not_in_service',
  'notice_played',
])
const party = { party: z.string().optional(), party_id: z.string().optional() }

/** What an event of a kind says nothing without. */
const needed: Record<string, readonly (readonly string[])[]> = {
  hold: [['hold']],
  released: [['hold']],
  notice: [['notice']],
  opt_out: [['channel', 'address', 'number']],
  portal_session: [['state']],
  agreed_window: [['from'], ['to']],
  promise: [['debts'], ['until']],
}

/**
 * What happened before: one of contracts/conduct-cases.md's kinds; further fields are left alone. A word that
 * nobody knows is not passed over: the case cannot be read.
 */
const CaseEvent = z
  .looseObject({
    at: when,
    kind: z.enum([
      'call',
      'sms',
      'email',
      'letter',
      'visit',
      'message',
      'consent',
      'consent_revoked',
      'agreed_window',
      'constraint',
      'opt_out',
      'refusal',
      'hold',
      'released',
      'unreachable',
      'portal_session',
      'notice',
      'returned',
      'promise',
    ]),
    ...party,
    by,
    direction: z.enum(['in', 'out']).optional(),
    outcome: Outcome.optional(),
    debts: list.optional(),
    conversation_debts: list.optional(),
    automated: z.boolean().optional(),
    one_way: z.boolean().optional(),
    number: z.string().optional(),
    address: z.string().optional(),
    channel: Channel.optional(),
    purpose: z.string().optional(),
    place: z.string().optional(),
    staff: z.int().optional(),
    on: z.union([list, z.string()]).optional(),
    from: clockTime,
    to: clockTime,
    days: z.array(weekday).optional(),
    until: when.optional(),
    hold: HoldKind.optional(),
    variant: z.enum(['standard', 'mental_health']).optional(),
    sent_at: when.optional(),
    state: z.enum(['open', 'ended']).optional(),
    notice: NoticeKind.optional(),
  })
  .superRefine((event, context) => {
    for (const oneOf of needed[event.kind] ?? []) {
      if (oneOf.some((field) => event[field] !== undefined)) continue
      context.addIssue({ code: 'custom', message: `${event.kind} says no ${oneOf.join(' or ')}` })
    }
  })
export type CaseEvent = z.infer<typeof CaseEvent>

const CaseDebt = z.looseObject({
  product: z.string().optional(),
  represented: z.boolean().optional(),
  account: z.string().optional(),
  limitation_from: z.iso.date().optional(),
  limitation_ends_on: z.iso.date().optional(),
})

const CaseProposal = z.looseObject({
  at: when,
  channel: Channel,
  debts: list.optional(),
  ...party,
  by,
  number: z.string().optional(),
  address: z.string().optional(),
  place: z.string().optional(),
  purpose: Purpose.optional(),
  staff: z.int().optional(),
  automated: z.boolean().optional(),
  one_way: z.boolean().optional(),
})

/**
 * A small history, a contact that somebody proposes and, where the writer knows it, the answer that the
 * law gives.
 */
export const ConductCase = z.looseObject({
  id: z.string(),
  pack: z.union([z.string(), list]),
  person: z
    .looseObject({
      zones: list.optional(),
      kind: z.string().optional(),
      debts: z.record(z.string(), CaseDebt).optional(),
    })
    .optional(),
  events: z.array(CaseEvent).optional(),
  proposal: CaseProposal,
})
export type ConductCase = z.infer<typeof ConductCase>
