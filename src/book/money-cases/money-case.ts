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

const day = z.iso.date()
const amount = z.string().regex(/^-?\d+(\.\d+)?$/)
const currency = z.string().default('USD')

const DelinquencyCase = z.object({
  id: z.string(),
  kind: z.literal('delinquency'),
  currency,
  day_origin: z.union([z.literal(0), z.literal(1)]).default(0),
  grace_days: z.int().min(0).default(0),
  ranges: z.array(z.tuple([z.int(), z.int().nullable()])).default([]),
  instalments: z.array(z.object({ due_on: day, amount, fees: amount.optional() })),
  fees: z.array(z.object({ due_on: day, amount })).default([]),
  payments: z.array(z.object({ on: day, amount, reversed_on: day.nullish() })).default([]),
  pauses: z.array(z.object({ from: day, to: day, resumed_on: day.nullish() })).default([]),
  as_of: day,
})

const part = z.enum(['penalty', 'fee', 'interest', 'principal'])
const step = z.string().regex(/^(past_due|due|in_advance)_(penalty|fee|interest|principal)$/)
const future = z.enum(['next_instalment', 'last_instalment', 'next_then_last_instalment', 'reamortisation'])
const Rule = z.union([
  z.object({ due_order: z.array(part), in_advance_order: z.array(part) }),
  z.object({
    name: z.literal('advanced'),
    processing: z.enum(['horizontal', 'vertical']).default('horizontal'),
    order: z.array(step),
    future_instalments: z.record(z.string(), future).default({}),
  }),
])
const AllocationCase = z.object({
  id: z.string(),
  kind: z.literal('allocation'),
  currency,
  rule: Rule,
  loan: z.object({
    instalments: z.array(
      z.object({
        no: z.int(),
        due_on: day,
        principal: amount.default('0'),
        interest: amount.default('0'),
        fee: amount.default('0'),
        penalty: amount.default('0'),
      }),
    ),
  }),
  events: z.array(
    z.object({
      id: z.int(),
      type: z.string(),
      on: day.optional(),
      entered_on: day.optional(),
      due_on: day.optional(),
      amount: amount.optional(),
      kind: z.enum(['fee', 'penalty']).optional(),
      of: z.int().optional(),
    }),
  ),
  checkpoints: z.array(z.object({ after_event: z.int() })),
})

const terms = {
  principal: amount,
  annual_rate_percent: amount,
  day_count: z.string().default('actual/365'),
  disbursed_on: day,
  first_due_on: day.optional(),
  instalments: z.int().min(1).max(1200),
  every: z.string(),
}
const ScheduleCase = z.object({
  id: z.string(),
  kind: z.literal('schedule'),
  currency,
  ...terms,
  down_payment_percent: amount.optional(),
})
const LateInterestCase = z.object({
  id: z.string(),
  kind: z.literal('late_interest'),
  currency,
  loan: z.object({ ...terms, instalment: amount }),
  payments: z.array(z.object({ on: day, amount })).default([]),
  as_of: day.optional(),
})

const MoneyCase = z.discriminatedUnion('kind', [
  DelinquencyCase,
  AllocationCase,
  ScheduleCase,
  LateInterestCase,
])
type MoneyCase = z.infer<typeof MoneyCase>
type Terms = z.infer<z.ZodObject<typeof terms>>

/** A convention that a case names and that we do not know. */
class UnknownConvention extends Error {}

function known<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new UnknownConvention(what)
  return value
}

const dated = <Row extends { on: string }>(rows: Row[], as_of: string) =>
  rows.filter((row) => row.on <= as_of)

function delinquencyAnswer(facts: z.infer<typeof DelinquencyCase>) {
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
  const { past_due_minor, instalment_ranges, ...position } = pastDue(owed, paid, pauses, rule, facts.as_of)
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

const ruleOf = (rule: z.infer<typeof Rule>): AllocationRule =>
  'order' in rule
    ? {
        kind: 'advanced',
        processing: rule.processing,
        order: rule.order.map(stepOf),
        future_instalments: rule.future_instalments,
      }
    : { kind: 'due_first', due_order: rule.due_order, in_advance_order: rule.in_advance_order }

type CaseEvent = z.infer<typeof AllocationCase>['events'][number]

function eventOf(event: CaseEvent, minor: (text: string) => bigint): MoneyEvent {
  const entry = event.entered_on ? { id: event.id, entered_on: event.entered_on } : { id: event.id }
  if (event.type === 'reversal') {
    return { ...entry, kind: 'reversal', of: known(event.of, 'a reversal says `of`'), on: event.on ?? '' }
  }
  const amount_minor = minor(known(event.amount, `event ${event.id} has no amount`))
  if (event.type === 'charge') {
    const due_on = known(event.due_on, `charge ${event.id} has no due_on`)
    return { ...entry, kind: 'charge', part: event.kind ?? 'fee', due_on, amount_minor }
  }
  const on = known(event.on, `event ${event.id} has no date`)
  if (event.type === 'chargeback') return { ...entry, kind: 'chargeback', on, amount_minor }
  if (event.type === 'credit_balance_refund') return { ...entry, kind: 'refund', on, amount_minor }
  return { ...entry, kind: 'payment', type: event.type, on, amount_minor }
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

function allocationAnswer(facts: z.infer<typeof AllocationCase>) {
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
  const events = facts.events.map((event) => eventOf(event, minor))
  const rule = ruleOf(facts.rule)
  const checkpoints = facts.checkpoints.map(({ after_event }) => {
    const known_by = events.findIndex(({ id }) => id === after_event) + 1
    return { after_event, expected: loanAnswer(replay(contract, events.slice(0, known_by), rule), text) }
  })
  return { checkpoints }
}

function termsOf(given: Terms, currencyCode: string): ScheduleTerms {
  return {
    principal_minor: toMinor(given.principal, currencyCode),
    annual_rate: dividedBy(decimal(given.annual_rate_percent), whole(100)),
    day_count: known(dayCountOf(given.day_count), `day count ${given.day_count}`),
    disbursed_on: given.disbursed_on,
    instalments: given.instalments,
    every: known(everyOf(given.every), `period ${given.every}`),
    ...(given.first_due_on ? { first_due_on: given.first_due_on } : {}),
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

function scheduleAnswer(facts: z.infer<typeof ScheduleCase>) {
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

function lateInterestAnswer(facts: z.infer<typeof LateInterestCase>) {
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
  | { id: string | null; answer: ReturnType<typeof answerOf> }
  | { id: string | null; answer: null; refusal: string; message: string }

/**
 * Answers one case of contracts/money-cases.md, amounts as decimals; `expected` is never looked at. Refused,
 * without touching the other cases: `case_is_malformed`, `convention_is_unknown`, `amount_is_not_exact`.
 */
export function answerTo(given: unknown): Answered {
  const id = z.object({ id: z.string() }).safeParse(given).data?.id ?? null
  const parsed = MoneyCase.safeParse(given)
  if (!parsed.success) {
    return { id, answer: null, refusal: 'case_is_malformed', message: z.prettifyError(parsed.error) }
  }
  try {
    return { id, answer: answerOf(parsed.data) }
  } catch (error) {
    const message = (error as Error).message
    if (error instanceof UnknownConvention) {
      return { id, answer: null, refusal: 'convention_is_unknown', message }
    }
    // More decimals than the currency has, or a currency that nobody knows.
    if (error instanceof RangeError) return { id, answer: null, refusal: 'amount_is_not_exact', message }
    throw error
  }
}
