import { decided, lockLoan } from '../../book/positions/standing.sql.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, type Person, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { authorityFor, isBeyondOwnLimit, letOffOn } from '../authority/authority.sql.ts'
import { givesAlone, isBeyondDay, levelAbove, levelNeeded, levelOf } from '../authority/authority.ts'
import { NewSettlement, Settlement, Settlements } from './settlement.api.ts'
import { insertSettlement, settlementFacts, settlementsOf } from './settlement.sql.ts'
import { asksOf, offerSettlement } from './settlement.ts'

const OfBorrower = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/) })
const OfLoan = OfBorrower.extend({ loan_no: z.string() })

const list = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/settlements',
  permission: 'borrowers.read',
  tags: ['settlements'],
  summary: 'The settlements of a borrower, the newest first.',
  request: { params: OfBorrower },
  responses: { 200: jsonAnswer(Settlements, 'The settlements.') },
})
const offer = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/loans/{loan_no}/settlements',
  permission: 'settlements.write',
  tags: ['settlements'],
  summary: 'Offer a sum below the balance.',
  request: { params: OfLoan, ...jsonBody(NewSettlement) },
  responses: { 201: jsonAnswer(Settlement, 'The offer.') },
})

async function offered(
  tx: Db,
  about: z.infer<typeof OfLoan>,
  asked: NewSettlement,
  person: Person,
  clock: Clock,
): Promise<Settlement> {
  const as_of = clock.today()
  const loan = await lockLoan(tx, about.borrower_id, about.loan_no, as_of)
  const facts = await settlementFacts(tx, loan, as_of)
  const { carry_on_minor } = decided(offerSettlement(facts, asked))
  const { rules, concessions, grid_version } = await authorityFor(tx, loan, as_of, person.agencies)
  const needed = levelNeeded(rules, asksOf(facts, asked, concessions))
  if (!needed) throw new Refused('nobody_may_give_this', 'The authority grid gives this to no level.')
  const let_off = loan.outstanding_minor - (asked.prompt_minor ?? asked.offer_minor)
  const given = { what: 'settlement', size: let_off } as const
  const beyond = await isBeyondOwnLimit(tx, person.staff_id, loan, given, as_of)
  const level_needed = beyond ? levelAbove(needed) : needed
  const level = levelOf(person.roles)
  const is_within_authority = givesAlone(person.roles, level_needed)
  const day = await letOffOn(tx, loan, { staff_id: person.staff_id, level, on: as_of })
  if (is_within_authority && isBeyondDay(day, let_off)) {
    throw new Refused('limit_of_the_day_is_reached', 'This is more than you may let off in a day.')
  }
  return insertSettlement(tx, loan, asked, {
    carry_on_minor,
    grid_version,
    level_needed,
    is_within_authority,
    offered_on: as_of,
    offered_by: person.staff_id,
  })
}

/** Settlements: list and offer. */
export const settlementRoutes = () =>
  newRoutes()
    .openapi(list, async (c) =>
      c.json({ settlements: await settlementsOf(c.var.db, c.req.valid('param').borrower_id) }, 200),
    )
    .openapi(offer, async (c) => {
      const { person, clock } = c.var
      const made = await c.var.db
        .transaction()
        .execute((tx) => offered(tx, c.req.valid('param'), c.req.valid('json'), person, clock))
      return c.json(made, 201)
    })
