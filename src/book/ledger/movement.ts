import type { Part } from '../allocation/allocation.ts'

/** Kinds of movement; what each debits and credits stands in the table movement_kinds. */
export type MovementKind =
  | 'payment'
  | 'reversal'
  | 'refund'
  | 'interest'
  | 'penalty'
  | 'fee'
  | 'waiver'
  | 'waiver_undone'
  | 'settlement'
  | 'settlement_undone'
  | 'charge_off'
  | 'recovery'
  | 'recovery_reversal'
  | 'collection_fee'
  | 'interest_undone'
  | 'penalty_undone'
  | 'fee_undone'
  | 'refund_undone'
  | 'charge_off_undone'
  | 'collection_fee_undone'
  | 'to_recovery'
  | 'from_recovery'

/** One thing that happened to a loan's money; `amount_minor` is positive, the kind says which way. */
export type Movement = {
  borrower_id: string
  loan_no: string
  /** Natural and unique on the loan: posting it twice posts it once. */
  movement_no: string
  kind: MovementKind
  on_date: string
  entered_on: string
  currency: string
  amount_minor: number
  part?: Part
  actor: string
  reason?: string
}

/** A loan's position on a day: what the last tape said, each movement since, and the sum. */
export type Position = {
  loan_no: string
  currency: string
  tape_as_of: string
  tape_minor: number
  movements: {
    on_date: string
    kind: MovementKind
    /** Which part of the debt, where kind or movement says it. */
    part: Part | null
    reason: string
    change_minor: number
  }[]
  outstanding_minor: number
}
