import { z } from '@hono/zod-openapi'

export const FileKind = z.enum(['loans', 'borrowers', 'contact-points', 'payments', 'instalments'])

const Figure = z.object({
  before: z.number(),
  now: z.number(),
  moved: z.number(),
  limit: z.number().nullable(),
  beyond_limit: z.boolean(),
})

const Total = z.object({
  currency: z.string(),
  loans: z.number().int().optional(),
  outstanding: z.string().optional(),
  past_due: z.string().optional(),
  amount: z.string().optional(),
})

/** The dated record of a load. `state` held: a person must say whether it is right. */
export const Load = z
  .object({
    load_id: z.string(),
    kind: FileKind,
    lenders: z.array(z.string()),
    as_of: z.string(),
    mode: z.enum(['full', 'delta']),
    file_name: z.string(),
    sha256: z.string(),
    state: z.enum(['applied', 'held', 'accepted', 'withdrawn']),
    loaded_at: z.string(),
    accepted_by: z.string().nullable(),
    rows: z.number().int(),
    new: z.number().int(),
    changed: z.number().int(),
    unchanged: z.number().int(),
    closed: z.number().int(),
    rejected: z.number().int(),
    seconds: z.number(),
    totals: z.array(Total),
    comparison: z.record(z.string(), Figure),
    dpd_differs: z.number().int(),
  })
  .openapi('Load')

export const Reject = z
  .object({
    line: z.number().int(),
    column_name: z.string(),
    value: z.string().nullable(),
    reason: z.string(),
  })
  .openapi('Reject')

/** What is known of a file on its way in. `refusal` says why nothing of it was applied. */
export const LoadJob = z
  .object({
    job_id: z.string(),
    state: z.enum(['loading', 'loaded', 'held', 'refused']),
    bytes: z.number().int(),
    bytes_in_all: z.number().int(),
    load_id: z.string().nullable(),
    refusal: z.string().nullable(),
    detail: z.string().nullable(),
  })
  .openapi('LoadJob')

export type Load = z.infer<typeof Load>
export type Reject = z.infer<typeof Reject>
export type LoadJob = z.infer<typeof LoadJob>
