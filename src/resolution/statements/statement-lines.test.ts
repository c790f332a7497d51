import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { proveBalances } from '../../book/ledger/ledger.sql.ts'
import { standingOf } from '../../book/positions/standing.sql.ts'
import { fixedClock } from '../../platform/clock.ts'
import { statementRoutes } from './statement.routes.ts'

const db = await freshDatabase()
let today = '2025-03-12'
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), [statementRoutes()])
afterAll(() => db.destroy())

beforeAll(async () => {
  desk.as('max', 'manager')
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
})

let loans = 0
/** A loan of a borrower of its own that owes 1,000.00 euro. */
async function newLoan() {
  const loan_no = `LN-2024-${1_000 + ++loans}`
  const { rows } = await sql<{ id: string }>`
    insert into borrowers (borrower_id, lender, borrower_no, name)
    values (borrower_id_of('bank', ${`B-${loans}`}), 'bank', ${`B-${loans}`}, 'Ann Lee')
    returning borrower_id::text as id`.execute(db)
  const borrower_id = rows[0]!.id
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, instalment_minor, oldest_due_on)
    values (${borrower_id}, ${loan_no}, 'bank', 'EUR', 'active', '2025-03-01', 100000, 50000, 25000,
            '2025-02-01')`.execute(db)
  const owed = async () => (await standingOf(db, borrower_id, loan_no, today))!.outstanding_minor
  return { borrower_id, loan_no, owed }
}

/** `sign` as MT940 has it: D is money out, RC a credit taken back; without one it is money in. */
type Line = { amount: string; text: string; sign?: 'D' | 'RC' | 'RD'; day?: string; account?: string }
type Given = { no: string; account?: string; closing: string; day?: string; lines: Line[] }

const mt940 = ({ no, account = '12030000/1', closing, day = '2025-03-11', lines }: Given) => {
  const short = (on: string) => on.slice(2).replaceAll('-', '')
  return [
    '{1:F01BANKDEFF}{2:I940}{4:',
    ':20:STARTUMS',
    `:25:${account}`,
    `:28C:${no}`,
    `:60F:C${short(day)}EUR500,00`,
    ...lines.flatMap((one) => [
      `:61:${short(one.day ?? day)}${one.sign ?? 'C'}${one.amount.replace('.', ',')}NTRFNONREF`,
      `:86:${one.account ? `VA:${one.account} ` : ''}${one.text}`,
    ]),
    `:62F:C${short(day)}EUR${closing.replace('.', ',')}`,
    '-}',
  ].join('\n')
}

const balance = (code: string, amount: string, day: string) => `
  <Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt>
    <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`
const camtStatement = ({ no, account = 'DE1', closing, day = '2025-03-11', lines }: Given) => `
  <Stmt><Id>${no}</Id><Acct><Id><IBAN>${account}</IBAN></Id></Acct>
  ${balance('OPBD', '500.00', day)}${balance('CLBD', closing, day)}
  ${lines
    .map(
      (one) => `
  <Ntry><Amt Ccy="EUR">${one.amount}</Amt><CdtDbtInd>${one.sign ? 'DBIT' : 'CRDT'}</CdtDbtInd>
    <RvslInd>${one.sign === 'RC'}</RvslInd><Sts><Cd>BOOK</Cd></Sts>
    <ValDt><Dt>${one.day ?? day}</Dt></ValDt>
    <NtryDtls><TxDtls>
    <RltdPties><CdtrAcct><Id><Othr><Id>${one.account ?? 'none'}</Id></Othr></Id></CdtrAcct></RltdPties>
    <RmtInf><Ustrd>${one.text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
    )
    .join('')}</Stmt>`
const formats = {
  mt940: (...statements: Given[]) => statements.map(mt940).join('\n'),
  'camt.053': (...statements: Given[]) =>
    `<Document><BkToCstmrStmt>${statements.map(camtStatement).join('')}</BkToCstmrStmt></Document>`,
}
const load = (text: string) => desk.send('/bank-statements?lender=bank', text)
const suspense = async () => (await desk.ask('GET', '/suspense')).body.lines

test.each(['mt940', 'camt.053'] as const)(
  '%s: each statement of a file books its own lines',
  async (format) => {
    const [first, second, both] = [await newLoan(), await newLoan(), await newLoan()]
    const of = (no: string, account: string, amount: string, loan_no: string) => ({
      no,
      account,
      closing: `${640 + Number(amount)}.00`,
      lines: [
        { amount: `${amount}.00`, text: loan_no },
        { amount: '140.00', text: both.loan_no },
      ],
    })
    const file = formats[format](
      of('1/1', `${format}/1`, '100', first.loan_no),
      of('1/1', `${format}/2`, '70', second.loan_no),
      of('1/1', `${format}/3`, '70', second.loan_no),
    )
    const { status, body } = await load(file)
    expect(status).toBe(201)
    expect(body.statements.map(({ booked }: { booked: number }) => booked)).toEqual([2, 2, 2])
    expect(await suspense()).toEqual([])
    expect([await first.owed(), await second.owed(), await both.owed()]).toEqual([90_000, 86_000, 58_000])
  },
)

test('a payment that has the number already is not taken for the line, be it alike', async () => {
  const loan = await newLoan()
  const { borrower_id, loan_no } = loan
  const file = mt940({ no: '2/1', closing: '510.00', lines: [{ amount: '10.00', text: loan_no }] })
  const sha256 = createHash('sha256').update(file).digest('hex')
  await sql`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                          loaded_as_of)
    values (${borrower_id}, ${`bank:${sha256.slice(0, 20)}:1`}, 'bank', ${loan_no}, '2025-03-11', 1000, 'EUR',
            'payment', '2025-03-11')`.execute(db)
  expect((await load(file)).body.statements[0]).toMatchObject({ booked: 0, waiting: 1 })
  const clearing = `/suspense/${sha256}/1/clearing`
  expect(await desk.refusal('PUT', clearing, { borrower_id, loan_no })).toBe('payment_no_was_used_otherwise')
  expect((await desk.ask('PUT', clearing, { outcome: 'ignored', note: 'booked before' })).status).toBe(204)
})

test('lines that had no payment of their own are put back on the list, and can be cleared', async () => {
  const { loan_no } = await newLoan()
  const lines = [{ amount: '33.00', text: loan_no }]
  const of = (account: string) => ({ no: '3/1', account, closing: '533.00', lines })
  const { body } = await load(formats.mt940(of('put-back/1'), of('put-back/2')))
  const [first, second] = body.statements.map(({ sha256 }: { sha256: string }) => sha256)
  // as it was before: the second statement's line claims the first one's payment
  await sql`drop index statement_lines_payments`.execute(db)
  await sql`update statement_lines
               set payment_no = (select payment_no from statement_lines where sha256 = ${first})
             where sha256 = ${second}`.execute(db)
  const migration = new URL('../../../db/migrations/0080_statements.sql', import.meta.url)
  await sql.raw(await readFile(migration, 'utf8')).execute(db)
  expect(await suspense()).toMatchObject([
    { sha256: second, line_no: 1, waits_because: 'payment_no_was_used_otherwise' },
  ])
  const clearing = `/suspense/${second}/1/clearing`
  expect((await desk.ask('PUT', clearing, { outcome: 'ignored', note: 'a test' })).status).toBe(204)
})

test.each(['mt940', 'camt.053'] as const)(
  '%s: a bounce waits, and takes back the payment that a person names',
  async (format) => {
    const loan = await newLoan()
    const { borrower_id, loan_no } = loan
    const pay = (no: string, day: string) => ({
      no,
      account: `bounce/${format}`,
      closing: '600.00',
      lines: [{ amount: '100.00', text: loan_no, day }],
    })
    await load(formats[format](pay('1', '2025-03-06'), pay('2', '2025-03-10')))
    expect(await loan.owed()).toBe(80_000)
    const bounce = { amount: '100.00', text: `BOUNCED ${loan_no}`, sign: 'RC' as const }
    const file = formats[format]({ no: '3', account: `bounce/${format}`, closing: '400.00', lines: [bounce] })
    expect((await load(file)).body.statements[0]).toMatchObject({ booked: 0, waiting: 1, ignored: 0 })
    const [line] = await suspense()
    expect(line).toMatchObject({
      amount_minor: -10_000,
      waits_because: 'money_went_out',
      may_take_back: [{ paid_on: '2025-03-10' }, { paid_on: '2025-03-06', borrower_id, loan_no }],
    })
    const clearing = `/suspense/${line.sha256}/1/clearing`
    const asked = (reverses?: string) => desk.refusal('PUT', clearing, { borrower_id, loan_no, reverses })
    expect(await asked()).toBe('money_went_out')
    expect(await asked('another')).toBe('no_such_payment')
    const reverses = line.may_take_back[1].payment_no
    expect((await desk.ask('PUT', clearing, { borrower_id, loan_no, reverses })).status).toBe(204)
    expect(await loan.owed()).toBe(90_000)
    expect(await asked(reverses)).toBe('line_was_cleared_before')
    const { rows } = await sql`
    select payment_no, kind, reverses, paid_on, amount_minor from payments
     where loan_no = ${loan_no} and kind = 'reversal'`.execute(db)
    const payment_no = `bank:${line.sha256.slice(0, 20)}:1`
    expect(rows).toEqual([
      { payment_no, kind: 'reversal', reverses, paid_on: '2025-03-11', amount_minor: 10_000 },
    ])

    // what was taken back is taken back once
    await load(formats[format]({ no: '4', account: `bounce/${format}`, closing: '400.00', lines: [bounce] }))
    const [again] = await suspense()
    expect(again.may_take_back).toMatchObject([{ paid_on: '2025-03-10' }])
    const second = `/suspense/${again.sha256}/1/clearing`
    expect(await desk.refusal('PUT', second, { borrower_id, loan_no, reverses })).toBe(
      'payment_was_reversed_before',
    )
    await desk.ask('PUT', second, { outcome: 'not_ours', note: 'the bank mends it' })
  },
)

test('a bounce that names nobody waits; a fee is ignored; what takes a debit back waits', async () => {
  const { borrower_id, loan_no } = await newLoan()
  const { body } = await load(
    mt940({
      no: '5/1',
      closing: '479.00',
      lines: [
        { amount: '20.00', text: 'RETURNED', sign: 'RC' },
        { amount: '3.00', text: 'account fee', sign: 'D' },
        { amount: '2.00', text: `fee of ${loan_no}`, sign: 'RD' },
      ],
    }),
  )
  expect(body.statements[0]).toMatchObject({ booked: 0, waiting: 2, ignored: 1 })
  const lines = await suspense()
  expect(
    lines.map((line: Record<string, unknown>) => [line['waits_because'], line['may_take_back']]),
  ).toEqual([
    ['money_went_out', []],
    ['a_debit_was_taken_back', []],
  ])
  const clearing = ({ sha256, line_no }: Record<string, unknown>) => `/suspense/${sha256}/${line_no}/clearing`
  const reversal = { borrower_id, loan_no, reverses: 'any' }
  expect(await desk.refusal('PUT', clearing(lines[1]), reversal)).toBe('money_came_in')
  for (const line of lines) await desk.ask('PUT', clearing(line), { outcome: 'not_ours', note: 'the bank’s' })
})

test('a bounce on a loan that was sold since is taken back as well', async () => {
  const loan = await newLoan()
  const { borrower_id, loan_no } = loan
  const of = (no: string, closing: string, sign?: 'RC') =>
    mt940({
      no,
      account: 'sold/1',
      closing,
      lines: [{ amount: '10.00', text: loan_no, ...(sign && { sign }) }],
    })
  await load(of('1', '510.00'))
  await sql`update loans set status = 'sold' where loan_no = ${loan_no}`.execute(db)
  await load(of('2', '490.00', 'RC'))
  const [{ sha256, may_take_back }] = await suspense()
  const reversal = { borrower_id, loan_no, reverses: may_take_back[0].payment_no }
  expect((await desk.ask('PUT', `/suspense/${sha256}/1/clearing`, reversal)).status).toBe(204)
  expect(await loan.owed()).toBe(100_000)
})

test('a number that the bank gives again next year is another statement, on its day the same', async () => {
  const loan = await newLoan()
  const of = (day: string, text: string) =>
    mt940({ no: '1/1', account: 'yearly/1', closing: '510.00', day, lines: [{ amount: '10.00', text }] })
  await load(of('2025-01-31', loan.loan_no))
  today = '2026-02-01'
  const { body } = await load(of('2026-01-31', loan.loan_no))
  expect(body.statements?.[0]).toMatchObject({ booked: 1 })
  expect((await load(of('2026-01-31', `again ${loan.loan_no}`))).body.refusal).toBe(
    'statement_was_loaded_before',
  )
  today = '2025-03-12'
})

test.each(['mt940', 'camt.053'] as const)(
  '%s: a statement that does not add up books nothing',
  async (format) => {
    const loan = await newLoan()
    const right = { no: '7', account: `sums/${format}`, closing: '510.00', lines: [] as Line[] }
    right.lines = [{ amount: '10.00', text: loan.loan_no }]
    const wrong = { ...right, no: '8', closing: '510.01' }
    expect((await load(formats[format](right, wrong))).body.refusal).toBe('statement_does_not_add_up')
    expect(await loan.owed()).toBe(100_000)
    expect((await load(formats[format](right))).body.statements[0]).toMatchObject({ booked: 1 })
  },
)

test.each(['mt940', 'camt.053'] as const)(
  '%s: money that came to an account before it was another loan’s is its first loan’s',
  async (format) => {
    const [first, second] = [await newLoan(), await newLoan()]
    const account_no = format === 'mt940' ? 'VA5500001' : 'VA5500002'
    await sql`
    insert into virtual_accounts (borrower_id, loan_no, account_no, opened_on, closed_on)
    values (${first.borrower_id}, ${first.loan_no}, ${account_no}, '2025-01-01', '2025-03-10'),
           (${second.borrower_id}, ${second.loan_no}, ${account_no}, '2025-03-10', null)`.execute(db)
    const to = (day: string) => ({ amount: '10.00', text: 'thanks', day, account: account_no })
    const lines = [to('2025-03-05'), to('2025-03-11'), { ...to('2025-03-11'), amount: '1.00' }]
    const file = formats[format]({ no: '10', account: `va/${format}`, closing: '521.00', lines })
    expect((await load(file)).body.statements[0]).toMatchObject({ booked: 3 })
    expect([await first.owed(), await second.owed()]).toEqual([99_000, 98_900])
  },
)

test('among thousands of the same amount a number is still found, and a name alone is not sure', async () => {
  await sql`insert into loan_kinds values ('crowd', '')`.execute(db)
  await sql`insert into settings (lender, name, effective_from, value)
            values ('crowd', 'match_confidence_min', '2020-01-01', '70')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, name)
    select borrower_id_of('crowd', 'C-' || n), 'crowd', 'C-' || n, 'Cleo' || n
      from generate_series(10001, 15001) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, instalment_minor, oldest_due_on)
    select borrower_id, 'CR-2024-' || borrower_no, 'crowd', 'EUR', 'active', '2025-03-01', 100000, 50000,
           25000, '2025-02-01'
      from borrowers where lender = 'crowd'
     order by substr(borrower_no, 3)::int`.execute(db)
  const { rows } = await sql<{ no: string }>`
    select substr(borrower_no, 3) as no from borrowers
     where lender = 'crowd' order by borrower_id limit 1`.execute(db)
  const lines = [
    { amount: '250.00', text: 'CR 2024 C 15001' },
    { amount: '250.00', text: `?20instalment?32Cleo${rows[0]!.no}` },
  ]
  const file = mt940({ no: '1', account: 'crowd/1', closing: '1000.00', lines })
  const { body } = await desk.send('/bank-statements?lender=crowd', file)
  expect(body.statements[0]).toMatchObject({ booked: 1, waiting: 1 })
  const [line] = (await suspense()).filter(
    ({ sha256 }: { sha256: string }) => sha256 === body.statements[0].sha256,
  )
  expect([line.line_no, line.waits_because, line.suggestions[0].matched_by]).toEqual([
    2,
    'match_is_not_sure',
    'amount_and_name',
  ])
})

test('after all of it the books balance', async () => {
  expect((await proveBalances(db)).differences).toBe(0)
})
