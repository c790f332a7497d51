import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { type Db, LEAST_UUID } from '../../platform/database.ts'
import type { Page } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { propose, refusalsFor, withdraw } from '../verdicts/proposal.sql.ts'
import { type RuleAnswer, type RuleRefusal, verdictFrom } from '../verdicts/verdict.ts'

/** The channel on which whoever works a borrower listens for stops. */
export const STOPS = 'stops'

export type Cause = {
  /** the kind of hold, `payment`, `dispute`, `deceased`, `cease` … */
  cause: string
  /** the fact that caused it: the same fact stops once */
  cause_no: string
  debts?: string[] | undefined
  /** only what is planned with this person; absent: with anybody */
  party?: string | undefined
  party_id?: string | undefined
  at: string
  stopped_by: string
}

/**
 * Cancels what is planned or queued for a borrower (about these debts; none named: all), notes everybody who
 * had work on it, and tells the listeners once the transaction commits. Returns the stop; the same cause
 * again gives the first.
 */
export async function stopWork(tx: Db, borrower_id: string, cause: Cause): Promise<string> {
  const debts = cause.debts ?? null
  const party = cause.party ?? null
  const party_id = cause.party_id ?? ''
  const { rows } = await sql<{ stop_id: string }>`
    insert into stops (borrower_id, cause, cause_no, debts, at, stopped_by)
    values (${borrower_id}, ${cause.cause}, ${cause.cause_no}, ${debts}, ${cause.at}, ${cause.stopped_by})
    on conflict (borrower_id, cause, cause_no) do nothing
    returning stop_id`.execute(tx)
  const made = rows[0]
  if (!made) return stopOf(tx, borrower_id, cause)
  await sql`
    with cancelled as (
      update planned_contacts
         set cancelled_at = ${cause.at}, cancelled_by = ${made.stop_id}
       where borrower_id = ${borrower_id}
         and cancelled_at is null
         and (${debts}::text[] is null or debts && ${debts}::text[])
         and (${party}::text is null
              or party = ${party} and (party_id in (${party_id}, '') or ${party_id} = ''))
      returning borrower_id, worked_by
    )
    insert into stop_notices (borrower_id, stop_id, worked_by)
    select distinct borrower_id, ${made.stop_id}::uuid, worked_by from cancelled`.execute(tx)
  await sql`
    select pg_notify(${STOPS}, ${JSON.stringify({
      borrower_id,
      stop_id: made.stop_id,
      cause: cause.cause,
    })})`.execute(tx)
  return made.stop_id
}

async function stopOf(tx: Db, borrower_id: string, { cause, cause_no }: Cause): Promise<string> {
  const { rows } = await sql<{ stop_id: string }>`
    select stop_id from stops
     where borrower_id = ${borrower_id} and cause = ${cause} and cause_no = ${cause_no}`.execute(tx)
  return rows[0]!.stop_id
}

/** Somebody says that they know of a stop. Refused: `stop_is_not_found`, when it never concerned them. */
export async function acknowledgeStop(
  db: Db,
  about: { borrower_id: string; stop_id: string; worked_by: string },
  { at, by }: { at: string; by: string },
) {
  const { rows } = await sql`
    update stop_notices
       set acknowledged_at = coalesce(acknowledged_at, ${at}),
       acknowledged_by = coalesce(acknowledged_by, ${by})
     where borrower_id = ${about.borrower_id}
       and stop_id = ${about.stop_id}
       and worked_by = ${about.worked_by}
    returning 1`.execute(db)
  if (rows.length === 0) {
    throw new Refused('stop_is_not_found', `No such stop concerns ${about.worked_by}.`)
  }
}

export type OpenStop = {
  borrower_id: string
  stop_id: string
  cause: string
  at: string
  stopped_by: string
  worked_by: string
}

/** Of a stop that somebody has not acknowledged: when it was, whom it is about, which, and who has not. */
export type StopKey = readonly [string, string, string, string]

/** Who has not said yet that they know of a stop, the oldest first; one more than the page has. */
export async function openStops(db: Db, { after, limit }: Page<StopKey>): Promise<OpenStop[]> {
  const [at, borrower_id, stop_id, worked_by] = after ?? ['-infinity', 0, LEAST_UUID, '']
  const { rows } = await sql<OpenStop>`
    select n.borrower_id::text as borrower_id, n.stop_id, s.cause, s.at, s.stopped_by, n.worked_by
      from stop_notices n
      join stops s on s.borrower_id = n.borrower_id and s.stop_id = n.stop_id
     where n.acknowledged_at is null
       and (date_trunc('milliseconds', s.at), n.borrower_id, n.stop_id, n.worked_by)
           > (${at}::timestamptz, ${borrower_id}::bigint, ${stop_id}::uuid, ${worked_by})
     order by date_trunc('milliseconds', s.at), n.borrower_id, n.stop_id, n.worked_by
     limit ${limit + 1}`.execute(db)
  return rows
}

export type PlannedContact = {
  at: string
  channel: string
  debts: string[]
  party?: string | undefined
  party_id?: string | undefined
  address?: string | undefined
  placed_by?: string | undefined
  purpose?: string | undefined
  why: string
  worked_by: string
}

// What stands in the way until somebody takes it back, as far as anybody knows; a notice, a consent or a
// number of visitors that is not there yet may be before the moment comes.
const STANDS = ['held', 'opted_out', 'asked_to_stop', 'never', 'talked_before']

/** Which of these answers are of a rule that stops work until it is taken back. */
async function standing(tx: Db, answers: readonly RuleAnswer[]): Promise<RuleAnswer[]> {
  const { rows } = await sql<{ rule: string }>`
    select distinct pack_version || ' ' || rule_id as rule
      from rule_checks
     where check_kind = any (${STANDS})
       and rule_id = any (${answers.map((it) => it.rule_id)})`.execute(tx)
  const stops = new Set(rows.map((row) => row.rule))
  return answers.filter((it) => it.next_allowed_at === null && stops.has(`${it.pack_version} ${it.rule_id}`))
}

/**
 * Puts a contact on the plan once the rules were asked about its moment: what they refuse is kept with it, as
 * the night's check keeps it, and answered. The gate asks again when it is done. The caller has locked the
 * borrower. Refused: `contact_is_refused`, when a rule refuses that has no end before the moment (a cease, a
 * closed medium, somebody who is never contacted).
 */
export async function planContact(
  tx: Db,
  borrower_id: string,
  planned: PlannedContact,
  planned_at: string,
): Promise<{ planned_id: string; refusals: RuleRefusal[] }> {
  const planned_id = randomUUID()
  const { why, worked_by, ...asked } = planned
  await propose(tx, [{ ...asked, borrower_id, proposal_id: planned_id, stage: 'plan' }])
  const answers = (await refusalsFor(tx, borrower_id)).get(planned_id) ?? []
  await withdraw(tx, borrower_id)
  const verdict = verdictFrom(answers)
  const stopped = await standing(
    tx,
    answers.filter((it) => it.blocks),
  )
  if (stopped.length > 0) {
    const rules = stopped.map((it) => it.rule).join('; ')
    throw new Refused('contact_is_refused', rules, { verdict })
  }
  await sql`
    insert into planned_contacts (
      borrower_id, planned_id, planned_at, at, channel, debts, party, party_id, address, placed_by, purpose,
      why, worked_by)
    values (${borrower_id}, ${planned_id}, ${planned_at}, ${asked.at}, ${asked.channel}, ${asked.debts},
            ${asked.party ?? 'debtor'}, ${asked.party_id ?? ''}, ${asked.address ?? ''},
            ${asked.placed_by ?? 'lender'}, ${asked.purpose ?? 'collect'}, ${why}, ${worked_by})`.execute(tx)
  await sql`
    insert into planned_refusals (borrower_id, planned_id, rule_id, pack_version, checked_on, source,
                                  evidence, next_allowed_at)
    select ${borrower_id}, ${planned_id}, r.rule_id, coalesce(r.pack_version, ''),
           (${planned_at}::timestamptz at time zone 'UTC')::date, min(r.source), jsonb_agg(r.evidence),
           max(r.next_allowed_at)
      from jsonb_to_recordset(${JSON.stringify(verdict.refusals)}::jsonb) as r (
             rule_id text, pack_version text, source text, evidence jsonb, next_allowed_at text)
     group by r.rule_id, r.pack_version`.execute(tx)
  return { planned_id, refusals: verdict.refusals }
}

/** What is and was planned for a borrower, the next first, with what the rules said of it last. */
export async function plannedContacts(db: Db, borrower_id: string) {
  const { rows } = await sql`
    select c.planned_id, c.at, c.channel, c.debts, c.party, c.placed_by, c.purpose, c.why, c.worked_by,
           c.cancelled_at, s.cause,
           coalesce((
             select jsonb_agg(jsonb_build_object(
                      'rule_id', r.rule_id, 'source', r.source, 'checked_on', r.checked_on,
                      'next_allowed_at', r.next_allowed_at) order by r.rule_id)
               from planned_refusals r
              where r.borrower_id = c.borrower_id and r.planned_id = c.planned_id), '[]') as refusals
      from planned_contacts c
      left join stops s on s.borrower_id = c.borrower_id and s.stop_id = c.cancelled_by
     where c.borrower_id = ${borrower_id}
     order by c.cancelled_at is not null, c.at
     limit 200`.execute(db)
  return rows
}
