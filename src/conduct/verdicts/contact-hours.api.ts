import { z } from 'zod'
import { Channel } from './verdict.api.ts'

/** When the rest of the borrower's own day allows which channel, as the rules and facts stand at `at`. */
export const ContactHours = z.object({
  borrower_id: z.string(),
  at: z.string(),
  zone: z.string(),
  /** The borrower's own day: its first instant and the one after its last. */
  day_from: z.string(),
  day_to: z.string(),
  /** The packs that bind the borrower today. */
  packs: z.array(z.object({ pack: z.string(), pack_version: z.string() })),
  channels: z.array(
    z.object({ channel: Channel, allowed: z.array(z.object({ from: z.string(), to: z.string() })) }),
  ),
})
