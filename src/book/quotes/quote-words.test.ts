import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import type { MovementKind } from '../ledger/movement.ts'
import type { InLanguages, QuoteStep } from './quote.ts'
import { inWords } from './quote-words.ts'

const db = await freshDatabase()
afterAll(() => db.destroy())

const { rows: kinds } = await sql<{ kind: MovementKind }>`select kind from movement_kinds`.execute(db)
const { rows: caps } = await sql<{ kind: 'cap' | 'alert'; rate: string; clause: InLanguages }>`
  select kind, yearly::text as rate,
         jsonb_build_object('en', clause, 'zh-Hans', clause_zh_hans, 'zh-Hant', clause_zh_hant) as clause
    from rate_caps`.execute(db)
const dayCounts = [
  ...['actual/actual', 'actual/365', 'actual/360', '30/360', 'act/act'],
  'actual/365, and 366 in a period that holds 29 February',
]
const stretch = {
  from_on: '2025-03-01',
  to_on: '2025-03-31',
  days: 30,
  base_minor: 3_650_000n,
  rate: '0.105',
}
const parts = ['principal', 'interest', 'penalty', 'fee'] as const
const none = { part: null, amount_minor: 0n }
const to_on = '2025-03-31'
/** Every kind of step there is, with every word that one may hold. */
const steps: QuoteStep[] = [
  ...parts.map((part): QuoteStep => ({ what: 'tape', part, amount_minor: 100n, to_on })),
  ...kinds.map(({ kind }): QuoteStep => ({ ...none, what: 'movement', amount_minor: -30_000n, to_on, kind })),
  ...(['interest', 'penalty'] as const).flatMap((part) =>
    dayCounts.map(
      (day_count): QuoteStep => ({ what: part, part, amount_minor: 100n, ...stretch, day_count }),
    ),
  ),
  ...caps.map(({ kind, ...cap }): QuoteStep => ({ ...none, what: kind, ...cap })),
  ...parts.map((part): QuoteStep => ({ what: 'disputed', part, amount_minor: -100n, to_on })),
  { ...none, what: 'total', amount_minor: 100n, to_on },
]

test('every kind of step is among them', () => {
  expect(new Set(steps.map(({ what }) => what))).toEqual(
    new Set(['tape', 'movement', 'interest', 'penalty', 'cap', 'alert', 'disputed', 'total']),
  )
  expect(kinds.length).toBe(22)
})

test.each(steps.map((step) => [step.what, step.kind ?? step.day_count ?? step.part ?? '', step] as const))(
  'in Chinese no word is English, and the two Chinese differ where they are written apart: %s %s',
  (_, __, step) => {
    const [hans, hant] = (['zh-Hans', 'zh-Hant'] as const).map((language) => inWords(step, 'TWD', language))
    for (const words of [hans!, hant!]) {
      expect(words).not.toMatch(/undefined|null/)
      expect(words.replaceAll('TWD', '')).not.toMatch(/[a-z]/i)
      expect(words).toMatch(/\p{Script=Han}/u)
    }
    expect(hans).not.toMatch(/[於後還費減計總額閣遭繳]/)
    expect(hant).not.toMatch(/[于还费减计总额阁缴]/)
    expect(inWords(step, 'TWD', 'en')).not.toMatch(/undefined|null/)
  },
)
