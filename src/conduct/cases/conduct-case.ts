import { randomUUID } from 'node:crypto'
import { contactAddress, defaultPlace } from '../contacts/contact.ts'
import type { CaseEvent, ConductCase } from './conduct-case.api.ts'

/** Rows for the fact tables, by table: what jsonb_populate_recordset takes. */
export type FactRows = Record<string, Record<string, unknown>[]>

/**
 * What a case is read with: the packs in use, the zones that exist, and the key under which its facts
 * stand.
 */
export type Reading = {
  packs: ReadonlyMap<string, { pack_version: string; own_zone: string | null }>
  zones: ReadonlySet<string>
  borrower_id: string
}

const HAS_OFFSET = /(Z|[+-]\d{2}(:?\d{2})?)$/

/**
 * An instant: with an offset as it stands, without one on the clock of `zone` (the earlier of two, a gap
 * is skipped).
 */
function instantOf(text: string, zone: string): string {
  if (text.includes('T') && HAS_OFFSET.test(text)) return Temporal.Instant.from(text).toString()
  return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant().toString()
}

/** The calendar date of a date or a date and time. Throws a RangeError when there is no such day. */
const dateOf = (text: string) => Temporal.PlainDate.from(text.slice(0, 10), { overflow: 'reject' }).toString()

const packsOf = (asked: ConductCase) => (typeof asked.pack === 'string' ? [asked.pack] : asked.pack)
const some = <T>(list: T[] | undefined) => (list && list.length > 0 ? list : null)

/** The person that an event or a proposal is about. There is one debtor: an id does not make another. */
function personOf(party: string | undefined, party_id: string | undefined, kind: string) {
  const who = party ?? kind
  return { party: who, party_id: who === 'debtor' ? '' : (party_id ?? '') }
}

/** The zone of clock times without an offset: the person's first, else the first that a pack presumes. */
function clockZone(asked: ConductCase, { packs, zones }: Reading): string {
  const own = packsOf(asked).map((pack) => packs.get(pack)?.own_zone)
  return asked.person?.zones?.find((zone) => zones.has(zone)) ?? own.find((zone) => zone != null) ?? 'UTC'
}

/** One event as a row of its table: [table, what is particular to it]. */
function factOf(event: CaseEvent, kind: string, zone: string): [string, Record<string, unknown>] {
  const person = personOf(event.party, event.party_id, kind)
  const said = event.party === undefined ? { party: null, party_id: '' } : person
  const address = contactAddress(event.address ?? event.number)
  const channel = event.channel ?? null
  const debts = some(event.debts)
  switch (event.kind) {
    case 'consent': {
      const on = typeof event.on === 'string' ? [event.on] : event.on
      const given = { given_to: event.by ?? 'lender', on_dates: some(on?.map(dateOf)) }
      return ['consents', { consent_id: randomUUID(), ...person, channel, address, debts, ...given }]
    }
    case 'consent_revoked':
      return ['consent_revocations', { revocation_id: randomUUID(), ...person, channel, address, debts }]
    case 'agreed_window':
      return [
        'agreed_windows',
        {
          window_id: randomUUID(),
          ...person,
          from_time: event.from ?? '00:00',
          to_time: event.to ?? '24:00',
        },
      ]
    case 'constraint': {
      const until = event.until ? dateOf(event.until) : null
      const times = {
        days: some(event.days?.map((day) => day.slice(0, 3).toLowerCase())),
        from_time: event.from ?? null,
        to_time: event.to ?? null,
      }
      return [
        'inconveniences',
        { inconvenience_id: randomUUID(), ...said, ...times, until_on: until, place: event.place ?? null },
      ]
    }
    case 'opt_out':
      return ['opt_outs', { opt_out_id: randomUUID(), ...said, channel, address }]
    case 'refusal':
      return ['third_party_refusals', { refusal_id: randomUUID(), ...person }]
    case 'hold': {
      const sent = event.sent_at ? dateOf(event.sent_at) : null
      const variant = event.variant ?? 'standard'
      return [
        'holds',
        { hold_id: randomUUID(), ...person, kind: event.hold ?? '', variant, debts, sent_on: sent },
      ]
    }
    case 'released':
      return ['hold_releases', { release_id: randomUUID(), ...person, kind: event.hold ?? '', debts }]
    case 'unreachable':
      return ['unreachabilities', { evidence_id: randomUUID() }]
    case 'portal_session':
      return ['portal_sessions', { session_id: randomUUID(), state: event.state ?? 'ended' }]
    case 'notice':
      return ['notices_given', { notice_id: randomUUID(), kind: event.notice ?? '', debts }]
    case 'returned':
      return ['notices_returned', { return_id: randomUUID(), kind: event.notice ?? null, debts }]
    case 'promise':
      return ['promises', promiseOf(event, zone)]
    default:
      return ['outside_contacts', { ...contactOf(event, zone), ...person, address, debts }]
  }
}

/** The borrower's word about a debt, open until its last day. */
function promiseOf(event: CaseEvent, zone: string) {
  const until = dateOf(event.until!)
  return {
    loan_no: event.debts![0],
    made_on: dateOf(event.at),
    due_on: until,
    counts_until: until,
    taken_at: instantOf(event.at, zone),
    currency: 'USD',
    promised_minor: 1,
    enough_minor: 1,
    one_of_several: false,
    channel: 'call',
    taken_by: 'case',
  }
}

/** A contact that was had. An outcome that nobody stated stays unknown. */
function contactOf(event: CaseEvent, zone: string) {
  return {
    contact_id: randomUUID(),
    direction: event.direction ?? 'out',
    channel: event.kind,
    placed_by: event.by ?? 'lender',
    purpose: event.purpose ?? 'collect',
    place: event.place ?? null,
    automated: event.automated ?? false,
    one_way: event.one_way ?? false,
    outcome: event.outcome ?? null,
    outcome_recorded_at: event.outcome === undefined ? null : instantOf(event.at, zone),
    conversation_debts: some(event.conversation_debts),
    visitors: event.staff ?? null,
  }
}

/** Every debt that the case names: what a proposal without debts is about. */
function debtsOf(asked: ConductCase): string[] {
  const named = [
    ...Object.keys(asked.person?.debts ?? {}),
    ...(asked.events ?? []).flatMap((event) => [...(event.debts ?? []), ...(event.conversation_debts ?? [])]),
  ]
  return named.length > 0 ? [...new Set(named)] : ['unnamed']
}

function proposalRow(asked: ConductCase, reading: Reading, zone: string, proposal_id: string) {
  const { proposal, person } = asked
  const zones = person?.zones ?? []
  const doubtful = zones.some((name) => !reading.zones.has(name))
  return {
    borrower_id: reading.borrower_id,
    proposal_id,
    at: instantOf(proposal.at, zone),
    known_at: 'infinity',
    // The newest version of a pack applies, whatever the dates in the case.
    law_on: 'infinity',
    pack_versions: packsOf(asked).map((pack) => reading.packs.get(pack)?.pack_version ?? pack),
    of_lender: '',
    products: [],
    zones: doubtful ? [] : zones,
    zone_doubtful: doubtful,
    channel: proposal.channel,
    debts: some(proposal.debts) ?? debtsOf(asked),
    ...personOf(proposal.party, proposal.party_id, person?.kind ?? 'debtor'),
    address: contactAddress(proposal.address ?? proposal.number),
    place: proposal.place ?? defaultPlace(proposal.channel),
    purpose: proposal.purpose ?? 'collect',
    placed_by: proposal.by ?? 'lender',
    // nobody says in which text
    stage: 'plan',
    visitors: proposal.staff ?? null,
    automated: proposal.automated ?? false,
    one_way: proposal.one_way ?? false,
    template: '',
    free_text: false,
  }
}

/**
 * The facts of a case as rows and its proposal as a row of contact_proposals. Throws a RangeError when a
 * time in it does not exist.
 */
export function caseRows(asked: ConductCase, reading: Reading, proposal_id: string): FactRows {
  const zone = clockZone(asked, reading)
  const kind = asked.person?.kind ?? 'debtor'
  const { borrower_id } = reading
  const rows: FactRows = { contact_proposals: [proposalRow(asked, reading, zone, proposal_id)] }
  const start = '-infinity'
  rows['debt_traits'] = Object.entries(asked.person?.debts ?? {}).map(([debt, traits]) => ({
    ...traits,
    represented: kind === 'debtor' && (traits.represented ?? false),
    // an account number says something about student loans only
    account: traits.product === 'student_loan' ? traits.account : null,
    borrower_id,
    debt,
    trait_id: randomUUID(),
    ordinal: 0,
    recorded_at: start,
    recorded_by: 'case',
    reason: 'case',
  }))
  // an attorney of somebody else than the borrower is that person's own
  const represented = Object.entries(asked.person?.debts ?? {}).filter(([, it]) => it.represented)
  if (kind !== 'debtor') {
    rows['holds'] = represented.map(([debt]) => ({
      ...{ borrower_id, hold_id: randomUUID(), kind: 'attorney', variant: 'standard', debts: [debt] },
      ...{ party: kind, party_id: '', at: start, ordinal: 0 },
      ...{ recorded_at: start, recorded_by: 'case', reason: 'case' },
    }))
  }
  for (const [ordinal, event] of (asked.events ?? []).entries()) {
    const [table, particulars] = factOf(event, kind, zone)
    const at = instantOf(event.at, zone)
    const told = {
      ...{ borrower_id, at, ordinal, recorded_at: at, recorded_by: 'case', reason: 'case' },
      promise_no: ordinal + 1,
    }
    rows[table] ??= []
    rows[table].push({ ...told, ...particulars })
  }
  return rows
}
