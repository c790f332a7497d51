import { decided, lockLoan, type Standing } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { toDecimal } from '../../platform/money.ts'
import { Refused } from '../../platform/refusal.ts'
import { authorityFor, isBeyondOwnLimit } from '../authority/authority.sql.ts'
import { isOwnAuthority, type Level, levelAbove, levelNeeded, levelOf } from '../authority/authority.ts'
import { NewPlan, Plan, PlanPreview, Plans } from './plan.api.ts'
import { insertPlan, planFacts, planOf, plansOf, termsFor } from './plan.sql.ts'
import { brokenCap, monthsOfPlan, proposePlan } from './plan.ts'
import { heaviestMonth } from './plan-schedule.ts'

const OfBorrower = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/) })
const OfLoan = OfBorrower.extend({ loan_no: z.string() })

const list = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/plans',
  permission: 'borrowers.read',
  tags: ['plans'],
  summary: 'The plans of a borrower with their instalments, the newest first.',
  request: { params: OfBorrower },
  responses: { 200: jsonAnswer(Plans, 'The plans.') },
})
const preview = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/loans/{loan_no}/plan-previews',
  permission: 'plans.write',
  tags: ['plans'],
  summary: 'The schedule that a plan would have, and who would have to approve it. Nothing is kept.',
  request: { params: OfLoan, ...jsonBody(NewPlan) },
  responses: { 200: jsonAnswer(PlanPreview, 'The schedule.') },
})
const propose = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/loans/{loan_no}/plans',
  permission: 'plans.write',
  tags: ['plans'],
  summary: 'Propose a plan.',
  request: { params: OfLoan, ...jsonBody(NewPlan) },
  responses: { 201: jsonAnswer(Plan, 'The plan.') },
})

/** The plan that a request of somebody of these agencies makes, decided on but not kept. */
async function drafted(tx: Db, loan: Standing, asked: NewPlan, as_of: string, agencies: readonly string[]) {
  const terms = await termsFor(tx, loan, asked, as_of)
  const renegotiates = asked.renegotiates ?? null
  const facts = await planFacts(tx, loan, as_of)
  const decision = proposePlan(facts, { currency: asked.currency, terms, renegotiates })
  if (!decision.ok && decision.refusal === 'rate_is_above_the_cap') {
    const { yearly, clause } = brokenCap(facts, terms)!
    throw new Refused(decision.refusal, `At most ${yearly} a year: ${clause.en}.`, {
      yearly,
      clause: clause.en,
    })
  }
  const rows = decided(decision)
  const { rules, concessions, grid_version } = await authorityFor(tx, loan, as_of, agencies)
  const months = monthsOfPlan(terms, rows.at(-1)!.due_on)
  const level_needed = levelNeeded(rules, [{ what: 'plan_months', units: months, concessions }])
  if (!level_needed) throw new Refused('nobody_may_give_this', 'The authority grid gives this to no level.')
  return { terms, rows, renegotiates, level_needed, grid_version, months }
}

/** A personal limit that is exceeded sends the plan one level up. */
async function levelFor(
  tx: Db,
  staffId: string,
  loan: Standing,
  months: number,
  level: Level,
  as_of: string,
) {
  const given = { what: 'plan_months', size: months } as const
  return (await isBeyondOwnLimit(tx, staffId, loan, given, as_of)) ? levelAbove(level) : level
}

const inNumbers = (row: Awaited<ReturnType<typeof drafted>>['rows'][number]) => ({
  ...row,
  principal_minor: Number(row.principal_minor),
  interest_minor: Number(row.interest_minor),
  due_so_far_minor: Number(row.due_so_far_minor),
})

/** A draft with the sums that a person is told: nobody else adds them up. */
function asShown({ rows, level_needed }: Awaited<ReturnType<typeof drafted>>, currency: string): PlanPreview {
  const asked = (row: (typeof rows)[number]) => row.principal_minor + row.interest_minor
  return {
    instalments: rows.map((row) => ({ ...inNumbers(row), amount: toDecimal(asked(row), currency) })),
    total: toDecimal(
      rows.reduce((sum, row) => sum + asked(row), 0n),
      currency,
    ),
    level_needed,
  }
}

/** Plans: list, preview, propose. */
export const planRoutes = () =>
  newRoutes()
    .openapi(list, async (c) =>
      c.json({ plans: await plansOf(c.var.db, c.req.valid('param').borrower_id) }, 200),
    )
    .openapi(preview, async (c) => {
      const { borrower_id, loan_no } = c.req.valid('param')
      const as_of = c.var.clock.today()
      const asked = c.req.valid('json')
      const draft = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, borrower_id, loan_no, as_of)
        return drafted(tx, loan, asked, as_of, c.var.person.agencies)
      })
      return c.json(asShown(draft, asked.currency), 200)
    })
    .openapi(propose, async (c) => {
      const { borrower_id, loan_no } = c.req.valid('param')
      const asked = c.req.valid('json')
      const { person, clock } = c.var
      const as_of = clock.today()
      const made = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, borrower_id, loan_no, as_of)
        const draft = await drafted(tx, loan, asked, as_of, person.agencies)
        const level_needed = await levelFor(
          tx,
          person.staff_id,
          loan,
          draft.months,
          draft.level_needed,
          as_of,
        )
        const plan_no = await insertPlan(tx, loan, draft.terms, draft.rows, {
          proposed_by: person.staff_id,
          level_needed,
          is_within_authority: isOwnAuthority(levelOf(person.roles), level_needed),
          grid_version: draft.grid_version,
          heaviest_month_minor: heaviestMonth(draft.terms.every, draft.rows),
          renegotiates: draft.renegotiates,
          reason: asked.reason ?? null,
        })
        return planOf(tx, { borrower_id, loan_no, plan_no })
      })
      return c.json(made, 201)
    })
