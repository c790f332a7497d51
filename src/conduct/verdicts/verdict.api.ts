import { z } from 'zod'

const LARGEST = 9_223_372_036_854_775_807n

/** The key of a borrower: a 64-bit number as text. */
export const BorrowerId = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .refine((text) => /^-?\d{1,19}$/.test(text) && BigInt(text) <= LARGEST && BigInt(text) >= -LARGEST)

export const Channel = z.enum([
  'call',
  'sms',
  'email',
  'letter',
  'visit',
  'message',
  'portal',
  'public_posting',
  'bureau_report',
  'placement',
])

export const Purpose = z.enum([
  'collect',
  'locate',
  'reply',
  'legally_required',
  'confirm_opt_out',
  'terminate',
  'invoke_remedy',
  'legal_threat',
])

export const ClaimPart = z.enum(['principal', 'instalments', 'interest', 'fees', 'whole'])

/** A contact that somebody wants to make. `debts` absent: all open loans. */
export const AskedContact = z.strictObject({
  channel: Channel,
  debts: z.array(z.string().min(1).max(100)).min(1).max(200).optional(),
  party: z.string().min(1).max(60).optional(),
  party_id: z.string().max(100).optional(),
  /** The number or address that is used. */
  address: z.string().max(200).optional(),
  place: z.enum(['home', 'work', 'mobile']).optional(),
  purpose: Purpose.optional(),
  placed_by: z
    .string()
    .regex(/^(lender|agency:.+|buyer:.+)$/)
    .max(100)
    .optional(),
  visitors: z.int().min(0).max(20).optional(),
  automated: z.boolean().optional(),
  one_way: z.boolean().optional(),
  /** The approved text that is sent: NAME@VERSION. */
  template: z
    .string()
    .regex(/^[a-z0-9-]{1,60}@[1-9]\d{0,5}$/)
    .optional(),
  /** A text of the collector's own; it is refused, for nobody approved it. */
  text: z.string().min(1).max(4000).optional(),
  /** The parts of the claim that it is about; absent: all. `undisputed`: all but what is disputed of it. */
  claim_parts: z
    .array(z.enum([...ClaimPart.options, 'undisputed']))
    .min(1)
    .max(6)
    .optional(),
})

/** A rule that is not met. `next_allowed_at` is local to the person: a day, or a minute. */
export const RuleRefusal = z.object({
  rule_id: z.string(),
  pack_version: z.string().nullable(),
  rule: z.string(),
  source: z.string(),
  force: z.enum(['statute', 'regulation', 'standard', 'self-regulation', 'house']),
  modality: z.enum(['prohibit', 'require', 'presume', 'should']),
  mark: z.string(),
  for_counsel: z.boolean(),
  evidence: z.unknown(),
  next_allowed_at: z.string().nullable(),
})

const Disclosure = z.object({
  rule_id: z.string(),
  says: z.string(),
  /** The words for later contacts; the first says others. */
  later: z.boolean(),
})

export const Verdict = z.object({
  allowed: z.boolean(),
  refusals: z.array(RuleRefusal),
  warnings: z.array(RuleRefusal),
  next_allowed_at: z.string().nullable(),
})

/** What may be done now with a borrower: each channel that was asked for, answered at once. */
export const AskVerdicts = z.strictObject({
  borrower_id: BorrowerId,
  /** Absent: every channel that reaches a person. */
  channels: z.array(Channel).min(1).max(10).optional(),
  about: AskedContact.omit({ channel: true }).optional(),
})
export const Verdicts = z.object({
  borrower_id: z.string(),
  at: z.string(),
  channels: z.array(
    Verdict.extend({
      channel: Channel,
      disclosures: z.array(Disclosure),
      /** Approved texts (NAME@VERSION) with which it is allowed now; the borrower's language first. */
      texts: z.array(z.object({ template: z.string(), language: z.string(), body: z.string() })),
    }),
  ),
})

export const Replay = z.object({
  verdict_id: z.uuid(),
  decided_at: z.string(),
  pack_versions: z.array(z.string()),
  allowed: z.boolean(),
  refusals: z.array(RuleRefusal),
  same: z.boolean(),
  again: Verdict,
  todays_packs: z.array(z.string()),
  today: Verdict.extend({ refused_now: z.array(RuleRefusal), released_now: z.array(RuleRefusal) }),
})

export const RefusedVerdicts = z.object({
  /** How many contacts each rule refused in the last thirty days, by the first rule of each refusal. */
  by_rule: z.array(z.object({ rule_id: z.string(), rule: z.string(), contacts: z.number().int() })),
  /** The newest first. */
  verdicts: z.array(
    z.object({
      verdict_id: z.uuid(),
      borrower_id: z.string(),
      decided_at: z.string(),
      channel: z.string(),
      asked_by: z.string(),
      refusals: z.array(RuleRefusal),
    }),
  ),
  next_cursor: z.string().nullable(),
})

/** The last day on which each part of each claim can still be sued for, by pack. */
export const Limitations = z.object({
  limitations: z.array(
    z.object({
      debt: z.string(),
      part: ClaimPart,
      rule_id: z.string(),
      pack_version: z.string(),
      ended_on: z.string(),
      /** The same, moved to the next working day where the pack knows its days of rest (CN-S9). */
      last_working_on: z.string(),
      is_over: z.boolean(),
    }),
  ),
})
