import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { contactAddress } from '../contacts/contact.ts'
import { judgeContacts } from '../incidents/incident.sql.ts'
import { stopWork } from '../stops/stop.sql.ts'
import { lockBorrower } from '../verdicts/verdict.sql.ts'
import type { FactRecorded } from './fact.api.ts'

/** The tables of facts, each with the name of its id. */
const ids = {
  holds: 'hold_id',
  hold_releases: 'release_id',
  consents: 'consent_id',
  consent_revocations: 'revocation_id',
  agreed_windows: 'window_id',
  inconveniences: 'inconvenience_id',
  opt_outs: 'opt_out_id',
  third_party_refusals: 'refusal_id',
  unreachabilities: 'evidence_id',
  notices_given: 'notice_id',
  notices_returned: 'return_id',
  portal_sessions: 'session_id',
  claim_parts: 'claim_part_id',
  party_places: 'place_id',
  debt_traits: 'trait_id',
} as const
export type FactTable = keyof typeof ids

/** A fact as it is told; its fields are those of its table. */
export type ToldFact = {
  at?: string | undefined
  fact_id?: string | undefined
  reason?: string | undefined
  kind?: string | undefined
  variant?: string | undefined
  party?: string | undefined
  party_id?: string | undefined
  address?: string | undefined
  given_to?: string | undefined
  debts?: string[] | undefined
  [field: string]: unknown
}

/** What a row needs that nobody said: the person is the borrower, no address, given to the lender. */
const defaults: Partial<Record<FactTable, Record<string, unknown>>> = {
  holds: { variant: 'standard', party: 'debtor', party_id: '' },
  hold_releases: { party: 'debtor', party_id: '' },
  consents: { party: 'debtor', party_id: '', given_to: 'lender' },
  consent_revocations: { party: 'debtor', party_id: '' },
  agreed_windows: { party: 'debtor', party_id: '' },
  // No party: said by the borrower, and kept towards everybody near.
  inconveniences: { party_id: '' },
  opt_outs: { party_id: '' },
  third_party_refusals: { party_id: '' },
  party_places: { party_id: '' },
}
const addressed = new Set<FactTable>(['consents', 'consent_revocations', 'opt_outs'])

/**
 * Records one fact about a borrower, once: the same `fact_id` again changes nothing. A hold stops the planned
 * work; a fact that was so before we learnt it has the contacts since then judged again. All in one
 * transaction, with the borrower locked. Refused: `borrower_is_not_found`, `fact_is_in_the_future`.
 */
export async function recordFact(
  db: Db,
  borrower_id: string,
  table: FactTable,
  told: ToldFact,
  { clock, recorded_by }: { clock: Clock; recorded_by: string },
): Promise<FactRecorded> {
  return db.transaction().execute(async (tx) => {
    const recorded_at = await lockBorrower(tx, borrower_id, clock)
    const { fact_id = randomUUID(), at = recorded_at, ...said } = told
    if (Temporal.Instant.compare(at, recorded_at) > 0) {
      throw new Refused('fact_is_in_the_future', `${at} has not come yet; record it when it is so.`)
    }
    const row = {
      ...defaults[table],
      ...said,
      ...(addressed.has(table) ? { address: contactAddress(said.address) } : {}),
      [ids[table]]: fact_id,
      borrower_id,
      at,
      ordinal: 0,
      recorded_at,
      recorded_by,
    }
    const name = sql.table(table)
    const { numAffectedRows } = await sql`
      insert into ${name}
      select * from jsonb_populate_record(null::${name}, ${JSON.stringify(row)}::jsonb)
      on conflict do nothing`.execute(tx)
    if (!numAffectedRows) return { fact_id, recorded: false, incidents: 0, stop_id: null }
    await tellEvent(tx, table, row, recorded_by)
    const incidents = await judgeContacts(tx, borrower_id, { since: at, at: recorded_at })
    const stop_id =
      table === 'holds'
        ? await stopWork(tx, borrower_id, {
            cause: said.kind ?? 'hold',
            cause_no: fact_id,
            debts: said.debts,
            // somebody else's hold stops what is planned with that person
            ...(row.party === 'debtor' ? {} : { party: row.party, party_id: row.party_id }),
            at: recorded_at,
            stopped_by: recorded_by,
          })
        : null
    return { fact_id, recorded: true, incidents, stop_id }
  })
}

/** The timeline of the borrower shows what was recorded. */
export async function tellEvent(tx: Db, table: FactTable, row: Record<string, unknown>, actor: string) {
  const { borrower_id, at } = row as { borrower_id: string; at: string }
  await sql`
    insert into events (borrower_id, as_of, at, kind, actor, detail)
    values (${borrower_id}, (${at}::timestamptz at time zone 'UTC')::date, ${at}, ${table}, ${actor},
            jsonb_strip_nulls(${JSON.stringify(row)}::jsonb))`.execute(tx)
}

/** Everything that the rules know about a borrower, the newest first: what the case page shows. */
export async function factsOf(db: Db, borrower_id: string) {
  const read = async (table: FactTable) => {
    const { rows } = await sql<{ fact: Record<string, unknown> }>`
      select to_jsonb(f) - 'borrower_id' - 'ordinal' as fact
        from ${sql.table(table)} f
       where f.borrower_id = ${borrower_id}
       order by f.at desc
       limit 200`.execute(db)
    return rows.map((row) => row.fact)
  }
  const entries: [FactTable, Record<string, unknown>[]][] = []
  for (const table of Object.keys(ids) as FactTable[]) entries.push([table, await read(table)])
  return Object.fromEntries(entries) as Record<FactTable, Record<string, unknown>[]>
}
