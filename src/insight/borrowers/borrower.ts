import { toDecimal } from '../../platform/money.ts'
import type { Borrower, TimelineEntry } from './borrower.api.ts'
import type { CaseFacts, Happening, LoanRow } from './borrower.sql.ts'
import { masked, maskedPoint } from './mask.ts'

const decimal = (minor: number | null, currency: string) =>
  minor === null ? null : toDecimal(minor, currency)

/** Whether the four parts that the lender stated are what is outstanding; null when one is missing. */
function addsUp(loan: LoanRow): boolean | null {
  const parts = [loan.principal_minor, loan.interest_minor, loan.penalty_minor, loan.fees_minor]
  if (parts.some((part) => part === null)) return null
  return parts.reduce<number>((sum, part) => sum + part!, 0) === loan.outstanding_minor
}

function owed(loan: LoanRow): Borrower['loans'][number] {
  const { principal_minor, interest_minor, penalty_minor, fees_minor, instalment_minor, ...rest } = loan
  const { outstanding_minor, past_due_minor, disputed_minor, ...plain } = rest
  const { currency } = loan
  return {
    ...plain,
    principal: decimal(principal_minor, currency),
    interest: decimal(interest_minor, currency),
    penalty: decimal(penalty_minor, currency),
    fees: decimal(fees_minor, currency),
    instalment: decimal(instalment_minor, currency),
    outstanding: toDecimal(outstanding_minor, currency),
    past_due: toDecimal(past_due_minor, currency),
    adds_up: addsUp(loan),
    disputed_sum: disputed_minor > 0 ? toDecimal(disputed_minor, currency) : null,
  }
}

const askedOf = (loan: LoanRow) =>
  loan.disputed ? 0 : Math.max(loan.past_due_minor - loan.disputed_minor, 0)

/**
 * What may be asked for, by currency: what is past due less what is disputed of it, with the sum's parts. A
 * disputed loan is not asked for at all until the dispute is answered.
 */
function askFor(loans: readonly LoanRow[]): Borrower['ask_for'] {
  const late = loans.filter((loan) => loan.past_due_minor > 0)
  return [...Map.groupBy(late, (loan) => loan.currency)].map(([currency, rows]) => {
    const sum = (minor: (loan: LoanRow) => number) =>
      toDecimal(
        rows.reduce((total, loan) => total + BigInt(minor(loan)), 0n),
        currency,
      )
    return {
      currency,
      ask_for: sum(askedOf),
      past_due: sum((loan) => loan.past_due_minor),
      outstanding: sum((loan) => loan.outstanding_minor),
      parts: rows.map((loan) => ({
        loan_no: loan.loan_no,
        amount: toDecimal(askedOf(loan), currency),
        asked: askedOf(loan) > 0,
      })),
    }
  })
}

/** The case as it is shown: personal data masked, sums with their parts. */
export function borrowerShown({ row, points, loans, holds }: CaseFacts): Borrower {
  const { national_id, born_on, ...plain } = row
  return {
    ...plain,
    national_id_masked: national_id === null ? null : masked(national_id),
    born_year: born_on === null ? null : Number(born_on.slice(0, 4)),
    contact_points: points.map(({ value, ...point }) => ({
      ...point,
      masked: maskedPoint(point.kind, value),
    })),
    loans: loans.map(owed),
    ask_for: askFor(loans),
    holds,
  }
}

export function entryShown({ minor, ...entry }: Happening): TimelineEntry {
  return {
    ...entry,
    amount: minor === null || entry.currency === null ? null : toDecimal(minor, entry.currency),
  }
}
