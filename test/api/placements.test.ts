// A case goes to an agency where the packs let it, and comes back.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '../../src/platform/database.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { type Asker, putBorrower, staffedDesk } from '../support/staffed-desk.ts'

const why = { 'amends-reason': 'late stage' }
let db: Db
let manager: Asker
let borrower_id: string

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url)
  const desk = await staffedDesk({ db, url, clock: settableClock('2026-05-12T16:00:00Z') })
  const about = { lender: 'north', borrower_no: 'N-0001', name: 'Ada North', as_of: '2026-05-11' }
  borrower_id = await putBorrower(db, about)
  manager = (await desk.person(['manager'])).ask
  return () => db.destroy()
})

const placing = (agency: string) =>
  manager('POST', `/borrowers/${borrower_id}/placement`, { agency, reason: 'late stage' }, why)

test('where the packs do not allow it, nothing is placed, and the refusal names the rule', async () => {
  const refused = await placing('Unknown Agency')
  expect(refused.body).toMatchObject({
    status: 409,
    refusal: 'placement_is_refused',
    figures: { verdict: { allowed: false } },
  })
  expect((await sql`select from placements`.execute(db)).rows).toEqual([])
})

test('a placement stands until it is recalled, with who and why', async () => {
  const nothing = await manager('POST', `/borrowers/${borrower_id}/placement/recall`, { reason: 'paid' }, why)
  expect(nothing.body).toMatchObject({ status: 404, refusal: 'placement_is_not_found' })
  await sql`
    insert into placements (borrower_id, lender, agency, reason, placed_at, placed_by)
    values (${borrower_id}, 'north', 'Fair Agency', 'late', '2026-05-01T00:00:00Z', 'test')`.execute(db)
  await expect(
    sql`
      insert into placements (borrower_id, lender, agency, reason, placed_at, placed_by)
      values (${borrower_id}, 'north', 'Other Agency', 'late', '2026-05-02T00:00:00Z', 'test')`.execute(db),
  ).rejects.toThrow('placements_now')
  const recalled = await manager(
    'POST',
    `/borrowers/${borrower_id}/placement/recall`,
    { reason: 'paid' },
    why,
  )
  expect(recalled.body['rows']).toMatchObject([{ agency: 'Fair Agency', recall_reason: 'paid' }])
  const { body } = await manager('GET', `/borrowers/${borrower_id}/placements`, undefined, why)
  expect(body['rows']).toMatchObject([{ recalled_at: '2026-05-12T16:00:00.000Z' }])
})
