import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int()

/** Interest of the instalments due by the day, and of all. */
const Interest = z.object({ due_minor: Minor, total_minor: Minor })

export const ContractSchedule = z
  .object({
    loan_no: z.string(),
    currency: z.string(),
    as_of: Day,
    /** What the tape states of the contract, with the setting `day_count`. */
    terms: z.object({
      principal_minor: Minor,
      annual_rate: z.string(),
      day_count: z.string(),
      opened_on: Day,
      first_due_on: Day,
      instalments: z.int(),
      instalment_minor: Minor,
    }),
    /** Payments that the book knows by the day, those reversed left out. */
    received: z.array(z.object({ on: Day, amount_minor: Minor })),
    /** Had each instalment been paid when due. */
    agreed: Interest,
    /** As money came, late or early; what is unpaid is taken to be paid on the day. */
    turned_out: Interest,
    /** By the lender's own instalments; null where it sent none. */
    stated: Interest.nullable(),
    /** As it turned out. */
    instalments: z.array(
      z.object({
        no: z.int(),
        due_on: Day,
        principal_minor: Minor,
        interest_minor: Minor,
        balance_minor: Minor,
      }),
    ),
  })
  .openapi('ContractSchedule')
export type ContractSchedule = z.infer<typeof ContractSchedule>
