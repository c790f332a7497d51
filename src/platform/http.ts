import { createHash } from 'node:crypto'
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type Env, problem } from './http-problem.ts'
import { Refused } from './refusal.ts'

export { borrowersIn, endpoint, reasonOf } from './http-endpoint.ts'
export { type Env, isMachine, MACHINE, type Person, problem } from './http-problem.ts'
export { z }

export type Routes = OpenAPIHono<Env>

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

/** A page of a list: `next_cursor` is null at its end. */
export const pageOf = <Row extends z.ZodType>(rows: Row) =>
  z.object({ rows: z.array(rows), next_cursor: z.string().nullable() })

/** The query of a list: where to go on, and how many rows (`rows` when it does not say). */
export const pageQuery = (rows: number) =>
  z.object({
    cursor: z.string().max(500).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(rows),
  })
export const PageQuery = pageQuery(50)

/** What a list is asked for in SQL: the key after which it goes on, and how many rows. */
export type Page<Key> = { after: Key | null; limit: number }

/** The page that a query asks for, its cursor read as a key of this shape. */
export const pageAsked = <Key extends readonly (string | number)[]>(
  { cursor, limit }: z.infer<typeof PageQuery>,
  key: z.ZodType<Key>,
): Page<Key> => ({ after: cursor ? fromCursor(cursor, key) : null, limit })

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

/** The version of what stands now, where nothing counts its changes: a digest of what is answered. */
export const versionOf = (now: unknown): string =>
  createHash('sha256').update(JSON.stringify(now)).digest('base64url').slice(0, 22)

/** The version that a change names in if-match, without its quotes; null when it names none. */
export const versionNamed = (c: Context): string | null =>
  /^(?:W\/)?"([\w-]+)"$/.exec(c.req.header('if-match') ?? '')?.[1] ?? null

/**
 * Whether a change may replace what stands at `version`. Refused: `version_is_missing` where it must name
 * what it replaces, `changed_meanwhile` when it names something else.
 */
export function checkVersion(c: Context, version: string, { required }: { required: boolean }) {
  const named = versionNamed(c)
  if (!named && (required || c.req.header('if-match'))) {
    throw new Refused('version_is_missing', 'Say in if-match which version you change.')
  }
  if (named && named !== version) {
    throw new Refused('changed_meanwhile', 'Somebody else changed this meanwhile; look again.')
  }
}

/** A borrower's key in a path: a 64-bit number, as text. */
export const borrowerKey = z.string().regex(/^-?\d{1,19}$/)
export const isBorrower = z.object({ borrower_id: borrowerKey })

/** A JSON body of this shape, required. */
export const jsonBody = <Body extends z.ZodType>(schema: Body) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})

/** The answer of this shape. */
export const jsonAnswer = <Answer extends z.ZodType>(schema: Answer, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})
