import { z } from '@hono/zod-openapi'

export const FoundBorrower = z
  .object({
    borrower_id: z.string(),
    borrower_no: z.string(),
    lender: z.string(),
    name: z.string().nullable(),
    matched: z.enum(['number', 'loan', 'name', 'phone']),
  })
  .openapi('FoundBorrower')

/** A phone, address or mailbox with all but its end hidden. */
const MaskedPoint = z.object({
  point: z.string(),
  party: z.string(),
  party_name: z.string(),
  kind: z.string(),
  masked: z.string(),
  consented_on: z.string().nullable(),
  opted_out_on: z.string().nullable(),
})

/** One line of the sum of what is owed; amounts are decimal text, empty parts were not stated. */
const OwedLoan = z.object({
  loan_no: z.string(),
  product: z.string(),
  status: z.string(),
  currency: z.string(),
  rate: z.string().nullable(),
  position_from: z.string(),
  oldest_due_on: z.string().nullable(),
  next_due_on: z.string().nullable(),
  instalment: z.string().nullable(),
  /** pauses left out */
  days_past_due: z.number().int(),
  /** the count stands still today; until null: until it is resumed */
  paused: z.object({ pause_no: z.number().int(), until: z.string().nullable() }).nullable(),
  bucket: z.string(),
  principal: z.string().nullable(),
  interest: z.string().nullable(),
  penalty: z.string().nullable(),
  fees: z.string().nullable(),
  outstanding: z.string(),
  past_due: z.string(),
  /** the parts that the lender states add up to what is outstanding */
  adds_up: z.boolean().nullable(),
  disputed: z.boolean(),
  /** of a loan that is not disputed as a whole: what of it is; null where nothing is */
  disputed_sum: z.string().nullable(),
})

/** What may be asked for in one currency: the past-due amounts that nobody disputes. */
const AskFor = z.object({
  currency: z.string(),
  ask_for: z.string(),
  past_due: z.string(),
  outstanding: z.string(),
  parts: z.array(z.object({ loan_no: z.string(), amount: z.string(), asked: z.boolean() })),
})

const OpenHold = z.object({
  hold_id: z.string(),
  kind: z.string(),
  debts: z.array(z.string()).nullable(),
  at: z.string(),
  reason: z.string(),
})

export const Borrower = z
  .object({
    borrower_id: z.string(),
    borrower_no: z.string(),
    lender: z.string(),
    name: z.string().nullable(),
    kind: z.string().nullable(),
    language: z.string().nullable(),
    country: z.string().nullable(),
    time_zones: z.array(z.string()),
    national_id_masked: z.string().nullable(),
    born_year: z.number().int().nullable(),
    occupation: z.string().nullable(),
    employer: z.string().nullable(),
    vulnerable: z.string().nullable(),
    deceased_on: z.string().nullable(),
    case_opened_on: z.string().nullable(),
    contact_points: z.array(MaskedPoint),
    loans: z.array(OwedLoan),
    ask_for: z.array(AskFor),
    holds: z.array(OpenHold),
  })
  .openapi('Borrower')

export const TimelineEntry = z
  .object({
    entry: z.string(),
    at: z.string(),
    kind: z.enum(['contact', 'money', 'promise', 'notice', 'hold', 'book']),
    what: z.string(),
    loan_no: z.string().nullable(),
    amount: z.string().nullable(),
    currency: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
    by: z.string().nullable(),
  })
  .openapi('TimelineEntry')

/** What is shown in full, once, for a reason that is logged. */
export const Disclosure = z
  .object({
    what: z.enum(['national_id', 'born_on', 'contact_point']),
    point: z.string().max(300).optional(),
  })
  .openapi('Disclosure')

export const Disclosed = z.object({ value: z.string().nullable() }).openapi('Disclosed')

export type FoundBorrower = z.infer<typeof FoundBorrower>
export type Borrower = z.infer<typeof Borrower>
export type TimelineEntry = z.infer<typeof TimelineEntry>
