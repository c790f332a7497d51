import { z } from '@hono/zod-openapi'

const Day = z.iso.date()
const Minor = z.int().max(Number.MAX_SAFE_INTEGER)

export const NewMovement = z
  .object({
    /** The enterer's own number: the same again is the same movement. */
    movement_no: z.string().regex(/^[\w.-]{1,60}$/),
    kind: z.enum(['interest', 'penalty', 'fee', 'collection_fee', 'charge_off', 'refund', 'undoing']),
    /** For an undoing: the number of the movement that is taken back, whole. */
    undoes: z.string().max(100).optional(),
    on_date: Day,
    amount_minor: Minor,
    currency: z.string().length(3),
    reason: z.string().min(3).max(500),
  })
  .openapi('NewMovement')
export type NewMovement = z.infer<typeof NewMovement>

export const EnteredMovement = z
  .object({
    loan_no: z.string(),
    movement_no: z.string(),
    /** The ledger's kind. */
    kind: z.string(),
    undoes: z.string().nullable(),
    on_date: Day,
    currency: z.string(),
    amount_minor: Minor,
    reason: z.string(),
    entered_on: Day,
    entered_by: z.string(),
    /** Who must agree besides; null where nobody must. */
    level_needed: z.string().nullable(),
    /** Null while it waits. */
    posted_on: Day.nullable(),
    rejected_on: Day.nullable(),
  })
  .openapi('EnteredMovement')
export type EnteredMovement = z.infer<typeof EnteredMovement>
export const EnteredMovements = z.object({ movements: z.array(EnteredMovement) })

/** A movement and what it changed of what stood before, as a payment's receipt tells it. */
export const MovementAnswer = z
  .object({
    movement: EnteredMovement,
    outstanding_minor: Minor,
    changes: z.array(z.object({ what: z.string(), before: z.unknown(), after: z.unknown() })),
  })
  .openapi('MovementAnswer')
export type MovementAnswer = z.infer<typeof MovementAnswer>
