import { z } from '@hono/zod-openapi'

/**
 * A plan, settlement or waiver beyond its proposer's own authority, or a movement that needs a second person.
 * Amounts are decimal text.
 */
export const WaitingApproval = z
  .object({
    kind: z.enum(['plan', 'settlement', 'waiver', 'movement']),
    borrower_id: z.string(),
    name: z.string().nullable(),
    borrower_no: z.string(),
    lender: z.string(),
    loan_no: z.string(),
    no: z.string(),
    currency: z.string(),
    amount: z.string(),
    /** what it is measured against: the plan's total, the balance, the part that is waived */
    of: z.string(),
    level_needed: z.string(),
    proposed_on: z.string(),
    proposed_by: z.string(),
    proposed_by_name: z.string().nullable(),
    reason: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
    approvals: z.number().int(),
    /** False when the reader proposed it: nobody approves their own. */
    may_decide: z.boolean(),
  })
  .openapi('WaitingApproval')

export type WaitingApproval = z.infer<typeof WaitingApproval>
export type WaitingApprovals = { rows: WaitingApproval[]; next_cursor: string | null }
