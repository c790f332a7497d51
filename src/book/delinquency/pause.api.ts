import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Reason = z.string().min(3).max(500)

/** The days after `from_on` up to and including `to_on` are not counted; without it, until it is resumed. */
export const NewPause = z
  .object({ from_on: Day, to_on: Day.nullable().default(null), reason: Reason })
  .openapi('NewPause')
export type NewPause = z.infer<typeof NewPause>

/** The days after `resumed_on` are counted again. */
export const Resumption = z.object({ resumed_on: Day, reason: Reason }).openapi('Resumption')
export type Resumption = z.infer<typeof Resumption>

export const Pause = z
  .object({
    loan_no: z.string(),
    pause_no: z.int(),
    from_on: Day,
    to_on: Day.nullable(),
    reason: z.string(),
    granted_on: Day,
    granted_by: z.string(),
    /** Null unless it was ended before `to_on`. */
    resumed_on: Day.nullable(),
    resumed_why: z.string().nullable(),
    resumed_by: z.string().nullable(),
    resumption_recorded_on: Day.nullable(),
  })
  .openapi('Pause')
export type Pause = z.infer<typeof Pause>
export const Pauses = z.object({ pauses: z.array(Pause) })

const Count = z.object({ days_past_due: z.int(), bucket: z.string() })

/** The pause, and what it changed of days that a night had counted. */
export const PauseChange = z
  .object({
    pause: Pause,
    before: Count,
    after: Count,
    /** Stretches of the bucket history; null where the next night derives them. */
    history: z.object({ removed: z.int(), written: z.int() }).nullable(),
  })
  .openapi('PauseChange')
export type PauseChange = z.infer<typeof PauseChange>
