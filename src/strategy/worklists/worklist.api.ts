import { z } from '@hono/zod-openapi'

/** Why a case needs a person: a fact with its dates; the desk puts it in words. */
const Reason = z.object({
  reason: z.enum([
    'promise_broken',
    'plan_broken',
    'rolls',
    'never_contacted',
    'last_contact',
    'past_due_since',
  ]),
  on: z.string().optional(),
  due_on: z.string().optional(),
  promised: z.string().optional(),
  paid: z.string().optional(),
  currency: z.string().optional(),
  bucket: z.string().optional(),
})

export const WorklistItem = z
  .object({
    borrower_id: z.string(),
    borrower_no: z.string(),
    name: z.string().nullable(),
    lender: z.string(),
    loan_no: z.string(),
    currency: z.string(),
    past_due: z.string(),
    days_past_due: z.number().int(),
    bucket: z.string(),
    score: z.number().int(),
    reasons: z.array(Reason),
    zones: z.array(z.string()),
    /** Between these instants of today the packs allow a call; null when that is not known. */
    call_from: z.string().nullable(),
    call_until: z.string().nullable(),
    not_before: z.string().nullable(),
    put_off_reason: z.string().nullable(),
    taken_by: z.string().nullable(),
    taken_by_name: z.string().nullable(),
    done_with: z.string().nullable(),
  })
  .openapi('WorklistItem')

/** The parts of a collector's list. */
export const WorklistPart = z.enum(['to_do', 'not_yet', 'done'])
const Cursors = z.record(WorklistPart, z.string().nullable())

/** How the day goes: what was worked and what came of it, counted by the server. */
export const Worklist = z
  .object({
    to_do: z.array(WorklistItem),
    not_yet: z.array(WorklistItem),
    done: z.array(WorklistItem),
    /** Where each part goes on (`/worklists/mine/items`); null at its end. */
    next_cursors: Cursors,
    counts: z.object({
      to_do: z.number().int(),
      not_yet: z.number().int(),
      with_others: z.number().int(),
      done_by_me: z.number().int(),
      conversations: z.number().int(),
      attempts: z.number().int(),
      promises: z.number().int(),
    }),
  })
  .openapi('Worklist')

export const NextCase = z.object({ item: z.union([WorklistItem, z.null()]) }).openapi('NextCase')

/**
 * `worked`: it is done for today. `later`: it comes back at `not_before`. `returned`: somebody else may take
 * it.
 */
export const LeftCase = z
  .object({
    how: z.enum(['worked', 'later', 'returned']),
    reason: z.string().trim().min(2).max(300),
    not_before: z.iso.datetime({ offset: true }).optional(),
  })
  .openapi('LeftCase')

/** A case that a visitor has. */
const Handover = z.object({
  handover_id: z.string(),
  staff_id: z.string(),
  name: z.string(),
  reason: z.string(),
  handed_at: z.string(),
  handed_by: z.string(),
})

export const Handovers = z.object({ rows: z.array(Handover) }).openapi('Handovers')

export const NewHandover = z
  .object({ staff_id: z.string().max(60), reason: z.string().trim().min(3).max(300) })
  .openapi('NewHandover')

export type Handover = z.infer<typeof Handover>
export type WorklistItem = z.infer<typeof WorklistItem>
export type WorklistPart = z.infer<typeof WorklistPart>
export type Worklist = z.infer<typeof Worklist>
export type NextCase = z.infer<typeof NextCase>
export type LeftCase = z.infer<typeof LeftCase>
