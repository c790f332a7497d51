import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { freshUrl } from '../../../test/support/database.ts'
import { connect, type Db, openClient } from '../../platform/database.ts'
import { runStep } from '../../platform/nightly.ts'
import { addDays } from '../interest/calendar-day.ts'
import { pastDue } from '../positions/past-due.ts'
import { standingOf } from '../positions/standing.sql.ts'

// The book ages in SQL from what the tape says is past due; `pastDue` (positions) from the instalments. Both
// speak of instalments that were due before the tape, of money since and of pauses; later instalments only
// the next tape tells the book.
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
  pauses: fc.array(
    fc.record({
      days_before: fc.integer({ min: -5, max: 210 }),
      // 0: until it is resumed
      days: fc.integer({ min: 0, max: 60 }),
      resumed_after: fc.option(fc.integer({ min: 0, max: 40 })),
    }),
    { maxLength: 4 },
  ),
})
type Book = typeof books extends fc.Arbitrary<infer One> ? One : never
const GRACE = 6
const edges = [
  { bucket: 'M1', from_days: 1, to_days: 30 },
  { bucket: 'M2', from_days: 31, to_days: 60 },
  { bucket: 'M3', from_days: 61, to_days: 90 },
  { bucket: 'M4', from_days: 91 },
]

/** As a lender records it: an end that lies after the last day of the pause is none. */
function recorded({ days_before, days, resumed_after }: Book['pauses'][number]) {
  const from = addDays(AS_OF, -days_before)
  const isEarly = resumed_after !== null && (days === 0 || resumed_after < days)
  return {
    from,
    to: days === 0 ? null : addDays(from, days),
    resumed: isEarly ? addDays(from, resumed_after) : null,
  }
}

const ranges = edges.map(({ from_days, to_days }) => [from_days, to_days ?? null] as const)
const ruleOf = (day_origin: 0 | 1) => ({ day_origin, grace_days: 0, ranges })

/** A loan of each book: what the tape says of it, and what its instalments, money and pauses say. */
const loansOf = (day_origin: 0 | 1) =>
  fc
    .sample(books, { numRuns: 500, seed: 20_250_610 + day_origin })
    .map(({ instalments, payments, pauses }, index) => {
      const owed = [
        ...instalments.map(({ days_before, minor }) => ({ due_on: addDays(TAPE, -days_before), minor })),
        { due_on: LATER, minor: 1_000_000 },
      ]
      const stated = owed.map(({ due_on, minor }) => ({ due_on, amount_minor: BigInt(minor) }))
      const told = pastDue(stated, 0n, [], ruleOf(day_origin), TAPE)
      return { id: index + 1, owed, stated, payments, pauses: pauses.map(recorded), told }
    })
type Loan = ReturnType<typeof loansOf>[number]

const rowOf = ({ id, owed, payments, pauses, told }: Loan) => ({
  id,
  outstanding: owed.reduce((sum, { minor }) => sum + minor, 0),
  past_due: Number(told.past_due_minor),
  oldest: told.delinquent_from,
  owed: owed.map((one, no) => ({ ...one, no: no + 1 })),
  pauses: pauses.map((pause, no) => ({ ...pause, no: no + 1 })),
  paid: payments.flatMap(({ days_after, minor, bounces }, no) => {
    const paid = { no: `P${no}`, on: addDays(TAPE, days_after), minor, kind: 'payment', reverses: null }
    return bounces
      ? [paid, { ...paid, no: `R${no}`, on: AS_OF, kind: 'reversal', reverses: `P${no}` }]
      : [paid]
  }),
})

async function writeBook(db: Db, day_origin: 0 | 1, loans: readonly Loan[]) {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`
    insert into settings (name, effective_from, value)
    values ('day_origin', '2020-01-01', ${JSON.stringify(day_origin)}),
           ('grace_days', '2020-01-01', ${JSON.stringify(GRACE)}),
           ('bucket_edges', '2020-01-01', ${JSON.stringify(edges)})`.execute(db)
  await sql`
    insert into loads (kind, lenders, as_of, mode, file_name, file_path, sha256, state, loaded_at, rows, new,
                       changed, unchanged, closed, rejected, seconds)
    values ('loans', '{bank}', ${TAPE}, 'full', 'x', 'x', 'x', 'applied', ${TAPE}, 1, 0, 0, 0, 0, 0, 0)
  `.execute(db)
  const all = sql`jsonb_to_recordset(${JSON.stringify(loans.map(rowOf))})
    as l (id bigint, outstanding bigint, past_due bigint, oldest date, owed jsonb, paid jsonb, pauses jsonb)`
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
  await sql`
    insert into pauses (borrower_id, loan_no, pause_no, from_on, to_on, reason, granted_on, granted_by,
                        resumed_on, resumed_why, resumed_by, resumption_recorded_on)
    select id, 'L', p.no, p.from, p.to, 'x', ${AS_OF}, 'x', p.resumed,
           case when p.resumed is not null then 'x' end, case when p.resumed is not null then 'x' end,
           case when p.resumed is not null then ${AS_OF}::date end
      from ${all}, jsonb_to_recordset(pauses) p (no int, "from" date, "to" date, resumed date)`.execute(db)
}

/** The bucket of each loan, and whether somebody works on it: it is past due beyond the grace. */
async function bandsOf(db: Db) {
  const { rows } = await sql<{ borrower_id: number; bucket: string | null; is_worked: boolean }>`
    select l.borrower_id, s.bucket, exists (
             select from past_due_beyond_grace g
              where g.borrower_id = l.borrower_id and g.valid_from <= ${AS_OF} and g.valid_to > ${AS_OF}
                and g.beyond_grace_from <= ${AS_OF}) as is_worked
      from loans l
      left join bucket_segments s
        on s.borrower_id = l.borrower_id and s.starts_on <= ${AS_OF} and s.ends_on > ${AS_OF}`.execute(db)
  return new Map(rows.map(({ borrower_id, ...row }) => [borrower_id, row]))
}

test.each([0, 1] as const)(
  '500 books: SQL and instalments agree on what is past due, pauses and grace; day origin %i',
  async (day_origin) => {
    const url = await freshUrl()
    const db = connect(url, { prepared: true })
    const client = await openClient(url)
    afterAll(async () => {
      await client.end()
      await db.destroy()
    })
    const loans = loansOf(day_origin)
    await writeBook(db, day_origin, loans)
    await client.query('begin')
    await runStep(client, 'book/delinquency/refresh-edges', AS_OF)
    await runStep(client, 'book/ledger/post-payments', AS_OF)
    await runStep(client, 'book/delinquency/follow-money', AS_OF)
    await client.query('commit')
    const rule = ruleOf(day_origin)
    const bands = await bandsOf(db)
    for (const { id, stated, payments, pauses } of loans) {
      const kept = payments.filter(({ bounces }) => !bounces).reduce((sum, { minor }) => sum + minor, 0)
      const still = pauses.map(({ from, to, resumed }) => ({ from_on: from, to_on: resumed ?? to ?? AS_OF }))
      const position = pastDue(stated, BigInt(kept), still, rule, AS_OF)
      const graced = pastDue(stated, BigInt(kept), still, { ...rule, grace_days: GRACE }, AS_OF)
      const standing = (await standingOf(db, String(id), 'L', AS_OF))!
      const edge = edges.find(({ from_days }) => from_days === position.range?.[0])
      expect([id, standing.days_past_due, standing.past_due_minor, bands.get(id)]).toEqual([
        id,
        position.delinquent_days,
        Number(position.past_due_minor),
        { bucket: edge?.bucket ?? null, is_worked: graced.delinquent_days > 0 },
      ])
    }
  },
  120_000,
)
