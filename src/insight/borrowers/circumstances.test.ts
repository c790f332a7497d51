// What the case page tells beside the sums: why it is overdue, what can be paid, and the papers.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { putBorrower } from '../../../test/support/staffed-desk.ts'
import { fixedClock } from '../../platform/clock.ts'
import { borrowerRoutes } from './borrower.routes.ts'
import { circumstancesRoutes } from './circumstances.routes.ts'

const db = await freshDatabase()
const desk = deskApp(db, () => fixedClock('2026-05-12T16:00:00Z'), [borrowerRoutes(), circumstancesRoutes()])

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

test('what is disputed of a loan is not asked for until it is decided', async () => {
  const borrower_id = await putBorrower(db, {
    ...{ lender: 'acme', borrower_no: 'B-0003', name: 'Cy Moor', as_of: '2026-05-12', past_due: 500 },
  })
  await sql`
    insert into instalments (borrower_id, loan_no, instalment_no, due_on, principal_minor, interest_minor)
    values (${borrower_id}, 'L-B-0003', 1, '2026-05-12', 10000, 500),
           (${borrower_id}, 'L-B-0003', 2, '2026-05-13', 10000, 400)`.execute(db)
  const shown = async () => {
    const { body } = await desk.ask('GET', `/borrowers/${borrower_id}`)
    return [body.loans[0].disputed_sum, body.ask_for[0].ask_for, body.ask_for[0].past_due]
  }
  expect(await shown()).toEqual([null, '500.00', '500.00'])
  await sql`
    insert into disputed_parts (borrower_id, loan_no, part, amount_minor, disputed_on, reason, recorded_by)
    values (${borrower_id}, 'L-B-0003', 'fee', 2000, '2026-05-12', 'never told', 'ann')`.execute(db)
  await sql`
    insert into disputed_instalments (borrower_id, loan_no, instalment_no, disputed_on, reason, recorded_by)
    select ${borrower_id}, 'L-B-0003', n, '2026-05-12', 'paid in cash', 'ann'
      from generate_series(1, 2) n`.execute(db)
  // The second instalment is due tomorrow.
  expect(await shown()).toEqual(['125.00', '375.00', '500.00'])
  await sql`
    update disputed_parts
       set outcome = 'rejected', decided_on = '2026-05-12', decided_by = 'max', decision = 'told'
     where borrower_id = ${borrower_id}`.execute(db)
  expect(await shown()).toEqual(['105.00', '395.00', '500.00'])
  // More than all is never less than nothing.
  await sql`
    insert into disputed_parts (borrower_id, loan_no, part, amount_minor, disputed_on, reason, recorded_by)
    values (${borrower_id}, 'L-B-0003', 'principal', 90000, '2026-05-12', 'all of it', 'ann')`.execute(db)
  expect(await shown()).toEqual(['1005.00', '0.00', '500.00'])
})

test('a borrower whom one does not work on is not there', async () => {
  expect(await desk.refusal('GET', '/borrowers/5/circumstances')).toBe('borrower_is_not_found')
})
