import { streamSSE } from 'hono/streaming'
import { endpoint, isBorrower, newRoutes, type Routes } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { borrowerRow } from './borrower.sql.ts'
import type { Live, News } from './live.ts'

const live = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/live',
  permission: 'borrowers.read',
  // A browser's stream of events can carry no header; the case itself was read with one.
  reason: 'the case is open',
  tags: ['borrowers'],
  summary: 'News of one case as it happens: who else looks at it, and a stop within a second',
  request: { params: isBorrower },
  responses: {
    200: { description: 'Server-sent events: people, stop, changed.', content: { 'text/event-stream': {} } },
  },
})

// A line that is silent for long is cut by what stands between.
const SIGN_OF_LIFE_MS = 20_000

/** The news of a case, for as long as its screen is open. */
export function liveRoutes(news: Live): Routes {
  const routes = newRoutes()
  routes.openapi(live, async (c) => {
    const { borrower_id } = c.req.valid('param')
    if (!(await borrowerRow(c.var.db, borrower_id))) {
      throw new Refused('borrower_is_not_found', 'There is no such borrower among those that you work on.')
    }
    const { staff_id, name } = c.var.person
    const who = { staff_id, name, since: c.var.clock.now().toString() }
    return streamSSE(c, async (stream) => {
      const tell = (told: News) => void stream.writeSSE({ event: told.kind, data: JSON.stringify(told) })
      const leave = await news.open(borrower_id, { who, tell })
      const alive = setInterval(() => void stream.writeSSE({ event: 'alive', data: '' }), SIGN_OF_LIFE_MS)
      await new Promise<void>((ended) => stream.onAbort(ended))
      clearInterval(alive)
      leave()
    })
  })
  return routes
}
