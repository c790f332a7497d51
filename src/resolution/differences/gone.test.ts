import { expect, test } from 'vitest'
import { freshBook, tape } from '../../../test/support/book.ts'

const payments = (...rows: string[]) => ['payment_no,loan_no,paid_on,amount,currency,kind,reverses', ...rows]

test('a difference that the day’s payment file explains holds nothing once the night ran again', async () => {
  const book = await freshBook()
  await book.rows(`insert into settings (name, effective_from, value)
                   values ('balance_difference_limit', '2020-01-01', '{"minor": 500}')`)
  const work = async () => ({
    differences: (await book.rows('select from balance_differences')).length,
    to_work: (await book.rows('select from loans_to_work')).length,
  })
  await book.load('2025-03-01', tape(['L1', 'B1', '500.00', '200.00', '2025-02-01']))
  await book.night('2025-03-01')
  await book.load('2025-03-02', tape(['L1', 'B1', '400.00', '100.00', '2025-02-01']))
  await book.night('2025-03-02')
  expect(await work()).toEqual({ differences: 1, to_work: 0 })

  await book.load('2025-03-02', payments('P1,L1,2025-03-02,100.00,USD,,'), { kind: 'payments' })
  await book.night('2025-03-02')
  expect(await work()).toEqual({ differences: 0, to_work: 1 })
  const released = () => book.rows('select kind, debts, reason from hold_releases')
  const once = [
    { kind: 'balance_differs', debts: ['L1'], reason: 'files that came since explain the balance' },
  ]
  expect(await released()).toEqual(once)
  await book.night('2025-03-02')
  expect(await released()).toEqual(once)

  // The money bounces on the same day: the tape is not explained after all.
  await book.load('2025-03-02', payments('P2,L1,2025-03-02,100.00,USD,reversal,P1'), { kind: 'payments' })
  await book.night('2025-03-02')
  expect(await work()).toEqual({ differences: 1, to_work: 0 })
})
