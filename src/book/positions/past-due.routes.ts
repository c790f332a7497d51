import { endpoint, jsonAnswer, newRoutes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { PastDuePosition } from './past-due.api.ts'
import { pastDuePosition } from './past-due.sql.ts'

const read = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/loans/{loan_no}/past-due',
  permission: 'borrowers.read',
  tags: ['ledger'],
  summary: 'What is past due of a loan, by the tape and beside it by instalments, each by its own days.',
  request: {
    params: z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/), loan_no: z.string() }),
    query: z.object({ as_of: z.iso.date().optional() }),
  },
  responses: { 200: jsonAnswer(PastDuePosition, 'What is past due, with its arithmetic.') },
})

/** What is past due of a loan, instalment by instalment. */
export const pastDueRoutes = () =>
  newRoutes().openapi(read, async (c) => {
    const as_of = c.req.valid('query').as_of ?? c.var.clock.today()
    const position = await pastDuePosition(c.var.db, c.req.valid('param'), as_of)
    if (!position) throw new Refused('no_such_loan', 'The book held no such loan on that day.')
    return c.json(position, 200)
  })
