import { z } from 'zod'

/** Contacts that broke a rule and have not been closed. */
export const Incidents = z.object({
  incidents: z.array(
    z.object({
      borrower_id: z.string(),
      contact_id: z.uuid(),
      pack_version: z.string(),
      rule_id: z.string(),
      rule: z.string(),
      source: z.string(),
      force: z.string(),
      cause: z.enum(['outside_contact', 'late_fact', 'banned_phrase']),
      found_at: z.string(),
      evidence: z.unknown(),
    }),
  ),
  next_cursor: z.string().nullable(),
})

export const ClosedIncident = z.strictObject({
  contact_id: z.uuid(),
  rule_id: z.string().min(1).max(60),
  note: z.string().min(3).max(2000),
})
