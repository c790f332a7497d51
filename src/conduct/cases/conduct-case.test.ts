// Law as test data: every case of the rules table, and ours, answered by the views that the gate reads.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { answerCases, type CaseAnswer } from './conduct-case.sql.ts'

type Expected = {
  id: string
  source: string
  note?: string
  expect: { allowed: boolean; rule?: string; next_allowed_at?: string }
}

const files = globSync('cases-*.json', { cwd: import.meta.dirname }).sort()
const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as Expected[]
const answers = new Map<string, CaseAnswer>()

beforeAll(async () => {
  const db = await freshDatabase()
  for (const answer of await answerCases(db, files.flatMap(read))) answers.set(answer.id, answer)
})

describe.each(files)('%s', (file) => {
  test.each(read(file).map((it) => [`${it.id}: ${it.note ?? it.source} (${it.source})`, it] as const))(
    '%s',
    (_, { id, expect: told }) => {
      const answer = answers.get(id)!
      expect(answer.problem).toBeUndefined()
      expect({ allowed: answer.allowed, refusals: answer.refusals }).toMatchObject({ allowed: told.allowed })
      if (told.rule) expect(answer.refusals.map((refusal) => refusal.rule)).toContain(told.rule)
      if (told.next_allowed_at) {
        expect(answer.next_allowed_at?.slice(0, told.next_allowed_at.length)).toBe(told.next_allowed_at)
      }
    },
  )
})

test('a case that cannot be read is refused and disturbs no other', async () => {
  const db = await freshDatabase()
  const proposal = { at: '2024-05-08T11:00', channel: 'call', debts: ['D1'] }
  const person = { zones: ['America/New_York'] }
  const window = { at: '2024-05-01T11:00', kind: 'agreed_window', from: '25:00', to: '26:00' }
  const told = await answerCases(db, [
    { id: 'good', pack: 'us', person, events: [], proposal },
    { id: 'no such minute', pack: 'us', person, events: [window], proposal },
    { id: 'no such day', pack: 'us', person, events: [], proposal: { ...proposal, at: '2024-02-30T10:00' } },
    { id: 'no such channel', pack: 'us', person, proposal: { ...proposal, channel: 'pigeon' } },
    ...[
      { kind: 'fax' },
      { kind: 'hold', hold: 'ceased' },
      { kind: 'hold' },
      { kind: 'call', outcome: 'talked' },
      { kind: 'notice', notice: 'warning' },
      { kind: 'opt_out' },
      { kind: 'opt_out', channel: 'phone' },
      { kind: 'constraint', days: ['holiday'] },
      { kind: 'agreed_window', from: '21:00' },
    ].map((event) => ({
      id: `unread: ${JSON.stringify(event)}`,
      pack: 'us',
      person,
      events: [{ at: '2024-05-01T11:00', ...event }],
      proposal,
    })),
    'not a case',
  ])
  const unread = told.filter((answer) => answer.id.startsWith('unread'))
  expect(unread.map((answer) => [answer.allowed, answer.refusals[0]?.rule])).toEqual(
    Array(9).fill([false, 'HOUSE-0']),
  )
  const others = told.filter((answer) => !answer.id.startsWith('unread'))
  expect(others.map(({ id, allowed }) => ({ id, allowed }))).toEqual([
    { id: 'good', allowed: true },
    { id: 'no such minute', allowed: false },
    { id: 'no such day', allowed: false },
    { id: 'no such channel', allowed: false },
    { id: 'case 14', allowed: false },
  ])
  expect(told.filter((answer) => answer.problem === undefined).map((answer) => answer.id)).toEqual(['good'])
})
