import { interestFactor, monthsOf, type Stretch } from '../interest/day-count.ts'
import { least, most, roundHalfEven, times, whole } from '../interest/fraction.ts'
import { dueDates, equalInstalment, hasOddFirst, type Instalment, type ScheduleTerms } from './schedule.ts'

/** Money received on a day, in minor units. */
export type Received = { on: string; amount_minor: bigint }

export type AsItTurnsOut = {
  instalment_minor: bigint
  total_interest_minor: bigint
  rows: Instalment[]
}

type Due = { interest_minor: bigint; principal_minor: bigint }

/**
 * The course of one loan whose payments come late or early. Unpaid principal bears interest to the day it is
 * paid; from the day of the last known payment on, everything is taken to be paid when due.
 */
class Course {
  readonly rows: Instalment[] = []
  private readonly terms: ScheduleTerms
  private readonly due_on: string[]
  private readonly dues: Due[] = []
  private instalment: bigint
  private unpaid: bigint
  private scheduled: bigint
  private accrued = 0n
  private since: string
  private received_early = 0n
  private whole_instalment_early = false

  constructor(terms: ScheduleTerms, instalment_minor: bigint) {
    this.terms = terms
    this.due_on = dueDates(terms)
    this.instalment = instalment_minor
    this.unpaid = terms.principal_minor
    this.scheduled = terms.principal_minor
    this.since = terms.disbursed_on
  }

  private period(no: number): Stretch {
    const months = monthsOf(this.terms.every)
    const from_on = no === 1 ? this.terms.disbursed_on : this.due_on[no - 2]!
    const stretch = { from_on, to_on: this.due_on[no - 1]! }
    const isWhole = months !== undefined && !(no === 1 && hasOddFirst(this.terms))
    return isWhole ? { ...stretch, months } : stretch
  }

  private factor(stretch: Stretch, period: Stretch) {
    return interestFactor(this.terms.annual_rate, this.terms.day_count, stretch, period)
  }

  /** Each stretch of days at one balance is rounded by itself. */
  private accrueTo(on: string, no: number): void {
    if (on <= this.since) return
    const period = this.period(no)
    const all = this.since === period.from_on && on === period.to_on
    const stretch = all ? period : { from_on: this.since, to_on: on }
    this.accrued += roundHalfEven(times(whole(this.unpaid), this.factor(stretch, period)))
    this.since = on
  }

  private lower(amount_minor: bigint, on: string): void {
    if (amount_minor === 0n) return
    if (this.rows.length < this.due_on.length) this.accrueTo(on, this.rows.length + 1)
    this.unpaid -= amount_minor
  }

  /** The instalment falls due: its interest is what accrued, its principal the rest of the instalment. */
  fallDue(): void {
    const no = this.rows.length + 1
    this.accrueTo(this.due_on[no - 1]!, no)
    const last = no === this.due_on.length
    const share = most(this.instalment - this.accrued, this.received_early)
    const principal = last ? this.scheduled : least(most(share, 0n), this.scheduled)
    this.scheduled -= principal
    this.dues.push({ interest_minor: this.accrued, principal_minor: principal - this.received_early })
    this.rows.push({
      no,
      due_on: this.due_on[no - 1]!,
      principal_minor: principal,
      interest_minor: this.accrued,
      balance_minor: this.scheduled,
    })
    this.accrued = 0n
    this.received_early = 0n
    if (this.whole_instalment_early) this.findAnew()
  }

  private findAnew(): void {
    this.whole_instalment_early = false
    const left = this.due_on.slice(this.rows.length)
    if (left.length === 0) return
    const factors = left.map((_, index) => {
      const period = this.period(this.rows.length + index + 1)
      return this.factor(period, period)
    })
    this.instalment = equalInstalment(this.scheduled, factors)
  }

  /**
   * Interest, then principal, of what is due, oldest first; what is over lowers the balance from this day.
   */
  receive({ on, amount_minor }: Received): void {
    let left = amount_minor
    let principal = 0n
    for (const due of this.dues) {
      const interest = least(left, due.interest_minor)
      due.interest_minor -= interest
      const paid = least(left - interest, due.principal_minor)
      due.principal_minor -= paid
      principal += paid
      left -= interest + paid
    }
    const early = least(left, this.scheduled - this.received_early)
    this.lower(principal + early, on)
    if (early === 0n) return
    const today = this.rows.at(-1)
    if (today?.due_on === on) this.addToRow(today, early)
    else this.received_early += early
    if (left >= this.instalment) {
      this.whole_instalment_early = true
      if (today?.due_on === on) this.findAnew()
    }
  }

  /** More than the instalment, on its due date: it belongs to that instalment's principal. */
  private addToRow(row: Instalment, early: bigint): void {
    row.principal_minor += early
    row.balance_minor -= early
    this.scheduled -= early
  }

  /** Nothing later is known: what is past_due is taken to be paid on this day. */
  settleDues(on: string): void {
    const past_due = this.dues.reduce((sum, due) => sum + due.principal_minor, 0n)
    for (const due of this.dues) due.principal_minor = due.interest_minor = 0n
    this.lower(past_due, on)
  }

  nextDueOn(): string | undefined {
    return this.due_on[this.rows.length]
  }
}

/**
 * The schedule as payments make it. Money before a due date lowers the balance from the day it comes; when a
 * single payment brings a whole instalment or more, all of it is principal, the interest to date stays due,
 * and the later instalments are found anew. `instalment_minor` is the contract's; `as_of` defaults to the
 * last payment's day.
 */
export function asItTurnsOut(
  terms: ScheduleTerms,
  instalment_minor: bigint,
  received: Received[],
  as_of?: string,
): AsItTurnsOut {
  const inOrder = received
    .filter((payment) => as_of === undefined || payment.on <= as_of)
    .toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
  const course = new Course(terms, instalment_minor)
  const fallDueBy = (on: string) => {
    for (let due = course.nextDueOn(); due !== undefined && due <= on; due = course.nextDueOn())
      course.fallDue()
  }
  for (const payment of inOrder) {
    fallDueBy(payment.on)
    course.receive(payment)
  }
  const known_on = as_of ?? inOrder.at(-1)?.on ?? terms.disbursed_on
  fallDueBy(known_on)
  course.settleDues(known_on)
  for (let due = course.nextDueOn(); due !== undefined; due = course.nextDueOn()) {
    course.fallDue()
    course.settleDues(due)
  }
  const rows = course.rows
  const total_interest_minor = rows.reduce((sum, row) => sum + row.interest_minor, 0n)
  return { instalment_minor, total_interest_minor, rows }
}
