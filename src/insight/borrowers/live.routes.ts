import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { type Env, endpoint, isBorrower, newRoutes, type Routes } from '../../platform/http.ts'
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

/** Whether who opened the stream may still see the case: they may have signed out, or lost it. */
async function stillSees(c: Context<Env>, borrower_id: string): Promise<boolean> {
  const again = await c.var.asksAgain?.()
  if (!again?.person.permissions.has('borrowers.read')) return false
  return Boolean(await borrowerRow(again.db, borrower_id))
}

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
      const over = Promise.withResolvers<void>()
      stream.onAbort(over.resolve)
      // Asked before each line, so that nobody is told anything after the right to know it has ended.
      const write = async (event: string, data: string) => {
        if (await stillSees(c, borrower_id).catch(() => false)) await stream.writeSSE({ event, data })
        else over.resolve()
      }
      // One after the other: an older line must not come after a newer one.
      let line = Promise.resolve()
      const tell = (told: News) => {
        line = line.then(() => write(told.kind, JSON.stringify(told)))
      }
      const leave = await news.open(borrower_id, { who, tell })
      const alive = setInterval(() => void write('alive', ''), SIGN_OF_LIFE_MS)
      await over.promise
      clearInterval(alive)
      leave()
    })
  })
  return routes
}
