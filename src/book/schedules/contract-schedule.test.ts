// What the money cases say of a loan whose payments come late or early, the book says of one that its files
// brought.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshBook } from '../../../test/support/book.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { toMinor } from '../../platform/money.ts'
import { contractScheduleRoutes } from './contract-schedule.routes.ts'

type Case = {
  id: string
  loan: Record<'principal' | 'instalment' | 'disbursed_on' | 'every' | 'day_count', string> & {
    annual_rate_percent: string
    instalments: number
  }
  payments: { on: string; amount: string }[]
  as_of?: string
  expected: { total_interest?: string; rows: { due_on: string; principal: string; interest: string }[] }
}
const file = join(import.meta.dirname, '..', 'money-cases', 'cases', 'penalty.json')
const cases = (JSON.parse(readFileSync(file, 'utf8')) as Case[]).filter(
  ({ loan }) => loan.every === '1 months',
)
const minor = (text: string) => Number(toMinor(text, 'USD'))

const book = await freshBook()
const desk = deskApp(book.db, () => fixedClock('2025-12-31T12:00:00Z'), [contractScheduleRoutes()])

const columns = 'loan_no,borrower_no,currency,outstanding,past_due,opened_on,original_amount,term_months,rate'
const tape = (...rows: string[]) => [`${columns},instalment`, ...rows]
const about = async (loan_no: string) => {
  const [row] = await book.rows<{ borrower_id: string }>(
    `select borrower_id::text as borrower_id from loans where loan_no = '${loan_no}'`,
  )
  return `/borrowers/${row!.borrower_id}/loans/${loan_no}/contract-schedule`
}

test('the cases of late and early money, brought by files', async () => {
  expect(cases.length).toBeGreaterThan(2)
  const row = ({ id, loan }: Case) =>
    [
      ...[id, id, 'USD', loan.principal, '0.00', loan.disbursed_on, loan.principal, loan.instalments],
      ...[Number(loan.annual_rate_percent) / 100, loan.instalment],
    ].join(',')
  await book.load('2024-01-31', tape(...cases.map(row)))
  const paid = cases.flatMap(({ id, payments }) =>
    payments.map(({ on, amount }, i) => `${id}-${i},${id},${on},${amount},USD`),
  )
  await book.load('2024-01-31', ['payment_no,loan_no,paid_on,amount,currency', ...paid], { kind: 'payments' })
  for (const one of cases) {
    await book.rows(`update settings set value = '"${one.loan.day_count}"' where name = 'day_count'`)
    const as_of =
      one.as_of ??
      one.payments
        .map(({ on }) => on)
        .toSorted()
        .at(-1)!
    const { body } = await desk.ask('GET', `${await about(one.id)}?as_of=${as_of}`)
    const told = body.instalments.map(
      ({ due_on, principal_minor, interest_minor }: Record<string, unknown>) => ({
        ...{ due_on, principal_minor, interest_minor },
      }),
    )
    const expected = one.expected.rows.map(({ due_on, principal, interest }) => ({
      ...{ due_on, principal_minor: minor(principal), interest_minor: minor(interest) },
    }))
    expect(told, one.id).toEqual(expected)
    expect(body.stated).toBeNull()
  }
})

test('what delay costs, beside the lender’s own instalments; a reversed payment is none', async () => {
  await book.load('2024-01-31', tape('L1,B1,USD,5000.00,0.00,2022-11-01,5000.00,6,0.12,862.00'), {
    mode: 'delta',
  })
  const stated = ['2022-12-01', '2023-01-01'].map((due, no) => `L1,${no + 1},${due},812.68,49.00,0`)
  await book.load('2024-01-31', ['loan_no,instalment_no,due_on,principal,interest,fees', ...stated], {
    kind: 'instalments',
  })
  await book.load(
    '2024-01-31',
    [
      'payment_no,loan_no,paid_on,amount,currency,kind,reverses',
      'P1,L1,2022-12-01,863.00,USD,payment,',
      'P2,L1,2022-12-02,863.00,USD,reversal,P1',
    ],
    { kind: 'payments' },
  )
  const { body } = await desk.ask('GET', `${await about('L1')}?as_of=2023-01-01`)
  expect(body).toMatchObject({
    terms: { first_due_on: '2022-12-01', day_count: 'actual/365', instalments: 6 },
    received: [],
    stated: { due_minor: 9_800, total_minor: 9_800 },
  })
  expect(body.agreed.due_minor).toBeLessThan(body.turned_out.due_minor)
})

test('refused by name: terms that the tape does not state, a loan that nobody knows', async () => {
  await book.load('2024-01-31', tape('L2,B2,USD,5000.00,0.00,,5000.00,,0.12,862.00'), { mode: 'delta' })
  expect(await desk.refusal('GET', await about('L2'))).toBe('no_such_schedule')
  expect((await desk.ask('GET', await about('L2'))).body).toMatchObject({
    figures: { columns: ['opened_on', 'term_months'] },
  })
  expect(await desk.refusal('GET', (await about('L2')).replace('L2', 'none'))).toBe('no_such_loan')
})
