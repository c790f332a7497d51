import { z } from 'zod'

const Clause = z.string().min(1).max(500)

const Cap = z.strictObject({
  pack: z.string().min(1),
  is_card: z.boolean(),
  /** a cap cuts, an alert only tells */
  kind: z.enum(['cap', 'alert']),
  /** a yearly rate as a fraction, in decimal text */
  yearly: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,9})?$/, 'is no plain decimal such as "0.16"')
    .refine((text) => Number(text) > 0, 'is nothing; name a rate above 0'),
  /** where it stands: the law, as a borrower is told it */
  clause: z.strictObject({ en: Clause, 'zh-Hans': Clause, 'zh-Hant': Clause }),
})

/** What a lender may not pass, or must look at, from a day on, as a file gives it. */
export const RateCaps = z.strictObject({ effective_from: z.iso.date(), caps: z.array(Cap).min(1) })
export type RateCaps = z.infer<typeof RateCaps>
export type PublishedCap = RateCaps['caps'][number] & { effective_from: string }
