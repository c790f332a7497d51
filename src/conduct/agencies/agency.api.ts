import { z } from 'zod'

const day = z.iso.date().nullable()

export const AgencyName = z.string().min(1).max(80)

/** What an agency showed. What it did not show it has not: a field that is absent is empty. */
export const NewStanding = z.strictObject({
  licensed_until: day.default(null),
  secrecy_until: day.default(null),
  /** The day of the last evaluation; it holds for twelve months. */
  evaluated_on: day.default(null),
  /** Why the agency may not work at all: a failed evaluation, violence, a register that lists it. */
  barred_reason: z.string().min(3).max(1000).nullable().default(null),
  /** From when it was so; absent: from now on. Contacts of the agency since then are judged again. */
  at: z.iso.datetime({ offset: true }).optional(),
})
export type NewStanding = z.infer<typeof NewStanding>

export const Standings = z.object({
  standings: z.array(
    z.object({
      agency: z.string(),
      /** From when it was so, where that was before it was recorded. */
      at: z.string().nullable(),
      recorded_at: z.string(),
      recorded_by: z.string(),
      licensed_until: day,
      secrecy_until: day,
      evaluated_on: day,
      barred_reason: z.string().nullable(),
      /** Whether it may work today. */
      in_good_standing: z.boolean(),
    }),
  ),
})
