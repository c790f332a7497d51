import { z } from 'zod'
import { AskedContact, RuleRefusal } from '../verdicts/verdict.api.ts'

/** Stops that somebody has not acknowledged. */
export const OpenStops = z.object({
  stops: z.array(
    z.object({
      borrower_id: z.string(),
      stop_id: z.uuid(),
      cause: z.string(),
      at: z.string(),
      stopped_by: z.string(),
      worked_by: z.string(),
    }),
  ),
  next_cursor: z.string().nullable(),
})
export const NewAcknowledgement = z.strictObject({ worked_by: z.string().min(1).max(200) })

/** A contact that shall be made, by whom, and why. */
export const NewPlannedContact = AskedContact.pick({
  channel: true,
  party: true,
  party_id: true,
  address: true,
  placed_by: true,
  purpose: true,
}).extend({
  at: z.iso.datetime({ offset: true }),
  debts: z.array(z.string().min(1).max(100)).min(1).max(200),
  why: z.string().min(1).max(1000),
  /** Whoever must hear of a stop: a collector, a visitor, a channel, an agency. */
  worked_by: z.string().min(1).max(200),
})
export const ContactPlanned = z.object({ planned_id: z.uuid(), refusals: z.array(RuleRefusal) })

export const PlannedContacts = z.object({
  planned: z.array(
    z.object({
      planned_id: z.uuid(),
      at: z.string(),
      channel: z.string(),
      debts: z.array(z.string()),
      party: z.string(),
      placed_by: z.string(),
      purpose: z.string(),
      why: z.string(),
      worked_by: z.string(),
      cancelled_at: z.string().nullable(),
      /** What stopped it. */
      cause: z.string().nullable(),
      /** What the rules said when they were asked last: as it was planned, or by the night. */
      refusals: z.array(
        z.object({
          rule_id: z.string(),
          source: z.string(),
          checked_on: z.string(),
          next_allowed_at: z.string().nullable(),
        }),
      ),
    }),
  ),
})
