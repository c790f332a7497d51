import { daysBetween } from '../interest/calendar-day.ts'
import { fraction, least, roundHalfEven } from '../interest/fraction.ts'

/** What a debt consists of, in the field's words. */
export type Part = 'penalty' | 'fee' | 'interest' | 'principal'
export type Parts = Record<Part, bigint>
export const noParts = (): Parts => ({ penalty: 0n, fee: 0n, interest: 0n, principal: 0n })
export const sumOf = (amounts: Parts): bigint =>
  amounts.penalty + amounts.fee + amounts.interest + amounts.principal

export type Timing = 'past_due' | 'due' | 'in_advance'
export type Step = { timing: Timing; part: Part }
export type FutureRule =
  | 'next_instalment'
  | 'last_instalment'
  | 'next_then_last_instalment'
  | 'reamortisation'

/**
 * The order in which money is applied, as data. `due_first`: what is due, instalment by instalment in
 * `due_order`, then what is not, in `in_advance_order`; an instalment that is `from_days` past due or more on
 * the day of the payment goes by the last order of `by_age` that it has reached. `advanced`: steps of
 * timing × part, on one instalment at a time (`horizontal`) or over all of them (`vertical`), with a rule per
 * kind of payment for future instalments.
 */
export type AllocationRule =
  | {
      kind: 'due_first'
      due_order: readonly Part[]
      in_advance_order: readonly Part[]
      by_age?: readonly { from_days: number; due_order: readonly Part[] }[]
    }
  | {
      kind: 'advanced'
      processing: 'horizontal' | 'vertical'
      order: readonly Step[]
      future_instalments: Readonly<Record<string, FutureRule>>
    }

/**
 * An instalment as it stands: what is owed, what was paid, and what was charged
 * beside the contract, which has its own due date.
 */
export type OpenInstalment = {
  no: number
  due_on: string
  owed: Parts
  paid: Parts
  charges: { part: 'fee' | 'penalty' | 'interest'; due_on: string; amount_minor: bigint }[]
  paid_in_advance_minor: bigint
  paid_late_minor: bigint
  /** Stands after the contract's last instalment and holds later charges and money taken back. */
  is_additional: boolean
  /** Contested: no payment is applied to it unless the borrower directs it there. */
  is_disputed?: boolean
  /** What of its parts is contested: no payment is applied to so much of them. */
  held_back?: Parts
}

export type Incoming = {
  on: string
  amount_minor: bigint
  /** The kind of payment, which `future_instalments` goes by. */
  type: string
  /**
   * Instalments that the borrower names first (Civil Code of the PRC art. 560, Taiwan Civil Code art. 321).
   */
  directed_to?: readonly number[]
}

export type Applied = { parts: Parts; overpaid_minor: bigint }

const openOf = (instalment: OpenInstalment, part: Part) =>
  instalment.owed[part] - instalment.paid[part] - (instalment.held_back?.[part] ?? 0n)
export const outstandingOf = (instalment: OpenInstalment): bigint =>
  sumOf(instalment.owed) - sumOf(instalment.paid)
const isOpen = (instalment: OpenInstalment) => outstandingOf(instalment) > 0n

/** One payment on its way through the instalments: what is left of it and where the rest went. */
class Pass {
  readonly parts = noParts()
  readonly payment: Incoming
  left: bigint

  constructor(payment: Incoming) {
    this.payment = payment
    this.left = payment.amount_minor
  }

  /** Puts at most `limit` on one part of one instalment; answers what it put there. */
  put(instalment: OpenInstalment, part: Part, limit: bigint): bigint {
    const amount = least(this.left, limit)
    if (amount <= 0n) return 0n
    payInto(instalment, part, amount, this.payment.on)
    this.parts[part] += amount
    this.left -= amount
    return amount
  }
}

/** Books `amount_minor` as paid, early or late by the instalment's own due date. */
export function payInto(instalment: OpenInstalment, part: Part, amount_minor: bigint, on: string): void {
  instalment.paid[part] += amount_minor
  if (on < instalment.due_on) instalment.paid_in_advance_minor += amount_minor
  if (on > instalment.due_on) instalment.paid_late_minor += amount_minor
}

/** What of `part` has come due by `on`: charges by their own due date, the rest by the instalment's. */
function dueBy(instalment: OpenInstalment, part: Part, on: string): bigint {
  if (instalment.due_on <= on) return openOf(instalment, part)
  const charged = instalment.charges
    .filter((charge) => charge.part === part && charge.due_on <= on)
    .reduce((sum, charge) => sum + charge.amount_minor, 0n)
  const open = least(charged - instalment.paid[part], openOf(instalment, part))
  return open > 0n ? open : 0n
}

type DueFirst = Extract<AllocationRule, { kind: 'due_first' }>
type Advanced = Extract<AllocationRule, { kind: 'advanced' }>

function applyDueFirst(pass: Pass, instalments: OpenInstalment[], rule: DueFirst): void {
  const { on } = pass.payment
  for (const instalment of instalments) {
    const days = daysBetween(instalment.due_on, on)
    const order = rule.by_age?.findLast(({ from_days }) => from_days <= days)?.due_order ?? rule.due_order
    for (const part of order) pass.put(instalment, part, dueBy(instalment, part, on))
  }
  for (const instalment of instalments) {
    for (const part of rule.in_advance_order) pass.put(instalment, part, openOf(instalment, part))
  }
}

const timingOf = (instalment: OpenInstalment, on: string): Timing =>
  instalment.due_on < on ? 'past_due' : instalment.due_on === on ? 'due' : 'in_advance'

const putAll = (pass: Pass, instalment: OpenInstalment, order: readonly Part[], limit = pass.left) => {
  let put = 0n
  for (const part of order) put += pass.put(instalment, part, least(openOf(instalment, part), limit - put))
  return put
}

/** The future instalments in the order in which `rule` lets a payment reach them. */
function inOrderOf(rule: FutureRule, future: OpenInstalment[]): OpenInstalment[] {
  if (rule === 'last_instalment') return future.toReversed()
  if (rule === 'next_then_last_instalment') return [...future.slice(0, 1), ...future.slice(1).toReversed()]
  return future
}

/**
 * Equal parts over the open instalments, the last takes the rest; what one cannot take goes on to the others.
 */
function reamortise(pass: Pass, future: OpenInstalment[], order: readonly Part[]): void {
  const opens = (instalment: OpenInstalment) => order.some((part) => openOf(instalment, part) > 0n)
  for (let open = future.filter(opens); pass.left > 0n && open.length > 0; open = open.filter(opens)) {
    const total = pass.left
    const part = roundHalfEven(fraction(total, open.length))
    for (const [index, instalment] of open.entries()) {
      putAll(pass, instalment, order, index === open.length - 1 ? total - part * BigInt(index) : part)
    }
    // Fewer minor units than instalments round to nothing each: the nearest one takes them.
    if (pass.left === total) putAll(pass, open[0]!, order)
  }
}

function applyAdvanced(pass: Pass, instalments: OpenInstalment[], rule: Advanced): void {
  const { on, type } = pass.payment
  const futureRule = rule.future_instalments[type] ?? rule.future_instalments['default'] ?? 'next_instalment'
  const reach = (timing: Timing, order: readonly Part[]) => {
    const those = instalments.filter(
      (instalment) => timingOf(instalment, on) === timing && isOpen(instalment),
    )
    if (timing === 'in_advance' && futureRule === 'reamortisation') return reamortise(pass, those, order)
    const inOrder = timing === 'in_advance' ? inOrderOf(futureRule, those) : those
    for (const instalment of inOrder) putAll(pass, instalment, order)
  }
  if (rule.processing === 'vertical') {
    for (const { timing, part } of rule.order) reach(timing, [part])
    return
  }
  for (const timing of new Set(rule.order.map((step) => step.timing))) {
    reach(
      timing,
      rule.order.filter((step) => step.timing === timing).map((step) => step.part),
    )
  }
}

function applyRule(pass: Pass, instalments: OpenInstalment[], rule: AllocationRule): void {
  if (rule.kind === 'due_first') applyDueFirst(pass, instalments, rule)
  else applyAdvanced(pass, instalments, rule)
}

/**
 * Applies one payment to `instalments` (which it changes) in due-date order under `rule`. Instalments the
 * borrower named come first; contested ones get nothing otherwise. What no instalment can take is overpaid.
 */
export function allocate(payment: Incoming, instalments: OpenInstalment[], rule: AllocationRule): Applied {
  const inOrder = instalments.toSorted((a, b) =>
    a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : a.no - b.no,
  )
  const pass = new Pass(payment)
  const named = payment.directed_to
  if (named)
    applyRule(
      pass,
      inOrder.filter((instalment) => named.includes(instalment.no)),
      rule,
    )
  applyRule(
    pass,
    inOrder.filter((instalment) => !instalment.is_disputed),
    rule,
  )
  return { parts: pass.parts, overpaid_minor: pass.left }
}
