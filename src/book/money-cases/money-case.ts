import { z } from 'zod'
import { toDecimal, toMinor } from '../../platform/money.ts'
import {
  type AllocationRule,
  type OpenInstalment,
  outstandingOf,
  type Part,
  sumOf,
} from '../allocation/allocation.ts'
import { type LoanAfter, type MoneyEvent, replay } from '../allocation/replay.ts'
import { dayCountOf, everyOf } from '../interest/day-count.ts'
import { decimal, dividedBy, whole } from '../interest/fraction.ts'
import { type CountingRule, pastDue } from '../positions/past-due.ts'
import { type AsItTurnsOut, asItTurnsOut } from '../schedules/late-interest.ts'
import {
  downPayment,
  dueDates,
  equalInstalments,
  equalParts,
  type ScheduleTerms,
} from '../schedules/schedule.ts'
import {
  type AllocationCase,
  type DelinquencyCase,
  type LateInterestCase,
  MoneyCase,
  type RuleGiven,
  type ScheduleCase,
  type Terms,
} from './money-case.api.ts'
import { unreadOf } from './unread.ts'

/** A convention that a case names and that we do not know: where it stands, and what is known. */
class UnknownConvention extends Error {}

/** Facts that contradict each other or leave out what the case needs: where, and what to mend. */
class Malformed extends Error {}

function known<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new UnknownConvention(what)
  return value
}

function given<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Malformed(what)
  return value
}

const dated = <Row extends { on: string }>(rows: Row[], as_of: string) =>
  rows.filter((row) => row.on <= as_of)

function delinquencyAnswer(facts: DelinquencyCase) {
  const minor = (text: string) => toMinor(text, facts.currency)
  const owed = [
    ...facts.instalments.map((row) => ({
      due_on: row.due_on,
      amount_minor: minor(row.amount) + minor(row.fees ?? '0'),
    })),
    ...facts.fees.map((row) => ({ due_on: row.due_on, amount_minor: minor(row.amount) })),
  ]
  const paid = dated(facts.payments, facts.as_of)
    .filter(({ reversed_on }) => !reversed_on || reversed_on > facts.as_of)
    .reduce((sum, payment) => sum + minor(payment.amount), 0n)
  const pauses = facts.pauses.map(({ from, to, resumed_on }) => ({ from_on: from, to_on: resumed_on ?? to }))
  const rule: CountingRule = facts
  const found = pastDue(owed, paid, pauses, rule, facts.as_of)
  const { past_due_minor, instalment_ranges, instalments: _, ...position } = found
  return {
    ...position,
    past_due_amount: toDecimal(past_due_minor, facts.currency),
    instalment_ranges: instalment_ranges.map(({ range, amount_minor }) => ({
      range,
      amount: toDecimal(amount_minor, facts.currency),
    })),
  }
}

const stepOf = (name: string) => {
  const [, timing, of] = /^(past_due|due|in_advance)_(\w+)$/.exec(name)!
  return { timing: timing as 'past_due' | 'due' | 'in_advance', part: of as Part }
}

const ruleOf = (rule: RuleGiven): AllocationRule =>
  'order' in rule
    ? {
        kind: 'advanced',
        processing: rule.processing,
        order: rule.order.map(stepOf),
        future_instalments: rule.future_instalments,
      }
    : { kind: 'due_first', due_order: rule.due_order, in_advance_order: rule.in_advance_order }

type CaseEvent = AllocationCase['events'][number]

// Money of whatever name; a write-off, a waiver of a charge or another disbursement is none.
const isPayment = (type: string) => /payment|credit|refund/.test(type)

function eventOf(event: CaseEvent, rule: RuleGiven, minor: (text: string) => bigint): MoneyEvent {
  const { id, type } = event
  const at = `events: event ${id}`
  const entry = event.entered_on ? { id, entered_on: event.entered_on } : { id }
  if (type === 'reversal') {
    return {
      ...entry,
      kind: 'reversal',
      of: given(event.of, `${at}: a reversal says \`of\``),
      on: event.on ?? '',
    }
  }
  const amount_minor = minor(given(event.amount, `${at} has no amount`))
  if (type === 'charge') {
    const due_on = given(event.due_on, `${at}: a charge says when it is due (\`due_on\`)`)
    return { ...entry, kind: 'charge', part: event.kind ?? 'fee', due_on, amount_minor }
  }
  const on = given(event.on, `${at} has no date (\`on\`)`)
  if (type === 'chargeback') return { ...entry, kind: 'chargeback', on, amount_minor }
  if (type === 'credit_balance_refund' || type === 'refund')
    return { ...entry, kind: 'refund', on, amount_minor }
  const named = 'order' in rule && type in rule.future_instalments
  if (named || isPayment(type)) return { ...entry, kind: 'payment', type, on, amount_minor }
  throw new UnknownConvention(`${at}: the type ${type} is not known`)
}

/** A reversal names one earlier event that is no reversal and was not taken back before. */
function refuseOddReversals(events: readonly MoneyEvent[]): void {
  const before = new Map<number, MoneyEvent>()
  const takenBack = new Set<number>()
  for (const event of events) {
    const at = `events: event ${event.id}`
    if (before.has(event.id)) throw new Malformed(`${at} stands twice; give each its own id`)
    before.set(event.id, event)
    if (event.kind !== 'reversal') continue
    const of = before.get(event.of)
    if (!of || of === event)
      throw new Malformed(`${at} takes back event ${event.of}, which does not come before it`)
    if (of.kind === 'reversal') throw new Malformed(`${at} takes back event ${event.of}, itself a reversal`)
    if (takenBack.has(event.of)) throw new Malformed(`${at}: event ${event.of} was taken back before`)
    takenBack.add(event.of)
  }
}

function instalmentAnswer(row: OpenInstalment, text: (minor: bigint) => string) {
  return {
    no: row.no,
    due_on: row.due_on,
    principal: text(row.owed.principal),
    interest: text(row.owed.interest),
    fee: text(row.owed.fee),
    penalty: text(row.owed.penalty),
    due: text(sumOf(row.owed)),
    paid: text(sumOf(row.paid)),
    principal_paid: text(row.paid.principal),
    interest_paid: text(row.paid.interest),
    fee_paid: text(row.paid.fee),
    penalty_paid: text(row.paid.penalty),
    paid_in_advance: text(row.paid_in_advance_minor),
    paid_late: text(row.paid_late_minor),
    outstanding: text(outstandingOf(row)),
  }
}

function loanAnswer(after: LoanAfter, text: (minor: bigint) => string) {
  const paymentAnswer = ({ event, parts, overpaid_minor }: LoanAfter['payments'][number]) => ({
    event,
    principal: text(parts.principal),
    interest: text(parts.interest),
    fee: text(parts.fee),
    penalty: text(parts.penalty),
    overpaid: text(overpaid_minor),
  })
  return {
    instalments: after.instalments.map((row) => instalmentAnswer(row, text)),
    payments: after.payments.map(paymentAnswer),
    loan: {
      outstanding: text(after.outstanding_minor),
      repaid: text(after.repaid_minor),
      principal_outstanding: text(after.principal_outstanding_minor),
      principal_paid: text(after.principal_paid_minor),
      overpaid: text(after.overpaid_minor),
    },
    ...(after.last_payment ? { last_payment: paymentAnswer(after.last_payment) } : {}),
  }
}

function allocationAnswer(facts: AllocationCase) {
  const minor = (text: string) => toMinor(text, facts.currency)
  const text = (value: bigint) => toDecimal(value, facts.currency)
  const contract = facts.loan.instalments.map(({ no, due_on, ...row }) => ({
    no,
    due_on,
    owed: {
      principal: minor(row.principal),
      interest: minor(row.interest),
      fee: minor(row.fee),
      penalty: minor(row.penalty),
    },
  }))
  const events = facts.events.map((event) => eventOf(event, facts.rule, minor))
  refuseOddReversals(events)
  const rule = ruleOf(facts.rule)
  const checkpoints = facts.checkpoints.map(({ after_event }) => {
    const known_by = events.findIndex(({ id }) => id === after_event) + 1
    if (known_by === 0 && after_event !== 0) {
      throw new Malformed(`checkpoints: there is no event ${after_event}; 0 is before the first`)
    }
    return { after_event, expected: loanAnswer(replay(contract, events.slice(0, known_by), rule), text) }
  })
  return { checkpoints }
}

const dayCounts = 'actual/actual, actual/365, actual/360, 30/360 and the like'

function termsOf(terms: Terms, currencyCode: string): ScheduleTerms {
  return {
    principal_minor: toMinor(terms.principal, currencyCode),
    annual_rate: dividedBy(decimal(terms.annual_rate_percent), whole(100)),
    day_count: known(
      dayCountOf(terms.day_count),
      `day_count: ${terms.day_count} is not known; known are ${dayCounts}`,
    ),
    disbursed_on: terms.disbursed_on,
    instalments: terms.instalments,
    every: known(everyOf(terms.every), `every: ${terms.every} is no period such as "1 months" or "2 weeks"`),
    ...(terms.first_due_on ? { first_due_on: terms.first_due_on } : {}),
  }
}

function rowsAnswer(
  { rows, instalment_minor, ...rest }: Omit<AsItTurnsOut, 'total_interest_minor'>,
  code: string,
) {
  const text = (value: bigint) => toDecimal(value, code)
  const amounts = rows.map((row) => text(row.principal_minor + row.interest_minor))
  return {
    ...rest,
    instalment: text(instalment_minor),
    last_instalment: amounts.at(-1)!,
    total_interest: text(rows.reduce((sum, row) => sum + row.interest_minor, 0n)),
    rows: rows.map((row) => ({
      no: row.no,
      due_on: row.due_on,
      principal: text(row.principal_minor),
      interest: text(row.interest_minor),
      balance: text(row.balance_minor),
    })),
    instalments: amounts,
    due_on: rows.map((row) => row.due_on),
  }
}

function scheduleAnswer(facts: ScheduleCase) {
  if (/flat|equal principal|balloon/i.test(facts.method ?? '')) {
    throw new UnknownConvention(`method: ${facts.method}; known are equal instalments on a declining balance`)
  }
  const all = termsOf(facts, facts.currency)
  const down = facts.down_payment_percent
    ? downPayment(all.principal_minor, decimal(facts.down_payment_percent))
    : 0n
  const financed = { ...all, principal_minor: all.principal_minor - down }
  const schedule = all.annual_rate.numerator === 0n ? interestFree(financed) : equalInstalments(financed)
  const first = {
    no: 1,
    due_on: facts.disbursed_on,
    principal_minor: down,
    interest_minor: 0n,
    balance_minor: financed.principal_minor,
  }
  const rows =
    down > 0n ? [first, ...schedule.rows.map((row) => ({ ...row, no: row.no + 1 }))] : schedule.rows
  return rowsAnswer({ ...schedule, rows }, facts.currency)
}

function interestFree(given: ScheduleTerms) {
  const due_on = dueDates(given)
  let balance = given.principal_minor
  const rows = equalParts(given.principal_minor, given.instalments).map((principal_minor, index) => {
    balance -= principal_minor
    return {
      no: index + 1,
      due_on: due_on[index]!,
      principal_minor,
      interest_minor: 0n,
      balance_minor: balance,
    }
  })
  return { instalment_minor: rows[0]!.principal_minor, rows }
}

function lateInterestAnswer(facts: LateInterestCase) {
  if (/compound/i.test((facts.loan.recalculation ?? '').replace(/no compounding/i, ''))) {
    throw new UnknownConvention(`loan.recalculation: ${facts.loan.recalculation}; interest bears none here`)
  }
  const given = termsOf(facts.loan, facts.currency)
  const received = facts.payments.map(({ on, amount: paid }) => ({
    on,
    amount_minor: toMinor(paid, facts.currency),
  }))
  const instalment = toMinor(facts.loan.instalment, facts.currency)
  const { total_interest_minor: _, ...turned } = asItTurnsOut(given, instalment, received, facts.as_of)
  return rowsAnswer(turned, facts.currency)
}

/** What the conventions that a case states make of its facts. */
function answerOf(facts: MoneyCase) {
  switch (facts.kind) {
    case 'delinquency':
      return delinquencyAnswer(facts)
    case 'allocation':
      return allocationAnswer(facts)
    case 'schedule':
      return scheduleAnswer(facts)
    case 'late_interest':
      return lateInterestAnswer(facts)
  }
}

export type Answered =
  | { id: string | null; answer: ReturnType<typeof answerOf>; unread?: string[] }
  | { id: string | null; answer: null; refusal: string; message: string }

/**
 * Answers one case of contracts/money-cases.md, amounts as decimals; `expected` is never looked at. Fields
 * that it does not know are named in `unread`: the answer leaves them out of account. Refused, without
 * touching the other cases: `case_is_malformed`, `convention_is_unknown`, `amount_is_not_exact`.
 */
export function answerTo(given: unknown): Answered {
  const id = z.object({ id: z.string() }).safeParse(given).data?.id ?? null
  const parsed = MoneyCase.safeParse(given)
  if (!parsed.success) {
    return { id, answer: null, refusal: 'case_is_malformed', message: z.prettifyError(parsed.error) }
  }
  try {
    const unread = unreadOf(given, parsed.data)
    return { id, answer: answerOf(parsed.data), ...(unread.length > 0 ? { unread } : {}) }
  } catch (error) {
    const message = (error as Error).message
    if (error instanceof Malformed) {
      return { id, answer: null, refusal: 'case_is_malformed', message }
    }
    if (error instanceof UnknownConvention) {
      return { id, answer: null, refusal: 'convention_is_unknown', message }
    }
    // More decimals than the currency has, or a currency that nobody knows.
    if (error instanceof RangeError) return { id, answer: null, refusal: 'amount_is_not_exact', message }
    throw error
  }
}
