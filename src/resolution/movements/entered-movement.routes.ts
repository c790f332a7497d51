import { decided, lockLoan, type Standing, standingOf } from '../../book/positions/standing.sql.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, type Person, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { decideRequest } from '../authority/authority.sql.ts'
import type { Level } from '../authority/authority.ts'
import { changesBetween, snapshot } from '../receipts/receipt.sql.ts'
import {
  type EnteredMovement,
  EnteredMovements,
  MovementAnswer,
  NewMovement,
} from './entered-movement.api.ts'
import {
  insertEntered,
  movementFacts,
  movementOf,
  movementsOf,
  postEntered,
  rejectEntered,
} from './entered-movement.sql.ts'
import { type EnteredKind, enterMovement, postMovement } from './entered-movement.ts'

const OfLoan = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/), loan_no: z.string() })
const OfMovement = OfLoan.extend({ movement_no: z.string() })
const path = '/borrowers/{borrower_id}/loans/{loan_no}/movements'

const list = endpoint({
  method: 'get',
  path,
  permission: 'borrowers.read',
  tags: ['movements'],
  summary:
    'The charges, charge-offs, refunds and agency fees that were entered for a loan, the newest first.',
  request: { params: OfLoan },
  responses: { 200: jsonAnswer(EnteredMovements, 'The movements.') },
})
const enter = endpoint({
  method: 'post',
  path,
  permission: 'payments.write',
  tags: ['movements'],
  summary:
    'Enter interest, penalty, a fee, an agency’s fee, a charge-off, a refund, or take one of them back. ' +
    'What is charged is posted at once, all else when a second person agrees.',
  request: { params: OfLoan, ...jsonBody(NewMovement) },
  responses: {
    200: jsonAnswer(MovementAnswer, 'The same came before; nothing changed.'),
    201: jsonAnswer(MovementAnswer, 'Entered, with what it changed.'),
  },
})
const approve = endpoint({
  method: 'post',
  path: `${path}/{movement_no}/approvals`,
  permission: 'approvals.decide',
  tags: ['movements'],
  summary: 'Approve or reject a movement that another person entered.',
  request: {
    params: OfMovement,
    ...jsonBody(z.object({ approved: z.boolean(), reason: z.string().min(3).max(500) })),
  },
  responses: { 201: jsonAnswer(MovementAnswer, 'The movement, with what it changed.') },
})

/** What `act` made of a locked loan's movement. */
async function answered(
  tx: Db,
  loan: Standing,
  on: string,
  act: () => Promise<EnteredMovement>,
): Promise<MovementAnswer> {
  const before = await snapshot(tx, loan, on)
  const movement = await act()
  const now = (await standingOf(tx, loan.borrower_id, loan.loan_no, on))!
  const changes = changesBetween(before, await snapshot(tx, now, on))
  return { movement, outstanding_minor: now.outstanding_minor, changes }
}

async function entered(
  tx: Db,
  about: z.infer<typeof OfLoan>,
  asked: NewMovement,
  person: Person,
  clock: Clock,
): Promise<MovementAnswer & { is_new: boolean }> {
  const on = clock.today()
  const loan = await lockLoan(tx, about.borrower_id, about.loan_no, on)
  const ask = { ...asked, ...about, undoes: asked.undoes ?? null }
  const [facts] = await movementFacts(tx, [ask], on)
  const kind = decided(enterMovement(facts!, ask))
  if (kind === 'known') {
    const movement = await movementOf(tx, ask)
    return { is_new: false, movement, outstanding_minor: loan.outstanding_minor, changes: [] }
  }
  const by = { on, staff_id: person.staff_id }
  const answer = await answered(
    tx,
    loan,
    on,
    async () => (await insertEntered(tx, [{ ...ask, kind }], by))[0]!,
  )
  return { is_new: true, ...answer }
}

async function approved(
  tx: Db,
  about: z.infer<typeof OfMovement>,
  given: { approved: boolean; reason: string },
  person: Person,
  clock: Clock,
): Promise<MovementAnswer> {
  const on = clock.today()
  const loan = await lockLoan(tx, about.borrower_id, about.loan_no, on)
  const found = await movementOf(tx, about)
  if (found.posted_on || found.rejected_on) {
    throw new Refused('movement_is_decided_already', 'This movement was posted or rejected before.')
  }
  if (given.approved) {
    const ask = { ...found, ...about, kind: found.undoes ? 'undoing' : (found.kind as EnteredKind) } as const
    const [facts] = await movementFacts(tx, [ask], found.entered_on)
    decided(postMovement(facts!, ask))
  }
  const request = {
    subject: `movement:${about.loan_no}:${about.movement_no}`,
    proposed_by: found.entered_by,
    level: found.level_needed as Level,
    asks: () => [],
    given: { what: 'settlement' as const, size: found.amount_minor },
  }
  const enough = await decideRequest(tx, loan, request, { person, ...given, on, at: clock.now().toString() })
  return answered(tx, loan, on, async () => {
    if (!given.approved) await rejectEntered(tx, about, on)
    else if (enough) await postEntered(tx, [about], { on, staff_id: person.staff_id })
    return movementOf(tx, about)
  })
}

/** Movements that are entered: list, enter, approve. */
export const enteredMovementRoutes = () =>
  newRoutes()
    .openapi(list, async (c) => c.json({ movements: await movementsOf(c.var.db, c.req.valid('param')) }, 200))
    .openapi(enter, async (c) => {
      const { person, clock } = c.var
      const { is_new, ...answer } = await c.var.db
        .transaction()
        .execute((tx) => entered(tx, c.req.valid('param'), c.req.valid('json'), person, clock))
      return is_new ? c.json(answer, 201) : c.json(answer, 200)
    })
    .openapi(approve, async (c) => {
      const { person, clock } = c.var
      const answer = await c.var.db
        .transaction()
        .execute((tx) => approved(tx, c.req.valid('param'), c.req.valid('json'), person, clock))
      return c.json(answer, 201)
    })
