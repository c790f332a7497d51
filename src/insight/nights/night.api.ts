import { z } from '@hono/zod-openapi'

/** One night: `finished_at` null while it runs or when it stopped at `failed_step`. */
export const Night = z
  .object({
    as_of: z.string(),
    started_at: z.string(),
    finished_at: z.string().nullable(),
    failed_step: z.string().nullable(),
    error: z.string().nullable(),
    steps: z.number().int(),
    rows: z.number().int(),
    seconds: z.number(),
  })
  .openapi('Night')

const NightStep = z
  .object({ step: z.string(), rows: z.number().int(), seconds: z.number() })
  .openapi('NightStep')

export const NightSteps = z.object({ night: Night, steps: z.array(NightStep) }).openapi('NightSteps')

export type Night = z.infer<typeof Night>
export type NightSteps = z.infer<typeof NightSteps>
