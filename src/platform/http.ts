import { type RouteConfig as Config, createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Clock } from './clock.ts'
import type { Db } from './database.ts'
import { Refused } from './refusal.ts'

/** Whoever asks: a member of staff at the desk, or a machine with a token of limited scope. */
export type Person = {
  staff_id: string
  name: string
  roles: readonly string[]
  permissions: ReadonlySet<string>
  /** Sees every borrower; otherwise those of `lenders`, placed with `agencies`, and handed to them. */
  sees_all: boolean
  lenders: readonly string[]
  agencies: readonly string[]
  sees_handed: boolean
}

/**
 * What a handler works with. `db` sees only what the person may see (row-level security), and whatever is
 * committed through it in a writing request leaves its entry in the audit log in the same transaction.
 */
export type Env = {
  Variables: {
    db: Db
    /** The database as the program itself sees it: for loads, nights and what makes an index of it. */
    own: Db
    url: string
    clock: Clock
    person: Person
    /** From where the request came. */
    origin: string
    /** What is logged when this request first commits: set by `endpoint` for a read of personal data. */
    logged: boolean
  }
}

export type Routes = OpenAPIHono<Env>

/** RFC 9457. `refusal` is the stable name; `type` is the same name as a URI reference. */
const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    refusal: z.string(),
    detail: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    figures: z.record(z.string(), z.unknown()).optional(),
  })
  .openapi('Problem')

type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 422 | 423 | 428 | 429 | 500 | 503

const statuses: Record<string, ProblemStatus> = {
  request_is_malformed: 400,
  not_signed_in: 401,
  permission_is_missing: 403,
  request_is_forged: 403,
  changed_meanwhile: 412,
  file_is_too_large: 413,
  reason_is_missing: 428,
  version_is_missing: 428,
  too_many_requests: 429,
}

/** The status of a refusal, mapped once for the whole program: what is not there is 404, the rest 409. */
const statusOf = (refusal: string): ProblemStatus =>
  statuses[refusal] ?? (/_is_not_found$|^no_such_/.test(refusal) ? 404 : 409)

const inWords = (refusal: string) =>
  `${refusal.charAt(0).toUpperCase()}${refusal.slice(1)}`.replaceAll('_', ' ')

type Told = {
  detail?: string
  errors?: { path: string; message: string }[]
  figures?: Record<string, unknown>
}

/** A refusal as problem details. */
export function problem(c: Context, refusal: string, told: Told = {}) {
  const status = statusOf(refusal)
  const body = { type: `/problems/${refusal}`, title: inWords(refusal), status, refusal, ...told }
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' })
}

/** A fresh set of routes whose malformed requests are answered as problems with the place of each error. */
export const newRoutes = (): Routes =>
  new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      const errors = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
      return problem(c, 'request_is_malformed', { errors })
    },
  })

/** Maps what a handler throws: a refusal is an answer, anything else is a bug and is logged. */
export function onError(error: Error, c: Context) {
  if (error instanceof Refused) {
    return problem(c, error.refusal, { detail: error.message, figures: error.detail })
  }
  if (error instanceof HTTPException && error.status < 500) {
    return problem(c, 'request_is_malformed', { detail: error.message })
  }
  // PostgreSQL's class 22: a value of the request that no column can hold, such as a number beyond all
  // bounds.
  if (/^22/.test((error as { code?: string }).code ?? '')) {
    return problem(c, 'request_is_malformed', { detail: error.message })
  }
  // Two that wait for each other: one of them is told to try again.
  if (/^40/.test((error as { code?: string }).code ?? '')) return problem(c, 'changed_meanwhile')
  process.stderr.write(`${c.req.method} ${c.req.path}: ${error.stack ?? error}\n`)
  return c.body(
    JSON.stringify({
      type: '/problems/bug',
      title: 'Something is broken on our side',
      status: 500,
      refusal: 'bug',
    }),
    500,
    { 'content-type': 'application/problem+json' },
  )
}

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

/**
 * A route of the API: `createRoute` with the permission it needs and the refusals that every route may
 * answer. `permission: null` is for whoever is signed in, with `open` for
 * anybody. `personal: true` marks a read of a borrower's
 * personal data: the request says why in the header `amends-reason`, and it is logged.
 */
export function endpoint<const Route extends Config>(
  route: Route & { permission: string | null; personal?: true; open?: true },
): Route {
  const { permission, personal, open, ...config } = route
  const middleware = permission === null ? [] : [requires(permission)]
  if (personal) middleware.push(withReason)
  const headers = personal
    ? z.object({ 'amends-reason': z.string().min(3).max(900).openapi({ example: 'worklist' }) })
    : undefined
  return createRoute({
    ...config,
    middleware,
    security: open ? [] : [{ session: [] }, { token: [] }],
    request: { ...config.request, ...(headers ? { headers } : {}) },
    responses: { ...refusals, ...config.responses },
    ...(permission ? { 'x-permission': permission } : {}),
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
    return given
  }
}

const withReason: MiddlewareHandler<Env> = async (c, next) => {
  if (!reasonOf(c)) {
    const detail = 'Say in the header amends-reason why you read this person’s data.'
    return problem(c, 'reason_is_missing', { detail })
  }
  c.set('logged', true)
  return next()
}

/** A page of a list: `next_cursor` is null at its end. */
export const pageOf = <Row extends z.ZodType>(rows: Row) =>
  z.object({ rows: z.array(rows), next_cursor: z.string().nullable() })

/** The query of a list: where to go on, and how many rows. */
export const PageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** The last row's key as an opaque cursor. */
const toCursor = (key: readonly (string | number)[]) => Buffer.from(JSON.stringify(key)).toString('base64url')

/** The key of a cursor that `toCursor` made; refused, `request_is_malformed`, when it is none. */
export function fromCursor<Key extends readonly (string | number)[]>(
  cursor: string,
  key: z.ZodType<Key>,
): Key {
  try {
    return key.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    throw new Refused('request_is_malformed', 'The cursor is not one of ours.')
  }
}

/** The first `limit` of `limit + 1` rows, and the cursor of the rest. */
export function pageFrom<Row>(rows: Row[], limit: number, key: (row: Row) => (string | number)[]) {
  const page = rows.slice(0, limit)
  return { rows: page, next_cursor: rows.length > limit ? toCursor(key(page.at(-1)!)) : null }
}

/** A borrower's key in a path: a 64-bit number, as text. */
export const isBorrower = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/) })

/** A JSON body of this shape, required. */
export const jsonBody = <Body extends z.ZodType>(schema: Body) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})

/** The answer of this shape. */
export const jsonAnswer = <Answer extends z.ZodType>(schema: Answer, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export { z }
