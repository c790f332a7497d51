import { addDays } from '../../book/interest/calendar-day.ts'
import type { MovementKind } from '../../book/ledger/movement.ts'
import { accept, type Decision, refuse } from '../../platform/refusal.ts'

/** What can be entered; money that comes in is a payment, what is let off a waiver or a settlement. */
export type EnteredKind = 'interest' | 'penalty' | 'fee' | 'collection_fee' | 'charge_off' | 'refund'

export type MovementRefusal =
  | 'movement_no_was_used_otherwise'
  | 'loan_is_sold'
  | 'loan_is_closed'
  | 'currency_is_not_the_loans'
  | 'amount_is_not_positive'
  | 'movement_is_in_the_future'
  | 'movement_is_too_old'
  | 'no_such_movement'
  | 'movement_is_undone_elsewhere'
  | 'movement_is_itself_an_undoing'
  | 'movement_was_not_posted'
  | 'movement_was_undone_before'
  | 'undoing_is_of_another_amount'
  | 'undoing_is_before_the_movement'
  | 'loan_is_charged_off_already'
  | 'amount_exceeds_what_is_owed'
  | 'amount_exceeds_what_was_paid'
  | 'charge_exceeds_the_loan'

/** A movement that was entered before. */
export type KnownMovement = {
  movement_no: string
  kind: MovementKind
  undoes: string | null
  on_date: string
  currency: string
  amount_minor: number
  is_posted: boolean
  /** Another movement takes it back, or waits to. */
  is_undone: boolean
}

export type MovementFacts = {
  /** The day on which it was entered. */
  as_of: string
  status: 'active' | 'charged_off' | 'closed' | 'sold'
  currency: string
  days_back_max: number
  /** What was owed at the close of the value date; null where the book did not hold the loan then. */
  owed_minor: number | null
  original_minor: number | null
  /** Money in, what was taken back and refunded off. */
  paid_minor: number
  /** What agencies kept of it. */
  kept_minor: number
  /** The movement of the same number, if there is one. */
  same: KnownMovement | null
  /** What is to be undone, if it was entered; `elsewhere` where the ledger has it from something else. */
  undone: KnownMovement | 'elsewhere' | null
}

export type MovementAsk = {
  movement_no: string
  kind: EnteredKind | 'undoing'
  undoes: string | null
  on_date: string
  amount_minor: number
  currency: string
}

const postedAtOnce: readonly MovementKind[] = ['interest', 'penalty', 'fee', 'collection_fee']

/**
 * Whether a second person must agree: what is charged is posted at once, all else gives something up or out.
 */
export const needsApproval = (kind: MovementKind): boolean => !postedAtOnce.includes(kind)

const isSame = (known: KnownMovement, ask: MovementAsk) =>
  (ask.kind === 'undoing' ? known.undoes !== null : known.kind === ask.kind) &&
  known.undoes === ask.undoes &&
  known.on_date === ask.on_date &&
  known.amount_minor === ask.amount_minor &&
  known.currency === ask.currency

function undoingRefusal(ask: MovementAsk, undone: MovementFacts['undone']): MovementRefusal | undefined {
  if (!undone) return 'no_such_movement'
  if (undone === 'elsewhere') return 'movement_is_undone_elsewhere'
  if (undone.undoes !== null) return 'movement_is_itself_an_undoing'
  if (!undone.is_posted) return 'movement_was_not_posted'
  if (undone.is_undone) return 'movement_was_undone_before'
  if (undone.amount_minor !== ask.amount_minor) return 'undoing_is_of_another_amount'
  return ask.on_date < undone.on_date ? 'undoing_is_before_the_movement' : undefined
}

/** How much each kind may come to. */
function sizeRefusal(facts: MovementFacts, ask: MovementAsk): MovementRefusal | undefined {
  const { amount_minor: amount } = ask
  const owed = facts.owed_minor ?? 0
  if (ask.kind === 'charge_off') return amount > owed ? 'amount_exceeds_what_is_owed' : undefined
  if (ask.kind === 'refund') return amount > facts.paid_minor ? 'amount_exceeds_what_was_paid' : undefined
  if (ask.kind === 'collection_fee') {
    return amount > facts.paid_minor - facts.kept_minor ? 'amount_exceeds_what_was_paid' : undefined
  }
  // A charge beyond all that was lent or is owed is a slip of the pen.
  return amount > Math.max(owed, facts.original_minor ?? 0) ? 'charge_exceeds_the_loan' : undefined
}

/**
 * Why a movement that is new, or waits, cannot be posted; undefined when it can. An agency's fee comes after
 * the debt was paid and closed, too.
 */
function refusalOf(facts: MovementFacts, ask: MovementAsk): MovementRefusal | undefined {
  if (facts.status === 'sold' && ask.kind !== 'collection_fee') return 'loan_is_sold'
  if (facts.status === 'closed' && ask.kind !== 'collection_fee') return 'loan_is_closed'
  if (ask.currency !== facts.currency) return 'currency_is_not_the_loans'
  if (ask.amount_minor <= 0) return 'amount_is_not_positive'
  if (ask.on_date > facts.as_of) return 'movement_is_in_the_future'
  if (ask.on_date < addDays(facts.as_of, -facts.days_back_max)) return 'movement_is_too_old'
  if (ask.kind === 'undoing') return undoingRefusal(ask, facts.undone)
  if (facts.owed_minor === null) return 'movement_is_too_old'
  if (ask.kind === 'charge_off' && facts.status === 'charged_off') return 'loan_is_charged_off_already'
  return sizeRefusal(facts, ask)
}

/** What the ledger calls a movement that nothing speaks against. */
const ledgerKind = (ask: MovementAsk, { undone }: MovementFacts): MovementKind =>
  ask.kind === 'undoing' ? (`${(undone as KnownMovement).kind}_undone` as MovementKind) : ask.kind

/** Decides whether a movement can be posted: one that is new, or one that waited while much moved. */
export function postMovement(
  facts: MovementFacts,
  ask: MovementAsk,
): Decision<MovementKind, MovementRefusal> {
  const refusal = refusalOf(facts, ask)
  return refusal ? refuse(refusal) : accept(ledgerKind(ask, facts))
}

/**
 * Decides whether a movement can be entered; accepted, it has the ledger's kind, or is `known` when the same
 * came before, which changes nothing. The order of refusals is their precedence.
 */
export function enterMovement(
  facts: MovementFacts,
  ask: MovementAsk,
): Decision<MovementKind | 'known', MovementRefusal> {
  if (!facts.same) return postMovement(facts, ask)
  return isSame(facts.same, ask) ? accept('known' as const) : refuse('movement_no_was_used_otherwise')
}
