// Plain SQL of the program's own role that does everything the gate does, but answers for the rules itself.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { fixedClock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { propose, refusalsFor, withdraw } from '../verdicts/proposal.sql.ts'
import { lockBorrower } from '../verdicts/verdict.sql.ts'
import { attemptContact } from './attempt.sql.ts'

let db: Db
const clock = fixedClock('2024-05-08T15:00:00Z')
const AT = '2024-05-08T15:00:00Z'
const call = { channel: 'call', address: '+12125550100', automated: true }

beforeAll(async () => {
  db = await freshDatabase()
  await sql`insert into loan_kinds values ('acme', 'card')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('acme', 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    values (1, 'acme', '1', '{America/New_York}'), (2, 'acme', '2', '{America/New_York}')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    select n, 'L', 'acme', 'card', 'USD', 'active', '2024-01-01', 10000, 100
      from generate_series(1, 2) n`.execute(db)
  // the second closed the telephone
  await sql`
    insert into opt_outs (borrower_id, channel, at, recorded_at, recorded_by, reason)
    values (2, 'call', '2024-05-01', '2024-05-01', 'kim', 'said so')`.execute(db)
})

const forge = async (tx: Db, id: string, verdict_id: string, decided_at = AT) => {
  await sql`
    insert into verdicts (borrower_id, verdict_id, allowed, decided_at, channel, debts, party, party_id,
                          address, placed_by, purpose, pack_versions, asked, refusals, warnings, facts,
                          asked_by, attempt_id)
    select ${id}, ${verdict_id}, true, ${decided_at}, 'call', '{L}', 'debtor', '', '+12125550100', 'lender',
           'collect', coalesce(p.pack_versions, '{}'), coalesce(to_jsonb(p) - 'asks', '{}'), '[]', '[]', '{}',
           'sql', ${verdict_id}
      from (values (1)) one
      left join contact_proposals p on p.borrower_id = ${id} and p.proposal_id = ${verdict_id}`.execute(tx)
  await attemptOn(tx, verdict_id)
}

/** The attempt that a verdict names, as the verdict says it. */
const attemptOn = (tx: Db, verdict_id: string, outcome: string | null = null) =>
  sql`
  insert into contact_attempts (
    borrower_id, attempt_id, verdict_id, decided_at, at, recorded_at, recorded_by, channel, debts, party,
    party_id, address, placed_by, purpose, outcome, outcome_recorded_at)
  select borrower_id, attempt_id, verdict_id, decided_at, decided_at, decided_at, 'sql', channel, debts,
         party, party_id, address, placed_by, purpose, ${outcome}::text,
         case when ${outcome}::text is not null then decided_at end
    from verdicts
   where verdict_id = ${verdict_id}`.execute(tx)

/** Locks the borrower, prepares, and writes verdict and attempt in one transaction. */
const attack = (id: string, prepare: (tx: Db, verdict_id: string) => Promise<unknown>, at = AT) =>
  db.transaction().execute(async (tx) => {
    const verdict_id = randomUUID()
    await lockBorrower(tx, id, clock)
    await prepare(tx, verdict_id)
    await forge(tx, id, verdict_id, at)
  })

const ask = (tx: Db, id: string, proposal_id: string, at = AT) =>
  propose(tx, [{ ...call, borrower_id: id, proposal_id, at, stage: 'dispatch' }])

test('a verdict that the rules do not give is refused, whatever stands beside it', async () => {
  const refused = /what_the_rules_allow/
  // nothing was asked
  await expect(attack('1', async () => {})).rejects.toThrow(refused)
  // it was asked, and refused
  await expect(
    attack('2', async (tx, proposal_id) => {
      await ask(tx, '2', proposal_id)
      const answers = await refusalsFor(tx, '2')
      expect(answers.get(proposal_id)?.map((it) => it.rule_id)).toContain('US-M1')
    }),
  ).rejects.toThrow(refused)
  // the proposal was written to please: no law, no tests, another address
  for (const set of [
    sql`pack_versions = '{}'`,
    sql`pack_versions = array['uk@2026.1']`,
    sql`asks = (select o.asks from no_check o)`,
    sql`zones = '{Asia/Shanghai}'`,
    sql`known_at = '2024-01-01'`,
    sql`purpose = 'legally_required'`,
  ]) {
    await expect(
      attack('2', async (tx, proposal_id) => {
        await ask(tx, '2', proposal_id)
        await refusalsFor(tx, '2')
        await sql`update contact_proposals set ${set} where borrower_id = 2`.execute(tx)
      }),
    ).rejects.toThrow(refused)
  }
  // a view of one's own does not stand in for the rules
  await expect(
    attack('2', async (tx, proposal_id) => {
      await ask(tx, '2', proposal_id)
      await refusalsFor(tx, '2')
      await sql`create temporary view refusals_often as select * from public.refusals_often limit 0`.execute(
        tx,
      )
      await sql`create temporary table opt_outs as select * from public.opt_outs limit 0`.execute(tx)
    }),
  ).rejects.toThrow(refused)
  const { rows } = await sql`select from contact_attempts`.execute(db)
  expect(rows).toHaveLength(0)
})

test('what the rules allow may be written; nothing before the last attempt', async () => {
  const asked = (at: string) => async (tx: Db, proposal_id: string) => {
    await ask(tx, '1', proposal_id, at)
    await refusalsFor(tx, '1')
  }
  const kept = await attemptContact(db, '1', call, { clock, asked_by: 'kim' })
  expect(kept.attempt_id).not.toBeNull()
  const earlier = '2024-05-08T14:59:00Z'
  await expect(attack('1', asked(earlier), earlier)).rejects.toThrow(/what_the_rules_allow/)
  const later = '2024-05-08T15:20:00Z'
  await sql`
    update contact_attempts
       set outcome = 'busy', outcome_recorded_at = ${AT}
     where attempt_id = ${kept.attempt_id}`.execute(db)
  await attack('1', asked(later), later)
})

/** A transaction of a session that fires no trigger: foreign keys are triggers, checks are none. */
const withoutTriggers = <Answer>(work: (tx: Db) => Promise<Answer>) =>
  db.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    return work(tx)
  })

test('a session that switches foreign keys off inserts no attempt without a verdict of its own', async () => {
  const refused = /attempt_stands_on_its_verdict/
  const invented = sql`
    insert into contact_attempts (
      borrower_id, verdict_id, decided_at, at, recorded_at, recorded_by, channel, debts, party, party_id,
      address, placed_by, purpose)
    values (2, gen_random_uuid(), ${AT}, ${AT}, ${AT}, 'sql', 'call', '{L}', 'debtor', '', '', 'lender',
            'collect')`
  await expect(withoutTriggers((tx) => invented.execute(tx))).rejects.toThrow(refused)

  // a verdict that was given for an attempt, without it: it opens nothing later, whatever outcome is told
  const at = '2024-05-08T15:40:00Z'
  const verdict_id = randomUUID()
  await withoutTriggers(async (tx) => {
    await sql`update contact_attempts set outcome = 'busy', outcome_recorded_at = ${AT}`.execute(tx)
    await lockBorrower(tx, '1', clock)
    await withdraw(tx, '1')
    await ask(tx, '1', verdict_id, at)
    await refusalsFor(tx, '1')
    await forge(tx, '1', verdict_id, at)
    await sql`delete from contact_attempts where attempt_id = ${verdict_id}`.execute(tx)
  })
  for (const outcome of [null, 'busy']) {
    await expect(withoutTriggers((tx) => attemptOn(tx, verdict_id, outcome))).rejects.toThrow(refused)
  }
  const anew = sql`update contact_attempts set address = '+12125550999'`
  await expect(withoutTriggers((tx) => anew.execute(tx))).rejects.toThrow(refused)
})
