import { partsLeft } from '../../book/allocation/book-allocation.sql.ts'
import { lockLoan, type Standing } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { DisputeDecision } from './dispute.api.ts'
import { hasOpenDispute } from './dispute.sql.ts'
import { holdDisputed, releaseDisputed } from './dispute-hold.sql.ts'
import { DisputedPart, DisputedParts, NewDisputedPart, Part } from './disputed-part.api.ts'
import { decideDisputedPart, insertDisputedPart, partDisputesOf } from './disputed-part.sql.ts'

const OfLoan = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/), loan_no: z.string() })
const path = '/borrowers/{borrower_id}/loans/{loan_no}/disputed-parts'

const list = endpoint({
  method: 'get',
  path,
  permission: 'borrowers.read',
  tags: ['disputes'],
  summary: 'The parts of a loan that are or were disputed, the newest first.',
  request: { params: OfLoan },
  responses: { 200: jsonAnswer(DisputedParts, 'The disputes.') },
})
const raise = endpoint({
  method: 'post',
  path,
  permission: 'holds.write',
  tags: ['disputes'],
  summary:
    'The borrower contests fees, penalty, interest or principal, or so much of it: until that is decided ' +
    'it is not asked for, nor paid by money.',
  request: { params: OfLoan, ...jsonBody(NewDisputedPart) },
  responses: { 201: jsonAnswer(DisputedPart, 'The dispute.') },
})
const decide = endpoint({
  method: 'put',
  path: `${path}/{part}/decision`,
  permission: 'approvals.decide',
  tags: ['disputes'],
  summary: 'Decide an open dispute, once.',
  request: { params: OfLoan.extend({ part: Part }), ...jsonBody(DisputeDecision) },
  responses: { 200: jsonAnswer(DisputedPart, 'The dispute.') },
})

/**
 * How much is contested. Refused: `loan_is_sold`, `loan_is_closed`, `part_is_unknown`,
 * `amount_is_not_positive`, `amount_exceeds_what_is_owed`.
 */
async function contested(tx: Db, loan: Standing, asked: NewDisputedPart, on: string): Promise<number> {
  if (loan.status === 'sold') throw new Refused('loan_is_sold', 'A sold loan is its buyer’s.')
  if (loan.status === 'closed') throw new Refused('loan_is_closed', 'The loan is closed.')
  const left = Number((await partsLeft(tx, loan, on))[asked.part])
  const { fees_minor: fee, penalty_minor: penalty, interest_minor: interest } = loan
  const is_unknown = asked.part !== 'principal' && { fee, penalty, interest }[asked.part] === null
  if (is_unknown && left < (asked.amount_minor ?? 1)) {
    throw new Refused('part_is_unknown', 'The tape does not say how much of that part is owed.')
  }
  const amount_minor = asked.amount_minor ?? left
  if (amount_minor <= 0) throw new Refused('amount_is_not_positive', 'Nothing of that part is owed.')
  if (amount_minor > left) {
    throw new Refused('amount_exceeds_what_is_owed', 'That is more than what is left of the part.')
  }
  return amount_minor
}

/** Disputed parts: list, raise, decide. */
export const disputedPartRoutes = () =>
  newRoutes()
    .openapi(list, async (c) => {
      const { borrower_id, loan_no } = c.req.valid('param')
      return c.json({ disputes: await partDisputesOf(c.var.db, borrower_id, loan_no) }, 200)
    })
    .openapi(raise, async (c) => {
      const about = c.req.valid('param')
      const asked = c.req.valid('json')
      const { clock, person } = c.var
      const by = { on: clock.today(), staff_id: person.staff_id }
      const made = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, about.borrower_id, about.loan_no, by.on)
        const amount_minor = await contested(tx, loan, asked, by.on)
        return insertDisputedPart(tx, { ...about, part: asked.part }, { ...asked, amount_minor }, by)
      })
      const held = {
        ...{ borrower_id: about.borrower_id, loan_no: about.loan_no, of: made.part },
        ...{ disputed_on: made.disputed_on, reason: `${made.part}: ${made.reason}` },
      }
      // who asks for fees alone asks for them
      const variant = made.part === 'fee' ? 'fees' : 'standard'
      await holdDisputed(c.var.db, held, variant, { clock, recorded_by: person.staff_id })
      return c.json(made, 201)
    })
    .openapi(decide, async (c) => {
      const about = c.req.valid('param')
      const { clock, person } = c.var
      const by = { on: clock.today(), staff_id: person.staff_id }
      const { decided, others } = await c.var.db.transaction().execute(async (tx) => {
        await lockLoan(tx, about.borrower_id, about.loan_no, by.on)
        const decided = await decideDisputedPart(tx, about, c.req.valid('json'), by)
        return { decided, others: await hasOpenDispute(tx, about) }
      })
      if (!others) {
        const { part: of, ...loan } = about
        const { disputed_on, outcome } = decided
        const ended = { ...loan, of, disputed_on, reason: `${of}: ${outcome}` }
        await releaseDisputed(c.var.db, ended, { clock, recorded_by: person.staff_id })
      }
      return c.json(decided, 200)
    })
