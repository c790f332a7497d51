import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int()

/** The amounts stand there twice: in minor units, and as decimal text of the currency. */
export const PositionAnswer = z
  .object({
    loan_no: z.string(),
    currency: z.string(),
    tape_as_of: Day,
    tape_minor: Minor,
    tape: z.string(),
    movements: z.array(
      z.object({
        on_date: Day,
        kind: z.string(),
        part: z.string().nullable(),
        reason: z.string(),
        change_minor: Minor,
        change: z.string(),
      }),
    ),
    outstanding_minor: Minor,
    /** Sums of it that are contested: owed as stated, and not asked for until that is decided. */
    disputed: z.array(z.object({ part: z.string(), amount_minor: Minor, since: Day })),
    outstanding: z.string(),
  })
  .openapi('Position')
