import { expect, test } from 'vitest'
import { amends } from '../../../test/support/amends.ts'
import { freshBook, tape } from '../../../test/support/book.ts'
import { proveBalances } from './ledger.sql.ts'

const paid = (no: string, loan: string, on: string) => [
  'payment_no,loan_no,paid_on,amount,currency',
  `${no},${loan},${on},50.00,USD`,
]

test('files for days before the newest night, and before the first, are posted all the same', async () => {
  const book = await freshBook()
  await book.load('2025-03-01', tape(['L1', 'B1', '500.00', '100.00', '2025-02-01']))
  await book.load('2025-03-02', paid('P1', 'L1', '2025-03-02'), { kind: 'payments' })
  await book.night('2025-03-03')
  await book.night('2025-03-05')
  const late = await book.load('2025-03-02', paid('P2', 'L1', '2025-03-02'), { kind: 'payments' })
  // the clock of these tests stands still
  const later = `update loads set loaded_at = loaded_at + interval '1 minute'`
  await book.rows(`${later} where sha256 = '${late.sha256}'`)
  await book.night('2025-03-05')
  expect(await book.rows('select movement_no, entered_on from movements order by 1')).toEqual([
    { movement_no: 'payment:P1', entered_on: '2025-03-03' },
    { movement_no: 'payment:P2', entered_on: '2025-03-05' },
  ])
  expect(await proveBalances(book.db)).toMatchObject({ differences: 0 })
  // Both are off what is past due, and the case is closed.
  expect(await book.rows('select closed_on from cases')).toEqual([{ closed_on: '2025-03-05' }])
})

test('`amends verify` tells what it proved; exit status 1 when something differs', async () => {
  const book = await freshBook()
  await book.load('2025-03-01', tape(['L1', 'B1', '500.00', '100.00', '2025-02-01']))
  await book.load('2025-03-01', paid('P1', 'L1', '2025-03-01'), { kind: 'payments' })
  await book.night('2025-03-01')
  const verify = (...more: string[]) => amends(['verify', ...more], { DATABASE_URL: book.url })
  const sound = await verify('--json')
  expect([sound.status, sound.stderr]).toEqual([0, ''])
  expect(JSON.parse(sound.stdout)).toMatchObject({
    audit: { ok: true, broken_from: null },
    balances: { loans: 1, differences: 0, examples: [] },
  })

  await book.rows('delete from entries')
  await book.rows('delete from movements')
  const missing = await verify()
  expect(missing.status).toBe(1)
  expect(missing.stdout).toMatch(/Audit: \d+ events, all as sealed\nBalances: 1 loans, 1 differences\n/)
  expect(missing.stdout).toContain('"what":"payment_was_not_posted","about":"P1","minor":-5000')
}, 120_000)
