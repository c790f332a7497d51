import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Page } from '../../platform/http.ts'
import { toldOn } from '../positions/told-on.sql.ts'
import type { Movement, Position } from './movement.ts'

/**
 * Posts movements with their two entries each, in one statement; answers how many were new. One that stands
 * already posts nothing. The accounts come from movement_kinds, as they do for the night.
 */
export async function postAll(tx: Db, movements: readonly Movement[]): Promise<number> {
  const { rows } = await sql<{ posted: number }>`
    with posted as (
      insert into movements
        (borrower_id, loan_no, movement_no, kind, on_date, entered_on, currency, amount_minor, part, actor,
         reason)
      select borrower_id, loan_no, movement_no, kind, on_date, entered_on, currency, amount_minor, part,
             actor, reason
        from jsonb_to_recordset(${JSON.stringify(movements)})
          as m (borrower_id bigint, loan_no text, movement_no text, kind text, on_date date, entered_on date,
                currency text, amount_minor bigint, part text, actor text, reason text)
      on conflict do nothing
      returning *
    ), both_sides as (
      insert into entries (borrower_id, loan_no, movement_no, account, amount_minor)
      select p.borrower_id, p.loan_no, p.movement_no, side.account, side.amount_minor
        from posted p
        join movement_kinds k on k.kind = p.kind
       cross join lateral (values (k.debit, p.amount_minor), (k.credit, -p.amount_minor))
             as side (account, amount_minor)
      returning 1
    )
    select (select count(*) from posted) as posted, (select count(*) from both_sides)
  `.execute(tx)
  return rows[0]!.posted
}

/** Posts one movement; false when it stands already. */
export const post = async (tx: Db, movement: Movement): Promise<boolean> =>
  (await postAll(tx, [movement])) === 1

/**
 * Where a loan stands at the close of `as_of`, with its arithmetic: the newest tape up to then plus what
 * moved since, posted by a night or not yet. Undefined for a loan the book did not hold.
 */
export async function positionOf(
  db: Db,
  borrowerId: string,
  loanNo: string,
  asOf: string,
): Promise<Position | undefined> {
  const { rows } = await sql<{ currency: string; tape_as_of: string; tape_minor: number }>`
    select l.currency, p.outstanding_minor as tape_minor,
           ${toldOn('l', 'p.valid_from', asOf)} as tape_as_of
      from tape_positions p
      join loans l using (borrower_id, loan_no)
     where p.borrower_id = ${borrowerId} and p.loan_no = ${loanNo}
       and p.valid_from <= ${asOf} and ${asOf} < p.valid_to
  `.execute(db)
  const tape = rows[0]
  if (!tape) return undefined
  const { rows: movements } = await sql<Position['movements'][number]>`
    select m.on_date, m.kind, m.part, coalesce(m.reason, k.reason) as reason, m.change_minor
      from money_moved m
      join movement_kinds k on k.kind = m.kind
     where m.borrower_id = ${borrowerId} and m.loan_no = ${loanNo}
       and m.on_date > ${tape.tape_as_of} and m.on_date <= ${asOf}
     order by m.on_date, m.movement_no collate "C"
  `.execute(db)
  const moved = movements.reduce((sum, movement) => sum + movement.change_minor, 0)
  return { loan_no: loanNo, ...tape, movements, outstanding_minor: tape.tape_minor + moved }
}

/** Explains a difference between tape and ledger; false when there is none open. */
export async function explainDifference(
  tx: Db,
  about: { borrower_id: string; loan_no: string; as_of: string },
  by: { at: string; staff: string; explanation: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update balance_differences
       set explained_at = ${by.at}, explained_by = ${by.staff}, explanation = ${by.explanation}
     where borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no} and as_of = ${about.as_of}
       and explained_at is null
  `.execute(tx)
  return numAffectedRows === 1n
}

export type BalanceProof = { loans: number; differences: number; examples: Record<string, unknown>[] }

/**
 * Proves the whole book in one pass: the entries of every movement cancel out to the minor unit and carry its
 * amount; every payment that a night has seen was posted as it is, and money in and back comes from a
 * payment; what was entered is posted as it was entered, and nothing besides; the four parts of a position
 * add up to it.
 */
export async function proveBalances(db: Db): Promise<BalanceProof> {
  const { rows } = await sql<BalanceProof>`
    with sums as (
      select m.borrower_id, m.loan_no, m.movement_no, m.amount_minor,
             coalesce(sum(e.amount_minor), 0) as sum_minor,
             coalesce(sum(e.amount_minor) filter (where e.amount_minor > 0), 0) as debit_minor
        from movements m
        left join entries e using (borrower_id, loan_no, movement_no)
       group by m.borrower_id, m.loan_no, m.movement_no
    ), differences as (
      select borrower_id, loan_no, movement_no as about, 'entries_do_not_cancel_out' as what, sum_minor
             as minor
        from sums where sum_minor <> 0
      union all
      select borrower_id, loan_no, movement_no, 'entries_do_not_carry_the_amount', debit_minor - amount_minor
        from sums where sum_minor = 0 and debit_minor <> amount_minor
      union all
      select coalesce(p.borrower_id, m.borrower_id), coalesce(p.loan_no, m.loan_no),
             coalesce(p.payment_no, m.movement_no),
             case when m.movement_no is null then 'payment_was_not_posted'
                  when p.payment_no is null then 'movement_has_no_payment'
                  else 'payment_was_posted_otherwise' end,
             coalesce(m.amount_minor, 0) - coalesce(p.amount_minor, 0)
        from payments p
        full join (
          select * from movements
           where kind in ('payment', 'reversal', 'recovery', 'recovery_reversal')) m
          on m.borrower_id = p.borrower_id
         and m.loan_no = p.loan_no
         and m.movement_no = 'payment:' || p.payment_no
       where (m.amount_minor, m.currency, m.on_date, m.kind in ('payment', 'recovery'))
             is distinct from (p.amount_minor, p.currency, p.paid_on, p.kind = 'payment')
         -- what no night has seen yet is posted by the next one, or by one that is to run again
         and (m.movement_no is not null
              or p.loaded_as_of <= (
                select max(as_of) from nights having bool_and(finished_at is not null)))
      union all
      select coalesce(e.borrower_id, m.borrower_id), coalesce(e.loan_no, m.loan_no),
             coalesce(e.ledger_no, m.movement_no), 'entered_movement_was_posted_otherwise',
             coalesce(m.amount_minor, 0) - coalesce(e.amount_minor, 0)
        from (
          select *, 'entered:' || coalesce(undoes || ':undone', movement_no) as ledger_no
            from entered_movements where posted_on is not null) e
        full join (
          select * from movements
           where movement_no like 'entered:%' and kind not in ('to_recovery', 'from_recovery')) m
          on m.borrower_id = e.borrower_id and m.loan_no = e.loan_no and m.movement_no = e.ledger_no
       where (m.amount_minor, m.currency, m.on_date, m.kind)
             is distinct from (e.amount_minor, e.currency, e.on_date, e.kind)
      union all
      select borrower_id, loan_no, position_from::text, 'parts_do_not_add_up',
             principal_minor + interest_minor + penalty_minor + fees_minor - outstanding_minor
        from loans
       where principal_minor + interest_minor + penalty_minor + fees_minor <> outstanding_minor
    )
    select (select count(*) from loans) as loans, (select count(*) from differences) as differences,
           coalesce(
             (select jsonb_agg(to_jsonb(d) - 'borrower_id') from (select * from differences limit 10) d),
             '[]') as examples
  `.execute(db)
  return rows[0]!
}

export type OpenDifference = {
  borrower_id: string
  loan_no: string
  as_of: string
  currency: string
  before_minor: number
  moved_minor: number
  expected_minor: number
  stated_minor: number
  limit_minor: number
  name: string | null
  lender: string
} & Record<'before' | 'moved' | 'expected' | 'stated' | 'differs' | 'limit', string>

/** Of a difference: how large it is, whose, on which loan, on which day. */
export type DifferenceKey = readonly [number, string, string, string]

/** Differences that nobody has explained, the largest first; one more than the page has. */
export async function openDifferences(
  db: Db,
  { after, limit }: Page<DifferenceKey>,
): Promise<OpenDifference[]> {
  const [minor, borrower_id, loan_no, as_of] = after ?? [null, 0, '', '-infinity']
  const { rows } = await sql<OpenDifference>`
    select d.borrower_id::text as borrower_id, b.name, l.lender, d.loan_no, d.as_of, d.currency,
           d.before_minor, d.moved_minor, d.expected_minor, d.stated_minor, d.limit_minor,
           to_decimal(d.before_minor, c.exponent) as before, to_decimal(d.moved_minor, c.exponent) as moved,
           to_decimal(d.expected_minor, c.exponent) as expected,
           to_decimal(d.stated_minor, c.exponent) as stated,
           to_decimal(d.stated_minor - d.expected_minor, c.exponent) as differs,
           to_decimal(d.limit_minor, c.exponent) as limit
      from balance_differences d
      join loans l on l.borrower_id = d.borrower_id and l.loan_no = d.loan_no
      join currencies c on c.currency = d.currency
      left join borrowers b on b.borrower_id = d.borrower_id
     where d.explained_at is null
       and (${minor}::bigint is null or abs(d.stated_minor - d.expected_minor) < ${minor}
            or abs(d.stated_minor - d.expected_minor) = ${minor}
               and (d.borrower_id, d.loan_no, d.as_of) > (${borrower_id}::bigint, ${loan_no}, ${as_of}::date))
     order by abs(d.stated_minor - d.expected_minor) desc, d.borrower_id, d.loan_no, d.as_of
     limit ${limit + 1}
  `.execute(db)
  return rows
}

/** Whether a difference of the loan waits for an explanation. */
export async function hasOpenDifference(
  tx: Db,
  loan: { borrower_id: string; loan_no: string },
): Promise<boolean> {
  const { rows } = await sql`
    select from balance_differences
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and explained_at is null
     limit 1
  `.execute(tx)
  return rows.length > 0
}
