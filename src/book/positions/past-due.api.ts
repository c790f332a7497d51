import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int()

/** What is past due of a loan, and since when. */
const Stated = z.object({
  past_due_minor: Minor,
  oldest_due_on: Day.nullable(),
  /** Pauses left out. */
  days_past_due: z.int(),
  bucket: z.string(),
})

const ByInstalments = Stated.extend({
  /** Of the instalments that are due. */
  due_minor: Minor,
  /** Everything that came or was let off by then, by what it was; money lowers what is owed. */
  moved: z.array(z.object({ kind: z.string(), change_minor: Minor })),
  /** Days since the oldest due date by the calendar, and those beyond grace that count. */
  calendar_days: z.int(),
  grace_days: z.int(),
  delinquent_days: z.int(),
  /** Those that are past due, the oldest first, each by its own days. */
  instalments: z.array(
    z.object({
      instalment_no: z.int(),
      due_on: Day,
      amount_minor: Minor,
      paid_minor: Minor,
      past_due_minor: Minor,
      days_past_due: z.int(),
      bucket: z.string(),
    }),
  ),
})

export const PastDuePosition = z
  .object({
    loan_no: z.string(),
    currency: z.string(),
    as_of: Day,
    /** By the tape and money since: this counts. */
    book: Stated,
    /** By the lender's instalments and all money; null where it sent none. */
    by_instalments: ByInstalments.nullable(),
    /** Whether the two state another sum, day or number of days. */
    differs: z.boolean(),
  })
  .openapi('PastDuePosition')
export type PastDuePosition = z.infer<typeof PastDuePosition>
