import { createHash, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { judgeContacts, judgeNote } from '../incidents/incident.sql.ts'
import { type GivenVerdict, giveVerdict, lockBorrower } from '../verdicts/verdict.sql.ts'
import type { AskedContact } from '../verdicts/verdict.ts'
import { askedBy } from './asker.sql.ts'
import type { Asker } from './asker.ts'
import { contactAddress } from './contact.ts'

export type Attempt = { verdict: GivenVerdict; attempt_id: string | null }

/**
 * The gate. Locks the borrower, holds what is said of the contact against the sign-in (`asker`) and the
 * book (`askedBy`, which names its refusals), asks the rules, keeps the verdict and, when it allows, the
 * attempt that it carries: all in one transaction. `attempt_id` is null when the rules refuse. The database
 * takes an attempt in no other way.
 */
export async function attemptContact(
  db: Db,
  borrower_id: string,
  said: AskedContact,
  { clock, asked_by, asker }: { clock: Clock; asked_by: string; asker?: Asker },
): Promise<Attempt> {
  return db.transaction().execute(async (tx) => {
    const at = await lockBorrower(tx, borrower_id, clock)
    const asked = asker ? await askedBy(tx, borrower_id, said, asker, true) : said
    const attempt_id = randomUUID()
    const verdict = await giveVerdict(tx, borrower_id, asked, { at, asked_by, attempt_id })
    if (!verdict.allowed) return { verdict, attempt_id: null }
    await sql`
      insert into contact_attempts (
        borrower_id, attempt_id, verdict_id, decided_at, at, recorded_at, recorded_by, channel, debts,
        party, party_id,
        address, placed_by, purpose, place, automated, one_way)
      select v.borrower_id, ${attempt_id}, v.verdict_id, v.decided_at, v.decided_at, v.decided_at, v.asked_by,
             v.channel, v.debts, v.party, v.party_id, v.address, v.placed_by, v.purpose, v.asked ->> 'place',
             (v.asked ->> 'automated')::boolean, (v.asked ->> 'one_way')::boolean
        from verdicts v
       where v.borrower_id = ${borrower_id}
         and v.verdict_id = ${verdict.verdict_id}`.execute(tx)
    return { verdict, attempt_id }
  })
}

/** What an attempt led to, and what was noted. */
export type Outcome = {
  outcome: string
  conversation_debts?: string[] | undefined
  note?: string | undefined
  clock: Clock
}

/**
 * What an attempt led to, once: a second, different outcome is refused, `outcome_is_known_already`; the
 * same again changes nothing. The contact is judged again, now that it is known what it was.
 */
export async function recordOutcome(
  db: Db,
  borrower_id: string,
  attempt_id: string,
  told: Outcome,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const at = await lockBorrower(tx, borrower_id, told.clock)
    const { rows } = await sql<{ outcome: string | null; at: string }>`
      select outcome, at from contact_attempts where borrower_id = ${borrower_id}
             and attempt_id = ${attempt_id}`.execute(tx)
    const attempt = rows[0]
    if (!attempt) throw new Refused('attempt_is_not_found', `There is no attempt ${attempt_id}.`)
    if (attempt.outcome === told.outcome) return
    if (attempt.outcome !== null) {
      throw new Refused(
        'outcome_is_known_already',
        `The outcome of this attempt is ${attempt.outcome} already.`,
      )
    }
    await sql`
      update contact_attempts
         set outcome = ${told.outcome}, outcome_recorded_at = ${at},
             conversation_debts = ${told.conversation_debts ?? null}, note = ${told.note ?? null}
       where borrower_id = ${borrower_id}
         and attempt_id = ${attempt_id}`.execute(tx)
    await judgeContacts(tx, borrower_id, { since: attempt.at, at })
    if (told.note) await judgeNote(tx, borrower_id, attempt_id, told.note, at)
  })
}

/** A contact that happened outside our control: the person called, an agency or a dialler sent its log. */
export type OutsideContact = {
  at: string
  direction: 'in' | 'out'
  channel: string
  source_no?: string | undefined
  debts?: string[] | undefined
  party?: string | undefined
  party_id?: string | undefined
  address?: string | undefined
  placed_by?: string | undefined
  purpose?: string | undefined
  place?: string | undefined
  automated?: boolean | undefined
  one_way?: boolean | undefined
  outcome?: string | undefined
  conversation_debts?: string[] | undefined
  visitors?: number | undefined
}

/**
 * The number of a contact whose source gives it none: from what it says, all but the outcome, which may come
 * later. So the same entry twice is one.
 */
function numberFrom({ outcome: _, conversation_debts: __, ...said }: OutsideContact): string {
  const { at, direction, channel, debts, party, party_id, placed_by, purpose } = said
  const told = [
    at,
    direction,
    channel,
    debts,
    party,
    party_id,
    contactAddress(said.address),
    placed_by,
    purpose,
  ]
  return `said:${createHash('sha256').update(JSON.stringify(told)).digest('hex')}`
}

/** One entry for each number of a source: the one whose outcome is known, where there are several. */
function eachOnce<Row extends { placed_by: string; source_no: string; outcome?: string | undefined }>(
  rows: readonly Row[],
): Row[] {
  const once = new Map<string, Row>()
  for (const row of rows) {
    const key = JSON.stringify([row.placed_by, row.source_no])
    if (once.get(key)?.outcome === undefined) once.set(key, row)
  }
  return [...once.values()]
}

/**
 * Records contacts of one borrower as what they were, judges them afterwards, and raises an incident for
 * each rule that one broke. The same source number again changes nothing, but that an outcome which was not
 * known becomes known. Returns how many were new and how many incidents there are.
 */
export async function recordOutsideContacts(
  db: Db,
  borrower_id: string,
  contacts: readonly OutsideContact[],
  { clock, recorded_by }: { clock: Clock; recorded_by: string },
): Promise<{ recorded: number; incidents: number }> {
  const moments = contacts.map(({ at }) => Temporal.Instant.from(at))
  const earliest = moments.sort(Temporal.Instant.compare)[0]?.toString()
  if (earliest === undefined) return { recorded: 0, incidents: 0 }
  return db.transaction().execute(async (tx) => {
    const recorded_at = await lockBorrower(tx, borrower_id, clock)
    const rows = contacts.map((contact) => ({
      party: 'debtor',
      party_id: '',
      purpose: 'collect',
      automated: false,
      one_way: false,
      ordinal: 0,
      ...contact,
      placed_by: contact.placed_by ?? 'lender',
      source_no: contact.source_no ?? numberFrom(contact),
      address: contactAddress(contact.address),
      contact_id: randomUUID(),
      outcome_recorded_at: contact.outcome === undefined ? null : recorded_at,
      borrower_id,
      recorded_at,
      recorded_by,
    }))
    const written = await sql<{ is_new: boolean }>`
      insert into outside_contacts as o
      select * from jsonb_populate_recordset(
        null::outside_contacts, ${JSON.stringify(eachOnce(rows))}::jsonb)
      on conflict (borrower_id, placed_by, source_no) do update
         set outcome = excluded.outcome, outcome_recorded_at = excluded.outcome_recorded_at,
             conversation_debts = coalesce(excluded.conversation_debts, o.conversation_debts)
       where o.outcome is null
         and excluded.outcome is not null
      returning contact_id = any (${rows.map((row) => row.contact_id)}::uuid[]) as is_new`.execute(tx)
    // A log that comes late changes what the contacts after its first entry look like.
    const incidents = await judgeContacts(tx, borrower_id, { since: earliest, at: recorded_at })
    return { recorded: written.rows.filter((row) => row.is_new).length, incidents }
  })
}
