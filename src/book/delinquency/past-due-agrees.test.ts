import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { connect, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { addDays } from '../interest/calendar-day.ts'
import { pastDue } from '../positions/past-due.ts'
import { standingOf } from '../positions/standing.sql.ts'

// The book ages in SQL from what the tape says is past due; `pastDue` (positions) from the instalments. Both
// speak of instalments that were due before the tape and of money since; later instalments only the next tape
// tells the book.
const TAPE = '2025-06-10'
const AS_OF = '2025-06-20'
const LATER = '2025-06-30'

const books = fc.record({
  instalments: fc.array(
    fc.record({ days_before: fc.integer({ min: 1, max: 200 }), minor: fc.integer({ min: 1, max: 30_000 }) }),
    { minLength: 1, maxLength: 8 },
  ),
  payments: fc.array(
    fc.record({
      days_after: fc.integer({ min: 1, max: 10 }),
      minor: fc.integer({ min: 1, max: 60_000 }),
      bounces: fc.boolean(),
    }),
    { maxLength: 5 },
  ),
})

test.each([0, 1] as const)(
  '500 books: SQL and instalments agree on what is past due; day origin %i',
  async (day_origin) => {
    const url = await freshUrl()
    const db = connect(url)
    const client = await openClient(url)
    afterAll(async () => {
      await client.end()
      await db.destroy()
    })
    await sql`insert into loan_kinds values ('bank', '')`.execute(db)
    await sql`insert into settings (name, effective_from, value)
            values ('day_origin', '2020-01-01', ${JSON.stringify(day_origin)})`.execute(db)
    await sql`
    insert into loads (kind, lenders, as_of, mode, file_name, file_path, sha256, state, loaded_at, rows, new,
                       changed, unchanged, closed, rejected, seconds)
    values ('loans', '{bank}', ${TAPE}, 'full', 'x', 'x', 'x', 'applied', ${TAPE}, 1, 0, 0, 0, 0, 0, 0)
  `.execute(db)
    const sampled = fc.sample(books, { numRuns: 500, seed: 20_250_610 + day_origin })
    const rule = { day_origin, grace_days: 0, ranges: [] }
    const loans = sampled.map(({ instalments, payments }, index) => {
      const owed = [
        ...instalments.map(({ days_before, minor }) => ({ due_on: addDays(TAPE, -days_before), minor })),
        { due_on: LATER, minor: 1_000_000 },
      ]
      const stated = owed.map(({ due_on, minor }) => ({ due_on, amount_minor: BigInt(minor) }))
      return { id: index + 1, owed, stated, payments, told: pastDue(stated, 0n, [], rule, TAPE) }
    })
    const rows = loans.map(({ id, owed, payments, told }) => ({
      id,
      outstanding: owed.reduce((sum, { minor }) => sum + minor, 0),
      past_due: Number(told.past_due_minor),
      oldest: told.delinquent_from,
      owed: owed.map((one, no) => ({ ...one, no: no + 1 })),
      paid: payments.flatMap(({ days_after, minor, bounces }, no) => {
        const paid = { no: `P${no}`, on: addDays(TAPE, days_after), minor, kind: 'payment', reverses: null }
        return bounces
          ? [paid, { ...paid, no: `R${no}`, on: AS_OF, kind: 'reversal', reverses: `P${no}` }]
          : [paid]
      }),
    }))
    const all = sql`jsonb_to_recordset(${JSON.stringify(rows)})
    as l (id bigint, outstanding bigint, past_due bigint, oldest date, owed jsonb, paid jsonb)`
    await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    select id, 'L', 'bank', 'USD', 'active', ${TAPE}, outstanding, past_due, oldest from ${all}`.execute(db)
    await sql`
    insert into instalments (borrower_id, loan_no, instalment_no, due_on, principal_minor, interest_minor)
    select id, 'L', i.no, i.due_on, i.minor, 0
      from ${all}, jsonb_to_recordset(owed) i (no int, due_on date, minor bigint)`.execute(db)
    await sql`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
                          reverses, loaded_as_of)
    select id, p.no, 'bank', 'L', p.on, p.minor, 'USD', p.kind, p.reverses, ${AS_OF}
      from ${all}, jsonb_to_recordset(paid) p (no text, "on" date, minor bigint, kind text, reverses text)
  `.execute(db)
    await client.query('begin')
    await runStep(client, 'book/ledger/post-payments', AS_OF)
    await runStep(client, 'book/delinquency/follow-money', AS_OF)
    await client.query('commit')
    for (const { id, stated, payments } of loans) {
      const kept = payments.filter(({ bounces }) => !bounces).reduce((sum, { minor }) => sum + minor, 0)
      const { past_due_days, past_due_minor } = pastDue(stated, BigInt(kept), [], rule, AS_OF)
      const standing = (await standingOf(db, String(id), 'L', AS_OF))!
      expect([id, standing.days_past_due, standing.past_due_minor]).toEqual([
        id,
        past_due_days,
        Number(past_due_minor),
      ])
    }
  },
  120_000,
)
