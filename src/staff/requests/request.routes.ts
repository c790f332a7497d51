import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { type Env, problem } from '../../platform/http.ts'
import { isWrite } from '../../platform/http-guards.ts'
import { keepAnswer, releaseKey, takeKey } from './request.sql.ts'

const KEY = /^[\w.:-]{8,100}$/

/**
 * A write with the header `idempotency-key` is done once: the same key with the same body gives the first
 * answer again; with another body it is refused.
 */
export const onceOnly: MiddlewareHandler<Env> = async (c, next) => {
  const request_key = c.req.header('idempotency-key')
  if (!request_key || !isWrite(c.req.method)) return next()
  if (!KEY.test(request_key)) {
    return problem(c, 'request_is_malformed', {
      detail: 'An idempotency-key has 8 to 100 letters or digits.',
    })
  }
  const { own, person, clock } = c.var
  // A file is not read twice; what it is called, for which day, and its length stand in for it.
  const isFile = !/json|text/.test(c.req.header('content-type') ?? 'json')
  const body = isFile
    ? Buffer.from(c.req.header('content-length') ?? '')
    : Buffer.from(await c.req.raw.clone().arrayBuffer())
  const sha256 = createHash('sha256').update(`${c.req.method} ${c.req.url}\n`).update(body).digest('hex')
  const request = { staff_id: person.staff_id, request_key }
  const kept = await takeKey(own, { ...request, sha256, at: clock.now().toString() })
  if (kept) {
    if (kept.sha256 !== sha256) return problem(c, 'key_was_used_for_another_request')
    if (kept.status === null) return problem(c, 'request_is_still_at_work')
    if (kept.status === 204) return c.body(null, 204)
    return c.body(kept.answer ?? '', kept.status as 200, {
      'content-type': kept.content_type ?? 'text/plain',
    })
  }
  await next()
  const { status, headers } = c.res
  if (status >= 500) return void (await releaseKey(own, request))
  const content_type = headers.get('content-type') ?? 'text/plain'
  await keepAnswer(own, { ...request, status, content_type, answer: await c.res.clone().text() })
}
