// Files as they come from lenders' systems: odd headers, sheets and parquet files.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { freshBook, tape } from '../../../test/support/book.ts'
import { rejectsFile } from './rejects.sql.ts'

const book = await freshBook()
const { load, write, rows } = book
const header = tape()[0]!
const day = '2025-03-01'

const good = ',B1,USD,5.00,0.00,'
const many = Array.from({ length: 120 }, (_, i) => `x${i}`)
test.each([
  ['a column without a name', [`${header},,`, `N1${good},a,`], { 'column 7': 'a' }],
  [
    'columns that are called as the database calls its own',
    [`${header},line_no,ctid,broken,Ref`, `N1${good},1,2,3,4`],
    { line_no: '1', ctid: '2', broken: '3', ref: '4' },
  ],
  ['a hundred unknown columns', [`${header},${many}`, `N1${good},${many}`], { x119: 'x119' }],
  [
    'names of columns longer than the database takes',
    [`${header},${'y'.repeat(70)}1,${'y'.repeat(70)}2`, `N1${good},a,b`],
    { [`${'y'.repeat(70)}2`]: 'b' },
  ],
  ['a header over two lines', [`"no\nte",${header}`, `a,N1${good}`], { 'no\nte': 'a' }],
  ['carriage returns as line ends', [`${header},note\rN1${good},a\rN2${good},b`], { note: 'a' }],
])('%s', async (name, lines, extra) => {
  await load(day, lines, { lender: name })
  const [row] = await rows<{ extra: object }>(
    `select extra from loans where lender = '${name}' and loan_no = 'N1'`,
  )
  expect(row!.extra).toMatchObject(extra)
})

test('what a spreadsheet and a parquet file hold beside texts and numbers', async () => {
  const workbook = new ExcelJS.Workbook()
  workbook.addWorksheet('notes', { state: 'visible' }).addRow(['not the tape'])
  const sheet = workbook.addWorksheet('tape')
  // The second to be written, and the first that is shown.
  ;(sheet as unknown as { orderNo: number }).orderNo = -1
  sheet.addRow([...header.split(','), null, 'rate'])
  sheet.addRow([1001, 'B1', 'USD', '100.50', { formula: '1-1', result: 0 }, null, null, 0.1875])
  const day29 = sheet.addRow([1004, 'B1', 'USD', 100, 1, { formula: 'A1', result: 45351 }]).getCell(6)
  day29.numFmt = 'yyyy-mm-dd'
  sheet.addRow([1002, 'B1', 'USD', 100, 1, new Date('2024-02-29'), null, { error: '#N/A' }])
  sheet.addRow([1003, 'B1', 'USD', 100, { formula: 'VLOOKUP()' }])
  sheet.addRow([null, null, null, null, null, ' '].slice(0, 5))
  const xlsx = join(book.folder, 'odd.xlsx')
  await workbook.xlsx.writeFile(xlsx)
  expect(await load(day, xlsx, { lender: 'sheet' })).toMatchObject({ rows: 4, new: 2, rejected: 2 })
  expect(readFileSync(rejectsFile(xlsx), 'utf8').split('\n').slice(1, 3)).toEqual([
    '4,rate,#N/A,is not a plain decimal such as 1234.50',
    '5,past_due,a formula without its value,is not a plain decimal such as 1234.50',
  ])
  expect(await rows(`select oldest_due_on from loans where lender = 'sheet' and loan_no = '1004'`)).toEqual([
    { oldest_due_on: '2024-02-29' },
  ])
  const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const
  const optional = { repetition_type: 'OPTIONAL' } as const
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'loan_no', data: [1001n, 1002n, 1003n] },
      { name: 'borrower_no', data: ['B1', 'B1', 'B1'] },
      { name: 'currency', data: ['USD', 'USD', 'USD'] },
      { name: 'outstanding', data: [1234567890123.45, 100.1, 2] },
      { name: 'past_due', data: [0.1 + 0.2, 100.1, 0] },
      { name: 'oldest_due_on', data: [new Date('2025-02-20'), new Date('2024-02-29'), null] },
      { name: 'secured', data: [true, false, null] },
      { name: 'tags', data: [{ a: [1] }, null, null] },
    ],
    schema: [
      { name: 'root', num_children: 8 },
      { name: 'loan_no', type: 'INT64' },
      { name: 'borrower_no', ...text },
      { name: 'currency', ...text },
      { name: 'outstanding', type: 'INT64', converted_type: 'DECIMAL', scale: 2, precision: 18 },
      { name: 'past_due', type: 'DOUBLE' },
      { name: 'oldest_due_on', type: 'INT32', converted_type: 'DATE', ...optional },
      { name: 'secured', type: 'BOOLEAN', ...optional },
      { name: 'tags', type: 'BYTE_ARRAY', converted_type: 'JSON', ...optional },
    ],
  })
  const parquet = write(Buffer.from(bytes), 'odd.parquet')
  expect(await load(day, parquet, { lender: 'parquet' })).toMatchObject({ rows: 3, new: 3, rejected: 0 })
  expect(
    await rows(`select loan_no, outstanding_minor, past_due_minor, oldest_due_on, secured, extra
                  from loans where lender = 'parquet' order by 1`),
  ).toMatchObject([
    { outstanding_minor: 123456789012345, past_due_minor: 30, secured: true, extra: { tags: '{"a":[1]}' } },
    { outstanding_minor: 10010, past_due_minor: 10010, oldest_due_on: '2024-02-29', secured: false },
    { outstanding_minor: 200, past_due_minor: 0, oldest_due_on: null, secured: null, extra: null },
  ])
})
