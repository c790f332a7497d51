import { z } from '@hono/zod-openapi'

/** What the borrower said about why it is overdue, in the borrower's own words, with what shows it. */
const ToldCause = z.object({
  request_no: z.int(),
  cause: z.string(),
  statement: z.string(),
  told_on: z.string(),
  channel: z.string(),
  vulnerability: z.string(),
  evidence: z.array(z.object({ what: z.string(), reference: z.string() })),
  decide_by: z.string(),
  outcome: z.string().nullable(),
})

/** What comes in and goes out in a month, as stated; `left_over` is what the sum leaves. Decimal text. */
const CanPay = z.object({
  stated_on: z.string(),
  currency: z.string(),
  income: z.string(),
  expenditure: z.string(),
  left_over: z.string(),
  dependants: z.int(),
})

/**
 * A paper about the case. `plan` is an agreed plan of which no agreement was drawn yet; a proposed plan and
 * an offered settlement wait for the borrower's word. `no` counts plans or settlements of the loan.
 */
const CaseDocument = z.object({
  kind: z.enum(['agreement', 'plan', 'proposed_plan', 'offered_settlement', 'evidence', 'quote', 'notice']),
  document_no: z.string(),
  what: z.string(),
  on: z.string(),
  loan_no: z.string().nullable(),
  no: z.int().nullable(),
  reference: z.string().nullable(),
})

/** Why it is overdue, what can be paid, how promises went, and the papers of the case. */
export const Circumstances = z
  .object({
    borrower_id: z.string(),
    causes: z.array(ToldCause),
    can_pay: CanPay.nullable(),
    promises: z.object({ judged: z.int(), kept: z.int(), partly_kept: z.int(), open: z.int() }),
    documents: z.array(CaseDocument),
  })
  .openapi('Circumstances')

export type Circumstances = z.infer<typeof Circumstances>
