import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { proveBalances } from '../../book/ledger/ledger.sql.ts'
import { standingOf } from '../../book/positions/standing.sql.ts'
import { fixedClock } from '../../platform/clock.ts'
import { statementRoutes } from './statement.routes.ts'
import { virtualAccountRoutes } from './virtual-account.routes.ts'

const db = await freshDatabase()
const desk = deskApp(db, () => fixedClock('2025-03-12T12:00:00Z'), [
  statementRoutes(),
  virtualAccountRoutes(),
])
afterAll(() => db.destroy())

beforeAll(async () => {
  desk.as('max', 'manager')
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  for (const [no, name, currency] of [
    ['1', 'Ann Lee', 'EUR'],
    ['2', 'Bob Ray', 'EUR'],
    ['3', 'Cy Orr', 'USD'],
  ]) {
    const id = sql`borrower_id_of('bank', ${`B-000${no}`})`
    await sql`insert into borrowers (borrower_id, lender, borrower_no, name)
              values (${id}, 'bank', ${`B-000${no}`}, ${name})`.execute(db)
    await sql`
      insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                         past_due_minor, instalment_minor, oldest_due_on)
      values (${id}, ${`LN-2024-000${no}`}, 'bank', ${currency}, 'active', '2025-03-01', 100000, 50000, 25000,
              '2025-02-01')
    `.execute(db)
  }
  await sql`insert into virtual_accounts (borrower_id, loan_no, account_no, opened_on)
            values (borrower_id_of('bank', 'B-0002'), 'LN-2024-0002', 'VA77000002', '2025-01-01')`.execute(db)
})
const line = (amount: string, information: string, sign = 'C') =>
  `:61:2503110311${sign}${amount}NTRFNONREF\n:86:${information}`
const statement = [
  '{1:F01BANKDEFF}{2:I940}{4:',
  ':20:STARTUMS',
  ':25:12030000/202051',
  ':28C:70/1',
  ':60F:C250310EUR1000,00',
  line('250,00', 'my loan LN 2024 0001'),
  line('100,00', 'VA:VA77000002 thanks'),
  line('500,00', '?20March?32LEE ANN M'),
  line('10,00', 'who knows'),
  line('20,00', 'for LN-2024-0003'),
  line('3,00', 'account fee', 'D'),
  ':62F:C250310EUR1877,00',
  '-}',
].join('\n')
const load = (text: string) => desk.send('/bank-statements?lender=bank', text)

test('what is surely matched is booked; the rest waits with suggestions and its reason', async () => {
  const { status, body } = await load(statement)
  expect([status, body.statements?.[0]]).toMatchObject([201, { lines: 6, booked: 2, waiting: 3, ignored: 1 }])
  const { lines } = (await desk.ask('GET', '/suspense')).body
  expect(lines.map((one: Record<string, unknown>) => [one['amount_minor'], one['waits_because']])).toEqual([
    [50_000, 'match_is_not_sure'],
    [1_000, 'nobody_matches'],
    [2_000, 'currency_is_not_the_loans'],
  ])
  expect(lines[0]).toMatchObject({ lender: 'bank', amount: '500.00', payer: 'LEE ANN M' })
  expect(lines[0].suggestions).toEqual([
    {
      borrower_id: expect.any(String),
      loan_no: 'LN-2024-0001',
      matched_by: 'amount_and_name',
      confidence: 70,
      name: 'Ann Lee',
      currency: 'EUR',
      // what the line that was booked on it left
      past_due: '250.00',
      instalment: '250.00',
    },
  ])
})

test('the same statement again is refused and books nothing', async () => {
  expect((await load(statement)).body.refusal).toBe('statement_was_loaded_before')
})

test('money that came to one lender is not booked on a loan of another', async () => {
  await sql`insert into loan_kinds values ('fund', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (9, 'fund', 'F-9')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor)
    values (9, 'F-1', 'fund', 'EUR', 'active', '2025-03-01', 100000, 0)`.execute(db)
  const [{ sha256, line_no }] = (await desk.ask('GET', '/suspense')).body.lines
  const path = `/suspense/${sha256}/${line_no}/clearing`
  expect(await desk.refusal('PUT', path, { borrower_id: '9', loan_no: 'F-1' })).toBe(
    'loan_is_of_another_lender',
  )
  expect((await desk.ask('GET', '/suspense')).body.lines[0]).toMatchObject({ sha256, line_no })
})

test('a person says whose the money is, once', async () => {
  const { lines } = (await desk.ask('GET', '/suspense')).body
  const [{ sha256, line_no, suggestions }] = lines
  const path = `/suspense/${sha256}/${line_no}/clearing`
  const { borrower_id, loan_no } = suggestions[0]
  expect((await desk.ask('PUT', path, { borrower_id, loan_no })).status).toBe(204)
  expect(await desk.refusal('PUT', path, { borrower_id, loan_no })).toBe('line_was_cleared_before')
  expect((await standingOf(db, borrower_id, loan_no, '2025-03-12'))!.outstanding_minor).toBe(25_000)
})

test('money in another currency than the loan’s is never booked; it can be sent back', async () => {
  const { lines } = (await desk.ask('GET', '/suspense')).body
  const { sha256, line_no, suggestions } = lines.at(-1)
  const path = `/suspense/${sha256}/${line_no}/clearing`
  const { borrower_id, loan_no } = suggestions[0]
  expect(await desk.refusal('PUT', path, { borrower_id, loan_no })).toBe('currency_is_not_the_loans')
  expect((await desk.ask('PUT', path, { outcome: 'returned', note: 'sent back to the payer' })).status).toBe(
    204,
  )
  expect((await desk.ask('GET', '/suspense')).body.lines).toHaveLength(1)
})

test('an account is given to one loan of a lender at a time', async () => {
  const { rows } = await sql<{ id: string }>`
    select borrower_id::text as id from borrowers order by borrower_no`.execute(db)
  const account = (n: number) => `/borrowers/${rows[n]!.id}/loans/LN-2024-000${n + 1}/virtual-accounts`
  expect(await desk.refusal('PUT', `${account(0)}/VA77000002`)).toBe('account_is_another_loans')
  expect((await desk.ask('DELETE', `${account(1)}/VA77000002`)).body.closed_on).toBe('2025-03-12')
  expect(await desk.refusal('DELETE', `${account(1)}/VA77000002`)).toBe('no_such_open_account')
  const both = await Promise.all([0, 1].map((n) => desk.ask('PUT', `${account(n)}/VA77000009`)))
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
  expect((await desk.ask('GET', account(1))).body.accounts).toHaveLength(both[1]!.status === 200 ? 2 : 1)
})

test('a statement says where its lines stand, and each line what became of it and by whom', async () => {
  const { rows } = (await desk.ask('GET', '/bank-statements')).body
  expect(rows).toMatchObject([
    { lender: 'bank', opening: '1000.00', money_in: '880.00', money_out: '-3.00', closing: '1877.00' },
  ])
  expect(rows[0]).toMatchObject({ lines: 6, booked: 3, waiting: 1, returned: 1, ignored: 1, not_ours: 0 })
  const lines = (await desk.ask('GET', `/bank-statements/${rows[0].sha256}/lines`)).body.rows
  expect(
    lines.map((one: Record<string, unknown>) => [one['outcome'], one['loan_no'], one['matched_by']]),
  ).toEqual([
    ['booked', 'LN-2024-0001', 'loan_number'],
    ['booked', 'LN-2024-0002', 'virtual_account'],
    ['booked', 'LN-2024-0001', 'person'],
    [null, null, null],
    ['returned', null, 'loan_number'],
    ['ignored', null, null],
  ])
  expect(lines[4]).toMatchObject({ cleared_by: 'max', note: 'sent back to the payer', amount: '20.00' })
})

test('a file that is neither is refused by name, and the books balance', async () => {
  expect((await load('hello')).body.refusal).toBe('statement_is_not_well_formed')
  const second = statement.replace('28C:70/1', '28C:71/1').replace('EUR1877,00', 'EUR1878,00')
  expect((await load(`${statement.replace('28C:70/1', '28C:72/1')}\n${second}`)).body).toMatchObject({
    refusal: 'statement_does_not_add_up',
    detail: expect.stringMatching(/^Statement 2 of the file was not taken, .*closing balance/),
  })
  expect((await proveBalances(db)).differences).toBe(0)
})
