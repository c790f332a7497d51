import { z } from 'zod'

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
})
export const NewAcknowledgement = z.strictObject({ worked_by: z.string().min(1).max(200) })
