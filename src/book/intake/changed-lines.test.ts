// Lines that the book was made from are held back: what comes out is what comes out when every line is
// looked at.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshBook } from '../../../test/support/book.ts'
import { ChangedLines, digestOf, KnownLines, LineStandsTwice } from './changed-lines.ts'
import { PlainCsv } from './plain-csv.ts'
import { rejectsFile } from './rejects.sql.ts'

const book = await freshBook()

const seed = digestOf(Buffer.from('header'))
function lines(known: KnownLines) {
  const csv = new PlainCsv(['text', 'decimal'])
  return { csv, reader: new ChangedLines(csv, 2, known, seed) }
}

test('however the bytes are cut, the same lines pass, with their numbers once the book holds any', () => {
  const known = new KnownLines()
  for (const line of ['A,1', 'B,2']) {
    const { a, b } = digestOf(Buffer.from(line), seed)
    known.add(a, b)
  }
  const file = Buffer.from('B,2\nC,\nA,1\n"",3')
  for (let size = 1; size <= file.length; size++) {
    const fresh = new KnownLines()
    const digest = digestOf(Buffer.from('B,2'), seed)
    fresh.add(digest.a, digest.b)
    const { csv, reader } = lines(fresh)
    for (let at = 0; at < file.length; at += size) reader.add(file.subarray(at, at + size))
    reader.end()
    const out = csv.take().toString()
    expect(out.replace(/^(\d+),-?\d+,-?\d+,/gm, '$1|')).toBe('3|C,\n4|A,1\n5|"",3\n')
    expect(reader).toMatchObject({ rows: 4, skipped: 1, empty: [1, 1] })
  }
  const { reader: twice } = lines(known)
  expect(() => twice.add(Buffer.from('A,1\nB,2\nA,1\n'))).toThrow(LineStandsTwice)
})

test('an amount goes out in ten-thousandths, and only one that four decimals hold', () => {
  const sent = (text: string, size = text.length) => {
    const csv = new PlainCsv(['amount', 'text', 'amount'])
    const file = Buffer.from(text)
    for (let at = 0; at < file.length; at += size) csv.add(file.subarray(at, at + size))
    csv.end()
    return csv.plain ? csv.take().toString() : null
  }
  const file = '1234.5,"a,""b""",0\r\n,"",0007.0001\r\n"12.34",é,""'
  const copied = '12345000,"a,""b""",00000\n,"",00070001\n123400,é,\n'
  for (let size = 1; size <= file.length; size++) expect(sent(file, size)).toBe(copied)
  for (const amount of [
    '1.23456',
    '1.00000',
    '1.',
    '.5',
    '-1',
    '1e5',
    '1.2.3',
    '12345678901234',
    ' 1',
    '"1""2"',
  ])
    expect(sent(`${amount},a,1\n`), amount).toBeNull()
  expect(sent('1234567890123.4567,a,1')).toBe('12345678901234567,a,10000\n')
})

test('all digests are kept, and those not met are told', () => {
  const known = new KnownLines()
  const random = Array.from({ length: 20_000 }, (_, i) => digestOf(Buffer.from(`${i}`)))
  for (const { a, b } of random) known.add(a, b)
  expect(known.size).toBe(20_000)
  for (const { a, b } of random.slice(5)) expect(known.meet(a, b)).toBe(true)
  expect(known.meet(1, 2)).toBe(false)
  const bytes = Buffer.concat([...known.unmet()])
  expect(bytes.length).toBe(19 + 5 * 14 + 2)
})

type Loan = { no: string; owes: number; late: boolean; lender: string }
const loan: fc.Arbitrary<Loan> = fc.record({
  no: fc.constantFrom('L1', 'L2', 'L3', 'L4', 'L5', 'L6'),
  owes: fc.constantFrom(0, 10, 20, 20, 20),
  late: fc.boolean(),
  lender: fc.constantFrom('', '', 'two'),
})
/** A day's tape: loans that may stand twice, a column order, and whether a cell is quoted. */
const day = fc.record({
  loans: fc.array(loan, { maxLength: 7 }),
  turned: fc.boolean(),
  quoted: fc.boolean(),
  mode: fc.constantFrom('full' as const, 'full' as const, 'delta' as const),
})
type Day = typeof day extends fc.Arbitrary<infer T> ? T : never

function tapeOf({ loans, turned, quoted }: Day, prefix: string): string[] {
  const row = (it: Loan) => {
    const cells = [
      ...[it.no, `B${it.no}`, 'USD', `${it.owes}.00`, it.late ? `${it.owes}.00` : '0.00'],
      ...[it.late && it.owes > 0 ? '2025-01-05' : '', it.lender ? `${prefix}${it.lender}` : ''],
    ]
    if (quoted) cells[0] = `"${cells[0]}"`
    return (turned ? cells.toReversed() : cells).join(',')
  }
  const names = 'loan_no,borrower_no,currency,outstanding,past_due,oldest_due_on,lender'.split(',')
  return [(turned ? names.toReversed() : names).join(','), ...loans.map(row)]
}

test('a book whose lines are held back is the book whose every line was read', async () => {
  let turn = 0
  let held = 0
  const tell = async (prefix: string) =>
    book.rows(`
      select replace(lender, '${prefix}', '') as lender, loan_no, status, position_from, outstanding_minor,
             past_due_minor, oldest_due_on
        from loans where lender like '${prefix}%' order by 1, 2`)
  await fc.assert(
    fc.asyncProperty(fc.array(day, { minLength: 2, maxLength: 5 }), async (days) => {
      const [fast, slow] = [`f${turn}-`, `s${turn}-`]
      turn++
      for (const [i, each] of days.entries()) {
        const as_of = `2025-02-0${i + 1}`
        const load = async (prefix: string) => {
          const file = book.write(`${tapeOf(each, prefix).join('\n')}\n`)
          const rest = { lender: `${prefix}one`, mode: each.mode, max_missing: 1 }
          const { seconds: _, ...answer } = await book.load(as_of, file, rest)
          const counts = ['rows', 'new', 'changed', 'unchanged', 'closed', 'rejected'] as const
          return {
            ...Object.fromEntries(counts.map((count) => [count, answer[count]])),
            null_shares: answer.null_shares,
            lenders: answer.lenders.map((lender) => lender.replace(prefix, '')),
            rejects: answer.rejected ? readFileSync(rejectsFile(file), 'utf8') : '',
          }
        }
        held += (await book.rows(`select from loans where lender like '${fast}%' and line_digest <> 0`))
          .length
        const one = await load(fast)
        await book.rows(`update loans set line_digest = null where lender like '${slow}%'`)
        expect(one).toEqual(await load(slow))
        expect(await tell(fast)).toEqual(await tell(slow))
      }
    }),
    { numRuns: 12, interruptAfterTimeLimit: 40_000, endOnFailure: true },
  )
  expect(held).toBeGreaterThan(10)
})
