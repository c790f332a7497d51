import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Clock } from './clock.ts'
import type { Db } from './database.ts'

/** Whoever asks: a member of staff at the desk, or a machine with a token of limited scope. */
export type Person = {
  staff_id: string
  name: string
  roles: readonly string[]
  permissions: ReadonlySet<string>
  /** Sees every borrower; otherwise whom the next fields name: of a lender, placed, handed over. */
  sees_all: boolean
  lenders: readonly string[]
  /** Narrower than a lender: a product, a branch or both ('' is any). */
  portfolios: readonly { lender: string; product: string; branch: string }[]
  agencies: readonly string[]
  sees_handed: boolean
  /** Sees everybody who works here; otherwise themselves and the members of `teams`. */
  sees_colleagues: boolean
  teams: readonly string[]
}

/** What the `staff_id` of a machine begins with: it is known by its token, as a person is by their id. */
export const MACHINE = 'token:'
export const isMachine = ({ staff_id }: Pick<Person, 'staff_id'>) => staff_id.startsWith(MACHINE)

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
    /**
     * Who asks, looked up again, for an answer that goes on for long; null when they are signed out. That a
     * screen stands open is no use of the session.
     */
    asksAgain: (() => Promise<{ person: Person; db: Db } | null>) | undefined
    /** Whether the person may see this borrower, if there is one. */
    seesBorrower: ((borrower_id: string) => Promise<boolean>) | undefined
    /** Logs a read of personal data, before its answer leaves; `borrowers` are those that it shows. */
    logRead: ((borrowers: readonly string[]) => Promise<void>) | undefined
  }
}

/** RFC 9457. `refusal` is the stable name; `type` is the same name as a URI reference. */
export const Problem = z
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
