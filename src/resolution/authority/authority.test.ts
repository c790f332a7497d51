import { expect, test } from 'vitest'
import {
  type Ask,
  type AuthorityRule,
  isApproved,
  isOwnAuthority,
  levelNeeded,
  levelOf,
  mayApprove,
} from './authority.ts'

const rule = (
  level: AuthorityRule['level'],
  limit_units: number,
  more: Partial<AuthorityRule> = {},
): AuthorityRule => ({
  level,
  what: 'principal_discount',
  limit_units,
  concessions_max: null,
  term_days_max: null,
  ...more,
})
const grid = [
  rule('collector', 1000, { concessions_max: 0 }),
  rule('team_lead', 2000),
  rule('manager', 3000),
  rule('committee', 4000),
]
const ask = (units: number, more: Partial<Ask> = {}): Ask => ({
  what: 'principal_discount',
  units,
  concessions: 0,
  ...more,
})

test('the least level that may give it', () => {
  expect(levelNeeded(grid, [ask(1000)])).toBe('collector')
  expect(levelNeeded(grid, [ask(1001)])).toBe('team_lead')
  expect(levelNeeded(grid, [ask(4000)])).toBe('committee')
  expect(levelNeeded(grid, [ask(4001)])).toBeUndefined()
})

test('the tightest of several matching rows wins: an agency’s own row narrows its level', () => {
  expect(levelNeeded([...grid, rule('collector', 500)], [ask(800)])).toBe('team_lead')
})

test('a second concession within twelve months is not the collector’s', () => {
  expect(levelNeeded(grid, [ask(500, { concessions: 1 })])).toBe('team_lead')
})

test('a term beyond the level’s goes up', () => {
  const short = [
    rule('collector', 1000, { term_days_max: 180 }),
    rule('team_lead', 1000, { term_days_max: 365 }),
  ]
  expect(levelNeeded(short, [ask(500, { term_days: 181 })])).toBe('team_lead')
})

test('no row, no authority; several asks need a level for all of them', () => {
  expect(levelNeeded(grid, [{ ...ask(1), what: 'fee_waiver' }])).toBeUndefined()
  const both = [...grid, { ...rule('manager', 10_000), what: 'interest_waiver' as const }]
  expect(levelNeeded(both, [ask(500), { ...ask(100), what: 'interest_waiver' }])).toBe('manager')
})

test('roles give the highest level they hold; a role without authority gives none', () => {
  expect(levelOf(['collector', 'manager'])).toBe('manager')
  expect(levelOf(['auditor'])).toBeUndefined()
  expect(isOwnAuthority('manager', 'team_lead')).toBe(true)
  expect(isOwnAuthority('manager', 'committee')).toBe(false)
  expect(isOwnAuthority(undefined, 'portal')).toBe(false)
})

const request = {
  proposed_by: 'ann',
  level: 'committee' as const,
  approvals: [],
  rules: grid,
  asks: [ask(4000)],
}
const yes = (approved_by: string) => ({ approved_by, level: 'manager' as const, approved: true })
const bob = { staff_id: 'bob', level: 'manager' as const, is_beyond_limit: false }

test.each([
  ['own_request', request, { ...bob, staff_id: 'ann' }],
  ['authority_is_missing', request, { ...bob, level: 'team_lead' }],
  ['authority_is_missing', request, { ...bob, level: undefined }],
  ['authority_is_missing', { ...request, asks: [ask(4001)] }, bob],
  ['authority_is_missing', { ...request, level: 'team_lead', asks: [ask(3001)] }, bob],
  ['own_limit_is_exceeded', request, { ...bob, is_beyond_limit: true }],
  ['approval_was_given_already', { ...request, approvals: [yes('bob')] }, bob],
  ['request_was_rejected', { ...request, approvals: [{ ...yes('cy'), approved: false }] }, bob],
] as const)('refuses an approval: %s', (refusal, about, person) => {
  expect(mayApprove(about, person, true)).toEqual({ ok: false, refusal })
})

test('a rejection gives nothing away: neither grid nor limit binds it, the level does', () => {
  const much = { ...request, asks: [ask(9000)] }
  expect(mayApprove(much, { ...bob, is_beyond_limit: true }, false).ok).toBe(true)
  expect(mayApprove(much, { ...bob, level: 'team_lead' }, false).ok).toBe(false)
})

test('at the top two different people must agree', () => {
  const one = { ...request, approvals: [yes('bob')] }
  expect(mayApprove(one, { ...bob, staff_id: 'cy' }, true).ok).toBe(true)
  expect(isApproved('committee', [yes('bob')])).toBe(false)
  expect(isApproved('committee', [yes('bob'), yes('cy')])).toBe(true)
  expect(isApproved('manager', [yes('bob')])).toBe(true)
})
