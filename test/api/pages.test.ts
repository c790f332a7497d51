// A list that can grow is read in pages: every row once, in one order, also rows that stand at one instant.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '../../src/platform/database.ts'
import { type ApiDocument, operationsOf, resolvedIn } from '../support/api-document.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { type Asker, putBorrower, staffedDesk } from '../support/staffed-desk.ts'

const clock = settableClock('2026-05-12T16:00:00Z')
const why = { 'amends-reason': 'a test' }
const ROWS = 7
const REFUSAL = {
  rule_id: 'H-1',
  pack_version: null,
  rule: 'not now',
  source: 'house',
  force: 'house',
  modality: 'prohibit',
  mark: '',
  for_counsel: false,
  evidence: null,
  next_allowed_at: null,
}
let db: Db
let desk: Awaited<ReturnType<typeof staffedDesk>>
let manager: Asker
let collector: Asker

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url)
  desk = await staffedDesk({ db, url, clock })
  for (let n = 1; n <= ROWS; n++) {
    const about = { lender: 'north', borrower_no: `N-000${n}`, name: `Ada ${n}`, as_of: '2026-05-11' }
    await fill(await putBorrower(db, about), n)
  }
  await sql`
    insert into bank_statements
    select repeat(sign, 64), 'mt940', 'north', '1', sign, 'USD', '2026-05-11', 0, 0, ${ROWS}::int,
           '2026-05-11T00:00Z', 'test'
      from unnest('{a,b,c}'::text[]) sign`.execute(db)
  await sql`
    insert into statement_lines (sha256, line_no, lender, booked_on, amount_minor, currency, reference,
                                 waits_because)
    select repeat('a', 64), n, 'north', '2026-05-11', 100, 'USD', 'x', 'nobody_matches'
      from generate_series(1, ${ROWS}::int) n`.execute(db)
  manager = (await desk.person(['manager'])).ask
  collector = (await desk.person(['collector'], ['north'])).ask
  return () => db.destroy()
})

/** One row of each list about a borrower; instants are alike in their milliseconds, and often wholly. */
async function fill(id: string, n: number) {
  const at = `2026-05-11T10:00:00.00000${n % 3}Z`
  await sql`
    insert into incidents (borrower_id, contact_id, pack_version, rule_id, found_at, cause, evidence)
    values (${id}, gen_random_uuid(), 'house@1', 'H-1', ${at}, 'late_fact', '[]')`.execute(db)
  const stop = await sql<{ stop_id: string }>`
    insert into stops (borrower_id, cause, cause_no, at, stopped_by)
    values (${id}, 'dispute', '1', ${at}, 'test') returning stop_id`.execute(db)
  await sql`
    insert into stop_notices (borrower_id, stop_id, worked_by)
    values (${id}, ${stop.rows[0]!.stop_id}, 'kim')`.execute(db)
  await db.transaction().execute(async (tx) => {
    await sql`select from borrowers where borrower_id = ${id} for update`.execute(tx)
    await sql`
    insert into verdicts (borrower_id, allowed, decided_at, channel, debts, party, party_id, address,
                          placed_by, purpose, pack_versions, asked, refusals, warnings, facts, asked_by)
    values (${id}, false, ${at}, 'call', '{}', 'debtor', '', '', 'lender', 'collect', '{}', '{}',
            ${JSON.stringify([REFUSAL])}::jsonb, '[]', '{}', 'kim')`.execute(tx)
  })
  await sql`
    insert into hardship_requests (borrower_id, request_no, asked_on, channel, recorded_by, cause, statement,
                                   decide_by)
    values (${id}, 1, '2026-05-01', 'call', 'kim', 'illness', 'ill', '2026-05-12')`.execute(db)
  await sql`
    insert into balance_differences
    values (${id}, ${`L-N-000${n}`}, '2026-05-11', 'USD', 100, 0, 100, ${100 + (n % 3)}, 0)`.execute(db)
  await sql`insert into cases (borrower_id, opened_on) values (${id}, '2026-04-02')`.execute(db)
  await sql`
    insert into worklist_items (borrower_id, lender, score, loan_no, currency, past_due_minor, oldest_due_on,
                                bucket, reasons, zones, call_opens, call_closes, not_before)
    values (${id}, 'north', ${n % 3}, ${`L-N-000${n}`}, 'USD', 100, '2026-04-01', 'M1', '[]', '{}', '00:00',
            '23:59', ${n % 2 ? null : '2026-05-13T00:00:00.0001Z'})`.execute(db)
}

type Row = Record<string, unknown>

/** All rows of a list, page by page, each of two rows. */
async function walked(ask: Asker, path: string, list: string): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | null = null
  do {
    const more: string = cursor ? `&cursor=${cursor}` : ''
    const { status, body } = await ask('GET', `${path}limit=2${more}`, undefined, why)
    expect(status).toBe(200)
    const page = body[list] as unknown as Row[]
    expect(page.length).toBeLessThanOrEqual(2)
    rows.push(...page)
    cursor = body['next_cursor'] as unknown as string | null
  } while (cursor)
  return rows
}

test.each([
  ['/conduct/incidents?', 'incidents', ROWS],
  ['/conduct/stops?', 'stops', ROWS],
  ['/conduct/refusals?', 'verdicts', ROWS],
  ['/hardships?', 'requests', ROWS],
  ['/balance-differences?', 'differences', ROWS - 2],
  ['/suspense?', 'lines', ROWS],
  [`/bank-statements/${'a'.repeat(64)}/lines?`, 'rows', ROWS],
  ['/bank-statements?', 'rows', 3],
  ['/worklists/mine/items?part=to_do&', 'rows', 4],
  ['/worklists/mine/items?part=not_yet&', 'rows', 3],
  ['/worklists/mine/items?part=done&', 'rows', 0],
] as const)('%s goes on where it ended', async (path, list, rows) => {
  // a difference of nothing is none
  await sql`delete from balance_differences where stated_minor = expected_minor`.execute(db)
  const ask = path.startsWith('/worklists') ? collector : manager
  const whole = (await ask('GET', path.slice(0, -1), undefined, why)).body
  expect(whole[list]).toHaveLength(rows)
  expect(whole['next_cursor']).toBeNull()
  expect(await walked(ask, path, list)).toEqual(whole[list])
})

test('the day’s list says where each part goes on', async () => {
  const { body } = await collector('GET', '/worklists/mine', undefined, why)
  expect(body['next_cursors']).toEqual({ to_do: null, not_yet: null, done: null })
  await sql`
    insert into worklist_items (borrower_id, lender, score, loan_no, currency, past_due_minor, oldest_due_on,
                                bucket, reasons, zones, call_opens, call_closes)
    select borrower_id_of('north', 'M-' || n), 'north', 9, 'L', 'USD', 1, '2026-04-01', 'M1', '[]', '{}',
           '00:00', '23:59'
      from generate_series(1, 70) n`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no)
    select borrower_id_of('north', 'M-' || n), 'north', 'M-' || n from generate_series(1, 70) n`.execute(db)
  await sql`
    insert into cases (borrower_id, opened_on)
    select borrower_id_of('north', 'M-' || n), '2026-04-02' from generate_series(1, 70) n`.execute(db)
  const long = (await collector('GET', '/worklists/mine', undefined, why)).body as unknown as {
    to_do: Row[]
    next_cursors: { to_do: string }
    counts: { to_do: number }
  }
  const path = `/worklists/mine/items?part=to_do&cursor=${long.next_cursors.to_do}`
  const rest = (await collector('GET', path, undefined, why)).body['rows'] as unknown as Row[]
  const seen = [...long.to_do, ...rest].map((row) => row['borrower_id'])
  expect([long.to_do.length, seen.length, new Set(seen).size]).toEqual([60, 74, 74])
})

// Bounded by what they are: things of one borrower, person, team, load or night; rules and texts of the
// house; figures by bucket and month; a search, which answers with its best.
const SHORT = [
  /\{\w+\}/,
  /^\/conduct\/(packs|retention|templates|agencies)$/,
  /^\/(portfolio(\/(trend|rolls))?|borrowers|me(\/passkeys)?)$/,
]

test('whatever answers with a list has a cursor, but for what cannot grow', async () => {
  const document = (await desk.anybody('GET', '/openapi.json')).body as unknown as ApiDocument
  const lists = operationsOf(document).filter(({ method, operation }) => {
    const answer = operation.responses['200']?.content?.['application/json']?.schema
    const { properties = {} } = answer ? resolvedIn(document)(answer) : {}
    return (
      method === 'GET' &&
      Object.values(properties).some((field) => resolvedIn(document)(field).type === 'array')
    )
  })
  const paged = lists.filter(({ operation }) => operation.parameters?.some(({ name }) => name === 'cursor'))
  expect(paged.length).toBeGreaterThan(14)
  const rest = lists.filter((one) => !paged.includes(one)).map(({ path }) => path)
  // the day's list: its parts go on below
  expect(rest.filter((path) => !SHORT.some((form) => form.test(path)))).toEqual(['/worklists/mine'])
})
