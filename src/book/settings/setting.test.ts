import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { readSettings } from './setting.ts'

const db = await freshDatabase()
afterAll(() => db.destroy())

const scope = { effective_from: '2025-01-01', lender: 'bank' }
const wrongOf = (values: Record<string, unknown>) => {
  const read = readSettings({ ...scope, ...values })
  return 'wrong' in read ? read.wrong : []
}

test('every setting that the book comes with is known, and its default is of its own shape', async () => {
  const { rows } = await sql<{ name: string; value: unknown }>`select name, value from settings`.execute(db)
  expect(rows.length).toBeGreaterThan(25)
  expect(wrongOf(Object.fromEntries(rows.map(({ name, value }) => [name, value])))).toEqual([])
})

test('what a lender may say of its money', () => {
  const values = {
    promise_tolerance_bps: [
      { from_days: 0, value: 500 },
      { from_days: 61, value: 1_000 },
    ],
    promise_grace_days: 3,
    penalty_rule: { base: 'past_due_principal', times_contract: '1.5', in_place_of_interest: true },
    penalty_rule_cn: { base: 'principal', yearly: '0.05' },
    day_count: '30/360',
    agreement_party: { name: 'Bank', method: { 'zh-Hans': '转账' } },
    packs: ['us', 'usma', 'us-ny'],
  }
  expect(readSettings({ ...scope, ...values })).toEqual({
    scope: { effective_from: '2025-01-01', lender: 'bank', product: '' },
    values,
  })
})

test.each([
  ['bucket_edges', [], /bucket_edges: Too small/],
  ['bucket_edges', [{ bucket: 'closed', from_days: 1 }], /closed is the name/],
  ['packs', ['US'], /packs\.0/],
  ['packs', ['us-'], /packs\.0/],
  ['packs', ['house'], /packs\.0.*asked without being named/],
  ['promise_grace_dayz', 3, /is no setting; known are .*promise_grace_days/],
  ['penalty_rule_China', null, /is no setting/],
  ['promise_tolerance_bps', 10_001, /promise_tolerance_bps/],
  [
    'promise_grace_days',
    [
      { from_days: 30, value: 1 },
      { from_days: 30, value: 2 },
    ],
    /rises/,
  ],
  ['promises_per_loan_max', 0, /promises_per_loan_max/],
  ['penalty_rule', { base: 'principal' }, /either yearly or times_contract/],
  ['penalty_rule', { base: 'principal', yearly: '5 %' }, /penalty_rule\.yearly.*decimal/],
  ['day_count', '31/360', /no day count/],
  ['plan_months_max_card_cn', 61, /plan_months_max_card_cn/],
  ['calendar', { weekend: [8], holidays: [], workdays: [], move: 'none' }, /calendar\.weekend\.0/],
  ['waivers_per_day_units', { collector: -1 }, /waivers_per_day_units\.collector/],
  ['carry_on_value', [{ from_days: 1, charged_off: true, bps: 1 }], /carry_on_value/],
] as const)('refuses %s: %j', (name, value, words) => {
  const wrong = wrongOf({ [name]: value, grace_days: 5 })
  expect(wrong.length).toBeGreaterThan(0)
  expect(wrong.join('\n')).toMatch(words)
})
