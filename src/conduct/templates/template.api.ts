import { z } from 'zod'

export const TemplateName = z.string().regex(/^[a-z0-9-]{1,60}$/)
const pack = z.string().regex(/^[a-z]{1,20}$/)
export const TemplateVersion = z.coerce.number().int().min(1).max(999_999)

/**
 * A text for a channel, in a language, for the debtors of these packs. Places to fill in: {{name}},
 * {{lender}}, {{borrower_no}}, {{amount}}, {{loan_no}}, {{due_on}}; the desk sends no text with another.
 */
export const NewTemplate = z.strictObject({
  template: TemplateName,
  channel: z.enum(['letter', 'sms', 'email', 'message']),
  language: z.string().min(2).max(20),
  packs: z.array(pack).min(1).max(20),
  body: z.string().min(1).max(20_000),
})
export type NewTemplate = z.infer<typeof NewTemplate>

export const NewApproval = z.strictObject({
  from_on: z.iso.date(),
  to_on: z.iso.date().optional(),
  reason: z.string().min(10).max(2000),
})
export const NewWithdrawal = z.strictObject({ reason: z.string().min(3).max(2000) })

export const TemplateWritten = z.object({ template: z.string(), version: z.int() })

export const Templates = z.object({
  templates: z.array(
    z.object({
      template: z.string(),
      version: z.int(),
      channel: z.string(),
      language: z.string(),
      packs: z.array(z.string()),
      body: z.string(),
      written_by: z.string(),
      written_at: z.string(),
      /** The newest approval that was not withdrawn. */
      approved_by: z.string().nullable(),
      from_on: z.string().nullable(),
      to_on: z.string().nullable(),
    }),
  ),
})
