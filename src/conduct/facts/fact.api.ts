import { z } from 'zod'

const when = z.iso.datetime({ offset: true })
const localTime = z.iso.time({ precision: -1 })
const debts = z.array(z.string().min(1).max(100)).min(1).max(200).optional()
const name = z.string().min(1).max(60)
const address = z.string().max(200)

/**
 * What every fact says: when it was so (absent: now), why we hold it true, and its own id where the sender
 * has one.
 */
const told = {
  at: when.optional(),
  reason: z.string().min(1).max(1000),
  /** The same id again is the same fact and changes nothing. */
  fact_id: z.uuid().optional(),
}
const person = { party: name.optional(), party_id: z.string().max(100).optional() }

export const HoldKind = z.enum([
  'cease',
  'attorney',
  'dispute',
  /**
   * A part of a debt is disputed (variant `fees`: of its fees); the rest may be asked for when a contact says
   * it is about it.
   */
  'disputed_part',
  'bankruptcy',
  'deceased',
  'breathing_space',
  'plan_performing',
  'complaint',
  'vulnerable',
  'fraud',
  'wrong_number',
  'incapacity',
  'negotiation',
  'hardship_review',
  'balance_differs',
  'military',
])

/** A reason why work must stop, from receipt until released. No debts: all; no party: the borrower's own. */
export const NewHold = z.strictObject({
  ...told,
  ...person,
  kind: HoldKind,
  variant: z.enum(['standard', 'mental_health', 'fees']).optional(),
  debts,
  sent_on: z.iso.date().optional(),
})
export const NewRelease = z.strictObject({ ...told, ...person, kind: HoldKind, debts })
export const NewConsent = z.strictObject({
  ...told,
  ...person,
  channel: name.optional(),
  address: address.optional(),
  debts,
  /** To whom it was given: `lender`, `agency:NAME`. */
  given_to: name.optional(),
  /** The dates that it covers; absent: until it lapses by law. */
  on_dates: z.array(z.iso.date()).min(1).max(60).optional(),
})
export const NewRevocation = z.strictObject({
  ...told,
  ...person,
  channel: name.optional(),
  address: address.optional(),
  debts,
})
export const NewAgreedWindow = z.strictObject({
  ...told,
  ...person,
  from_time: localTime,
  to_time: localTime,
})
/** Times or a place that the person called inconvenient. */
export const NewConstraint = z.strictObject({
  ...told,
  ...person,
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1)
    .max(7)
    .optional(),
  from_time: localTime.optional(),
  to_time: localTime.optional(),
  until_on: z.iso.date().optional(),
  place: z.enum(['home', 'work']).optional(),
})
export const NewOptOut = z
  .strictObject({ ...told, ...person, channel: name.optional(), address: address.optional() })
  .refine((it) => it.channel !== undefined || Boolean(it.address), 'Say which channel or address is closed.')
export const NewThirdPartyRefusal = z.strictObject({ ...told, party: name, party_id: z.string().max(100) })
export const NewUnreachability = z.strictObject(told)
export const NoticeKind = z.enum(['validation', 'adverse_reporting', 'outsourcing', 'assignment', 'demand'])
export const NewNotice = z.strictObject({
  ...told,
  kind: NoticeKind,
  debts,
})
export const NewReturn = z.strictObject({
  ...told,
  kind: NoticeKind.optional(),
  debts,
})
export const NewPortalSession = z.strictObject({
  at: when.optional(),
  fact_id: z.uuid().optional(),
  state: z.enum(['open', 'ended']),
})

/** From when the limitation period of a part of a claim runs, or its last day where a table gives it. */
export const NewClaimPart = z
  .strictObject({
    ...told,
    debt: z.string().min(1).max(100),
    part: z.enum(['principal', 'instalments', 'interest', 'fees', 'whole']),
    limitation_from: z.iso.date().optional(),
    limitation_ends_on: z.iso.date().optional(),
  })
  .refine((it) => it.limitation_from ?? it.limitation_ends_on, 'Say from when it runs or when it ends.')
/** What the tape does not say about a debt, or says wrongly. What is not mentioned stays as it was. */
export const NewDebtTraits = z
  .strictObject({
    ...told,
    debt: z.string().min(1).max(100),
    product: name.optional(),
    /** The number under which a student loan is serviced: loans under one number are one debt. */
    account: name.optional(),
    /** An attorney is known to represent the person about it; false: no longer. */
    represented: z.boolean().optional(),
    limitation_from: z.iso.date().optional(),
    limitation_ends_on: z.iso.date().optional(),
  })
  .refine(
    ({ product, account, represented, limitation_from, limitation_ends_on }) =>
      [product, account, represented, limitation_from, limitation_ends_on].some((it) => it !== undefined),
    'Say what is different about the debt.',
  )
/** The zones in which somebody near the borrower may be. */
export const NewPartyPlace = z.strictObject({
  ...told,
  party: name,
  party_id: z.string().max(100).optional(),
  zones: z.array(z.string().min(1).max(60)).min(1).max(10),
})

/** What a fact led to. `recorded` is false when it was known already. */
export const FactRecorded = z.object({
  fact_id: z.uuid(),
  recorded: z.boolean(),
  /** Contacts already made that it shows to have broken a rule. */
  incidents: z.number().int(),
  /** The stop that it caused. */
  stop_id: z.uuid().nullable(),
})
export type FactRecorded = z.infer<typeof FactRecorded>
