import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { problem } from './http.ts'

const policy = [
  "default-src 'self'",
  // Ant Design writes its styles into the page as it goes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers with which a browser guards the desk; an answer of the API is never kept by a cache. */
export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  const { headers } = c.res
  headers.set('content-security-policy', policy)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'no-referrer')
  headers.set('x-frame-options', 'DENY')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('cross-origin-resource-policy', 'same-origin')
  headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()')
  if (c.req.path.startsWith('/api/') && !headers.has('cache-control'))
    headers.set('cache-control', 'no-store')
  if (originOf(c).startsWith('https:')) headers.set('strict-transport-security', 'max-age=31536000')
}

/** The origin under which the browser knows us; a proxy in front says its scheme. */
const originOf = (c: Context) => {
  const { host, protocol } = new URL(c.req.url)
  const scheme = c.req.header('x-forwarded-proto')?.split(',')[0]?.trim() ?? protocol.slice(0, -1)
  return `${scheme}://${c.req.header('host') ?? host}`
}

// Forms are small, and a bank's statement of a day is a few megabytes; files have a route that streams them.
const BODY_BYTES_MAX = 20_000_000
const STREAMED = '/api/loads'

/** Keeps a body that is read as a whole from filling the memory. */
export const limitBody: MiddlewareHandler = (c, next) => {
  if (c.req.path === STREAMED) return next()
  const onError = (refused: Context) =>
    problem(refused, 'file_is_too_large', { detail: `At most ${BODY_BYTES_MAX} bytes.` })
  return bodyLimit({ maxSize: BODY_BYTES_MAX, onError })(c, next)
}

const reads = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether a request can change anything. */
export const isWrite = (method: string) => !reads.has(method)

/**
 * A write that carries a cookie must come from the desk itself: a page elsewhere cannot make the browser send
 * one. A machine's token is no cookie and needs no such proof.
 */
export const sameOrigin: MiddlewareHandler = async (c, next) => {
  if (!isWrite(c.req.method) || c.req.header('authorization')) return next()
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  const ours = origin !== undefined ? origin === originOf(c) : site === 'same-origin'
  if (ours && (site === undefined || site === 'same-origin')) return next()
  return problem(c, 'request_is_forged', { detail: 'A write must come from the desk’s own address.' })
}

type Allowance = { left: number; at: number }

// Addresses that asked within the last minutes; a full map forgets the oldest.
const REMEMBERED_MAX = 20_000

/**
 * At most `perMinute` requests a minute and asker on average, with as many at once: a bucket of tokens that
 * fills as time goes by. `who` names the asker.
 */
export function rateLimit(perMinute: number, who: (c: Context) => string): MiddlewareHandler {
  const askers = new Map<string, Allowance>()
  return async (c, next) => {
    const key = who(c)
    const now = performance.now()
    const before = askers.get(key) ?? { left: perMinute, at: now }
    const left = Math.min(perMinute, before.left + ((now - before.at) / 60_000) * perMinute)
    askers.delete(key)
    askers.set(key, { left: Math.max(left - 1, 0), at: now })
    if (askers.size > REMEMBERED_MAX) askers.delete(askers.keys().next().value!)
    if (left >= 1) return next()
    c.header('retry-after', `${Math.ceil(((1 - left) / perMinute) * 60)}`)
    return problem(c, 'too_many_requests')
  }
}

/** By the machine's own clock, which dates sessions, whatever day is rehearsed: so many minutes ago. */
export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()
