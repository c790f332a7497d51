// What a pack file may say, and what its days are.
import { expect, test } from 'vitest'
import { federalHolidays } from './federal-holidays.ts'
import { readPacks } from './pack.sql.ts'
import { Pack, packVersion, ruleRows } from './pack.ts'

test('a part of a jurisdiction has a name as the settings write it', () => {
  const { pack } = readPacks().find((it) => it.pack.pack === 'usma')!
  expect(packVersion(Pack.parse({ ...pack, pack: 'us-ma' }))).toBe(`us-ma@${pack.version}`)
  expect(Pack.safeParse({ ...pack, pack: 'US' }).success).toBe(false)
})

test('the legal public holidays of 2026', () => {
  expect(federalHolidays(2026)).toEqual([
    '2026-01-01',
    '2026-01-19',
    '2026-02-16',
    '2026-05-25',
    '2026-06-19',
    '2026-07-04',
    '2026-09-07',
    '2026-10-12',
    '2026-11-11',
    '2026-11-26',
    '2026-12-25',
  ])
})

test('law without a day on which it came into force is unconfirmed; Taiwan’s regulations have theirs', () => {
  const rules = readPacks().flatMap(({ pack }) => ruleRows(pack).map((row) => ({ ...row, pack: pack.pack })))
  const undated = rules.filter((it) => it.force !== 'house' && it.effective_from === '-infinity')
  expect(undated.length).toBeGreaterThan(20)
  expect(undated.filter((it) => !it.for_counsel)).toEqual([])
  const dated = (rule_id: string) => rules.find((it) => it.pack === 'tw' && it.rule_id === rule_id)!
  expect(['TW-T1', 'TW-A6', 'TW-B1', 'TW-P1'].map((id) => dated(id).effective_from)).toEqual([
    '2023-08-25',
    '2021-10-13',
    '2014-01-28',
    '2021-10-13',
  ])
  // the day of mainland China's Civil Code is none of Taiwan's
  expect(dated('TW-A8').effective_from).toBe('-infinity')
})
