import { meetTrouble, paysLate, paysOnTime, riskOf } from './behaviour.ts'
import { addMonths, daysSinceLunarNewYear, dayText } from './calendar.ts'
import { PhoneBook } from './fiction.ts'
import { type Lender, lenders, type Product } from './lenders.ts'
import { type Applied, DemoLoan } from './loan.ts'
import { type DemoBorrower, inventBorrower, NEVER } from './people.ts'
import { Random } from './random.ts'
import { type Planted, plant, routine, seasonOf, tempers } from './truth.ts'

export type Shape = { loans: number; first: number; last: number; seed: number }

/** Money in (`payment`) or taken back (`reversal`), as the lender's file of the day lists it. */
export type DemoPayment = {
  payment_no: string
  loan: DemoLoan
  amount_minor: number
  method: string
  kind: 'payment' | 'reversal'
  reverses: string
}

/** What the lender did before: one contact, and whether somebody was reached. */
export type DemoContact = { loan: DemoLoan; days_past_due: number; reached: boolean }

/** What happened on a day; the loans themselves stand in `open` at its close. */
export type DemoDay = {
  day: number
  payments: DemoPayment[]
  contacts: DemoContact[]
  opened: DemoLoan[]
  joined: DemoBorrower[]
}

type Bounce = { payment: DemoPayment; applied: Applied; before: [number | null, number]; paid_on: number }

/** Days that are played before the first file, so that every bucket is filled when the book begins. */
const PLAYED_BEFORE = 420

const average = (list: readonly number[]) => list.reduce((sum, n) => sum + n, 0) / list.length

/** A lender's day after day: loans open, fall due, are paid or not, are charged off, mature. */
export class Simulation {
  readonly shape: Shape
  readonly planted: Planted
  readonly phones = new PhoneBook()
  /** every loan on today's tape, in the order in which they were opened */
  readonly open = new Set<DemoLoan>()
  private readonly random: Random
  private readonly borrowers = new Map<Lender, DemoBorrower[]>()
  private readonly due = new Map<number, DemoLoan[]>()
  private readonly decides = new Map<number, [DemoLoan, number][]>()
  private readonly bounces = new Map<number, Bounce[]>()
  private late: DemoLoan[] = []
  private leaving: DemoLoan[] = []
  private sold: DemoLoan[] = []
  private readonly seasons = new Map<Lender, number>()
  private today: DemoDay
  private loans_made = 0
  private payments_made = 0
  private wanted = 0

  constructor(shape: Shape) {
    this.shape = shape
    this.random = new Random(shape.seed)
    this.planted = plant(this.random, shape.last)
    for (const lender of lenders) this.borrowers.set(lender, [])
    this.today = this.empty(shape.first - PLAYED_BEFORE)
    for (let i = 0; i < shape.loans; i++) this.openOlder()
    while (this.today.day < shape.first - 1) this.next()
  }

  /** Plays the next day. */
  next(): DemoDay {
    this.today = this.empty(this.today.day + 1)
    this.leaving = this.sold
    this.sold = []
    const { day } = this.today
    for (const lender of lenders) {
      this.seasons.set(lender, seasonOf(lender.country, day, daysSinceLunarNewYear(day)))
    }
    for (const bounce of this.take(this.bounces, day)) this.bounce(bounce)
    for (const loan of this.take(this.due, day)) this.fallDue(loan)
    for (const [loan, i] of this.take(this.decides, day)) this.decide(loan, i)
    this.late = this.late.filter((loan) => {
      loan.is_watched = this.workLate(loan)
      return loan.is_watched
    })
    const leaving = this.leaving.filter((loan) => this.leave(loan))
    this.openNew(leaving.length)
    return this.today
  }

  private empty(day: number): DemoDay {
    return { day, payments: [], contacts: [], opened: [], joined: [] }
  }

  private take<T>(agenda: Map<number, T[]>, day: number): T[] {
    const list = agenda.get(day) ?? []
    agenda.delete(day)
    return list
  }

  private put<T>(agenda: Map<number, T[]>, day: number, what: T) {
    const list = agenda.get(day)
    if (list) list.push(what)
    else agenda.set(day, [what])
  }

  /** A loan that is paid leaves the tape at once; one that was sold is stated as sold for one day. */
  private leave(loan: DemoLoan): boolean {
    loan.borrower.loans = loan.borrower.loans.filter((other) => other !== loan)
    return this.open.delete(loan)
  }

  private fallDue(loan: DemoLoan) {
    if (loan.status !== 'active' || loan.is_paid) return
    const i = loan.fallen_due
    loan.fallDue()
    if (loan.borrower.early_days === 0) this.decide(loan, i)
    this.expect(loan)
    this.watch(loan)
  }

  private watch(loan: DemoLoan) {
    if (!loan.is_late || loan.is_watched) return
    loan.is_watched = true
    this.late.push(loan)
  }

  /** Puts the next instalment on the agenda. */
  private expect(loan: DemoLoan) {
    const due = loan.due[loan.fallen_due]
    if (due === undefined) return
    this.put(this.due, due, loan)
    const { early_days } = loan.borrower
    if (early_days === 0) return
    const on = Math.max(due - early_days, this.today.day + 1)
    this.put(this.decides, on, [loan, loan.fallen_due])
  }

  /** Whether instalment `i` is paid by its due day. */
  private decide(loan: DemoLoan, i: number) {
    if (loan.oldest !== i || i >= loan.due.length || loan.status !== 'active') return
    const { borrower } = loan
    const { day } = this.today
    const risk = riskOf(loan, this.planted)
    if (meetTrouble(this.random, borrower, day, risk)) this.mayDie(borrower)
    if (!paysOnTime(this.random, borrower, day, risk, this.seasons.get(borrower.lender)!)) return
    if (this.random.chance(0.003)) {
      loan.fallDueAtOnce(day)
      this.receive(loan, loan.position().outstanding, 'bank_transfer')
    } else this.receive(loan, loan.instalment(i) + loan.fees + loan.penalty, borrower.method)
  }

  /** Some who can no longer pay have died; the lender knows when the book begins. */
  private mayDie(borrower: DemoBorrower) {
    if (borrower.type !== 'cannot_pay' || borrower.kind === 'firm' || this.today.day >= this.shape.first)
      return
    if (!this.random.chance(0.03)) return
    borrower.deceased_on = dayText(this.today.day)
    borrower.trouble_to = NEVER
  }

  private receive(loan: DemoLoan, amount_minor: number, method: string) {
    const { day } = this.today
    const before: Bounce['before'] = [loan.last_paid_on, loan.last_paid]
    const applied = loan.pay(amount_minor, day)
    const payment = this.record(loan, amount_minor, method, 'payment', '')
    if (loan.is_paid) this.leaving.push(loan)
    const bounces = method === 'direct_debit' && !loan.is_paid && loan.oldest <= loan.fallen_due
    if (!bounces || !this.random.chance(0.012)) return
    const on = day + this.random.between(2, 4)
    if (day >= this.shape.first || on < this.shape.first) {
      this.put(this.bounces, on, { payment, applied, before, paid_on: day })
    }
  }

  private record(
    loan: DemoLoan,
    amount_minor: number,
    method: string,
    kind: DemoPayment['kind'],
    reverses: string,
  ): DemoPayment {
    const shown = this.today.day >= this.shape.first
    if (shown) this.payments_made++
    const payment_no = `${loan.borrower.lender.prefix}P${`${this.payments_made}`.padStart(9, '0')}`
    const payment = { payment_no, loan, amount_minor, method, kind, reverses }
    this.today.payments.push(payment)
    return payment
  }

  private bounce({ payment, applied, before, paid_on }: Bounce) {
    const { loan, amount_minor, method, payment_no } = payment
    // The money was cleared after all where a later payment closed the loan.
    if (loan.is_paid || loan.status !== 'active') return
    loan.takeBack(applied)
    if (loan.last_paid_on === paid_on) [loan.last_paid_on, loan.last_paid] = before
    this.record(loan, amount_minor, method, 'reversal', payment_no)
    if (!loan.is_late) return
    loan.fees += loan.borrower.lender.bounce_fee_minor
    this.watch(loan)
  }

  /** One day of a loan that is late; false when it is late no longer. */
  private workLate(loan: DemoLoan): boolean {
    const { day } = this.today
    if (!loan.is_late || loan.status === 'sold') return false
    const days_past_due = loan.daysPastDue(day)
    if (days_past_due === 0) return true
    loan.row = ''
    if (loan.status === 'active') this.charge(loan, days_past_due)
    this.contact(loan, days_past_due)
    const { borrower } = loan
    const amount = paysLate(this.random, loan, day, this.seasons.get(borrower.lender)!)
    if (amount > 0)
      this.receive(loan, amount, borrower.method === 'direct_debit' ? 'bank_transfer' : borrower.method)
    if (loan.is_late) this.giveUp(loan, loan.daysPastDue(day))
    return loan.is_late
  }

  private charge(loan: DemoLoan, days_past_due: number) {
    const { unit_minor, penalty_of_rate, late_fee } = loan.borrower.lender
    const penalty = (loan.unpaid_instalments * loan.terms.rate * penalty_of_rate) / 365
    loan.penalty += Math.round(penalty / unit_minor) * unit_minor
    if (late_fee.fee_minor > 0 && days_past_due === late_fee.after_days && loan.fees_charged < 3) {
      loan.fees += late_fee.fee_minor
      loan.fees_charged++
    }
  }

  private contact(loan: DemoLoan, days_past_due: number) {
    const { borrower } = loan
    if (borrower.left_alone || !(routine.days as readonly number[]).includes(days_past_due)) return
    const reached = this.random.chance(tempers[borrower.type].reached)
    if (reached) loan.contacted_on = this.today.day
    this.today.contacts.push({ loan, days_past_due, reached })
  }

  /** After 180 days the loss is recognised, later the debt is sold. */
  private giveUp(loan: DemoLoan, days_past_due: number) {
    const { day } = this.today
    if (loan.status === 'active' && days_past_due > 180 && this.random.chance(0.03)) {
      loan.fallDueAtOnce(day)
      loan.status = 'charged_off'
      loan.status_since = day
    } else if (loan.status === 'charged_off' && day - loan.status_since > 90 && this.random.chance(0.02)) {
      loan.status = 'sold'
      this.sold.push(loan)
    }
  }

  private openNew(closed: number) {
    const { day } = this.today
    const { loose_from, loose_to } = this.planted
    const eager = day >= loose_from && day <= loose_to ? 1.6 : 1
    this.wanted += Math.max(0, closed + (this.shape.loans - this.open.size) / 40) * eager
    for (; this.wanted >= 1; this.wanted--) this.openLoan(day, (p) => p.share / average(p.terms))
  }

  /** A loan that stands in the book when it is first played: somewhere in its life, paid so far. */
  private openOlder() {
    const { day } = this.today
    this.openLoan(
      day,
      (p) => p.share,
      (months) => addMonths(day, -Math.floor(this.random.next() * months)),
    )
  }

  private openLoan(day: number, shareOf: (product: Product) => number, opening?: (months: number) => number) {
    const { random } = this
    const lender = random.pickByShare(lenders)
    const products = lender.products.map((product) => ({ product, share: shareOf(product) }))
    const { product } = random.pickByShare(products)
    const term_months = random.pick(product.terms)
    const opened = opening ? opening(term_months) - random.between(0, 27) : day
    const borrower = this.borrowerFor(lender, Math.min(opened, day))
    const [least, most, step] = product.amount
    const amount = least + (most - least) * random.next() ** 2.2
    const loan_no = `${lender.prefix}L${`${++this.loans_made}`.padStart(8, '0')}`
    const [low, high] = product.rate
    const rate = Math.round((low + (high - low) * random.next()) * 10_000) / 10_000
    const amount_minor = Math.round(amount / step) * step * 100
    const loan = new DemoLoan({ loan_no, product, opened, term_months, rate, amount_minor }, borrower)
    loan.payUntil(day + 1)
    if (loan.is_paid) return
    borrower.loans.push(loan)
    this.open.add(loan)
    this.today.opened.push(loan)
    this.expect(loan)
  }

  /** One loan in seven goes to somebody who has one already and pays it. */
  private borrowerFor(lender: Lender, day: number): DemoBorrower {
    const known = this.borrowers.get(lender)!
    const someone = known.length > 0 && this.random.chance(0.15) ? this.random.pick(known) : null
    if (
      someone &&
      someone.loans.length < 3 &&
      !someone.deceased_on &&
      someone.loans.every((l) => !l.is_late)
    ) {
      return someone
    }
    const number = known.length + 1
    const borrower = inventBorrower(this.random, {
      lender,
      number,
      day,
      planted: this.planted,
      phones: this.phones,
    })
    known.push(borrower)
    this.today.joined.push(borrower)
    return borrower
  }
}
