import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import { type Db, LEAST_UUID } from '../../platform/database.ts'
import type { Page } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { type Disclosure, propose, refusalsFor, withdraw } from './proposal.sql.ts'
import {
  type AskedContact,
  differences,
  type RuleAnswer,
  type RuleRefusal,
  type RuleVerdict,
  verdictFrom,
} from './verdict.ts'

/**
 * Takes the borrower's row until the transaction ends, so that two who ask at once are answered one after
 * the other: lock first, then read. The instant at which it is answered is read from the clock only then,
 * and comes after the last attempt's and the last kept verdict's: a machine whose clock is behind does not
 * see a borrower without his latest call, and what is recorded after a verdict was not known to it. Refused:
 * `borrower_is_not_found`.
 */
export async function lockBorrower(tx: Db, borrower_id: string, clock: Clock): Promise<string> {
  // Sent together, done one after the other: the second sees what those before us in the queue did.
  const [locked, answer] = await Promise.all([
    sql`select from borrowers where borrower_id = ${borrower_id} for update`.execute(tx),
    sql<{ at: string | null }>`
      select greatest(
               (select max(at) from contact_attempts where borrower_id = ${borrower_id}),
               (select max(decided_at) from verdicts
                 where borrower_id = ${borrower_id}))::text as at`.execute(tx),
  ])
  if (locked.rows.length === 0) {
    throw new Refused('borrower_is_not_found', `There is no borrower ${borrower_id}.`)
  }
  const now = clock.now()
  const last = answer.rows[0]!.at
  const first = last === null ? now : Temporal.Instant.from(last).add({ microseconds: 1 })
  return (Temporal.Instant.compare(first, now) > 0 ? first : now).toString()
}

/**
 * Asks with the borrower locked and keeps nothing. It is rolled back: a commit would wait until the disk has
 * what nobody needs. `work` is given the locked instant. Refused: `borrower_is_not_found`.
 */
export async function askOnly<Answer>(
  db: Db,
  borrower_id: string,
  clock: Clock,
  work: (tx: Db, at: string) => Promise<Answer>,
): Promise<Answer> {
  const tx = await db.startTransaction().execute()
  try {
    return await work(tx, await lockBorrower(tx, borrower_id, clock))
  } finally {
    await tx.rollback().execute()
  }
}

export type AskedVerdict = RuleVerdict & { disclosures: Disclosure[] }

/**
 * What the rules say to each contact, all read at once. Keeps nothing. The caller has locked the
 * borrower.
 */
export async function askRules(
  tx: Db,
  borrower_id: string,
  contacts: readonly AskedContact[],
  at: string,
): Promise<AskedVerdict[]> {
  const proposals = contacts.map((asked) => ({
    ...asked,
    borrower_id,
    proposal_id: randomUUID(),
    at,
    stage: 'dispatch' as const,
  }))
  // One after the other, without waiting in between.
  const [, found, says] = await Promise.all([
    propose(tx, proposals),
    refusalsFor(tx, borrower_id),
    withdraw(tx, borrower_id),
  ])
  return proposals.map(({ proposal_id }) => ({
    ...verdictFrom(found.get(proposal_id) ?? []),
    disclosures: (says.get(proposal_id) ?? []).map(({ proposal_id: _, ...disclosure }) => disclosure),
  }))
}

export type GivenVerdict = RuleVerdict & { verdict_id: string }

/**
 * Decides one contact and keeps the verdict with what it rests on. The caller has locked the borrower, and
 * writes the attempt that it names here, when it is allowed, before the transaction ends.
 */
export async function giveVerdict(
  tx: Db,
  borrower_id: string,
  asked: AskedContact,
  { at, asked_by, attempt_id }: { at: string; asked_by: string; attempt_id?: string },
): Promise<GivenVerdict> {
  const proposal_id = randomUUID()
  const [, found] = await Promise.all([
    propose(tx, [{ ...asked, borrower_id, proposal_id, at, stage: 'dispatch' }]),
    refusalsFor(tx, borrower_id),
  ])
  const verdict = verdictFrom(found.get(proposal_id) ?? [])
  await sql`
    insert into verdicts (
      borrower_id, verdict_id, allowed, decided_at, channel, debts, party, party_id, address, placed_by,
      purpose,
      pack_versions, asked, refusals, warnings, facts, asked_by, attempt_id)
    select p.borrower_id, p.proposal_id, ${verdict.allowed}, p.at, p.channel, p.debts, p.party, p.party_id,
           p.address, p.placed_by, p.purpose, p.pack_versions, to_jsonb(p) - 'asks',
           ${JSON.stringify(verdict.refusals)}::jsonb, ${JSON.stringify(verdict.warnings)}::jsonb,
           facts_known_to(p.borrower_id, p.proposal_id),
           ${asked_by}, ${verdict.allowed ? (attempt_id ?? null) : null}::uuid
      from contact_proposals p
     where p.borrower_id = ${borrower_id}
       and p.proposal_id = ${proposal_id}`.execute(tx)
  await withdraw(tx, borrower_id)
  return { ...verdict, verdict_id: proposal_id }
}

/** A verdict as it was given, and the same question again. */
export type Replay = {
  verdict_id: string
  decided_at: string
  pack_versions: string[]
  allowed: boolean
  refusals: RuleRefusal[]
  /** The rules, versions and facts of that moment give the same answer. */
  same: boolean
  again: RuleVerdict
  /** What today's versions of the packs say to the facts of that moment. */
  todays_packs: string[]
  today: RuleVerdict & ReturnType<typeof differences>
}

async function askAgain(tx: Db, verdict_id: string, borrower_id: string, packs: string[]) {
  await sql`
    insert into contact_proposals
    select again.*
      from verdicts v
      left join contact_attempts a on a.borrower_id = v.borrower_id and a.verdict_id = v.verdict_id
     cross join lateral jsonb_populate_record(
       null::contact_proposals,
       v.asked || jsonb_build_object(
         'known_at', v.decided_at, 'pack_versions', ${JSON.stringify(packs)}::jsonb, 'contact_id',
         a.attempt_id, 'as_read', case when v.facts ? 'products' then v.facts end)
     ) as again
     where v.borrower_id = ${borrower_id}
       and v.verdict_id = ${verdict_id}`.execute(tx)
  const found: RuleAnswer[] = (await refusalsFor(tx, borrower_id)).get(verdict_id) ?? []
  await withdraw(tx, borrower_id)
  return verdictFrom(found)
}

/**
 * Gives a verdict again from the facts that were known then, the pack versions and the clock of that
 * moment, and says what today's packs would have answered. Keeps nothing. Refused:
 * `verdict_is_not_found`.
 */
export async function replayVerdict(db: Db, verdict_id: string): Promise<Replay> {
  const { rows } = await sql<{
    borrower_id: string
    decided_at: string
    pack_versions: string[]
    allowed: boolean
    refusals: RuleRefusal[]
    todays_packs: string[]
  }>`
    select v.borrower_id::text as borrower_id, v.decided_at, v.pack_versions, v.allowed, v.refusals,
           array(
             select coalesce(f.pack_version, given.pack_version)
               from unnest(v.pack_versions) as given (pack_version)
               left join packs k on k.pack_version = given.pack_version
               left join packs_in_force f on f.pack = k.pack and f.to_on = 'infinity') as todays_packs
      from verdicts v
     where v.verdict_id = ${verdict_id}`.execute(db)
  const given = rows[0]
  if (!given) throw new Refused('verdict_is_not_found', `There is no verdict ${verdict_id}.`)
  const { borrower_id, ...verdict } = given
  const tx = await db.startTransaction().execute()
  try {
    const again = await askAgain(tx, verdict_id, borrower_id, verdict.pack_versions)
    const today = await askAgain(tx, verdict_id, borrower_id, verdict.todays_packs)
    const told = differences(verdict.refusals, again.refusals)
    return {
      verdict_id,
      ...verdict,
      same: again.allowed === verdict.allowed && told.refused_now.length + told.released_now.length === 0,
      again,
      today: { ...today, ...differences(again.refusals, today.refusals) },
    }
  } finally {
    await tx.rollback().execute()
  }
}

export type RefusedVerdict = {
  verdict_id: string
  borrower_id: string
  decided_at: string
  /** with its microseconds, for the cursor */
  decided_exactly_at: string
  channel: string
  asked_by: string
  refusals: RuleRefusal[]
}

/** Contacts that were tried and refused, the newest first; one more than the page has. */
export async function refusedVerdicts(
  db: Db,
  { after, limit }: Page<readonly [string, string]>,
): Promise<RefusedVerdict[]> {
  const [at, verdict_id] = after ?? ['infinity', LEAST_UUID]
  const { rows } = await sql<RefusedVerdict>`
    select verdict_id, borrower_id::text as borrower_id, decided_at, decided_at::text as decided_exactly_at,
           channel, asked_by, refusals
      from verdicts
     where not allowed
       and (decided_at, verdict_id) < (${at}::timestamptz, ${verdict_id}::uuid)
     order by decided_at desc, verdict_id desc
     limit ${limit + 1}`.execute(db)
  return rows
}
