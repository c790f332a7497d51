import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { newestPacks } from '../packs/pack.sql.ts'
import { latest } from '../verdicts/verdict.ts'
import { ConductCase } from './conduct-case.api.ts'
import { caseRows, type FactRows } from './conduct-case.ts'

export type CaseRefusal = {
  rule: string
  source: string
  force: string
  modality: string
  mark: string
  next_allowed_at: string | null
  evidence: unknown
}
export type CaseAnswer = {
  id: string
  allowed: boolean
  next_allowed_at: string | null
  refusals: CaseRefusal[]
  warnings: CaseRefusal[]
  problem?: string
}

/** A case that cannot be read is refused like anything else that is unknown. */
const unreadable = (id: string, problem: string): CaseAnswer => ({
  id,
  allowed: false,
  next_allowed_at: null,
  refusals: [
    {
      rule: 'HOUSE-0',
      source: 'house: what cannot be read refuses',
      force: 'house',
      modality: 'require',
      mark: 'house',
      next_allowed_at: null,
      evidence: { problem },
    },
  ],
  warnings: [],
  problem,
})

async function insertRows(tx: Db, rows: FactRows) {
  for (const [table, list] of Object.entries(rows)) {
    const name = sql.table(table)
    await sql`
      insert into ${name}
      select * from jsonb_populate_recordset(null::${name}, ${JSON.stringify(list)}::jsonb)`.execute(tx)
  }
}

/** From the view for all of them, or for each borrower through the function by which the gate asks. */
async function refusalsOf(
  tx: Db,
  one_by_one: boolean,
): Promise<Map<string, (CaseRefusal & { blocks: boolean })[]>> {
  const { rows } = await sql<CaseRefusal & { proposal_id: string; blocks: boolean }>`
    select proposal_id, rule_id as rule, source, force, modality, mark, next_allowed_at, evidence, blocks
      from ${
        one_by_one
          ? sql`(select distinct borrower_id as of from contact_proposals) b cross join refusals_of(b.of)`
          : sql`refusals`
      }
     order by proposal_id, rule_id collate "C", next_allowed_at collate "C"`.execute(tx)
  return Map.groupBy(rows, (row) => row.proposal_id)
}

/**
 * Answers cases of contracts/conduct-cases.md: their events become facts, their proposals rows of
 * contact_proposals, and the rule views that the gate reads answer all of them at once (`one_by_one`: by the
 * gate's own function, each alone). Nothing is kept.
 */
export async function answerCases(
  db: Db,
  cases: readonly unknown[],
  { one_by_one = false } = {},
): Promise<CaseAnswer[]> {
  const packs = new Map((await newestPacks(db)).map((pack) => [pack.pack, pack]))
  const { rows: known } = await sql<{ zone: string }>`select zone from known_zones`.execute(db)
  const zones = new Set(known.map((row) => row.zone))
  const { rows: keys } = await sql<{ borrower_id: string }>`
    select borrower_id_of(${`conduct check ${randomUUID()}`}, n::text)::text as borrower_id
      from generate_series(1, ${cases.length}::int) n`.execute(db)

  const all: FactRows = {}
  const read = cases.map((raw, i): { id: string; proposal_id: string } | CaseAnswer => {
    const parsed = ConductCase.safeParse(raw)
    const id = parsed.data?.id ?? String((raw as { id?: unknown } | null)?.id ?? `case ${i + 1}`)
    if (!parsed.success) {
      const problems = parsed.error.issues.map((it) => [...it.path, it.message].join(' '))
      return unreadable(id, problems.join('; '))
    }
    const proposal_id = randomUUID()
    try {
      const reading = { packs, zones, borrower_id: keys[i]!.borrower_id }
      for (const [table, rows] of Object.entries(caseRows(parsed.data, reading, proposal_id))) {
        all[table] ??= []
        for (const row of rows) all[table].push(row)
      }
      return { id, proposal_id }
    } catch (error) {
      if (error instanceof RangeError) return unreadable(id, error.message)
      throw error
    }
  })

  const tx = await db.startTransaction().execute()
  try {
    await insertRows(tx, all)
    const refusals = await refusalsOf(tx, one_by_one)
    return read.map((it) => ('allowed' in it ? it : answerOf(it.id, refusals.get(it.proposal_id) ?? [])))
  } finally {
    await tx.rollback().execute()
  }
}

function answerOf(id: string, found: (CaseRefusal & { blocks: boolean })[]): CaseAnswer {
  const told = (blocks: boolean) =>
    found
      .filter((refusal) => refusal.blocks === blocks)
      .map(({ rule, source, force, modality, mark, next_allowed_at, evidence }) => ({
        rule,
        source,
        force,
        modality,
        mark,
        next_allowed_at,
        evidence,
      }))
  const refusals = told(true)
  return {
    id,
    allowed: refusals.length === 0,
    next_allowed_at: latest(refusals.flatMap((refusal) => refusal.next_allowed_at ?? [])),
    refusals,
    warnings: told(false),
  }
}
