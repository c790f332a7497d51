import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { propose, refusalsFor, withdraw } from './proposal.sql.ts'
import { verdictFrom } from './verdict.ts'

// The rules' hours begin and end on the half hour; a finer grid would ask more and show nothing else.
const SLOT = { minutes: 30 }

type Stretch = { from: string; to: string }

/** The half hours of a day from the one in which `at` lies, as instants. */
function slotsFrom(at: Temporal.Instant, zone: string): { day: Stretch; slots: Temporal.Instant[] } {
  const midnight = at.toZonedDateTimeISO(zone).startOfDay()
  const from = midnight.toInstant()
  const to = midnight.add({ days: 1 }).toInstant()
  const slots: Temporal.Instant[] = []
  for (let slot = from; Temporal.Instant.compare(slot, to) < 0; slot = slot.add(SLOT)) {
    if (Temporal.Instant.compare(slot.add(SLOT), at) > 0) slots.push(slot)
  }
  return { day: { from: `${from}`, to: `${to}` }, slots }
}

/** Slots that follow each other become one stretch. */
function joined(slots: readonly Temporal.Instant[]): Stretch[] {
  const found: Stretch[] = []
  for (const slot of slots) {
    const to = `${slot.add(SLOT)}`
    const last = found.at(-1)
    if (last?.to === `${slot}`) last.to = to
    else found.push({ from: `${slot}`, to })
  }
  return found
}

/**
 * Asks the same rule views as a verdict does, for every half hour that is left of the borrower's day. Keeps
 * nothing. The caller has locked the borrower.
 */
export async function contactHours<Channel extends string>(
  tx: Db,
  { borrower_id, staff_id, at }: { borrower_id: string; staff_id: string; at: string },
  channels: readonly Channel[],
) {
  const { rows } = await sql<{ zone: string }>`
    select coalesce((select k.zone from known_zones k where k.zone = b.time_zones[1]), 'UTC') as zone
      from borrowers b
     where borrower_id = ${borrower_id}`.execute(tx)
  const zone = rows[0]!.zone
  const now = Temporal.Instant.from(at)
  const { day, slots } = slotsFrom(now, zone)
  // The half hour that has begun is asked about as of now, not as of its beginning.
  const asked = channels.flatMap((channel) =>
    slots.map((slot) => ({ channel, slot, proposal_id: randomUUID() })),
  )
  const later = (slot: Temporal.Instant) => (Temporal.Instant.compare(slot, now) < 0 ? at : `${slot}`)
  await propose(
    tx,
    asked.map(({ channel, slot, proposal_id }) => ({
      ...{ channel, borrower_id, staff_id, proposal_id },
      at: later(slot),
      stage: 'dispatch' as const,
    })),
  )
  const refusals = await refusalsFor(tx, borrower_id)
  const packs = await sql<{ pack: string; pack_version: string }>`
    select distinct k.pack, k.pack_version
      from contact_proposals p
      join packs k on k.pack_version = any (p.pack_versions)
     where p.borrower_id = ${borrower_id}
     order by k.pack`.execute(tx)
  await withdraw(tx, borrower_id)
  const isAllowed = (proposal_id: string) => verdictFrom(refusals.get(proposal_id) ?? []).allowed
  return {
    ...{ borrower_id, zone, at: `${now}`, day_from: day.from, day_to: day.to, packs: packs.rows },
    channels: channels.map((channel) => ({
      channel,
      allowed: joined(
        asked.filter((one) => one.channel === channel && isAllowed(one.proposal_id)).map(({ slot }) => slot),
      ),
    })),
  }
}
