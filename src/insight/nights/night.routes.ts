import {
  endpoint,
  fromCursor,
  jsonAnswer,
  newRoutes,
  PageQuery,
  pageFrom,
  pageOf,
  type Routes,
  z,
} from '../../platform/http.ts'
import type { Step } from '../../platform/nightly.ts'
import { Refused } from '../../platform/refusal.ts'
import { Night, NightSteps } from './night.api.ts'
import { nightOf, nightPage } from './night.sql.ts'

const list = endpoint({
  method: 'get',
  path: '/nights',
  permission: 'book.read',
  tags: ['nights'],
  summary: 'The nights that ran, newest first',
  request: { query: PageQuery },
  responses: { 200: jsonAnswer(pageOf(Night), 'A page of nights.') },
})

const one = endpoint({
  method: 'get',
  path: '/nights/{as_of}',
  permission: 'book.read',
  tags: ['nights'],
  summary: 'The steps of one night: rows written, seconds, and where it stopped',
  request: { params: z.object({ as_of: z.iso.date() }) },
  responses: { 200: jsonAnswer(NightSteps, 'The night.') },
})

/** Nights; `steps` gives the order in which a night runs. */
export function nightRoutes(steps: readonly Step[]): Routes {
  const order = new Map<string, number>(steps.map((step, i) => [step, i]))
  const turn = (step: string) => order.get(step) ?? steps.length
  const routes = newRoutes()
  routes.openapi(list, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const before = cursor ? fromCursor(cursor, z.tuple([z.iso.date()]))[0] : null
    const rows = await nightPage(c.var.db, { before, limit })
    return c.json(
      pageFrom(rows, limit, (row) => [row.as_of]),
      200,
    )
  })
  routes.openapi(one, async (c) => {
    const found = await nightOf(c.var.db, c.req.valid('param').as_of)
    if (!found) throw new Refused('night_is_not_found', 'No night of that date has run.')
    return c.json({ ...found, steps: found.steps.toSorted((a, b) => turn(a.step) - turn(b.step)) }, 200)
  })
  return routes
}
