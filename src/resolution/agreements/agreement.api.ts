import { z } from '@hono/zod-openapi'

export const NewAgreement = z
  .object({ language: z.enum(['en', 'zh-Hans', 'zh-Hant']) })
  .openapi('NewAgreement')

export const Agreement = z
  .object({
    agreement_no: z.uuid(),
    loan_no: z.string(),
    plan_no: z.int(),
    language: z.string(),
    layout: z.int(),
    sha256: z.string(),
    drawn_at: z.iso.datetime({ offset: true }),
  })
  .openapi('Agreement')
export type Agreement = z.infer<typeof Agreement>
