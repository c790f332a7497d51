// A case goes to an agency where the packs let it, and comes back.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '../../src/platform/database.ts'
import { saveTeam } from '../../src/staff/people/people.sql.ts'
import { freshUrl } from '../support/database.ts'
import { settableClock } from '../support/served-desk.ts'
import { type Asker, putBorrower, staffedDesk } from '../support/staffed-desk.ts'

const why = { 'amends-reason': 'late stage' }
let db: Db
let desk: Awaited<ReturnType<typeof staffedDesk>>
let manager: Asker
let borrower_id: string

beforeAll(async () => {
  const url = await freshUrl()
  db = connect(url)
  desk = await staffedDesk({ db, url, clock: settableClock('2026-05-12T16:00:00Z') })
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

// Taiwan: the debtor is told in writing first (TW-N1); in both an agency in good standing (HOUSE-A2, and the
// agency's own pack rules).
test.each([
  ['tw', 'Asia/Taipei', true],
  ['cn', 'Asia/Shanghai', false],
] as const)('under the %s pack a case goes to an agency that may have it', async (pack, zone, told) => {
  const agency = `Agency of ${pack}`
  await sql`
    insert into settings (lender, name, effective_from, value)
    values (${pack}, 'packs', '2026-01-01', ${JSON.stringify([pack])}::jsonb)`.execute(db)
  const about = { lender: pack, borrower_no: `P-${pack}1`, name: 'Lin Mei', as_of: '2026-05-11' }
  const id = await putBorrower(db, about)
  await sql`update borrowers set time_zones = array[${zone}] where borrower_id = ${id}`.execute(db)
  await saveTeam(db, { team_id: `a-${pack}`, name: agency, lenders: [], agency })
  await saveTeam(db, { team_id: `b-${pack}`, name: 'Other', lenders: [], agency: `Other of ${pack}` })
  const mine = (await desk.person(['agency'], null, [`a-${pack}`])).ask
  const other = (await desk.person(['agency'], null, [`b-${pack}`])).ask
  const compliance = (await desk.person(['compliance'])).ask
  const placed = () => manager('POST', `/borrowers/${id}/placement`, { agency, reason: 'late stage' }, why)
  const refused = async () => {
    const { body } = await placed()
    const { verdict } = body['figures'] as unknown as { verdict: { refusals: { rule_id: string }[] } }
    return [...new Set(verdict.refusals.map((each) => each.rule_id))]
  }
  const sees = async (ask: Asker) => (await ask('GET', `/borrowers/${id}`, undefined, why)).status

  expect(await refused()).toEqual(expect.arrayContaining(told ? ['HOUSE-A2', 'TW-N1'] : ['HOUSE-A2']))
  for (const name of [agency, `Other of ${pack}`]) {
    const standing = { licensed_until: '2027-01-01', secrecy_until: '2026-12-31', evaluated_on: '2026-03-01' }
    const path = `/conduct/agencies/${encodeURIComponent(name)}/standings`
    expect((await compliance('POST', path, standing)).status).toBe(201)
  }
  if (told) {
    expect(await refused()).toEqual(['TW-N1'])
    const notice = { kind: 'outsourcing', at: '2026-05-01T02:00:00Z', reason: 'letter of 1 May' }
    expect((await compliance('POST', `/borrowers/${id}/notices`, notice)).status).toBe(201)
  }
  expect([await sees(mine), await sees(other)]).toEqual([404, 404])
  const made = await placed()
  expect(made.status).toBe(201)
  expect(made.body['rows']).toMatchObject([{ agency, recalled_at: null }])
  expect((await placed()).body['refusal']).toBe('case_is_placed_already')
  expect([await sees(mine), await sees(other)]).toEqual([200, 404])
  // it proposes what the lender agrees to
  await sql`update loans set fees_minor = 5000 where borrower_id = ${id}`.execute(db)
  const waivers = `/borrowers/${id}/loans/L-P-${pack}1/waivers`
  const waiver = { part: 'fee', currency: 'USD', amount_minor: 100, reason: 'pays the rest at once' }
  expect((await other('POST', waivers, waiver)).status).toBe(404)
  const proposed = await mine('POST', waivers, waiver)
  expect(proposed.body).toMatchObject({ is_within_authority: false, applied_on: null })
  const yes = { approved: true, reason: 'as agreed' }
  expect((await mine('POST', `${waivers}/1/approvals`, yes)).status).toBe(403)
  expect((await manager('POST', `${waivers}/1/approvals`, yes)).body).toMatchObject({
    applied_on: '2026-05-12',
  })
  // the agency works it, and gives it to nobody
  expect((await mine('POST', `/borrowers/${id}/placement`, { agency, reason: 'mine' }, why)).status).toBe(403)
  await manager('POST', `/borrowers/${id}/placement/recall`, { reason: 'paid' }, why)
  expect([await sees(mine), await sees(other)]).toEqual([404, 404])
})
