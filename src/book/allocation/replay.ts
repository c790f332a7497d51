import { least } from '../interest/fraction.ts'
import {
  type AllocationRule,
  type Applied,
  allocate,
  noParts,
  type OpenInstalment,
  outstandingOf,
  type Part,
  payInto,
  sumOf,
} from './allocation.ts'

/** An instalment of the contract, in minor units. */
export type ContractInstalment = { no: number; due_on: string; owed: Partial<Record<Part, bigint>> }

/**
 * Something that happened to a loan's money. `on` is its value date, `entered_on` the day it became known;
 * the list itself is in the order of entry. A `refund` gives back what was overpaid, a `chargeback` what was
 * paid. A charge that `joins` an instalment is owed with it from its own day on.
 */
export type MoneyEvent = { id: number; entered_on?: string } & (
  | { kind: 'payment'; type: string; on: string; amount_minor: bigint; directed_to?: readonly number[] }
  | {
      kind: 'charge'
      part: 'fee' | 'penalty' | 'interest'
      due_on: string
      amount_minor: bigint
      joins?: number
    }
  | { kind: 'chargeback' | 'refund'; on: string; amount_minor: bigint }
  | { kind: 'reversal'; of: number; on: string }
)

export type AppliedPayment = Applied & { event: number; on: string; type: string }

export type LoanAfter = {
  instalments: OpenInstalment[]
  /** In order of value date, then of entry. */
  payments: AppliedPayment[]
  last_payment: AppliedPayment | undefined
  outstanding_minor: bigint
  repaid_minor: bigint
  principal_outstanding_minor: bigint
  principal_paid_minor: bigint
  overpaid_minor: bigint
}

type Dated = Exclude<MoneyEvent, { kind: 'reversal' }>

function openInstalment({ no, due_on, owed }: ContractInstalment): OpenInstalment {
  const charges = (['fee', 'penalty'] as const).flatMap((part) =>
    owed[part] ? [{ part, due_on, amount_minor: owed[part] }] : [],
  )
  return {
    no,
    due_on,
    owed: { ...noParts(), ...owed },
    paid: noParts(),
    charges,
    paid_in_advance_minor: 0n,
    paid_late_minor: 0n,
    is_additional: false,
  }
}

/**
 * The instalment of its own after the contract's last; its due date moves out to the latest thing it holds.
 */
function additional(instalments: OpenInstalment[], due_on: string): OpenInstalment {
  const last = instalments.at(-1)
  if (last?.is_additional) {
    if (due_on > last.due_on) last.due_on = due_on
    return last
  }
  const own = openInstalment({ no: (last?.no ?? 0) + 1, due_on, owed: {} })
  own.is_additional = true
  instalments.push(own)
  return own
}

/** A charge belongs to the first instalment due on or after its own due date. */
function charge(instalments: OpenInstalment[], event: Extract<MoneyEvent, { kind: 'charge' }>): void {
  const { part, due_on, amount_minor } = event
  const holder =
    instalments.find((instalment) => !instalment.is_additional && instalment.due_on >= due_on) ??
    additional(instalments, due_on)
  holder.owed[part] += amount_minor
  holder.charges.push({ part, due_on, amount_minor })
}

/**
 * The instalment running on a day: the first that falls due after it; on the last due date, still the last
 * one; and later, the additional one.
 */
function runningOn(instalments: OpenInstalment[], on: string): OpenInstalment {
  const contract = instalments.filter((instalment) => !instalment.is_additional)
  const last = contract.at(-1)
  return (
    contract.find((instalment) => instalment.due_on > on) ??
    (last?.due_on === on ? last : additional(instalments, on))
  )
}

/**
 * Gives money back: first what is overpaid; what goes beyond becomes principal of the running instalment
 * again.
 */
function giveBack(instalments: OpenInstalment[], on: string, amount_minor: bigint, overpaid: bigint): bigint {
  if (amount_minor <= overpaid) return overpaid - amount_minor
  const instalment = runningOn(instalments, on)
  instalment.owed.principal += amount_minor
  if (overpaid > 0n) payInto(instalment, 'principal', overpaid, on)
  return 0n
}

const dayOf = (event: Dated) => (event.kind === 'charge' ? event.due_on : event.on)

/**
 * Value date first, then the day of entry, then the place in the list. A missing day of entry is the one
 * before.
 */
function inValueOrder(events: readonly MoneyEvent[], reversed: ReadonlySet<number>): Dated[] {
  let entered_on = ''
  const dated = events.flatMap((event, index) => {
    entered_on = event.entered_on ?? entered_on
    const stands_apart = event.kind === 'charge' && event.joins === undefined
    if (event.kind === 'reversal' || stands_apart || reversed.has(event.id)) return []
    return [{ event, index, entered_on }]
  })
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return dated
    .toSorted(
      (a, b) =>
        compare(dayOf(a.event), dayOf(b.event)) || compare(a.entered_on, b.entered_on) || a.index - b.index,
    )
    .map(({ event }) => event)
}

function totals(instalments: OpenInstalment[]) {
  const sum = (of: (instalment: OpenInstalment) => bigint) =>
    instalments.reduce((total, instalment) => total + of(instalment), 0n)
  return {
    outstanding_minor: sum(outstandingOf),
    repaid_minor: sum(({ paid }) => sumOf(paid)),
    principal_outstanding_minor: sum(({ owed, paid }) => owed.principal - paid.principal),
    principal_paid_minor: sum(({ paid }) => paid.principal),
  }
}

/** So much of a part is contested from a day on. */
export type DisputedPart = { part: Part; amount_minor: bigint; since: string }

/** Leaves contested sums out of what a payment of a day can reach, of the oldest instalments first. */
function holdBack(instalments: OpenInstalment[], disputed: readonly DisputedPart[], on: string): void {
  if (disputed.length === 0) return
  for (const instalment of instalments) instalment.held_back = noParts()
  for (const { part, amount_minor, since } of disputed) {
    let left = since <= on ? amount_minor : 0n
    for (const { owed, paid, held_back } of instalments) {
      const held = least(left, owed[part] - paid[part])
      held_back![part] += held
      left -= held
    }
  }
}

/** The order in force for a payment of a day: a loan's state may have changed between two. */
export type RuleOn = (on: string) => AllocationRule

/**
 * Applies everything known about a loan from the beginning: a back-dated payment, a reversal or a new charge
 * changes what came after it, so nothing is patched. `disputed` instalments get no undirected money from the
 * day given with them on, and no money goes to the sums of `disputedParts`.
 */
export function replay(
  contract: readonly ContractInstalment[],
  events: readonly MoneyEvent[],
  rule: AllocationRule | RuleOn,
  disputed: ReadonlyMap<number, string> = new Map(),
  disputedParts: readonly DisputedPart[] = [],
): LoanAfter {
  const reversed = new Set(events.flatMap((event) => (event.kind === 'reversal' ? [event.of] : [])))
  const instalments = contract
    .toSorted((a, b) => (a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : a.no - b.no))
    .map(openInstalment)
  for (const event of events) {
    const stands_apart = event.kind === 'charge' && event.joins === undefined
    if (stands_apart && !reversed.has(event.id)) charge(instalments, event)
  }
  const payments: AppliedPayment[] = []
  let overpaid = 0n
  for (const event of inValueOrder(events, reversed)) {
    if (event.kind === 'charge') {
      instalments.find(({ no }) => no === event.joins)!.owed[event.part] += event.amount_minor
      continue
    }
    if (event.kind !== 'payment') {
      overpaid = giveBack(instalments, event.on, event.amount_minor, overpaid)
      continue
    }
    for (const instalment of instalments) {
      const disputed_on = disputed.get(instalment.no)
      instalment.is_disputed = disputed_on !== undefined && disputed_on <= event.on
    }
    holdBack(instalments, disputedParts, event.on)
    const applied = allocate(event, instalments, typeof rule === 'function' ? rule(event.on) : rule)
    overpaid += applied.overpaid_minor
    payments.push({ ...applied, event: event.id, on: event.on, type: event.type })
  }
  const entered = events.findLast((event) => event.kind === 'payment' && !reversed.has(event.id))
  const last_payment = payments.find((payment) => payment.event === entered?.id)
  return { instalments, payments, last_payment, ...totals(instalments), overpaid_minor: overpaid }
}
