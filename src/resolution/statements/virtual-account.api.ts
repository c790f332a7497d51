import { z } from '@hono/zod-openapi'

const Day = z.iso.date()

/** An account that a bank gives out for one loan: whoever pays into it is known by that. */
export const VirtualAccount = z
  .object({ loan_no: z.string(), account_no: z.string(), opened_on: Day, closed_on: Day.nullable() })
  .openapi('VirtualAccount')
export type VirtualAccount = z.infer<typeof VirtualAccount>
export const VirtualAccounts = z.object({ accounts: z.array(VirtualAccount) })
