import { type RouteConfig as Config, createRoute, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { type Env, Problem, problem } from './http-problem.ts'

const answers = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
})

const refusals = {
  400: answers('The request is malformed.'),
  401: answers('Nobody is signed in.'),
  403: answers('The person lacks the permission, or the request did not come from the desk.'),
  404: answers('There is no such thing, or the person may not see it.'),
  409: answers('Refused, with the name of the refusal.'),
  412: answers('It changed meanwhile.'),
  413: answers('The file is too large.'),
  428: answers('A reason, or the version that is changed, must be given.'),
  429: answers('Too many requests; try again after the seconds of Retry-After.'),
}

const requires =
  (permission: string): MiddlewareHandler<Env> =>
  async (c, next) => {
    if (c.var.person.permissions.has(permission)) return next()
    return problem(c, 'permission_is_missing', {
      detail: `This needs the permission ${permission}.`,
      figures: { permission },
    })
  }

/** Nobody learns of a borrower who is not theirs whether there is such a one, or whether a body would do. */
const ofSeenBorrower: MiddlewareHandler<Env> = async (c, next) => {
  const id = (c.req.param() as Record<string, string>)['borrower_id']!
  const asked = /^-?\d{1,19}$/.test(id) && c.var.seesBorrower
  if (!asked || (await asked(id))) return next()
  return problem(c, 'borrower_is_not_found', {
    detail: 'There is no such borrower among those that you work on.',
  })
}

// An answer with one of these is about borrowers.
const NAME_BORROWERS = new Set(['borrower_id', 'borrower_no', 'loan_no'])

type Def = {
  type: string
  shape?: Record<string, z.ZodType>
  element?: z.ZodType
  options?: z.ZodType[]
  innerType?: z.ZodType
  valueType?: z.ZodType
  in?: z.ZodType
}

/** Whether a schema has, at any depth, a field that names a borrower. */
function namesBorrowers(schema: z.ZodType): boolean {
  const { shape = {}, element, options = [], innerType, valueType, in: from } = schema.def as unknown as Def
  if (Object.keys(shape).some((name) => NAME_BORROWERS.has(name))) return true
  const parts = [...Object.values(shape), element, ...options, innerType, valueType, from]
  return parts.some((part) => part !== undefined && namesBorrowers(part))
}

type Answers = Record<string, { content?: Record<string, { schema?: unknown }> }>

/** Whether a route reads a borrower's data: by its path, or by what it answers. */
function isPersonalRead({ method, path, responses }: Config): boolean {
  if (method !== 'get') return false
  if (path.includes('{borrower_id}')) return true
  const contents = Object.values(responses as Answers).flatMap(({ content = {} }) => Object.values(content))
  return contents.some(({ schema }) => schema instanceof z.ZodType && namesBorrowers(schema))
}

/**
 * A route of the API: `createRoute` with the permission it needs and the refusals that every route may
 * answer. `permission: null` is for whoever is signed in, with `open` for anybody.
 *
 * A read of a borrower's personal data is found by itself, by the path or the answer's shape, so that none is
 * forgotten: its request says why in the header `amends-reason`, and it is logged before the answer leaves.
 * `personal: true` marks one that neither shows; `reason` stands where a request can carry no header.
 */
export function endpoint<const Route extends Config>(
  route: Route & { permission: string | null; personal?: true; reason?: string; open?: true },
): Route {
  const { permission, personal: marked, reason, open, ...config } = route
  const personal = marked ?? isPersonalRead(config as unknown as Config)
  const middleware = permission === null ? [] : [requires(permission)]
  if (personal) middleware.push(reason ? readBecause(reason) : readWithReason)
  if (config.path.includes('{borrower_id}')) middleware.push(ofSeenBorrower)
  const headers =
    personal && !reason
      ? z.object({ 'amends-reason': z.string().min(3).max(900).openapi({ example: 'worklist' }) })
      : undefined
  return createRoute({
    ...config,
    middleware,
    security: open ? [] : [{ session: [] }, { token: [] }],
    request: { ...config.request, ...(headers ? { headers } : {}) },
    responses: { ...refusals, ...config.responses },
    ...(permission ? { 'x-permission': permission } : {}),
    ...(personal ? { 'x-personal': true } : {}),
  } as Config) as unknown as Route
}

/**
 * Why a request reads or changes a person's data; a browser sends it percent-encoded, since headers are
 * Latin-1.
 */
export function reasonOf(c: Context): string | null {
  const given = c.req.header('amends-reason')?.trim()
  if (!given) return null
  try {
    return decodeURIComponent(given).slice(0, 300)
  } catch {
    return given.slice(0, 300)
  }
}

/** The borrowers of a request's path and of a JSON answer, each once. */
export async function borrowersIn(c: Context): Promise<string[]> {
  const found = new Set<string>()
  const id = (c.req.param() as Record<string, string>)['borrower_id']
  if (id) found.add(id)
  if (c.res.ok && c.res.headers.get('content-type')?.startsWith('application/json')) {
    const walk = (value: unknown): void => {
      if (Array.isArray(value)) value.forEach(walk)
      else if (typeof value === 'object' && value !== null) {
        const { borrower_id } = value as { borrower_id?: unknown }
        if (borrower_id !== undefined && borrower_id !== null) found.add(String(borrower_id))
        Object.values(value).forEach(walk)
      }
    }
    walk(await c.res.clone().json())
  }
  return [...found].filter((each) => /^-?\d{1,19}$/.test(each))
}

/** An answer that cannot be logged does not leave. */
const logged = async (c: Context<Env>) => {
  if (c.res.status < 500) await c.var.logRead?.(await borrowersIn(c))
}

const readBecause =
  (reason: string): MiddlewareHandler<Env> =>
  async (c, next) => {
    if (!c.req.raw.headers.has('amends-reason')) c.req.raw.headers.set('amends-reason', reason)
    await next()
    return logged(c)
  }

const readWithReason: MiddlewareHandler<Env> = async (c, next) => {
  if (!reasonOf(c)) {
    const detail = 'Say in the header amends-reason why you read this person’s data.'
    return problem(c, 'reason_is_missing', { detail })
  }
  await next()
  return logged(c)
}
