import { endpoint, jsonAnswer, newRoutes, z } from '../../platform/http.ts'
import { ContractSchedule } from './contract-schedule.api.ts'
import { contractSchedule } from './contract-schedule.sql.ts'

const read = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/loans/{loan_no}/contract-schedule',
  permission: 'borrowers.read',
  tags: ['ledger'],
  summary:
    'The schedule that a loan’s contract gives, as agreed and as it turns out by what was paid late or ' +
    'early; its interest beside what the lender states.',
  request: {
    params: z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/), loan_no: z.string() }),
    query: z.object({ as_of: z.iso.date().optional() }),
  },
  responses: { 200: jsonAnswer(ContractSchedule, 'The schedule, with the interest of each way.') },
})

/** The schedule of a loan by its contract and by the money that came. */
export const contractScheduleRoutes = () =>
  newRoutes().openapi(read, async (c) => {
    const as_of = c.req.valid('query').as_of ?? c.var.clock.today()
    return c.json(await contractSchedule(c.var.db, c.req.valid('param'), as_of), 200)
  })
