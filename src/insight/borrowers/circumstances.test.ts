// What the case page tells beside the sums: why it is overdue, what can be paid, and the papers.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { putBorrower } from '../../../test/support/staffed-desk.ts'
import { fixedClock } from '../../platform/clock.ts'
import { circumstancesRoutes } from './circumstances.routes.ts'

const db = await freshDatabase()
const desk = deskApp(db, () => fixedClock('2026-05-12T16:00:00Z'), [circumstancesRoutes()])

test('nothing is known of a borrower whom nobody has asked', async () => {
  const borrower_id = await putBorrower(db, {
    ...{ lender: 'acme', borrower_no: 'B-0001', name: 'Ada Vale', as_of: '2026-05-12' },
  })
  const { body } = await desk.ask('GET', `/borrowers/${borrower_id}/circumstances`)
  expect(body).toEqual({
    borrower_id,
    causes: [],
    can_pay: null,
    promises: { judged: 0, kept: 0, partly_kept: 0, open: 0 },
    documents: [],
  })
})

test('the newest cause and statement, how promises went, and every paper with its day', async () => {
  const borrower_id = await putBorrower(db, {
    ...{ lender: 'acme', borrower_no: 'B-0002', name: 'Bo Lund', as_of: '2026-05-12' },
  })
  await sql`
    insert into hardship_requests (borrower_id, request_no, asked_on, channel, recorded_by, cause, statement,
                                   evidence, decide_by)
    values (${borrower_id}, 1, '2026-05-02', 'call', 'ann', 'income_fall', 'They cut my hours in March.',
            '[{"what": "payslip", "reference": "April"}]', '2026-05-23')`.execute(db)
  const at = '2026-05-02T12:00:00Z'
  await sql`
    insert into affordability_statements (borrower_id, stated_on, currency, lines, income_minor,
                                          expenditure_minor, recorded_by, recorded_at)
    values (${borrower_id}, '2026-05-02', 'USD', '[]', 231000, 250000, 'ann', ${at})`.execute(db)
  await sql`
    insert into notices_given (borrower_id, kind, at, recorded_at, recorded_by, reason)
    values (${borrower_id}, 'validation', '2026-05-03T12:00:00Z', '2026-05-03T12:00:00Z', 'ann',
            'sent')`.execute(db)
  const { body } = await desk.ask('GET', `/borrowers/${borrower_id}/circumstances`)
  expect(body.causes).toMatchObject([{ cause: 'income_fall', told_on: '2026-05-02', outcome: null }])
  // What goes out is more than what comes in: the sum says so.
  expect(body.can_pay).toMatchObject({ income: '2310.00', expenditure: '2500.00', left_over: '-190.00' })
  expect(body.documents).toMatchObject([
    { kind: 'notice', what: 'validation', on: '2026-05-03' },
    { kind: 'evidence', what: 'payslip', reference: 'April', on: '2026-05-02' },
  ])
})

test('a borrower whom one does not work on is not there', async () => {
  expect(await desk.refusal('GET', '/borrowers/5/circumstances')).toBe('borrower_is_not_found')
})
