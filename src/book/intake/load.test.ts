import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Command } from 'commander'
import ExcelJS from 'exceljs'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { freshBook, tape } from '../../../test/support/book.ts'
import { rejectsFile } from './rejects.sql.ts'
import { tapeCommands } from './tape.command.ts'

const book = await freshBook()
const { load, refused, write, rows } = book
const header = tape()[0]!
const day = '2025-03-01'

/** Loads one bad row between two good ones and gives the reject's cells. */
async function rejected(columns: string, row: string, as_of = day) {
  const good = (no: string) =>
    columns
      .split(',')
      .map(
        (name) =>
          ({ loan_no: no, borrower_no: no, currency: 'USD', outstanding: '1.00', past_due: '0.00' })[name] ??
          '',
      )
      .join(',')
  const file = write([columns, good('G1'), row, good('G2')].join('\n'), 'bad.csv')
  const answer = await load(as_of, file, { mode: 'delta', lender: 'bad' })
  const told = existsSync(rejectsFile(file)) ? readFileSync(rejectsFile(file), 'utf8').split('\n')[1]! : ''
  return { answer, told }
}

test('first load, the same again, and the next day: new, changed, unchanged, closed add up', async () => {
  const first = await load(
    day,
    tape(['L1', 'B1', '100.00'], ['L2', 'B2', '50.00', '10.00', '2025-02-20'], ['L3', 'B2', '70.00']),
  )
  expect(first).toMatchObject({ rows: 3, new: 3, changed: 0, unchanged: 0, closed: 0, rejected: 0 })
  expect(first.totals).toEqual([{ currency: 'USD', loans: 3, outstanding: '220.00', past_due: '10.00' }])
  const again = await load(
    day,
    tape(['L1', 'B1', '100.00'], ['L2', 'B2', '50.00', '10.00', '2025-02-20'], ['L3', 'B2', '70.00']),
  )
  expect(again).toMatchObject({ rows: 3, new: 0, changed: 0, unchanged: 3, closed: 0, rejected: 0 })
  const next = await load(
    '2025-03-02',
    tape(['L1', 'B1', '100.00'], ['L2', 'B2', '45.00', '5.00', '2025-02-20'], ['L4', 'B4', '9.00']),
    { max_missing: 0.5 },
  )
  expect(next).toMatchObject({ rows: 3, new: 1, changed: 1, unchanged: 1, closed: 1, rejected: 0 })
  expect(
    await rows(`select loan_no, valid_from, valid_to, outstanding_minor from loan_positions order by 1`),
  ).toEqual([
    { loan_no: 'L2', valid_from: day, valid_to: '2025-03-02', outstanding_minor: 5000 },
    { loan_no: 'L3', valid_from: day, valid_to: '2025-03-02', outstanding_minor: 7000 },
  ])
})

test('columns in any order, a byte order mark, CRLF, quotes and unknown columns', async () => {
  const file = write(
    '\ufeffnote,past_due,"outstanding",currency,borrower_no,loan_no\r\n' +
      '"said ""hi"", then left",0,1.5,JPY,Q1,"Q,1"\r\n'.replace('1.5', '15') +
      ',0.00,20.00,USD,Q1,Q2\r\n',
  )
  expect(await load(day, file, { mode: 'delta', lender: 'q' })).toMatchObject({
    rows: 2,
    new: 2,
    rejected: 0,
  })
  expect(
    await rows(`select loan_no, outstanding_minor, extra from loans where lender = 'q' order by 1`),
  ).toEqual([
    { loan_no: 'Q,1', outstanding_minor: 15, extra: { note: 'said "hi", then left' } },
    { loan_no: 'Q2', outstanding_minor: 2000, extra: null },
  ])
})

test('the same rows as gz, spreadsheet and parquet change nothing', async () => {
  const lines = tape(['F1', 'B1', '100.50'], ['F2', 'B2', '50.00', '10.25', '2025-02-20'])
  const options = { lender: 'formats' } as const
  expect(await load(day, lines, options)).toMatchObject({ new: 2 })
  const gz = write(gzipSync(`${lines.join('\n')}\n`), 'tape.csv.gz')
  expect(await load(day, gz, options)).toMatchObject({ rows: 2, unchanged: 2, rejected: 0 })
  const workbook = new ExcelJS.Workbook()
  const sheet = workbook.addWorksheet('tape')
  sheet.addRow(header.split(','))
  sheet.addRow(['F1', 'B1', 'USD', 100.5, 0, null])
  sheet.addRow(['F2', 'B2', 'USD', 50, 10.25, new Date('2025-02-20')])
  const xlsx = join(book.folder, 'tape.xlsx')
  await workbook.xlsx.writeFile(xlsx)
  expect(await load(day, xlsx, options)).toMatchObject({ rows: 2, unchanged: 2, rejected: 0 })
  const parquet = write(
    Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: 'loan_no', data: ['F1', 'F2'], type: 'STRING' },
          { name: 'borrower_no', data: ['B1', 'B2'], type: 'STRING' },
          { name: 'currency', data: ['USD', 'USD'], type: 'STRING' },
          { name: 'outstanding', data: [100.5, 50], type: 'DOUBLE' },
          { name: 'past_due', data: [0, 10.25], type: 'DOUBLE' },
          { name: 'oldest_due_on', data: [null, '2025-02-20'], type: 'STRING' },
        ],
      }),
    ),
    'tape.parquet',
  )
  expect(await load(day, parquet, options)).toMatchObject({ rows: 2, unchanged: 2, rejected: 0 })
})

const good = ',B1,USD,5.00,0.00,'
test('a row that is no row of the tape speaks of its loan all the same: it is not closed', async () => {
  const columns = `note,${header}`
  const options = { lender: 'spilt', max_missing: 1 } as const
  await load('2025-03-01', [columns, `red,T1${good}`, `red,T2${good}`, `red,T3${good}`], options)
  const next = await load(
    '2025-03-02',
    [columns, `red, warm,T1${good}`, `red,T2,B1`, `red,T9${good}`],
    options,
  )
  expect(next).toMatchObject({ rows: 3, new: 1, rejected: 2, closed: 1 })
  expect(await rows(`select loan_no from loans where lender = 'spilt' and status = 'closed'`)).toEqual([
    { loan_no: 'T3' },
  ])
})

test('an amount or a day is good or bad whatever stands in other rows', async () => {
  const lines = [`${header},matures_on`, `U1${good},9999-12-31`, `U2${good},0203-12-31`]
  const answer = await load(day, lines, { lender: 'sentinel' })
  const again = await load(day, [...lines, 'U3,B1,USD,five,0.00,,'], { lender: 'sentinel' })
  expect([answer.rejected, again.rejected, again.unchanged]).toEqual([1, 2, 1])
})

test('a dry run says what would change and changes nothing', async () => {
  const before = await rows('select count(*) from loads')
  const told = await load(day, tape(['D1', 'B1', '1.00']), { check: true, lender: 'dry' })
  expect(told).toMatchObject({ checked_only: true, new: 1 })
  expect(await rows(`select from loans where lender = 'dry'`)).toEqual([])
  expect(await rows('select count(*) from loads')).toEqual(before)
})

test('a loan that comes back is open again; one that a tape calls closed counts as closed', async () => {
  const options = { lender: 'back', max_missing: 1 } as const
  await load('2025-03-01', tape(['R1', 'B1', '5.00'], ['R2', 'B1', '5.00']), options)
  expect(await load('2025-03-02', tape(['R2', 'B1', '5.00']), options)).toMatchObject({ closed: 1 })
  expect(await load('2025-03-03', tape(['R1', 'B1', '5.00'], ['R2', 'B1', '5.00']), options)).toMatchObject({
    ...{ changed: 1, new: 0 },
  })
  const closing = ['loan_no,borrower_no,currency,outstanding,past_due,status', 'R1,B1,USD,0.00,0.00,closed']
  expect(await load('2025-03-04', closing, { ...options, mode: 'delta' })).toMatchObject({ closed: 1 })
  expect(await rows(`select status from loans where loan_no = 'R1'`)).toEqual([{ status: 'closed' }])
})

const columns =
  'loan_no,borrower_no,currency,outstanding,past_due,oldest_due_on,principal,interest,penalty,fees'
test.each([
  ['a negative amount', 'X,B,USD,-5.00,0.00,,,,,', '3,outstanding,-5.00,is negative'],
  [
    'thousands separators',
    'X,B,USD,"1,234.50",0.00,,,,,',
    '3,outstanding,"1,234.50",is not a plain decimal such as 1234.50',
  ],
  ['an exponent', 'X,B,USD,5e3,0.00,,,,,', '3,outstanding,5e3,is not a plain decimal such as 1234.50'],
  [
    'an absurd amount',
    'X,B,USD,99999999999999999.00,0.00,,,,,',
    '3,outstanding,99999999999999999.00,is absurdly large',
  ],
  [
    'more decimals than the currency',
    'X,B,USD,5.005,0.00,,,,,',
    '3,outstanding,5.005,has more decimals than the currency',
  ],
  ['an unknown currency', 'X,B,XXQ,5.00,0.00,,,,,', '3,currency,XXQ,is not a currency of ISO 4217'],
  ['no loan number', ',B,USD,5.00,0.00,,,,,', '3,loan_no,,is empty'],
  [
    'a day that does not exist',
    'X,B,USD,5.00,1.00,2025-02-30,,,,',
    '3,oldest_due_on,2025-02-30,is a day that the month does not have',
  ],
  [
    'a date of another form',
    'X,B,USD,5.00,1.00,20/02/2025,,,,',
    '3,oldest_due_on,20/02/2025,is not a date such as 2025-03-31',
  ],
  [
    'a date in the future',
    'X,B,USD,5.00,1.00,2025-03-02,,,,',
    '3,oldest_due_on,2025-03-02,lies after the tape’s day',
  ],
  [
    'past due without its date',
    'X,B,USD,5.00,1.00,,,,,',
    '3,oldest_due_on,,is empty although something is past due',
  ],
  [
    'more past due than outstanding',
    'X,B,USD,5.00,6.00,2025-02-01,,,,',
    '3,past_due,6.00,is more than outstanding',
  ],
  [
    'parts that do not add up',
    'X,B,USD,5.00,0.00,,1.00,1.00,1.00,1.00',
    '3,outstanding,5.00,"is not the sum of principal, interest, penalty and fees"',
  ],
  [
    'a number that stands twice',
    'G1,B,USD,5.00,0.00,,,,,',
    '3,loan_no,G1,"stands twice in the file, first on line 2"',
  ],
  ['a row with a cell too few', 'X,B,USD,5.00,0.00,,,,', '3,,,"the row has 9 cells, the header 10"'],
])('%s', async (_, row, told) => {
  const found = await rejected(columns, row)
  expect(found.told).toBe(told)
  expect(found.answer).toMatchObject({ rows: 3, rejected: 1 })
  expect(found.answer.new + found.answer.unchanged).toBe(2)
})

test('a loan keeps its borrower; rejected loans are not taken for absent', async () => {
  const options = { lender: 'own', max_missing: 0 } as const
  await load('2025-03-01', tape(['O1', 'B1', '5.00'], ['O2', 'B1', '5.00']), options)
  const next = await load('2025-03-02', tape(['O1', 'B9', '5.00'], ['O2', 'B1', '-1']), options)
  expect(next).toMatchObject({ rows: 2, rejected: 2, closed: 0, new: 0, changed: 0 })
  expect(await rows(`select status from loans where lender = 'own'`)).toEqual([
    { status: 'active' },
    { status: 'active' },
  ])
})

test('the rejects file of an earlier try goes when nothing is rejected any more', async () => {
  const file = write(tape(['P1', 'B1', 'x']).join('\n'), 'mended.csv')
  await load(day, file, { lender: 'mended' })
  expect(existsSync(rejectsFile(file))).toBe(true)
  writeFileSync(file, tape(['P1', 'B1', '1.00']).join('\n'))
  await load(day, file, { lender: 'mended' })
  expect(existsSync(rejectsFile(file))).toBe(false)
})

test('where the rejected rows cannot be told, nothing is loaded', async () => {
  const file = write(tape(['I1', 'B1', '1.00'], ['I2', 'B1', 'x']).join('\n'), 'untold.csv')
  mkdirSync(rejectsFile(file))
  expect(await refused(day, file, { lender: 'untold' })).toBe('rejects_cannot_be_written')
  expect(await rows(`select from loans where lender = 'untold'`)).toEqual([])
})

const cut = tape(['C1', 'B1', '5.00'], ['C2', 'B2', '5.00']).join('\n').slice(0, -12)
test.each<[string, string | Buffer, string]>([
  ['cut in the middle of a row', cut, 'file_is_cut_short'],
  ['cut inside quotes', `${header}\nC1,B1,USD,5.00,0.00,\nC2,"B2`, 'file_is_cut_short'],
  [
    'cut inside the last cell',
    tape(['C1', 'B1', '5.00', '1.00', '2025-02-2']).join('\n'),
    'file_is_cut_short',
  ],
  ['without a header', 'C1,B1,USD,5.00,0.00,\n', 'header_is_missing'],
  ['empty', '', 'header_is_missing'],
  [
    'without a required column',
    'loan_no,currency,outstanding,past_due\nC1,USD,5.00,0\n',
    'column_is_missing',
  ],
  ['with a column twice', `${header},currency\nC1,B1,USD,5.00,0.00,,USD\n`, 'column_stands_twice'],
  ['with semicolons', header.replaceAll(',', ';'), 'separator_is_not_a_comma'],
  ['not UTF-8', Buffer.from(`${header}\nC\xe91,B1,USD,5.00,0.00,\n`, 'latin1'), 'file_is_not_utf8'],
  ['in UTF-16', Buffer.from(`\ufeff${header}\n`, 'utf16le'), 'file_is_not_utf8'],
])('%s', async (_, content, refusal) => {
  const before = await rows('select count(*) from loans')
  expect(await refused(day, write(content), { lender: 'whole' })).toBe(refusal)
  expect(await rows('select count(*) from loans')).toEqual(before)
})

test('a gzip that is cut short, or of a file that is', async () => {
  expect(await refused(day, write(gzipSync(cut), 'inner.csv.gz'))).toBe('file_is_cut_short')
  const whole = gzipSync(
    tape(...Array.from({ length: 500 }, (_, i) => [`Z${i}`, 'B1', `${i}.00`])).join('\n'),
  )
  expect(await refused(day, write(whole.subarray(0, -20), 'cut.csv.gz'))).toBe('file_is_cut_short')
})

test('older than the book, in the future, missing, or with too many loans gone', async () => {
  const options = { lender: 'guard' } as const
  await load('2025-03-05', tape(['Y1', 'B1', '5.00'], ['Y2', 'B2', '5.00']), options)
  expect(await refused('2025-03-04', tape(['Y1', 'B1', '5.00']), options)).toBe('tape_is_older_than_the_book')
  expect(await refused('2026-03-04', tape(['Y1', 'B1', '5.00']), options)).toBe('as_of_is_in_the_future')
  expect(await refused('2025-03-06', join(book.folder, 'none.csv'), options)).toBe('no_such_file')
  expect(await refused('2025-03-06', book.folder, options)).toBe('no_such_file')
  expect(await refused('2025-03-06', tape(['Y1', 'B1', '5.00']), options)).toBe('too_many_loans_missing')
  expect(await load('2025-03-06', tape(['Y1', 'B1', '5.00']), { ...options, mode: 'delta' })).toMatchObject({
    closed: 0,
  })
})

test('another encoding is read when it is named', async () => {
  const line = Buffer.concat([
    Buffer.from(`${header},collateral\nK1,B1,USD,5.00,0.00,,`),
    Buffer.from([0xb3, 0xb5]),
    Buffer.from('\n'),
  ])
  await load(day, write(line), { lender: 'gbk', encoding: 'gbk' })
  expect(await rows(`select collateral from loans where lender = 'gbk'`)).toEqual([{ collateral: '车' }])
  const half = write(Buffer.concat([line.subarray(0, -1), Buffer.from([0xb3])]))
  expect(await refused(day, half, { lender: 'gbk', encoding: 'gbk' })).toBe('file_is_not_in_that_encoding')
})

test('a load that moves the book too far is held until a person accepts it', async () => {
  const options = { lender: 'held' } as const
  await book.db.insertInto('loan_kinds').values({ lender: 'held', product: '' }).execute()
  await book.db
    .insertInto('settings')
    .values({
      lender: 'held',
      product: '',
      name: 'load_limits',
      effective_from: '2025-01-01',
      value: JSON.stringify({ outstanding: 0.2, null_share: 0.5 }),
    })
    .execute()
  await load('2025-03-01', tape(['H1', 'B1', '100.00']), options)
  expect(await load('2025-03-02', tape(['H1', 'B1', '110.00']), options)).toMatchObject({ changed: 1 })
  expect(await refused('2025-03-03', tape(['H1', 'B1', '900.00']), options)).toBe('load_is_held')
  expect(await rows(`select outstanding_minor from loans where lender = 'held'`)).toEqual([
    { outstanding_minor: 11000 },
  ])
  const accepted = await load('2025-03-03', tape(['H1', 'B1', '900.00']), {
    ...options,
    accepted_by: 'manager',
  })
  expect(accepted.comparison['outstanding USD']).toMatchObject({ before: 110, now: 900, beyond_limit: true })
  expect(
    await rows(`select state, count(*) as n from loads where lenders = '{held}' group by 1 order by 1`),
  ).toEqual([
    { state: 'applied', n: 3 },
    { state: 'held', n: 1 },
  ])
  // Beside another lender who has set none.
  const both = [`${header},lender`, 'H1,B1,USD,900.00,0.00,,held', 'A1,B1,USD,500.00,0.00,,free']
  expect(await refused('2025-03-04', both)).toBe('load_is_held')
})

test('a file of borrowers or contact points says nothing of columns that it lacks', async () => {
  const as = (kind: 'borrowers' | 'contact-points') => ({ lender: 'partly', kind })
  await load(day, ['borrower_no,name,deceased_on', 'B1,Ann,2025-01-02'], as('borrowers'))
  await load(day, ['borrower_no,name,mobile', 'B1,,+1'], as('borrowers'))
  await load(day, ['borrower_no,kind,value,opted_out_on', 'B1,mobile,+1,2025-02-01'], as('contact-points'))
  await load(day, ['borrower_no,kind,value,source', 'B1,mobile,+1,call'], as('contact-points'))
  expect(
    await rows(`select name, deceased_on, source, opted_out_on
                  from borrowers join contact_points using (borrower_id) where lender = 'partly'`),
  ).toEqual([{ name: null, deceased_on: '2025-01-02', source: 'call', opted_out_on: '2025-02-01' }])
})

test('the lender’s own days past due are compared with ours, never trusted', async () => {
  const lines = [
    'loan_no,borrower_no,currency,outstanding,past_due,oldest_due_on,days_past_due',
    'V1,B1,USD,5.00,1.00,2025-02-20,9',
    'V2,B1,USD,5.00,1.00,2025-02-20,10',
    'V3,B1,USD,5.00,0.00,,0',
    'V4,B1,USD,5.00,0.00,,3',
  ]
  expect(await load(day, lines, { lender: 'days' })).toMatchObject({ dpd_differs: 2 })
})

test('two borrower numbers of one derived key refuse the tape', async () => {
  await rows(`insert into borrowers (borrower_id, lender, borrower_no)
              values (borrower_id_of('twin', 'B1'), 'twin', 'B2')`)
  const file = tape(['L1', 'B1', '100.00'])
  expect(await refused(day, file, { lender: 'twin' })).toBe('borrower_numbers_collide')
  expect(await rows(`select from loans where lender = 'twin'`)).toEqual([])
})

test('an encoding that nobody knows is told before the file is read', async () => {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  tapeCommands(program)
  program.commands[0]!.commands[0]!.exitOverride().configureOutput({ writeErr: () => undefined })
  const line = ['tape', 'load', 'loans.csv', '--as-of', '2025-03-31', '--encoding', 'klingon']
  await expect(program.parseAsync(line, { from: 'user' })).rejects.toMatchObject({
    code: 'commander.invalidArgument',
    message: expect.stringContaining('gb18030'),
  })
})
