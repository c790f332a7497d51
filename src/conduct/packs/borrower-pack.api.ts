import { z } from 'zod'

/** A pack that binds a borrower beside those of the loans. The same from the same day: until when anew. */
export const NewBorrowerPack = z
  .strictObject({
    pack: z.string().min(1).max(40),
    from_on: z.iso.date(),
    /** The last day; absent: it has no end. */
    to_on: z.iso.date().optional(),
    reason: z.string().min(3).max(1000),
  })
  .refine(({ from_on, to_on }) => to_on === undefined || to_on >= from_on, {
    path: ['to_on'],
    message: 'The last day is not before the first.',
  })
export type NewBorrowerPack = z.infer<typeof NewBorrowerPack>

export const BorrowerPacks = z.object({
  packs: z.array(
    z.object({
      pack: z.string(),
      from_on: z.string(),
      to_on: z.string().nullable(),
      recorded_by: z.string(),
      reason: z.string(),
    }),
  ),
})
export type BorrowerPacks = z.infer<typeof BorrowerPacks>
