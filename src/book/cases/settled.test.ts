import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'

const url = await freshUrl()
const db = connect(url)
const client = await openClient(url)
afterAll(async () => {
  await client.end()
  await db.destroy()
})

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no) values (7, 'bank', 'B7')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (7, 'L1', 'bank', 'USD', 'active', '2025-06-01', 100000, 100000, '2025-05-20'),
           (7, 'L2', 'bank', 'USD', 'active', '2025-06-01', 100000, 0, null)`.execute(db)
  await sql`
    insert into settlements (borrower_id, loan_no, settlement_no, currency, balance_minor, offer_minor,
                             pay_by, carry_on_minor, grid_version, level_needed, is_within_authority,
                             offered_on, offered_by, expires_on, accepted_on, accepted_by)
    values (7, 'L1', 1, 'USD', 100000, 60000, '2025-06-20', 30000, 'v1', 'collector', true, '2025-06-01',
            'ann', '2025-06-10', '2025-06-02', 'ann')`.execute(db)
  await runStep(client, 'book/delinquency/refresh-edges', '2025-06-01')
})

/** The cases after that night, as `opened_on` and `closed_on`. */
async function night(asOf: string) {
  for (const step of ['close-cases', 'open-cases'] as const) await runStep(client, `book/cases/${step}`, asOf)
  const { rows } = await sql<{ opened_on: string; closed_on: string | null }>`
    select opened_on, closed_on from cases order by opened_on`.execute(db)
  return rows.map(({ opened_on, closed_on }) => [opened_on, closed_on])
}
const settlement = (outcome: string | null, ended_on: string | null) =>
  sql`update settlements set outcome = ${outcome}, ended_on = ${ended_on}`.execute(db)

test('a completed settlement closes the case whatever the tape says; one that runs does not', async () => {
  expect(await night('2025-06-02')).toEqual([['2025-06-02', null]])
  expect(await night('2025-06-03')).toEqual([['2025-06-02', null]])
  await settlement('completed', '2025-06-04')
  expect(await night('2025-06-04')).toEqual([['2025-06-02', '2025-06-04']])
  expect(await night('2025-06-05')).toEqual([['2025-06-02', '2025-06-04']])
})

test('when the money bounces the loan is a case again', async () => {
  await settlement('broken', '2025-06-21')
  expect(await night('2025-06-21')).toEqual([
    ['2025-06-02', '2025-06-04'],
    ['2025-06-21', null],
  ])
})

test('a second loan past due keeps the case open', async () => {
  await settlement('completed', '2025-06-22')
  await sql`update loans set oldest_due_on = '2025-06-15', past_due_minor = 100 where loan_no = 'L2'`.execute(
    db,
  )
  expect((await night('2025-06-22')).at(-1)).toEqual(['2025-06-21', null])
})
