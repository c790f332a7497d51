import { z } from 'zod'
import { PackName } from '../../book/settings/setting.ts'

const names = z.array(z.string()).min(1)
const days = z.int().positive()

/** One test of a rule: what contacts it is about, and its numbers. The columns of `rule_checks`. */
const Check = z.strictObject({
  check: z.enum([
    'zone_known',
    'contact_hours',
    'inconvenient_time',
    'inconvenient_place',
    'calls_in_days',
    'quiet_after_conversation',
    'calls_per_day',
    'call_gap',
    'never',
    'debtor_unreachable',
    'asked_to_stop',
    'talked_before',
    'visitors',
    'held',
    'promise_open',
    'opted_out',
    'work_email',
    'notice_given',
    'talk_or_wait',
    'limitation_over',
    'limitation_unknown',
    'staff_certified',
    'agency_in_good_standing',
    'template_approved',
    'template_named',
    'visit_agreed',
    'portal_session',
    'validation_runs',
    'validation_given',
    'validation_arrived',
  ]),
  channels: names.optional(),
  not_channels: names.optional(),
  parties: names.optional(),
  not_parties: names.optional(),
  purposes: names.optional(),
  not_purposes: names.optional(),
  products: names.optional(),
  not_products: names.optional(),
  places: names.optional(),
  not_places: names.optional(),
  placed_by_kind: z.enum(['agency', 'buyer']).optional(),
  one_way: z.boolean().optional(),
  opens: z.iso.time({ precision: -1 }).optional(),
  closes: z.iso.time({ precision: -1 }).optional(),
  closing_in: z.boolean().optional(),
  calls_max: z.int().nonnegative().optional(),
  days: days.optional(),
  minutes: z.int().positive().optional(),
  outcomes: names.optional(),
  count_key: z.enum(['person', 'number']).optional(),
  /** The channels whose contacts a counting test counts; absent: calls. */
  counted: names.optional(),
  /** Working days after which a notice is taken to have been received. */
  receipt_days: days.optional(),
  consent_lifts: z.boolean().optional(),
  hold: z.string().optional(),
  variant: z.string().optional(),
  days_max: days.optional(),
  months_max: days.optional(),
  days_after_release: days.optional(),
  permits_reply: z.boolean().optional(),
  notice: z.string().optional(),
  visitors_min: z.int().positive().optional(),
  years: z.int().positive().optional(),
  years_longest: z.int().positive().optional(),
  restarted_by: names.optional(),
  claim_part: z.string().optional(),
})

const Disclosure = z.strictObject({
  says: z.string(),
  /** What is said instead once the collector has spoken or written to the person about each of the debts. */
  says_later: z.string().optional(),
  channels: names,
  parties: names.optional(),
  not_parties: names.optional(),
  purposes: names.optional(),
})

const Rule = z.strictObject({
  id: z.string(),
  rule: z.string(),
  parameters: z.string(),
  scope: z.string(),
  force: z.enum(['statute', 'regulation', 'standard', 'self-regulation', 'house']),
  modality: z.enum(['prohibit', 'require', 'presume', 'should']).optional(),
  blocks: z.boolean().optional(),
  off: z.boolean().optional(),
  source: z.string(),
  mark: z.string(),
  for_counsel: z.boolean(),
  effective_from: z.iso.date().optional(),
  effective_to: z.iso.date().optional(),
  keep_at_least: z
    .array(
      z.strictObject({
        what: z.enum(['record', 'recording', 'handover']),
        months: days,
        anchor: z.string(),
        products: names.optional(),
      }),
    )
    .optional(),
  /** Contacts by these channels are recorded. */
  records_on: names.optional(),
  /** What must be said, on which channels, to whom and for what. */
  disclosure: Disclosure.optional(),
  /** What must not stand in anything that is written or logged. */
  banned_phrases: names.optional(),
  checks: z.array(Check).optional(),
})

/** The file of one jurisdiction's rules, `packs/PACK.json`. */
export const Pack = z.strictObject({
  pack: PackName,
  version: z.string(),
  title: z.string(),
  own_zone: z.string().optional(),
  in_use: z.boolean(),
  applies_from: z.iso.date().optional(),
  rules: z.array(Rule),
})
export type Pack = z.infer<typeof Pack>

/** `us@2026.1`: what a verdict keeps. */
export const packVersion = (pack: Pack) => `${pack.pack}@${pack.version}`

/**
 * A missed `should` only warns unless its pack sets it to block (rules.md, Modality). Law of which nobody
 * knows since when it is in force is for counsel to confirm, however well the rest was read.
 */
export const ruleRows = (pack: Pack) =>
  pack.rules.map((rule) => ({
    pack_version: packVersion(pack),
    rule_id: rule.id,
    rule: rule.rule,
    parameters: rule.parameters,
    scope: rule.scope,
    force: rule.force,
    modality: rule.modality ?? null,
    blocks: rule.blocks ?? (rule.modality !== undefined && rule.modality !== 'should'),
    source: rule.source,
    mark: rule.mark,
    for_counsel: rule.for_counsel || (rule.force !== 'house' && rule.effective_from === undefined),
    effective_from: rule.effective_from ?? '-infinity',
    effective_to: rule.effective_to ?? 'infinity',
    records_on: rule.records_on ?? null,
    says: rule.disclosure?.says ?? null,
    says_later: rule.disclosure?.says_later ?? null,
    says_on: rule.disclosure?.channels ?? null,
    says_to: rule.disclosure?.parties ?? null,
    says_not_to: rule.disclosure?.not_parties ?? null,
    says_for: rule.disclosure?.purposes ?? null,
    banned_phrases: rule.banned_phrases ?? null,
    is_decided: (rule.checks ?? []).length > 0 && !rule.off,
  }))

/** How long records, recordings and what is handed over stay at least. */
export const retentionRows = (pack: Pack) =>
  pack.rules.flatMap((rule) =>
    (rule.keep_at_least ?? []).map((kept) => ({
      ...kept,
      pack_version: packVersion(pack),
      rule_id: rule.id,
      products: kept.products ?? null,
    })),
  )

/** The tests of the rules that are not switched off. */
export const checkRows = (pack: Pack) =>
  pack.rules
    .filter((rule) => !rule.off)
    .flatMap((rule) =>
      (rule.checks ?? []).map(({ check, ...numbers }, ordinal) => ({
        ...numbers,
        pack_version: packVersion(pack),
        rule_id: rule.id,
        ordinal,
        check_kind: check,
        own_zone: pack.own_zone ?? null,
        house: rule.force === 'house',
        effective_from: rule.effective_from ?? '-infinity',
        effective_to: rule.effective_to ?? 'infinity',
        closing_in: numbers.closing_in ?? false,
        consent_lifts: numbers.consent_lifts ?? false,
        permits_reply: numbers.permits_reply ?? false,
      })),
    )
