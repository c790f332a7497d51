// Rights that end while something goes on, and secrets that are shown once: tried from the other side.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { saveTeam } from '../../src/staff/people/people.sql.ts'
import { type ApiDocument, operationsOf } from '../support/api-document.ts'
import { freshBook } from '../support/book.ts'
import { settableClock } from '../support/served-desk.ts'
import { type Asker, putBorrower, staffedDesk } from '../support/staffed-desk.ts'

const why = { 'amends-reason': 'a test' }
const book = await freshBook()
const { db, url } = book
const desk = await staffedDesk({ db, url, clock: settableClock('2026-05-12T16:00:00Z') })
let admin: Asker
let north: string

beforeAll(async () => {
  admin = (await desk.person(['admin'])).ask
  const about = { lender: 'north', borrower_no: 'N-0001', name: 'Ada North', as_of: '2026-05-11' }
  north = await putBorrower(db, about)
})

/** A case that stands open on somebody's screen; `rest` is what it is told until its stream ends. */
async function opened(email: string) {
  const { cookie, ask } = await desk.signIn(email)
  const response = await desk.app.request(`http://desk.test/api/borrowers/${north}/live`, {
    headers: { cookie },
  })
  expect(response.status).toBe(200)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const first = await reader.read()
  expect(first.value).toMatch(/event: people/)
  const rest = async () => {
    let told = ''
    for (let line = await reader.read(); !line.done; line = await reader.read()) told += line.value
    return told
  }
  return { ask, reader, rest }
}

const write = async () => {
  const { ask } = await desk.person(['manager'])
  const hold = { kind: 'complaint', reason: 'a letter came' }
  expect((await ask('POST', `/borrowers/${north}/holds`, hold, why)).status).toBe(201)
}

test('a case that stands open tells nothing more once its reader has signed out', async () => {
  const { email } = await desk.person(['collector'], ['north'])
  const screen = await opened(email)
  await screen.ask('POST', '/auth/sign-out', {})
  await write()
  expect(await screen.rest()).toBe('')
})

test('nor once the borrower is none of theirs any more', async () => {
  const { email, staff_id } = await desk.person(['collector'], ['north'])
  const screen = await opened(email)
  await sql`update team_members set left_at = '2026-05-12T15:00Z' where staff_id = ${staff_id}`.execute(db)
  await write()
  expect(await screen.rest()).toBe('')
})

test('while somebody who still may is told', async () => {
  const { email } = await desk.person(['collector'], ['north'])
  const screen = await opened(email)
  await write()
  expect((await screen.reader.read()).value).toMatch(/event: (stop|changed)/)
  await screen.reader.cancel()
})

test('an answer that is kept under a key is read by nobody but who has the key', async () => {
  const key = { 'idempotency-key': 'a-key-of-this-test' }
  const body = { name: 'dialler', permissions: ['book.read'], days: 1 }
  const made = (await admin('POST', '/tokens', body, key)).body as unknown as { token: string }
  expect((await admin('POST', '/tokens', body, key)).body).toEqual(made)
  const { rows } = await sql<{
    all: string
  }>`select idempotency_keys::text as all from idempotency_keys`.execute(db)
  expect(rows.length).toBeGreaterThan(0)
  for (const { all } of rows) {
    expect(all).not.toContain(made.token)
    expect(all).not.toContain(key['idempotency-key'])
  }
})

test('a key gives no old answer to somebody whose rights have changed', async () => {
  const key = { 'idempotency-key': 'before-and-after' }
  const { ask, staff_id } = await desk.person(['admin'])
  const body = { name: 'letters', permissions: ['book.read'], days: 1 }
  expect((await ask('POST', '/tokens', body, key)).status).toBe(201)
  await sql`update staff_roles set role = 'auditor' where staff_id = ${staff_id}`.execute(db)
  expect((await ask('POST', '/tokens', body, key)).status).not.toBe(201)
})

test.each([
  '../../../etc/x.csv',
  '..\\x.csv',
  'a/b.csv',
  'a\u0000.csv',
  'a\n.csv',
  `${'貸'.repeat(100)}.csv`,
])('no file is kept under the name %j', async (file_name) => {
  const query = new URLSearchParams({ file_name, as_of: '2026-05-11' })
  const headers = { 'content-type': 'application/octet-stream' }
  const sent = await admin('POST', `/loads?${query}`, 'x', headers)
  expect([sent.status, sent.body['refusal']]).toEqual([400, 'request_is_malformed'])
})

test('no header makes a large body pass where no file is sent', async () => {
  const headers = { 'content-type': 'application/octet-stream', 'content-length': '20000001' }
  const sent = await admin('POST', '/tokens', 'x'.repeat(20_000_001), headers)
  expect(sent.body['refusal']).toBe('file_is_too_large')
})

test('a cursor of somebody else’s making breaks no list and opens none', async () => {
  const document = (await desk.anybody('GET', '/openapi.json')).body as unknown as ApiDocument
  const paged = operationsOf(document).filter(({ operation }) =>
    operation.parameters?.some(({ name }) => name === 'cursor'),
  )
  const { ask } = await desk.person(['manager', 'admin', 'auditor', 'compliance'])
  const made = [
    ["' or 1=1 --", 1],
    [null],
    [{}],
    ['infinity', 1e308, "'; drop table loans"],
    ['x', 'y', 'z', 'w'],
  ]
  const cursors = made.map((key) => Buffer.from(JSON.stringify(key)).toString('base64url'))
  for (const { path } of paged) {
    const address = path.replace('{borrower_id}', north).replaceAll(/\{\w+\}/g, '1')
    for (const cursor of [...cursors, '%00', 'null']) {
      const { status } = await ask('GET', `${address}?cursor=${cursor}`, undefined, why)
      expect([path, cursor, status]).toEqual([path, cursor, expect.toBeOneOf([400, 404])])
    }
  }
}, 60_000)

test('an agency writes nothing about a borrower that is placed with another', async () => {
  await saveTeam(db, { team_id: 'other', name: 'Other', lenders: ['north'], agency: 'Other' })
  await sql`
    insert into agency_standings (agency, recorded_at, licensed_until, secrecy_until, recorded_by)
    values ('Other', '2026-05-01T00:00Z', '2027-01-01', '2027-01-01', 'test')`.execute(db)
  await sql`
    insert into placements (borrower_id, lender, agency, reason, placed_at, placed_by)
    values (${north}, 'north', 'Fair', 'late', '2026-05-01T00:00Z', 'test')`.execute(db)
  const { ask } = await desk.person(['agency'], null, ['other'])
  const promise = {
    currency: 'USD',
    amount_minor: 100,
    due_on: '2026-05-20',
    channel: 'call',
    sees_all: true,
  }
  const tried = [
    ['POST', `/borrowers/${north}/holds`, { kind: 'complaint', reason: 'x' }],
    ['POST', `/borrowers/${north}/consents`, { reason: 'x', channel: 'call' }],
    ['POST', `/borrowers/${north}/loans/L-N-0001/promises`, promise],
    ['GET', `/borrowers/${north}`, undefined],
    ['GET', `/borrowers/${north}/timeline`, undefined],
  ] as const
  for (const [method, path, body] of tried) {
    const { status } = await ask(method, path, body, why)
    expect([path, status]).toEqual([path, expect.toBeOneOf([400, 403, 404])])
  }
  const { rows } = await sql`select from holds where reason = 'x'`.execute(db)
  expect(rows).toEqual([])
})

test('a rejected cell that a spreadsheet would run is a text in the file of rejects', async () => {
  const header = 'lender,borrower_no,loan_no,currency,outstanding,past_due'
  const cells = ['=HYPERLINK("http://evil.test")', "-1+cmd|' /C calc'!A0", '@SUM(1)', '-12', 'abc']
  const lines = [...cells, '5.00'].map((cell, n) => `b,B${n},L${n},USD,"${cell.replaceAll('"', '""')}",0`)
  const file = join(book.folder, 'evil.csv')
  writeFileSync(file, `${[header, ...lines].join('\n')}\n`)
  await book.load('2025-12-30', file)
  const told = readFileSync(join(book.folder, 'evil.rejects.csv'), 'utf8')
  expect(told).toContain("'=HYPERLINK")
  expect(told).toContain("'-1+cmd|")
  expect(told).toContain("'@SUM(1)")
  expect(told).not.toMatch(/,"?[=@]/)
})
