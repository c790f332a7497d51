import { expect, test } from 'vitest'
import { freshBook } from '../../../test/support/book.ts'

const book = await freshBook()
const file = (...rows: string[]) => ['payment_no,loan_no,paid_on,amount,currency,kind,reverses', ...rows]
const load = (as_of: string, ...rows: string[]) => book.load(as_of, file(...rows), { kind: 'payments' })
const reasons = () =>
  book.rows<{ line: number; column_name: string; value: string | null; reason: string }>(`
    select r.line, r.column_name, r.value, r.reason
      from load_rejects r
      join loads l using (load_id)
     where l.kind = 'payments' and l.as_of = (select max(as_of) from loads where kind = 'payments')
     order by r.line`)

test('day 1: an open, a sold and a closed loan', async () => {
  await book.load('2025-03-01', [
    'loan_no,borrower_no,currency,outstanding,past_due,oldest_due_on,status',
    'L1,B1,USD,500.00,100.00,2025-02-01,active',
    'L2,B2,USD,500.00,0.00,,sold',
    'L3,B3,USD,0.00,0.00,,closed',
  ])
  expect(
    await load('2025-03-01', 'P1,L1,2025-03-01,10.00,USD,,', 'P2,L3,2025-03-01,5.00,USD,,'),
  ).toMatchObject({
    new: 2,
    rejected: 0,
  })
})

test('day 2: each bad row is refused by its own reason, and the good ones load', async () => {
  const answer = await load(
    '2025-03-02',
    'N1,L1,2025-03-02,-10.00,USD,,',
    'N2,L1,2025-03-02,0.00,USD,,',
    'N3,L1,2025-03-02,99999999999999999999.00,USD,,',
    'N4,L1,2025-03-02,10.00,EUR,,',
    'N5,L1,2025-03-03,10.00,USD,,',
    'N6,L2,2025-03-02,10.00,USD,,',
    'N7,L3,2025-03-02,10.00,USD,,',
    'N8,L9,2025-03-02,10.00,USD,,',
    'R1,L1,2025-03-02,10.00,USD,reversal,P1',
    'R2,L1,2025-03-02,10.00,USD,reversal,R1',
    'R3,L1,2025-03-02,10.00,USD,reversal,P1',
    'R4,L1,2025-03-02,10.00,USD,reversal,P99',
    'P9,L1,2025-03-02,7.00,USD,,',
  )
  expect(answer).toMatchObject({ new: 2, rejected: 11 })
  expect((await reasons()).map(({ line, column_name, reason }) => [line, column_name, reason])).toEqual([
    [2, 'amount', 'is negative'],
    [3, 'amount', 'is zero'],
    [4, 'amount', 'is absurdly large'],
    [5, 'currency', 'is not the currency of the loan'],
    [6, 'paid_on', 'lies after the file’s day'],
    [7, 'loan_no', 'was sold before the money came'],
    [8, 'loan_no', 'was closed before the money came'],
    [9, 'loan_no', 'is no loan of the book; load the tape first'],
    [11, 'reverses', 'is itself a reversal'],
    [12, 'reverses', 'is reversed already'],
    [13, 'reverses', 'is no payment of this borrower'],
  ])
})

test('the same number again changes nothing, and a different row under it is told', async () => {
  expect(
    await load('2025-03-03', 'P9,L1,2025-03-02,7.00,USD,,', 'P1,L1,2025-03-01,11.00,USD,,'),
  ).toMatchObject({
    new: 0,
    rejected: 0,
    notes: { differing_from_the_book: 1 },
  })
})

test('a number said again is the same payment; one that says something else is refused', async () => {
  const answer = await load(
    '2025-03-06',
    'S1,L1,2025-03-06,3.00,USD,,',
    'S1,L1,2025-03-06,3.00,USD,,',
    'S1,L1,2025-03-06,4.00,USD,,',
    'S2,L9,2025-03-06,3.00,USD,,',
    'S2,L9,2025-03-06,3.00,USD,,',
  )
  expect(answer).toMatchObject({ rows: 5, new: 1, unchanged: 1, rejected: 3 })
  expect((await reasons()).map(({ line, column_name, reason }) => [line, column_name, reason])).toEqual([
    [4, 'payment_no', 'stands twice in the file, first on line 2'],
    [5, 'loan_no', 'is no loan of the book; load the tape first'],
    [6, 'loan_no', 'is no loan of the book; load the tape first'],
  ])
})
