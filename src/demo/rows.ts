// The rows of the contract's files.
import { exponentOf } from '../platform/money.ts'
import { addMonths, dayText } from './calendar.ts'
import { cell, line } from './csv-file.ts'
import type { DemoLoan } from './loan.ts'
import type { ContactPoint, DemoBorrower } from './people.ts'
import type { DemoPayment } from './simulation.ts'

/** `123450` → `'1234.50'`; plain numbers, since a book has millions of them and none is above 2^53. */
function decimal(minor: number, currency: string): string {
  const digits = exponentOf(currency)!
  const scale = 10 ** digits
  const whole = Math.floor(minor / scale)
  return digits === 0 ? `${whole}` : `${whole}.${`${minor - whole * scale}`.padStart(digits, '0')}`
}

export const tapeColumns = [
  ...['loan_no', 'borrower_no', 'lender', 'currency', 'product', 'branch', 'opened_on', 'matures_on'],
  ...['original_amount', 'term_months', 'rate', 'secured', 'collateral', 'status', 'outstanding', 'past_due'],
  ...[
    'oldest_due_on',
    'days_past_due',
    'principal',
    'interest',
    'penalty',
    'fees',
    'instalment',
    'next_due_on',
  ],
  ...['last_paid_on', 'last_paid'],
] as const

function fixedCells(loan: DemoLoan): string {
  const { terms, borrower } = loan
  const { lender } = borrower
  const secured = terms.product.product === 'auto'
  return line(
    terms.loan_no,
    borrower.borrower_no,
    lender.lender,
    lender.currency,
    terms.product.product,
    borrower.branch.branch,
    dayText(terms.opened),
    dayText(addMonths(terms.opened, terms.term_months)),
    decimal(terms.amount_minor, lender.currency),
    terms.term_months,
    terms.rate,
    secured ? 'yes' : 'no',
    secured ? 'vehicle' : '',
  )
}

/** The loan's row at the close of `day`; kept until something about the loan changes. */
export function tapeRow(loan: DemoLoan, day: number): string {
  if (loan.row !== '') return loan.row
  const { currency } = loan.borrower.lender
  const at = loan.position()
  const money = (minor: number) => decimal(minor, currency)
  const next = loan.status === 'active' ? Math.max(loan.fallen_due, loan.oldest) : loan.due.length
  const expected = next < loan.due.length
  loan.fixed ||= fixedCells(loan)
  loan.row = [
    loan.fixed,
    loan.status,
    money(at.outstanding),
    money(at.past_due),
    at.oldest_due === null ? '' : dayText(at.oldest_due),
    at.oldest_due === null ? 0 : day - at.oldest_due,
    money(at.principal),
    money(at.interest),
    money(at.penalty),
    money(at.fees),
    expected ? money(loan.instalment(next)) : '',
    expected ? dayText(loan.due[next]!) : '',
    loan.last_paid_on === null ? '' : dayText(loan.last_paid_on),
    loan.last_paid_on === null ? '' : money(loan.last_paid),
  ].join(',')
  return loan.row
}

export const borrowerColumns = [
  ...['borrower_no', 'lender', 'name', 'kind', 'national_id', 'born_on', 'occupation', 'monthly_income'],
  ...['employer', 'language', 'country', 'time_zone', 'phone', 'work_phone', 'vulnerable', 'deceased_on'],
] as const

export const borrowerRow = (b: DemoBorrower): string => {
  const values = { ...b, lender: b.lender.lender, country: b.lender.country }
  return borrowerColumns.map((column) => cell(values[column])).join(',')
}

export const contactPointColumns = [
  ...[
    'borrower_no',
    'lender',
    'party',
    'party_name',
    'kind',
    'value',
    'source',
    'consented_on',
    'opted_out_on',
  ],
] as const

export const contactPointRow = (p: ContactPoint): string =>
  line(
    p.borrower.borrower_no,
    p.borrower.lender.lender,
    p.party,
    p.party_name,
    p.kind,
    p.value,
    p.source,
    p.consented_on,
    p.opted_out_on,
  )

export const paymentColumns = [
  ...['payment_no', 'lender', 'loan_no', 'paid_on', 'amount', 'currency', 'method', 'kind', 'reverses'],
] as const

export const paymentRow = (p: DemoPayment, day: number): string => {
  const { lender, currency } = p.loan.borrower.lender
  const { loan_no } = p.loan.terms
  const amount = decimal(p.amount_minor, currency)
  return line(p.payment_no, lender, loan_no, dayText(day), amount, currency, p.method, p.kind, p.reverses)
}

export const instalmentColumns = [
  ...['loan_no', 'lender', 'instalment_no', 'due_on', 'principal', 'interest', 'fees'],
] as const

/** The instalments of a loan that are not paid yet, a row each. */
export function* instalmentRows(loan: DemoLoan): Generator<string> {
  const { lender, currency } = loan.borrower.lender
  for (let i = loan.oldest; i < loan.due.length; i++) {
    yield line(
      loan.terms.loan_no,
      lender,
      i + 1,
      dayText(loan.due[i]!),
      decimal(loan.principal[i]!, currency),
      decimal(loan.interest[i]!, currency),
      decimal(0, currency),
    )
  }
}
