import { z } from 'zod'

const list = z.array(z.string())
const when = z.string().regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*)?$/, 'a date or a date and time')
const clockTime = z
  .string()
  .regex(/^(([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?|24:00(:00)?)$/, 'a clock time such as 21:30')
  .optional()
const by = z.string().optional()
const party = { party: z.string().optional(), party_id: z.string().optional() }

/** What happened before: one of contracts/conduct-cases.md's kinds; further fields are left alone. */
const CaseEvent = z.looseObject({
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
  ]),
  ...party,
  by,
  direction: z.enum(['in', 'out']).optional(),
  outcome: z.string().optional(),
  debts: list.optional(),
  conversation_debts: list.optional(),
  automated: z.boolean().optional(),
  one_way: z.boolean().optional(),
  number: z.string().optional(),
  address: z.string().optional(),
  channel: z.string().optional(),
  purpose: z.string().optional(),
  place: z.string().optional(),
  staff: z.int().optional(),
  on: z.union([list, z.string()]).optional(),
  from: clockTime,
  to: clockTime,
  days: list.optional(),
  until: when.optional(),
  hold: z.string().optional(),
  variant: z.string().optional(),
  sent_at: when.optional(),
  state: z.enum(['open', 'ended']).optional(),
  notice: z.string().optional(),
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
  channel: z.enum([
    'call',
    'sms',
    'email',
    'letter',
    'visit',
    'message',
    'portal',
    'public_posting',
    'bureau_report',
    'placement',
  ]),
  debts: list.optional(),
  ...party,
  by,
  number: z.string().optional(),
  address: z.string().optional(),
  place: z.string().optional(),
  purpose: z
    .enum([
      'collect',
      'locate',
      'reply',
      'legally_required',
      'confirm_opt_out',
      'terminate',
      'invoke_remedy',
      'legal_threat',
    ])
    .optional(),
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
