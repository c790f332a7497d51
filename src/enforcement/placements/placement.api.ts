import { z } from '@hono/zod-openapi'

export const NewPlacement = z
  .object({
    agency: z.string().trim().min(1).max(60),
    reason: z.string().trim().min(3).max(300),
  })
  .openapi('NewPlacement')

export const Recall = z.object({ reason: z.string().trim().min(3).max(300) }).openapi('Recall')

export const Placement = z
  .object({
    placement_id: z.string(),
    agency: z.string(),
    reason: z.string(),
    placed_at: z.string(),
    placed_by: z.string(),
    recalled_at: z.string().nullable(),
    recalled_by: z.string().nullable(),
    recall_reason: z.string().nullable(),
  })
  .openapi('Placement')

export const Placements = z.object({ rows: z.array(Placement) }).openapi('Placements')

export type Placement = z.infer<typeof Placement>
