// Everything that the OpenAPI document offers about a borrower, asked by those whose borrower it is not, or
// not any more: nothing is told and nothing is written.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '../../src/platform/database.ts'
import { saveTeam } from '../../src/staff/people/people.sql.ts'
import {
  type ApiDocument,
  type Asked,
  operationsOf,
  resolvedIn,
  type Schema,
} from '../support/api-document.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { type Asker, putBorrower, staffedDesk } from '../support/staffed-desk.ts'

const clock = settableClock('2026-05-12T16:00:00Z')
const why = { 'amends-reason': 'a test' }
const SECRETS = ['Bela', 'South', 'S-0002', 'X1234567', '555 0002']
let db: Db
let desk: Awaited<ReturnType<typeof staffedDesk>>
let document: ApiDocument
let south: string
let admin: Asker
let manager: Asker

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url, { prepared: true })
  desk = await staffedDesk({ db, url, clock })
  const about = { as_of: '2026-05-11' }
  await putBorrower(db, { ...about, lender: 'north', borrower_no: 'N-0001', name: 'Ada North' })
  south = await putBorrower(db, { ...about, lender: 'south', borrower_no: 'S-0002', name: 'Bela South' })
  document = (await desk.anybody('GET', '/openapi.json')).body as unknown as ApiDocument
  admin = (await desk.person(['admin'])).ask
  manager = (await desk.person(['manager'])).ask
  await sql`
    insert into agency_standings (agency, recorded_at, licensed_until, secrecy_until, recorded_by)
    values ('Fair', '2026-05-01', '2027-01-01', '2027-01-01', 'test')`.execute(db)
  await saveTeam(db, { team_id: 'fair', name: 'Fair', lenders: [], agency: 'Fair' })
  return () => db.destroy()
}, 60_000)

/** The least that fits a schema: the values do not matter, for the borrower is asked for first. */
function leastOf(given: Schema | undefined): unknown {
  const schema = resolvedIn(document)(given ?? {})
  const either = schema.anyOf?.[0] ?? schema.oneOf?.[0]
  if (either) return leastOf(either)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(leastOf))
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const type = [schema.type].flat()[0]
  if (type === 'array') return Array.from({ length: schema.minItems ?? 1 }, () => leastOf(schema.items))
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, 1)
  if (type !== 'object' && !schema.properties) return textOf(schema)
  const fields = Object.entries(schema.properties ?? {})
  return Object.fromEntries(fields.map(([name, field]) => [name, leastOf(field)]))
}

function textOf({ format, pattern, minLength = 3 }: Schema): string {
  if (format === 'uuid') return '5f3c2b8e-0d3a-4a55-9c1e-0a6f3c1b2d4e'
  if (format === 'date') return '2026-05-20'
  if (format === 'date-time') return '2026-05-20T10:00:00Z'
  if (format === 'email') return 'a@b.test'
  const fits = ['USD', '12', '12.50', '10:00', 'abcd', '5f3c2b8e-0d3a-4a55-9c1e-0a6f3c1b2d4e', 'L-S-0002']
  return fits.find((text) => !pattern || new RegExp(pattern).test(text)) ?? 'x'.repeat(minLength)
}

/** A request for an operation about `south`, as it should be but for who asks. */
function requestAbout({ method, path, operation }: Asked) {
  const filled = (schema: Schema, name: string) =>
    ({ borrower_id: south, loan_no: 'L-S-0002' })[name] ?? String(leastOf(schema))
  const of = (place: string) =>
    (operation.parameters ?? [])
      .filter((each) => each.in === place && (place !== 'query' || each.required))
      .map(({ name, schema }) => [name, filled(schema, name)] as const)
  const url = of('path').reduce(
    (at, [name, value]) => at.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  )
  const query = new URLSearchParams(of('query').map(([name, value]) => [name, value])).toString()
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  const body = type?.startsWith('text/') ? 'x' : content && leastOf(content.schema)
  return { method, url: query ? `${url}?${query}` : url, body, type }
}

/** What stands of `south` in every table, as one digest. */
async function standing(): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'borrower_id' and not a.attisdropped
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`.execute(db)
  const digests = rows.map(({ name }) =>
    sql<{ digest: string | null }>`
      select md5(string_agg(t::text, '|' order by t::text)) as digest
        from ${sql.table(name)} t where borrower_id = ${south}`.execute(db),
  )
  return (await Promise.all(digests))
    .map(({ rows: [row] }, i) => `${rows[i]!.name} ${row!.digest}`)
    .join('\n')
}

/** Asks everything about `south`; whatever is told or written, or refused otherwise than as not there. */
async function attack(ask: Asker, refused: readonly number[]): Promise<string[]> {
  const before = await standing()
  const wrong: string[] = []
  const about = operationsOf(document).filter(({ path }) => path.includes('{borrower_id}'))
  expect(about.length).toBeGreaterThan(40)
  for (const each of about) {
    const { method, url, body, type } = requestAbout(each)
    const headers = { ...why, 'if-match': '"1"', ...(type ? { 'content-type': type } : {}) }
    const answer = await ask(method, url, body, headers)
    const told = JSON.stringify(answer.body)
    if (SECRETS.some((secret) => told.includes(secret))) wrong.push(`${each.name} tells ${told}`)
    if (!refused.includes(answer.status)) wrong.push(`${each.name} → ${answer.status} ${told}`)
  }
  expect(await standing()).toBe(before)
  return wrong
}

test('a collector of another lender gets nothing of a borrower, by no route', async () => {
  expect(await attack((await desk.person(['collector'], ['north'])).ask, [403, 404])).toEqual([])
}, 60_000)

test('a team lead with every right of the work gets nothing of another lender’s borrower', async () => {
  expect(await attack((await desk.person(['team_lead', 'field'], ['north'])).ask, [403, 404])).toEqual([])
}, 60_000)

test('an agency gets nothing once its placement has ended', async () => {
  const { ask } = await desk.person(['agency'], null, ['fair'])
  await sql`
    insert into placements (borrower_id, lender, agency, reason, placed_at, placed_by)
    values (${south}, 'south', 'Fair', 'late', '2026-05-10', 'test')`.execute(db)
  expect((await ask('GET', `/borrowers/${south}`, undefined, why)).status).toBe(200)
  await sql`
    update placements set recalled_at = '2026-05-11', recalled_by = 'test', recall_reason = 'x'`.execute(db)
  expect(await attack(ask, [403, 404])).toEqual([])
}, 60_000)

test('a visitor gets nothing after the visit', async () => {
  const { ask, staff_id } = await desk.person(['field'], ['south'])
  const path = `/borrowers/${south}/handovers`
  expect((await manager('POST', path, { staff_id, reason: 'a visit' })).status).toBe(201)
  expect((await ask('GET', `/borrowers/${south}`, undefined, why)).status).toBe(200)
  expect((await manager('DELETE', `${path}/${staff_id}`)).status).toBe(200)
  expect(await attack(ask, [403, 404])).toEqual([])
}, 60_000)

test('a token gets nothing of a lender that it is not for', async () => {
  const permissions = ['borrowers.read', 'borrowers.search', 'contacts.write', 'holds.write', 'book.read']
  const { body } = await admin('POST', '/tokens', { name: 't', permissions, lenders: ['north'], days: 1 })
  const authorization = `Bearer ${body['token']}`
  const machine: Asker = (method, path, sent, headers) =>
    desk.anybody(method, path, sent, { ...headers, authorization })
  expect(await attack(machine, [403, 404])).toEqual([])
}, 60_000)

test('somebody who left, and somebody who never came, get nothing at all', async () => {
  const { ask, staff_id } = await desk.person(['manager'])
  expect((await admin('POST', `/staff/${staff_id}/departure`, { reason: 'left us' })).status).toBe(200)
  expect(await attack(ask, [401])).toEqual([])
  expect(await attack(desk.anybody, [401])).toEqual([])
}, 60_000)

test('an answer kept under somebody’s key is not given to them once they may see less', async () => {
  const { ask, staff_id } = await desk.person(['collector'], ['south'])
  const key = { ...why, 'idempotency-key': 'kept-for-the-south' }
  const body = { what: 'national_id' }
  const path = `/borrowers/${south}/disclosures`
  expect((await ask('POST', path, body, key)).body).toEqual({ value: 'X1234567' })
  const etag = (await admin('GET', `/staff/${staff_id}`)).headers.get('etag')!
  const moved = { roles: ['collector'], teams: [] }
  expect((await admin('PUT', `/staff/${staff_id}/rights`, moved, { 'if-match': etag })).status).toBe(200)
  const again = await ask('POST', path, body, key)
  expect([again.status, JSON.stringify(again.body).includes('X1234567')]).toEqual([409, false])
})

test('fields that a body does not have change nothing: not the writer, the time, the borrower', async () => {
  const { ask, staff_id } = await desk.person(['collector'], ['south'])
  const given = { recorded_by: 'somebody', placed_by: 'agency:Fair', taken_by: 'somebody', lender: 'north' }
  const other = { borrower_id: '1', staff_id: 'somebody', at: '1999-01-01T00:00:00Z', ...given }
  const stated = {
    currency: 'USD',
    lines: [{ kind: 'income', what: 'wages', amount_minor: 1, evidence: 'payslip', ...other }],
  }
  const sent = await ask('PUT', `/borrowers/${south}/affordability`, { ...stated, ...other })
  const { rows } = await sql<{ borrower_id: string; row: string }>`
    select borrower_id::text as borrower_id, to_jsonb(a)::text as row
      from affordability_statements a`.execute(db)
  expect([sent.status, rows.map((row) => row.borrower_id)]).toEqual([200, [south]])
  expect(rows[0]!.row).toContain(staff_id)
  expect(rows[0]!.row).not.toContain('somebody')
  expect(rows[0]!.row).not.toContain('1999')
})

test('an admin gives no rights to themselves, neither by hand nor by a machine', async () => {
  const { ask, staff_id } = await desk.person(['admin'])
  const change = async (roles: string[], who = staff_id) => {
    const etag = (await ask('GET', `/staff/${who}`)).headers.get('etag')!
    return (await ask('PUT', `/staff/${who}/rights`, { roles, teams: [] }, { 'if-match': etag })).body
  }
  expect(await change(['admin', 'manager'])).toMatchObject({ refusal: 'own_rights' })
  const other = await desk.person(['collector'])
  expect(await change(['admin', 'manager'], other.staff_id)).toMatchObject({ roles: ['admin', 'manager'] })
  const token = async (who: Asker, ...permissions: string[]) =>
    (await who('POST', '/tokens', { name: 't', permissions, lenders: [], days: 1 })).body['refusal'] ?? null
  expect(await token(ask, 'contacts.write', 'borrowers.read')).toBe(null)
  expect(await token(ask, 'book.read', 'payments.write')).toBe('permission_is_not_ones_own')
  expect(await token(other.ask, 'book.read', 'payments.write')).toBe(null)
  for (const human of ['staff.write', 'tokens.write', 'approvals.decide']) {
    expect(await token(other.ask, human)).toBe('permission_is_not_for_machines')
  }
})
