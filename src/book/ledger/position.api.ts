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
    outstanding: z.string(),
  })
  .openapi('Position')
