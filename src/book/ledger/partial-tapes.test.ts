import { expect, test } from 'vitest'
import { freshBook, tape } from '../../../test/support/book.ts'
import { standingOf } from '../positions/standing.sql.ts'
import { positionOf } from './ledger.sql.ts'

const paid = (no: string, on: string, amount: string) => [
  'payment_no,loan_no,paid_on,amount,currency',
  `${no},L1,${on},${amount},USD`,
]

/** 500.00 owed, 200.00 of it past due on 1 March; 200.00 paid on the 2nd. */
async function paidBook() {
  const book = await freshBook()
  await book.rows(`insert into settings (name, effective_from, value)
                   values ('balance_difference_limit', '2020-01-01', '{"minor": 0}')`)
  const first = tape(['L1', 'B1', '500.00', '200.00', '2025-02-01'], ['L2', 'B2', '500.00'])
  await book.load('2025-03-01', first)
  await book.night('2025-03-01')
  await book.load('2025-03-02', paid('P1', '2025-03-02', '200.00'), { kind: 'payments' })
  await book.night('2025-03-02')
  const [one] = await book.rows<{ id: string }>(
    `select borrower_id::text as id from loans where loan_no = 'L1'`,
  )
  return {
    ...book,
    first,
    /** Owed, past due, the same by its arithmetic; since when a case is open; differences. */
    stands: async (on: string) => {
      const standing = (await standingOf(book.db, one!.id, 'L1', on))!
      const position = (await positionOf(book.db, one!.id, 'L1', on))!
      const cases = await book.rows<{ opened_on: string }>(
        'select opened_on from cases where closed_on is null',
      )
      const differences = await book.rows(
        `select loan_no, as_of, expected_minor, stated_minor from balance_differences order by as_of`,
      )
      return {
        owed: [standing.outstanding_minor, position.outstanding_minor],
        past_due: standing.past_due_minor,
        told_on: position.tape_as_of,
        cases: cases.map(({ opened_on }) => opened_on),
        differences,
      }
    },
  }
}
const settled = {
  owed: [30_000, 30_000],
  past_due: 0,
  told_on: '2025-03-01',
  cases: [],
  differences: [],
}

test('a partial tape of other loans leaves what money did to a loan as it is', async () => {
  const book = await paidBook()
  expect(await book.stands('2025-03-02')).toEqual(settled)
  await book.load('2025-03-03', tape(['L2', 'B2', '480.00']), { mode: 'delta' })
  await book.night('2025-03-03')
  expect(await book.stands('2025-03-03')).toEqual({
    ...settled,
    differences: [expect.objectContaining({ loan_no: 'L2', expected_minor: 50_000, stated_minor: 48_000 })],
  })
  await book.load('2025-03-04', paid('P2', '2025-03-04', '50.00'), { kind: 'payments' })
  await book.night('2025-03-04')
  expect(await book.stands('2025-03-04')).toMatchObject({ owed: [25_000, 25_000], past_due: 0, cases: [] })
})

test('a partial tape that states the loan anew is compared with all money since it was told', async () => {
  const book = await paidBook()
  await book.load('2025-03-03', tape(['L2', 'B2', '500.00']), { mode: 'delta' })
  await book.night('2025-03-03')
  await book.load('2025-03-04', tape(['L1', 'B1', '300.00']), { mode: 'delta' })
  await book.night('2025-03-04')
  expect(await book.stands('2025-03-04')).toEqual({ ...settled, told_on: '2025-03-04' })
})

test.each([
  ['the same line', 'loan_no'],
  ['the same in other columns', 'loan_no,branch'],
])('a partial tape that says what the book says is the lender’s word: %s', async (_, columns) => {
  const book = await paidBook()
  const [, line] = book.first
  const [header, row] =
    columns === 'loan_no' ? [book.first[0]!, line!] : [`${book.first[0]},branch`, `${line},north`]
  await book.load('2025-03-03', [header, row], { mode: 'delta' })
  await book.night('2025-03-03')
  const told = {
    owed: [50_000, 50_000],
    past_due: 20_000,
    told_on: '2025-03-03',
    cases: ['2025-03-03'],
    differences: [{ loan_no: 'L1', as_of: '2025-03-03', expected_minor: 30_000, stated_minor: 50_000 }],
  }
  expect(await book.stands('2025-03-03')).toEqual(told)
  // What comes after it moves it, and what came before does not come back.
  await book.load('2025-03-04', paid('P2', '2025-03-04', '200.00'), { kind: 'payments' })
  await book.night('2025-03-04')
  expect(await book.stands('2025-03-04')).toEqual({ ...told, owed: [30_000, 30_000], past_due: 0, cases: [] })
})

test('a payment of a day before a partial tape that named the loan, loaded after it, is in it', async () => {
  const book = await paidBook()
  await book.load('2025-03-03', tape(['L1', 'B1', '300.00', '100.00', '2025-02-15']), { mode: 'delta' })
  await book.night('2025-03-03')
  await book.load('2025-03-04', paid('P2', '2025-03-02', '100.00'), { kind: 'payments' })
  await book.night('2025-03-04')
  expect(await book.stands('2025-03-04')).toMatchObject({ owed: [30_000, 30_000], past_due: 10_000 })
})
