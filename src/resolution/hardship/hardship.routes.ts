import { addDays } from '../../book/interest/calendar-day.ts'
import { lockBorrower } from '../../book/positions/standing.sql.ts'
import { recordFact } from '../../conduct/facts/fact.sql.ts'
import {
  borrowerKey,
  endpoint,
  jsonAnswer,
  jsonBody,
  newRoutes,
  pageAsked,
  pageFrom,
  pageQuery,
  z,
} from '../../platform/http.ts'
import { Hardship, HardshipDecision, HardshipPage, Hardships, NewHardship } from './hardship.api.ts'
import { decideHardship, hardshipDays, hardshipsDueBy, hardshipsOf, insertHardship } from './hardship.sql.ts'
import { factIdOf } from './hold.ts'

const OfBorrower = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/) })

const list = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/hardships',
  permission: 'borrowers.read',
  personal: true,
  tags: ['hardship'],
  summary: 'The hardship requests of a borrower, the newest first.',
  request: { params: OfBorrower },
  responses: { 200: jsonAnswer(Hardships, 'The requests.') },
})
const due = endpoint({
  method: 'get',
  path: '/hardships',
  permission: 'hardship.write',
  tags: ['hardship'],
  summary: 'Open requests whose clock runs out by a day, the most urgent first.',
  request: { query: pageQuery(200).extend({ due_by: z.iso.date().optional() }) },
  responses: { 200: jsonAnswer(HardshipPage, 'A page of the requests.') },
})
const ask = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/hardships',
  permission: 'hardship.write',
  tags: ['hardship'],
  summary: 'A borrower asks for relief; collecting pauses while it is looked at.',
  request: { params: OfBorrower, ...jsonBody(NewHardship) },
  responses: { 201: jsonAnswer(Hardship, 'The request.') },
})
const decide = endpoint({
  method: 'put',
  path: '/borrowers/{borrower_id}/hardships/{request_no}/decision',
  permission: 'approvals.decide',
  tags: ['hardship'],
  summary: 'Decide a request; the pause ends.',
  request: {
    params: OfBorrower.extend({ request_no: z.coerce.number().int().positive() }),
    ...jsonBody(HardshipDecision),
  },
  responses: { 200: jsonAnswer(Hardship, 'The request.') },
})

/** Hardship: ask, list, decide. */
export const hardshipRoutes = () =>
  newRoutes()
    .openapi(list, async (c) =>
      c.json({ requests: await hardshipsOf(c.var.db, c.req.valid('param').borrower_id) }, 200),
    )
    .openapi(due, async (c) => {
      const by = c.req.valid('query').due_by ?? c.var.clock.today()
      const page = pageAsked(c.req.valid('query'), z.tuple([z.iso.date(), borrowerKey, z.int()]))
      const { rows, next_cursor } = pageFrom(await hardshipsDueBy(c.var.db, by, page), page.limit, (row) => [
        row.decide_by,
        row.borrower_id,
        row.request_no,
      ])
      return c.json({ requests: rows, next_cursor }, 200)
    })
    .openapi(ask, async (c) => {
      const { borrower_id } = c.req.valid('param')
      const asked = c.req.valid('json')
      const { clock, person, db } = c.var
      const on = clock.today()
      const made = await db.transaction().execute(async (tx) => {
        await lockBorrower(tx, borrower_id)
        const decide_by = addDays(on, await hardshipDays(tx, borrower_id, asked.loan_nos, on))
        return insertHardship(tx, borrower_id, asked, { on, decide_by, staff_id: person.staff_id })
      })
      const hold = {
        kind: 'hardship_review',
        fact_id: factIdOf('hardship', borrower_id, made.request_no),
        reason: `hardship request ${made.request_no}`,
        ...(asked.loan_nos ? { debts: asked.loan_nos } : {}),
      }
      await recordFact(db, borrower_id, 'holds', hold, { clock, recorded_by: person.staff_id })
      return c.json(made, 201)
    })
    .openapi(decide, async (c) => {
      const about = c.req.valid('param')
      const { clock, person, db } = c.var
      const by = { on: clock.today(), staff_id: person.staff_id }
      const made = await db.transaction().execute(async (tx) => {
        await lockBorrower(tx, about.borrower_id)
        return decideHardship(tx, about, c.req.valid('json'), by)
      })
      const release = {
        kind: 'hardship_review',
        fact_id: factIdOf('hardship end', about.borrower_id, about.request_no),
        reason: `hardship request ${about.request_no}: ${made.outcome}`,
        ...(made.loan_nos ? { debts: made.loan_nos } : {}),
      }
      await recordFact(db, about.borrower_id, 'hold_releases', release, {
        clock,
        recorded_by: person.staff_id,
      })
      return c.json(made, 200)
    })
