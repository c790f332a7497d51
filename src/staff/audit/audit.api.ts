import { z } from '@hono/zod-openapi'

export const AuditRow = z
  .object({
    entry_no: z.number().int(),
    at: z.string(),
    staff_id: z.string(),
    name: z.string().nullable(),
    action: z.string(),
    subject: z.string(),
    reason: z.string().nullable(),
    origin: z.string(),
    /** whose data it wrote or showed */
    borrowers: z.array(z.string()),
  })
  .openapi('AuditRow')

export const AuditState = z
  .object({ events: z.number().int(), ok: z.boolean(), broken_from: z.string().nullable() })
  .openapi('AuditState')

export type AuditRow = z.infer<typeof AuditRow>
export type AuditState = z.infer<typeof AuditState>
