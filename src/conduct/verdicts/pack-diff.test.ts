// A change of law is looked at before it applies: what it would refuse, what it would release, by which rule.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { fixedClock } from '../../platform/clock.ts'
import { loadPack, readPacks } from '../packs/pack.sql.ts'
import type { Pack } from '../packs/pack.ts'
import { diffPacks } from './pack-diff.sql.ts'
import { lockBorrower } from './verdict.sql.ts'

const db = await freshDatabase()
const AT = '2026-03-10T11:30:00Z' // 19:30 in Shanghai, where three of four borrowers are
const packOf = (name: string) => readPacks().find(({ pack }) => pack.pack === name)!.pack
const cn = packOf('cn')

type Check = NonNullable<Pack['rules'][number]['checks']>[number]

/** A pack with other tests of some rules, as a file. */
function changedPack(changes: Record<string, (checks: Check[]) => Check[]>, pack = cn): string {
  const rules = pack.rules.map((rule) =>
    changes[rule.id] ? { ...rule, checks: changes[rule.id]!(rule.checks ?? []) } : rule,
  )
  const path = join(mkdtempSync(join(tmpdir(), 'pack-')), `${pack.pack}.json`)
  writeFileSync(path, JSON.stringify({ ...pack, version: '2027.1', rules } satisfies Pack))
  return path
}

const hoursUntil = (closes: string) => changedPack({ 'CN-T1': ([check]) => [{ ...check!, closes } as Check] })

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', 'card'), ('other', 'card')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('bank', 'packs', '2000-01-01', '["cn"]'), ('other', 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    select n, case when n = 4 then 'other' else 'bank' end, n, '{Asia/Shanghai}'
      from generate_series(1, 4) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor, oldest_due_on)
    select n, 'L' || n, case when n = 4 then 'other' else 'bank' end, 'card', 'CNY', 'active', '2026-01-01',
           10000, 100, '2026-02-01'
      from generate_series(1, 4) n`.execute(db)
  await sql`
    insert into holds (borrower_id, kind, at, recorded_at, recorded_by, reason)
    values (1, 'plan_performing', '2026-01-01', '2026-01-01', 'kim', 'signed')`.execute(db)
})

test('an earlier closing would refuse calls, texts and e-mails of this evening, letters not', async () => {
  const told = await diffPacks(db, 'cn@2026.3', hoursUntil('19:00'), AT)
  expect(told).toMatchObject({ old: 'cn@2026.3', new: 'cn@2027.1', borrowers: 3 })
  // borrower 1 keeps a plan and is refused under both
  const counts = Object.fromEntries(
    told.kinds.map((it) => [it.kind, [it.contacts, it.newly_refused, it.released]]),
  )
  expect(counts).toMatchObject({
    call: [3, 2, 0],
    sms: [3, 2, 0],
    email: [3, 2, 0],
    letter: [3, 0, 0],
    // the first minute, and the last of either version
    call_at_the_ends_of_the_hours: [9, 2, 0],
  })
  expect(told.contacts).toBe(told.kinds.reduce((sum, it) => sum + it.contacts, 0))
  expect(told.rules).toMatchObject([{ rule_id: 'CN-T1', refused_less: 0 }])
})

test('looking changes nothing, and a version under which verdicts were given is not altered', async () => {
  const { rows } = await sql`select from packs where pack_version = 'cn@2027.1'`.execute(db)
  expect(rows).toHaveLength(0)
  await db.transaction().execute(async (tx) => {
    await lockBorrower(tx, '1', fixedClock(AT))
    await sql`
    insert into verdicts (borrower_id, allowed, decided_at, channel, debts, party, party_id, address,
      placed_by,
                          purpose, pack_versions, asked, refusals, warnings, facts, asked_by)
    values (1, false, ${AT}, 'call', '{L1}', 'debtor', '', '', 'lender', 'collect', '{cn@2026.3}', '{}',
            '[{}]', '[]', '{}', 'kim')`.execute(tx)
  })
  await expect(loadPack(db, { ...cn, title: 'altered' }, 'another digest', AT)).rejects.toThrow('new version')
})

test('two jurisdictions are not compared', async () => {
  await expect(diffPacks(db, 'cn@2026.3', 'us@2026.3', AT)).rejects.toThrow('same pack')
  await expect(diffPacks(db, 'cn@2026.3', 'cn@1999', AT)).rejects.toThrow('neither')
  await expect(diffPacks(db, 'others@2026.1', 'cn@2026.3', AT)).rejects.toThrow('not law')
})

test('more visitors, no notice before a report: told by kind, and by rule where others refuse', async () => {
  const changed = changedPack({
    'CN-V1': ([check]) => [{ ...check!, visitors_min: 9 } as Check],
    'CN-B3': () => [],
  })
  const told = await diffPacks(db, 'cn@2026.3', changed, AT)
  expect(told.rules).toEqual([
    { rule_id: 'CN-B3', refused_more: 0, refused_less: 3 },
    { rule_id: 'CN-V1', refused_more: 3, refused_less: 0 },
  ])
  const kind = (name: string) => told.kinds.find((it) => it.kind === name)
  expect(kind('bureau_report')).toMatchObject({ contacts: 3, newly_refused: 0 })
  expect(kind('visit')).toMatchObject({ contacts: 3, released: 0 })
})

test('other hours show at noon, too', async () => {
  const told = await diffPacks(db, 'cn@2026.3', hoursUntil('19:00'), '2026-03-10T04:00:00Z')
  expect(told.kinds.filter((it) => it.newly_refused > 0)).toMatchObject([
    { kind: 'call_at_the_ends_of_the_hours', newly_refused: 2 },
  ])
})

/** Thirty borrowers in the United States, with something known of each. */
async function fillAmerica() {
  const lender = 'abroad'
  await sql`insert into loan_kinds values (${lender}, 'card')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values (${lender}, 'packs', '2000-01-01', '["us"]')`.execute(db)
  await sql`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    select 100 + n, ${lender}, n, (array['{America/New_York}', '{America/Denver}', '{}'])[n % 3 + 1]::text[]
      from generate_series(1, 30) n`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor, oldest_due_on)
    select 100 + n, 'L' || k, ${lender}, 'card', 'USD', 'active', '2026-01-01', 10000, 100, '2026-02-01'
      from generate_series(1, 30) n, generate_series(1, 1 + n % 2) k`.execute(db)
  const said = sql`
    select 100 + n as borrower_id, timestamptz '2026-03-05T15:00Z' as at,
           timestamptz '2026-03-05T15:00Z' as recorded_at, 'kim' as recorded_by, 'said' as reason`
  await sql`
    insert into holds (borrower_id, at, recorded_at, recorded_by, reason, kind, debts)
    ${said}, (array['cease', 'attorney', 'dispute', 'bankruptcy'])[n % 4 + 1],
           case when n % 8 < 4 then '{L1}'::text[] end
      from generate_series(1, 30, 3) n`.execute(db)
  await sql`
    insert into opt_outs (borrower_id, at, recorded_at, recorded_by, reason, channel)
    ${said}, (array['sms', 'email', 'call'])[n % 3 + 1] from generate_series(1, 30, 4) n`.execute(db)
  await sql`
    insert into outside_contacts (borrower_id, at, recorded_at, recorded_by, direction, channel, debts,
                                  outcome, outcome_recorded_at, judged_at)
    select borrower_id, at + k * interval '5 hours', recorded_at, recorded_by, 'out',
           case when n % 5 = 0 then 'letter' else 'call' end, '{L1}',
           case when n % 5 = 1 then 'conversation' when n % 5 > 1 then 'unanswered' end, at, at
      from (${said}, n from generate_series(1, 30) n) s, generate_series(1, n % 7) k`.execute(db)
}

test('asking only what changed of all, and of the book in parts, tells what asking all does', async () => {
  await fillAmerica()
  const us = packOf('us')
  const old = `us@${us.version}`
  const changes: Record<string, (checks: Check[]) => Check[]> = {
    'US-T1': ([check]) => [{ ...check!, closes: '19:00' }],
    'US-T8': () => [],
    'US-F1': ([check]) => [{ ...check!, calls_max: 3 }],
    'US-B1': ([check]) => [{ ...check!, days: 3 }],
    'US-D3': (checks) => checks.slice(1),
    'US-V2': () => [{ check: 'held', hold: 'vulnerable' }],
  }
  // a number that nothing reads: each rule of the pack reads differently, none says anything else
  const unread = (checks: Check[]) => checks.map((check) => ({ ...check, visitors_min: 99 }))
  const all = Object.fromEntries(
    us.rules.map(({ id }) => [id, (checks: Check[]) => unread(changes[id]?.(checks) ?? checks)] as const),
  )
  const evening = '2026-03-10T23:30:00Z' // 19:30 in New York
  const few = await diffPacks(db, old, changedPack(changes, us), evening)
  expect(few.newly_refused).toBeGreaterThan(10)
  expect(few.released).toBeGreaterThan(0)
  expect(few.rules.map(({ rule_id }) => rule_id)).toEqual(['US-B1', 'US-F1', 'US-T1', 'US-T8'])
  expect(await diffPacks(db, old, changedPack(all, us), evening)).toEqual(few)
  const seen: number[] = []
  const in_parts = { at_once: 7, seen: (done: number) => seen.push(done) }
  expect(await diffPacks(db, old, changedPack(changes, us), evening, in_parts)).toEqual(few)
  expect(seen).toEqual([0, 1, 2, 3, 4])
})
