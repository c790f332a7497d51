// Requests made up from the OpenAPI document: whatever is asked, nothing breaks, no answer is of another
// shape than the
// document says, and without sign-in nothing is told.
import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { connect, type Db } from '../../src/platform/database.ts'
import { type Role, roles } from '../../src/staff/rights/permission.ts'
import {
  type ApiDocument,
  type Asked,
  type Operation,
  operationsOf,
  resolvedIn,
  type Schema,
} from '../support/api-document.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { type Asker, putBorrower, staffedDesk } from '../support/staffed-desk.ts'

// The stream of news does not end by itself; it has a test of its own in the browser.
const endless = '/borrowers/{borrower_id}/live'
const RUNS = 15

let db: Db
let anybody: Asker
let everybody: Asker
let document: ApiDocument
let known: Record<string, string>

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url, { prepared: true })
  const desk = await staffedDesk({ db, url, clock: settableClock('2026-05-12T16:00:00Z') })
  const about = { lender: 'north', borrower_no: 'N-0001', name: 'Ada North', as_of: '2026-05-11' }
  known = { borrower_id: await putBorrower(db, about), loan_no: 'L-N-0001' }
  anybody = desk.anybody
  everybody = (await desk.person(Object.keys(roles) as Role[])).ask
  document = (await anybody('GET', '/openapi.json')).body as unknown as ApiDocument
  return () => db.destroy()
})

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.integer(),
  fc.constant(null),
  fc.boolean(),
  fc.constant([]),
)

function text({ format, pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<unknown> {
  if (format === 'uuid') return fc.uuid()
  if (format === 'date')
    return fc.date({ noInvalidDate: true, min: new Date(0) }).map((day) => day.toISOString().slice(0, 10))
  if (format === 'date-time') return fc.constantFrom('2026-05-12T10:00:00Z', '1999-12-31T23:59:59+08:00')
  if (format === 'email') return fc.emailAddress()
  if (pattern) return fc.stringMatching(new RegExp(pattern))
  return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 30), unit: 'grapheme' })
}

/** Values that mostly fit a schema. */
function valuesOf(given: Schema, depth = 0): fc.Arbitrary<unknown> {
  const schema = resolvedIn(document)(given)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const either = schema.anyOf ?? schema.oneOf
  if (either) return fc.oneof(...either.map((each) => valuesOf(each, depth)))
  const type = [schema.type].flat()[0]
  if (type === 'string') return text(schema)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer' || type === 'number') {
    const min = Math.max(schema.minimum ?? schema.exclusiveMinimum ?? -5, Number.MIN_SAFE_INTEGER)
    return fc.oneof(
      fc.integer({ min, max: Math.min(schema.maximum ?? min + 1000, min + 1000) }),
      fc.constant(Math.min(schema.maximum ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)),
    )
  }
  if (type === 'array')
    return fc.array(valuesOf(schema.items ?? {}, depth + 1), {
      minLength: schema.minItems ?? 0,
      maxLength: 3,
    })
  if (schema.properties && depth < 5) {
    const fields = Object.entries(schema.properties).map(([name, field]) => {
      const value = valuesOf(field, depth + 1)
      return [name, schema.required?.includes(name) ? value : fc.option(value, { nil: undefined })] as const
    })
    return fc.record(Object.fromEntries(fields))
  }
  return junk
}

/** A request for an operation: its fields mostly as they should be, now and then not at all. */
function requestOf({ method, path, operation }: Asked) {
  const parameter = ({ name, in: place, required, schema }: NonNullable<Operation['parameters']>[number]) => {
    const fits = known[name] ? fc.oneof(fc.constant(known[name]), valuesOf(schema)) : valuesOf(schema)
    const value = fc.oneof({ weight: 5, arbitrary: fits }, { weight: 1, arbitrary: junk })
    return fc.record({
      name: fc.constant(name),
      place: fc.constant(place),
      value: required ? value : fc.option(value),
    })
  }
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  const body = !content
    ? fc.constant(undefined)
    : fc.oneof({ weight: 6, arbitrary: valuesOf(content.schema) }, { weight: 1, arbitrary: junk })
  return fc
    .record({ parameters: fc.tuple(...(operation.parameters ?? []).map(parameter)), body })
    .map(({ parameters, body }) => {
      let url = path
      const query = new URLSearchParams()
      const headers: Record<string, string> = type ? { 'content-type': type } : {}
      for (const { name, place, value } of parameters) {
        const said = `${value ?? ''}`
        if (place === 'path') url = url.replace(`{${name}}`, encodeURIComponent(said || '-'))
        else if (place === 'query' && value !== null) query.append(name, said)
        else if (place === 'header') headers[name] = encodeURIComponent(said) || 'x'
      }
      return { method, url: query.size ? `${url}?${query}` : url, body, headers }
    })
}

function shapeOf({ operation }: Asked, status: number): z.ZodType | null {
  const content = operation.responses[status]?.content
  const schema = Object.values(content ?? {})[0]?.schema
  if (!schema) return null
  const whole = JSON.stringify({ ...schema, $defs: document.components.schemas })
  return z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')))
}

test('nothing is told to anybody who is not signed in', async () => {
  const guarded = operationsOf(document).filter(({ operation }) => operation.security?.length !== 0)
  expect(guarded.length).toBeGreaterThan(50)
  for (const { name, method, path } of guarded) {
    const answer = await anybody(method, path.replaceAll(/\{\w+\}/g, '1'), method === 'GET' ? undefined : {})
    expect([name, answer.status, answer.body['refusal']]).toEqual([name, 401, 'not_signed_in'])
  }
})

const entries = async () =>
  (await sql<{ n: number }>`select count(*) as n from audit_entries`.execute(db)).rows[0]!.n

test('nothing breaks whatever is asked, each answer has its shape, each write is in the log', async () => {
  const broken: string[] = []
  const asking = operationsOf(document).filter(({ path }) => path !== endless)
  for (const asked of asking) {
    for (const { method, url, body, headers } of fc.sample(requestOf(asked), { numRuns: RUNS, seed: 5 })) {
      const before = await entries()
      const answer = await everybody(method, url, method === 'GET' ? undefined : body, headers)
      const type = answer.headers.get('content-type')
      const { status, refusal } = answer.body as { status?: number; refusal?: string }
      const isProblem = type === 'application/problem+json' && status === answer.status && refusal
      if (answer.status >= 400 && !isProblem) broken.push(`${asked.name} → ${answer.status} is no problem`)
      const isLogged = (await entries()) > before
      if (!isLogged && method !== 'GET' && answer.status < 300) broken.push(`${asked.name} is not logged`)
      if (answer.status >= 500)
        broken.push(`${asked.name} → ${answer.status}: ${url} ${JSON.stringify(body)}`)
      if (!asked.operation.responses[answer.status] && answer.status < 500) {
        broken.push(`${asked.name} → ${answer.status} is not in the document (${answer.body['refusal']})`)
      }
      const told = shapeOf(asked, answer.status)?.safeParse(answer.body)
      if (told?.success === false) broken.push(`${asked.name} → ${answer.status}: ${told.error.message}`)
    }
  }
  expect([...new Set(broken)]).toEqual([])
}, 180_000)
