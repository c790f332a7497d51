import { addMonths } from './calendar.ts'
import type { Product } from './lenders.ts'
import type { DemoBorrower } from './people.ts'

export type Terms = {
  loan_no: string
  product: Product
  opened: number
  term_months: number
  rate: number
  amount_minor: number
}

/** What a lender states of a loan at the close of a day; amounts in minor units, days since 1970. */
export type Position = {
  principal: number
  interest: number
  penalty: number
  fees: number
  outstanding: number
  past_due: number
  /** due day of the oldest unpaid instalment; null when nothing is past due */
  oldest_due: number | null
}

/** How one payment was applied, so that a bounce can take it back. */
export type Applied = { fees: number; penalty: number; instalments: number }

/**
 * A loan with a schedule of equal instalments. Money goes to fees, penalty, then the oldest instalment, its
 * interest first (Civil Code of the PRC art. 561, of Taiwan art. 323: costs, interest, principal). Interest
 * is charged on the due day, so only loans that are late change from day to day.
 */
export class DemoLoan {
  readonly terms: Terms
  readonly borrower: DemoBorrower
  /** due days, principal and interest of the instalments; the sums run up to and including each */
  readonly due: number[] = []
  readonly principal: number[] = []
  readonly interest: number[] = []
  private readonly sums: number[] = []
  /** instalments that have fallen due */
  fallen_due = 0
  /** the oldest instalment that is not paid in full */
  oldest = 0
  private paid = 0
  private principal_before = 0
  private charged_interest = 0
  fees = 0
  penalty = 0
  status: 'active' | 'charged_off' | 'sold' = 'active'
  status_since = 0
  last_paid_on: number | null = null
  last_paid = 0
  contacted_on = -1e9
  fees_charged = 0
  /** on the simulation's list of late loans */
  is_watched = false
  /** the row of the tape while nothing changes */
  row = ''
  /** its cells that never change */
  fixed = ''

  constructor(terms: Terms, borrower: DemoBorrower) {
    this.terms = terms
    this.borrower = borrower
    this.schedule()
  }

  /** Equal instalments in the lender's smallest unit; the last one takes the rest. */
  private schedule() {
    const { term_months: term, rate, amount_minor, opened } = this.terms
    const unit = this.borrower.lender.unit_minor
    const round = (minor: number) => Math.round(minor / unit) * unit
    const monthly = rate / 12
    const equal = round((amount_minor * monthly) / (1 - (1 + monthly) ** -term))
    let left = amount_minor
    for (let i = 0; i < term; i++) {
      const interest = round(left * monthly)
      const principal = i === term - 1 ? left : Math.min(left, equal - interest)
      left -= principal
      this.add(addMonths(opened, i + 1), principal, interest)
    }
  }

  private add(due: number, principal: number, interest: number) {
    this.due.push(due)
    this.principal.push(principal)
    this.interest.push(interest)
    this.sums.push((this.sums.at(-1) ?? 0) + principal + interest)
  }

  /** Principal and interest of instalment `i`. */
  instalment(i: number): number {
    return this.principal[i]! + this.interest[i]!
  }

  /** All instalments fall due and are paid before `day`: the past of a loan that stands at the beginning. */
  payUntil(day: number) {
    while (this.fallen_due < this.due.length && this.due[this.fallen_due]! < day) {
      const paid_on = this.due[this.fallen_due]!
      this.fallDue()
      this.pay(this.sums[this.fallen_due - 1]! - this.paid, paid_on)
    }
  }

  /** The next instalment falls due: its interest is charged, unless it was paid before. */
  fallDue() {
    const i = this.fallen_due++
    if (i >= this.oldest) this.charged_interest += this.interest[i]!
    this.row = ''
  }

  /** Everything that is left falls due on `day` as one last instalment without interest. */
  fallDueAtOnce(day: number) {
    const from = Math.max(this.fallen_due, this.oldest)
    const rest = this.principal.slice(from).reduce((sum, minor) => sum + minor, 0)
    for (const list of [this.due, this.principal, this.interest, this.sums]) list.length = from
    if (rest > 0) this.add(day, rest, 0)
    this.fallen_due = this.due.length
    this.row = ''
  }

  private paidOfOldest(): number {
    return this.paid - (this.oldest === 0 ? 0 : this.sums[this.oldest - 1]!)
  }

  /** Due and unpaid: instalments up to today, penalty and fees. */
  get past_due(): number {
    if (this.oldest >= this.fallen_due) return 0
    return this.sums[this.fallen_due - 1]! - this.paid + this.fees + this.penalty
  }

  get is_late(): boolean {
    return this.oldest < this.fallen_due
  }

  get is_paid(): boolean {
    return this.oldest === this.due.length
  }

  daysPastDue(day: number): number {
    return this.is_late ? day - this.due[this.oldest]! : 0
  }

  /** Part of the instalments that is past due: what penalty is counted on. */
  get unpaid_instalments(): number {
    return this.is_late ? this.sums[this.fallen_due - 1]! - this.paid : 0
  }

  /** Applies money; never more than all that is left. */
  pay(minor: number, day: number): Applied {
    const fees = Math.min(minor, this.fees)
    const penalty = Math.min(minor - fees, this.penalty)
    const applied = { fees, penalty, instalments: minor - fees - penalty }
    this.move(applied, 1)
    this.last_paid_on = day
    this.last_paid = minor
    return applied
  }

  /** Takes a payment back as it was applied. */
  takeBack(applied: Applied) {
    this.move(applied, -1)
  }

  private move({ fees, penalty, instalments }: Applied, sign: 1 | -1) {
    this.fees -= sign * fees
    this.penalty -= sign * penalty
    this.paid += sign * instalments
    while (this.oldest < this.due.length && this.paid >= this.sums[this.oldest]!) this.pass(this.oldest++, 1)
    while (this.oldest > 0 && this.paid < this.sums[this.oldest - 1]!) this.pass(--this.oldest, -1)
    this.row = ''
  }

  private pass(i: number, sign: 1 | -1) {
    this.principal_before += sign * this.principal[i]!
    if (i < this.fallen_due) this.charged_interest -= sign * this.interest[i]!
  }

  position(): Position {
    const partly = this.oldest < this.due.length ? this.paidOfOldest() : 0
    const fell_due = this.oldest < this.fallen_due
    const interest_paid = Math.min(partly, fell_due ? this.interest[this.oldest]! : 0)
    const principal = this.terms.amount_minor - this.principal_before - (partly - interest_paid)
    const interest = this.charged_interest - interest_paid
    const { fees, penalty } = this
    return {
      principal,
      interest,
      penalty,
      fees,
      outstanding: principal + interest + penalty + fees,
      past_due: this.past_due,
      oldest_due: fell_due ? this.due[this.oldest]! : null,
    }
  }
}
