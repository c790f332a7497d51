import { expect, test } from 'vitest'
import { dayText, toDay } from './calendar.ts'
import { PhoneBook } from './fiction.ts'
import { lenders } from './lenders.ts'
import { DemoLoan } from './loan.ts'
import { inventBorrower } from './people.ts'
import { Random } from './random.ts'
import { plant } from './truth.ts'

const lender = lenders.find(({ pack }) => pack === 'us')!
const opened = toDay('2025-01-31')
const planted = plant(new Random(1), toDay('2025-12-31'))

function loanOf(term_months: number) {
  const phones = new PhoneBook()
  const borrower = inventBorrower(new Random(1), { lender, number: 1, day: opened, planted, phones })
  const product = lender.products[1]!
  return new DemoLoan(
    { loan_no: 'L1', product, opened, term_months, rate: 0.12, amount_minor: 120_000 },
    borrower,
  )
}

test('the instalments repay the loan: twelve months at one per cent a month', () => {
  const loan = loanOf(12)
  expect(loan.instalment(0)).toBe(10_662)
  expect(loan.principal.reduce((sum, minor) => sum + minor, 0)).toBe(120_000)
  expect(loan.interest[0]).toBe(1_200)
  expect(dayText(loan.due[0]!)).toBe('2025-02-28')
})

test('the due day is day 0, the day after is day 1; a payment moves the oldest due day', () => {
  const loan = loanOf(12)
  loan.fallDue()
  expect(loan.position()).toMatchObject({ past_due: 10_662, interest: 1_200, outstanding: 121_200 })
  expect(loan.daysPastDue(toDay('2025-02-28'))).toBe(0)
  expect(loan.daysPastDue(toDay('2025-03-01'))).toBe(1)
  loan.fallDue()
  loan.pay(10_662, toDay('2025-04-02'))
  expect(dayText(loan.position().oldest_due!)).toBe('2025-03-31')
  expect(loan.past_due).toBe(10_662)
})

test('money goes to fees, penalty, interest, principal; a bounce takes it back from there', () => {
  const loan = loanOf(12)
  loan.fallDue()
  loan.fees = 2_900
  loan.penalty = 100
  const before = loan.position()
  const applied = loan.pay(4_700, toDay('2025-03-20'))
  expect(loan.position()).toMatchObject({ fees: 0, penalty: 0, interest: 0, principal: 119_500 })
  expect(loan.past_due).toBe(10_662 - 1_700)
  loan.takeBack(applied)
  expect(loan.position()).toEqual(before)
})

test('an instalment paid before its due day is never past due', () => {
  const loan = loanOf(12)
  loan.pay(loan.instalment(0), toDay('2025-02-26'))
  expect(loan.position()).toMatchObject({ interest: 0, principal: 120_000 - loan.principal[0]! })
  loan.fallDue()
  expect(loan.is_late).toBe(false)
  expect(loan.position().oldest_due).toBeNull()
})

test('when the loss is recognised everything falls due, and the oldest due day stays', () => {
  const loan = loanOf(12)
  loan.fallDue()
  loan.fallDue()
  loan.fallDueAtOnce(toDay('2025-09-01'))
  const at = loan.position()
  expect(at.past_due).toBe(at.outstanding)
  expect(dayText(at.oldest_due!)).toBe('2025-02-28')
  loan.pay(at.outstanding, toDay('2025-09-02'))
  expect(loan.is_paid).toBe(true)
  expect(loan.position().outstanding).toBe(0)
})
