import { decided, lockLoan } from '../../book/positions/standing.sql.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, type Person, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { authorityFor, decideRequest, isBeyondOwnLimit } from '../authority/authority.sql.ts'
import { givesAlone, type Level, levelAbove, levelNeeded, levelOf } from '../authority/authority.ts'
import { NewWaiver, Waiver, Waivers } from './waiver.api.ts'
import {
  applyWaiver,
  insertWaiver,
  partLeft,
  rejectWaiver,
  undoWaiver,
  waiverFacts,
  waiverOf,
  waiversOf,
} from './waiver.sql.ts'
import { approveWaiver, askOf, proposeWaiver } from './waiver.ts'

const OfBorrower = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/) })
const OfLoan = OfBorrower.extend({ loan_no: z.string() })
const OfWaiver = OfLoan.extend({ waiver_no: z.coerce.number().int().positive() })
const waiver = '/borrowers/{borrower_id}/loans/{loan_no}/waivers/{waiver_no}'

const list = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/waivers',
  permission: 'borrowers.read',
  tags: ['waivers'],
  summary: 'What a borrower was let off, the newest first.',
  request: { params: OfBorrower },
  responses: { 200: jsonAnswer(Waivers, 'The waivers.') },
})
const propose = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/loans/{loan_no}/waivers',
  permission: 'settlements.write',
  tags: ['waivers'],
  summary: 'Give up a part of a debt; beyond the own authority it waits for an approval.',
  request: { params: OfLoan, ...jsonBody(NewWaiver) },
  responses: { 201: jsonAnswer(Waiver, 'The waiver.') },
})
const approve = endpoint({
  method: 'post',
  path: `${waiver}/approvals`,
  permission: 'approvals.decide',
  tags: ['waivers'],
  summary: 'Approve or reject a waiver beyond the proposer’s authority.',
  request: {
    params: OfWaiver,
    ...jsonBody(z.object({ approved: z.boolean(), reason: z.string().min(3).max(500) })),
  },
  responses: { 201: jsonAnswer(Waiver, 'The waiver.') },
})
const undo = endpoint({
  method: 'delete',
  path: waiver,
  permission: 'approvals.decide',
  tags: ['waivers'],
  summary: 'Take an applied waiver back: the part is owed again.',
  request: { params: OfWaiver },
  responses: { 200: jsonAnswer(Waiver, 'The waiver.') },
})

async function proposed(
  tx: Db,
  about: z.infer<typeof OfLoan>,
  asked: NewWaiver,
  person: Person,
  clock: Clock,
) {
  const on = clock.today()
  const loan = await lockLoan(tx, about.borrower_id, about.loan_no, on)
  const level = levelOf(person.roles)
  const by = { on, staff_id: person.staff_id }
  const facts = await waiverFacts(tx, loan, asked, { ...by, level })
  const { rules, concessions, grid_version } = await authorityFor(tx, loan, on, person.agencies)
  const { part_minor, ask } = decided(proposeWaiver(facts, asked, concessions))
  const needed = levelNeeded(rules, [ask])
  if (!needed) throw new Refused('nobody_may_give_this', 'The authority grid gives this to no level.')
  const given = { what: 'waiver', size: asked.amount_minor } as const
  const beyond = await isBeyondOwnLimit(tx, person.staff_id, loan, given, on)
  const level_needed = beyond ? levelAbove(needed) : needed
  const is_within_authority = givesAlone(person.roles, level_needed)
  const made = await insertWaiver(tx, loan, asked, {
    ...by,
    part_minor,
    grid_version,
    level_needed,
    is_within_authority,
  })
  return is_within_authority ? applyWaiver(tx, { ...about, waiver_no: made.waiver_no }, by) : made
}

async function approved(
  tx: Db,
  about: z.infer<typeof OfWaiver>,
  given: { approved: boolean; reason: string },
  person: Person,
  clock: Clock,
) {
  const on = clock.today()
  const loan = await lockLoan(tx, about.borrower_id, about.loan_no, on)
  const found = await waiverOf(tx, about)
  if (found.applied_on || found.rejected_on) {
    throw new Refused('waiver_is_decided_already', 'This waiver was applied or rejected before.')
  }
  if (given.approved) {
    const part_minor = await partLeft(tx, loan, found.part as NewWaiver['part'], on)
    decided(approveWaiver({ status: loan.status, part_minor }, found.amount_minor))
  }
  const request = {
    subject: `waiver:${about.loan_no}:${about.waiver_no}`,
    proposed_by: found.proposed_by,
    level: found.level_needed as Level,
    asks: (concessions: number) => [askOf(found, found.part_minor, concessions)],
    given: { what: 'waiver' as const, size: found.amount_minor },
  }
  const word = { person, ...given, on, at: clock.now().toString() }
  const enough = await decideRequest(tx, loan, request, word)
  if (!given.approved) return rejectWaiver(tx, about, on)
  return enough ? applyWaiver(tx, about, { on, staff_id: person.staff_id }) : found
}

/** Waivers: list, propose, approve, undo. */
export const waiverRoutes = () =>
  newRoutes()
    .openapi(list, async (c) =>
      c.json({ waivers: await waiversOf(c.var.db, c.req.valid('param').borrower_id) }, 200),
    )
    .openapi(propose, async (c) => {
      const made = await c.var.db
        .transaction()
        .execute((tx) => proposed(tx, c.req.valid('param'), c.req.valid('json'), c.var.person, c.var.clock))
      return c.json(made, 201)
    })
    .openapi(approve, async (c) => {
      const decision = await c.var.db
        .transaction()
        .execute((tx) => approved(tx, c.req.valid('param'), c.req.valid('json'), c.var.person, c.var.clock))
      return c.json(decision, 201)
    })
    .openapi(undo, async (c) => {
      const about = c.req.valid('param')
      const by = { on: c.var.clock.today(), staff_id: c.var.person.staff_id }
      const undone = await c.var.db.transaction().execute(async (tx) => {
        await lockLoan(tx, about.borrower_id, about.loan_no, by.on)
        return undoWaiver(tx, about, by)
      })
      return c.json(undone, 200)
    })
