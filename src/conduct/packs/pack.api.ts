import { z } from 'zod'

/** The packs of this program, with what each rule rests on and whether counsel must still confirm it. */
export const Packs = z.object({
  packs: z.array(
    z.object({
      pack_version: z.string(),
      pack: z.string(),
      title: z.string(),
      own_zone: z.string().nullable(),
      in_use: z.boolean(),
      applies_from: z.string(),
      rules: z.int(),
      decided: z.int(),
      unconfirmed: z.int(),
    }),
  ),
})

export const PackRules = z.object({
  rules: z.array(
    z.object({
      rule_id: z.string(),
      rule: z.string(),
      parameters: z.string(),
      scope: z.string(),
      force: z.string(),
      modality: z.string().nullable(),
      blocks: z.boolean(),
      source: z.string(),
      mark: z.string(),
      /** The reading must be confirmed by counsel before the pack goes live. */
      for_counsel: z.boolean(),
      is_decided: z.boolean(),
      effective_from: z.string(),
      effective_to: z.string(),
    }),
  ),
})

/** A house rule set aside for a lender and product for a time, signed by somebody with the role. */
export const NewException = z.strictObject({
  rule_id: z.string().min(1).max(60),
  lender: z.string().max(100).default(''),
  product: z.string().max(100).default(''),
  from_on: z.iso.date(),
  to_on: z.iso.date(),
  reason: z.string().min(10).max(2000),
})
export const SignedException = z.object({ exception_id: z.uuid() })

export const AskPhrases = z.strictObject({
  text: z.string().max(20_000),
  packs: z.array(z.string().max(20)).min(1).max(20),
})
export const FoundPhrases = z.object({
  found: z.array(z.object({ rule_id: z.string(), source: z.string(), phrase: z.string(), at: z.int() })),
})

/** What the longest rules are asked about: packs, separated by commas, and products. */
export const AskRetention = z.object({
  packs: z.string().min(1).max(200),
  products: z.string().max(400).default(''),
})
/**
 * The longest of the least times for records, recordings and what is handed over, and the contacts that must
 * be recorded.
 */
export const RetentionTimes = z.object({
  keep: z.array(
    z.object({
      what: z.enum(['record', 'recording', 'handover']),
      months: z.int(),
      anchor: z.string(),
      rule_id: z.string(),
      source: z.string(),
    }),
  ),
  record: z.array(z.object({ channel: z.string(), rule_id: z.string(), source: z.string() })),
})
