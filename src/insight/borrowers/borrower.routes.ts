import type { Context } from 'hono'
import {
  type Env,
  endpoint,
  fromCursor,
  isBorrower,
  jsonAnswer,
  jsonBody,
  newRoutes,
  PageQuery,
  pageFrom,
  pageOf,
  type Routes,
  z,
} from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { Borrower, Disclosed, Disclosure, FoundBorrower, TimelineEntry } from './borrower.api.ts'
import { type BorrowerRow, borrowerRow, caseFacts, pointRows, timelinePage } from './borrower.sql.ts'
import { borrowerShown, entryShown } from './borrower.ts'
import { searchBorrowers } from './search.sql.ts'

const tags = ['borrowers']
const params = isBorrower

const search = endpoint({
  method: 'get',
  path: '/borrowers',
  permission: 'borrowers.search',
  personal: true,
  tags,
  summary: 'Find a borrower by number, loan, name or the end of a phone number',
  request: { query: z.object({ q: z.string().trim().min(2).max(60) }) },
  responses: { 200: jsonAnswer(z.object({ rows: z.array(FoundBorrower) }), 'At most twelve.') },
})

const one = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}',
  permission: 'borrowers.read',
  personal: true,
  tags,
  summary: 'A borrower, what is owed with its sum, holds; personal data masked',
  request: { params },
  responses: { 200: jsonAnswer(Borrower, 'The case.') },
})

const timeline = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/timeline',
  permission: 'borrowers.read',
  personal: true,
  tags,
  summary: 'Everything that happened, newest first',
  request: { params, query: PageQuery.extend({ kind: TimelineEntry.shape.kind.optional() }) },
  responses: { 200: jsonAnswer(pageOf(TimelineEntry), 'A page of what happened.') },
})

const disclose = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/disclosures',
  permission: 'borrowers.unmask',
  personal: true,
  tags,
  summary: 'Show one masked value in full; the reason is logged',
  request: { params, ...jsonBody(Disclosure) },
  responses: { 200: jsonAnswer(Disclosed, 'The value.') },
})

const notFound = () =>
  new Refused('borrower_is_not_found', 'There is no such borrower among those that you work on.')

async function rowOf(c: Context<Env>, borrower_id: string): Promise<BorrowerRow> {
  const row = await borrowerRow(c.var.db, borrower_id)
  if (!row) throw notFound()
  return row
}

/** Borrowers: search, the case with its sums, its timeline, and single values in full. */
export function borrowerRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(search, async (c) => {
    const { db, own, person } = c.var
    return c.json({ rows: await searchBorrowers({ db, own }, c.req.valid('query').q, person) }, 200)
  })
  routes.openapi(one, async (c) => {
    const { borrower_id } = c.req.valid('param')
    const { db, clock } = c.var
    const facts = await caseFacts(db, borrower_id, clock.today())
    if (!facts) throw notFound()
    return c.json(borrowerShown(facts), 200)
  })
  routes.openapi(timeline, async (c) => {
    const { borrower_id } = c.req.valid('param')
    const { cursor, limit, kind = null } = c.req.valid('query')
    await rowOf(c, borrower_id)
    const before = cursor ? fromCursor(cursor, z.tuple([z.iso.datetime(), z.string()])) : null
    const rows = await timelinePage(c.var.db, { borrower_id, kind, before, limit })
    const page = pageFrom(rows, limit, (row) => [row.at, row.entry])
    return c.json({ ...page, rows: page.rows.map(entryShown) }, 200)
  })
  routes.openapi(disclose, async (c) => {
    const { borrower_id } = c.req.valid('param')
    const { what, point } = c.req.valid('json')
    const row = await rowOf(c, borrower_id)
    if (what !== 'contact_point') return c.json({ value: row[what] }, 200)
    const points = await pointRows(c.var.db, borrower_id)
    return c.json({ value: points.find((each) => each.point === point)?.value ?? null }, 200)
  })
  return routes
}
