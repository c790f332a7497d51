import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { type Env, type Person, problem } from '../../platform/http.ts'
import { isWrite } from '../../platform/http-guards.ts'
import { keepAnswer, releaseKey, takeKey } from './request.sql.ts'

const KEY = /^[\w.:-]{8,100}$/

const digest = (...parts: (string | Buffer)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256'))

/**
 * An answer may show a token or a first password, once. So it is kept under the asker's key, of which we keep
 * the digest only: whoever reads the database reads no answer.
 */
function sealed(answer: string, key: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', digest('answer', key).digest(), nonce)
  const text = Buffer.concat([cipher.update(answer, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
}

function unsealed(kept: string, key: string): string {
  const bytes = Buffer.from(kept, 'base64')
  const opened = createDecipheriv('aes-256-gcm', digest('answer', key).digest(), bytes.subarray(0, 12))
  opened.setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([opened.update(bytes.subarray(28)), opened.final()]).toString('utf8')
}

/** What somebody may do and see: an answer is not given again once that is less, or more. */
const rightsOf = ({ permissions, lenders, portfolios, agencies, sees_all, sees_handed }: Person) =>
  JSON.stringify([[...permissions].sort(), lenders, portfolios, agencies, sees_all, sees_handed])

/**
 * A write with the header `idempotency-key` is done once: the same key with the same body gives the first
 * answer again; with another body it is refused.
 */
export const onceOnly: MiddlewareHandler<Env> = async (c, next) => {
  const key = c.req.header('idempotency-key')
  if (!key || !isWrite(c.req.method)) return next()
  if (!KEY.test(key)) {
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
  const asked = `${c.req.method} ${c.req.url}\n${rightsOf(person)}\n`
  const sha256 = digest(asked, body).digest('hex')
  const request = { staff_id: person.staff_id, request_key: digest('key', key).digest('hex') }
  const kept = await takeKey(own, { ...request, sha256, at: clock.now().toString() })
  if (kept) {
    if (kept.sha256 !== sha256) return problem(c, 'key_was_used_for_another_request')
    if (kept.status === null) return problem(c, 'request_is_still_at_work')
    if (kept.status === 204) return c.body(null, 204)
    return c.body(kept.answer ? unsealed(kept.answer, key) : '', kept.status as 200, {
      'content-type': kept.content_type ?? 'text/plain',
    })
  }
  await next()
  const { status, headers } = c.res
  if (status >= 500) return void (await releaseKey(own, request))
  const content_type = headers.get('content-type') ?? 'text/plain'
  const answer = sealed(await c.res.clone().text(), key)
  await keepAnswer(own, { ...request, status, content_type, answer })
}
