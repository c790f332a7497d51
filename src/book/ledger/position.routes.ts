import { endpoint, jsonAnswer, newRoutes, z } from '../../platform/http.ts'
import { toDecimal } from '../../platform/money.ts'
import { Refused } from '../../platform/refusal.ts'
import { disputedPartsOf } from '../allocation/book-allocation.sql.ts'
import { positionOf } from './ledger.sql.ts'
import { PositionAnswer } from './position.api.ts'

const read = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/loans/{loan_no}/position',
  permission: 'borrowers.read',
  tags: ['ledger'],
  summary: 'Where a loan stands at the close of a day: the last tape, each movement since, and the sum.',
  request: {
    params: z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/), loan_no: z.string() }),
    query: z.object({ as_of: z.iso.date().optional() }),
  },
  responses: { 200: jsonAnswer(PositionAnswer, 'The position with its arithmetic.') },
})

/** Positions, always with their arithmetic. */
export const positionRoutes = () =>
  newRoutes().openapi(read, async (c) => {
    const { borrower_id, loan_no } = c.req.valid('param')
    const as_of = c.req.valid('query').as_of ?? c.var.clock.today()
    const position = await positionOf(c.var.db, borrower_id, loan_no, as_of)
    if (!position) throw new Refused('no_such_loan', 'The book held no such loan on that day.')
    const text = (minor: number) => toDecimal(minor, position.currency)
    const movements = position.movements.map((moved) => ({ ...moved, change: text(moved.change_minor) }))
    const { tape_minor, outstanding_minor } = position
    const sums = { movements, tape: text(tape_minor), outstanding: text(outstanding_minor) }
    const contested = await disputedPartsOf(c.var.db, { borrower_id, loan_no }, as_of)
    const disputed = contested.map((one) => ({ ...one, amount_minor: Number(one.amount_minor) }))
    return c.json({ ...position, ...sums, disputed }, 200)
  })
