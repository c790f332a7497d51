// Every read of a borrower's data leaves its entry: gone over for the whole API, not for the routes somebody
// thought of.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '../../src/platform/database.ts'
import { type Role, roles } from '../../src/staff/rights/permission.ts'
import { type ApiDocument, type Asked, fieldsOf, operationsOf } from '../support/api-document.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { type Asker, putBorrower, staffedDesk } from '../support/staffed-desk.ts'

// A field that only an answer about a borrower has.
const about_borrowers = ['borrower_id', 'borrower_no', 'loan_no', 'national_id_masked', 'payer', 'evidence']
// Rows of a lender's file have no shape of their own.
const rows_of_files = '/loads/{load_id}/rejects'
// A stream does not end by itself; what it leaves is asked in the test of its own below.
const endless = '/borrowers/{borrower_id}/live'

let db: Db
let document: ApiDocument
let everybody: { staff_id: string; email: string; ask: Asker }
let borrower_id: string
let app: Awaited<ReturnType<typeof staffedDesk>>

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url, { prepared: true })
  app = await staffedDesk({ db, url, clock: settableClock('2026-05-12T16:00:00Z') })
  const about = { lender: 'north', borrower_no: 'N-0001', name: 'Ada North', as_of: '2026-05-11' }
  borrower_id = await putBorrower(db, about)
  everybody = await app.person(Object.keys(roles) as Role[])
  document = (await app.anybody('GET', '/openapi.json')).body as unknown as ApiDocument
  return () => db.destroy()
})

const values: Record<string, string> = {
  loan_no: 'L-N-0001',
  agreement_no: '00000000-0000-4000-8000-000000000000',
  load_id: '00000000-0000-4000-8000-000000000000',
  verdict_id: '00000000-0000-4000-8000-000000000000',
  sha256: '0'.repeat(64),
  q: 'ada',
  currency: 'USD',
  bucket: 'current',
  as_of: '2026-05-12',
}

const isPersonal = ({ method, path, operation }: Asked) => {
  if (method !== 'GET') return false
  if (path.includes('{borrower_id}') || path === rows_of_files) return true
  const schema = Object.values(operation.responses[200]?.content ?? {})[0]?.schema
  const fields = fieldsOf(document, schema)
  return about_borrowers.some((name) => fields.has(name))
}

/** The address of an operation about the borrower of this test. */
function addressOf({ path, operation }: Asked): string {
  const given = { ...values, borrower_id }
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => given[name as 'borrower_id'] ?? 'unknown')
  const query = (operation.parameters ?? [])
    .filter((each) => each.in === 'query' && (each.required || each.name === 'as_of'))
    .map(({ name }) => [name, given[name as 'borrower_id'] ?? 'unknown'])
  return query.length ? `${filled}?${new URLSearchParams(query)}` : filled
}

const newest = async () => {
  const { rows } = await sql<Record<string, unknown>>`
    select entry_no, staff_id, action, subject, reason, origin, borrowers::text[] as borrowers
      from audit_entries order by entry_no desc limit 1`.execute(db)
  return rows[0]!
}

test('every read of a borrower’s data needs a reason and is logged: who, why, from where', async () => {
  const reads = operationsOf(document)
    .filter(isPersonal)
    .filter(({ path }) => path !== endless)
  expect(reads.length).toBeGreaterThan(20)
  const answered: string[] = []
  for (const read of reads) {
    const address = addressOf(read)
    const { entry_no } = await newest()
    const unasked = await everybody.ask('GET', address)
    expect([read.name, unasked.status, unasked.body['refusal']]).toEqual([
      read.name,
      428,
      'reason_is_missing',
    ])
    expect((await newest())['entry_no']).toBe(entry_no)
    const reason = `a test of ${read.path}`
    const { status } = await everybody.ask('GET', address, undefined, { 'amends-reason': reason })
    if (status === 200) answered.push(read.path)
    expect([read.name, status]).toEqual([read.name, expect.toBeOneOf([200, 404])])
    const action = `GET /api${read.path.replaceAll(/\{(\w+)\}/g, ':$1')}`
    const origin = 'unknown'
    expect(await newest(), read.name).toMatchObject({ staff_id: everybody.staff_id, action, reason, origin })
    if (read.path.includes('{borrower_id}')) expect((await newest())['borrowers']).toEqual([borrower_id])
  }
  expect(answered.length).toBeGreaterThan(15)
})

test('a list logs every borrower that it showed, so that one may ask who saw whom', async () => {
  const why = { 'amends-reason': 'she called' }
  await everybody.ask('GET', '/borrowers?q=ada', undefined, why)
  expect(await newest()).toMatchObject({ action: 'GET /api/borrowers', borrowers: [borrower_id] })
  const { body } = await everybody.ask('GET', `/audit?borrower_id=${borrower_id}&limit=1`)
  expect(body['rows']).toMatchObject([
    { action: 'GET /api/borrowers', subject: 'q=ada', reason: 'she called' },
  ])
  await everybody.ask('GET', '/borrowers?q=nobody', undefined, why)
  expect(await newest()).toMatchObject({ subject: 'q=nobody', borrowers: [] })
})

test('the stream of a case is logged when it is opened', async () => {
  const { entry_no } = await newest()
  const cookie = (await app.signIn(everybody.email)).cookie
  const stopped = new AbortController()
  const opened = await app.app.request(`http://desk.test/api/borrowers/${borrower_id}/live`, {
    headers: { host: 'desk.test', cookie },
    signal: stopped.signal,
  })
  expect(opened.status).toBe(200)
  await opened.body?.cancel()
  stopped.abort()
  const entry = await newest()
  expect(entry).toMatchObject({ reason: 'the case is open', borrowers: [borrower_id] })
  expect(entry['entry_no']).toBeGreaterThan(entry_no as number)
})

test('a write is logged about whom it was, also where its path does not say so', async () => {
  const why = { 'amends-reason': 'a call' }
  await everybody.ask('POST', '/contacts/verdicts', { borrower_id, channels: ['call'] }, why)
  expect(await newest()).toMatchObject({ action: 'POST /api/contacts/verdicts', borrowers: [borrower_id] })
})
