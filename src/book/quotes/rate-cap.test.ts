import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { amends } from '../../../test/support/amends.ts'
import { freshUrl } from '../../../test/support/database.ts'
import { connect } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { standingOf } from '../positions/standing.sql.ts'
import { quoteTerms } from './quote.sql.ts'
import { capsOn, publishCaps } from './rate-cap.sql.ts'
import { RateCaps } from './rate-cap.ts'

const url = await freshUrl()
const db = connect(url)
afterAll(() => db.destroy())

const clause = { en: 'an act of 2026', 'zh-Hans': '2026年的法律', 'zh-Hant': '2026年之法律' }
const cap = { pack: 'tw', is_card: false, kind: 'cap', yearly: '0.12', clause }
const file = { effective_from: '2026-03-10', caps: [cap] }

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('bank', 'packs', '2020-01-01', '["tw"]')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor)
    values (7, 'L', 'bank', 'TWD', 'active', '2026-03-01', 100, 0)`.execute(db)
})
const publish = (content: unknown) =>
  db.transaction().execute((tx) => publishCaps(tx, RateCaps.parse(content)))
const refused = async (content: unknown) => {
  try {
    return await publish(content)
  } catch (error) {
    if (error instanceof Refused) return [error.refusal, error.message]
    throw error
  }
}
const capOn = async (on: string) =>
  (await quoteTerms(db, (await standingOf(db, '7', 'L', on))!, on)).caps.map(({ yearly }) => Number(yearly))

test('a cap holds from its day on; the same file again changes nothing', async () => {
  expect(await publish(file)).toBe(1)
  expect([await capOn('2026-03-09'), await capOn('2026-03-10')]).toEqual([[0.16], [0.12]])
  expect(await publish({ ...file, caps: [{ ...cap, yearly: '0.120' }] })).toBe(0)
  expect(await capsOn(db, '2026-03-10')).toContainEqual({ ...cap, effective_from: '2026-03-10' })
})

test('the caps in force are shown as a table, with their clauses', async () => {
  const { stdout } = await amends(['rate-caps', 'show'], { DATABASE_URL: url })
  expect(stdout).toMatch(/^tw +true +cap +2015-09-01 +0\.15 +Taiwan Banking Act/m)
})

test('a cap that stands is not changed, nor anything else of the file taken', async () => {
  const content = {
    ...file,
    caps: [
      { ...cap, is_card: true },
      { ...cap, yearly: '0.13' },
    ],
  }
  expect(await refused(content)).toEqual([
    'is_published_otherwise',
    expect.stringMatching(/caps\.1: .*2026-03-10; name a later day/),
  ])
  expect((await capsOn(db, '2026-03-10')).find((row) => row.pack === 'tw' && row.is_card)!.yearly).toBe(
    '0.15',
  )
})

test.each([
  ['a pack that is none', { pack: 'zz' }, /caps\.1\.pack: the book knows no pack "zz"/],
  ['two rates for the same', { yearly: '0.2' }, /caps\.1: is about the same as caps\.0/],
])('refuses %s, with its place', async (_, more, words) => {
  const content = { effective_from: '2026-04-01', caps: [cap, { ...cap, ...more }] }
  expect(await refused(content)).toEqual(['file_is_wrong', expect.stringMatching(words)])
})

test.each(['16 %', '0', '-0.1', '0.16x', ''])('no rate: %j', (yearly) => {
  const read = RateCaps.safeParse({ ...file, caps: [{ ...cap, yearly }] })
  expect(read.error!.issues[0]!.path).toEqual(['caps', 0, 'yearly'])
})
