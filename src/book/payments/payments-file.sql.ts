import type pg from 'pg'
import { correctDelinquency } from '../delinquency/correction.sql.ts'
import { type Applied, amountChecks, type Cells, choiceChecks, requiredChecks } from '../intake/entries.ts'
import { type Check, fileKinds } from '../intake/file-kinds.ts'

const kind = fileKinds.payments

/** Why a row of a payment file is refused, the first that holds. */
export const paymentChecks: readonly Check[] = [
  ...requiredChecks(kind),
  { column: 'loan_no', when: 'l.borrower_id is null', reason: 'is no loan of the book; load the tape first' },
  ...choiceChecks(kind),
  // Money of the closing day itself may be what closed it; a reversal makes the debt owed again.
  ...(['closed', 'sold'] as const).map((status) => ({
    column: 'loan_no',
    when:
      `l.status = '${status}' and {paid_on} > l.position_from ` +
      `and coalesce({kind}, 'payment') = 'payment'`,
    reason: `was ${status} before the money came`,
  })),
  { column: 'currency', when: '{currency} <> l.currency', reason: 'is not the currency of the loan' },
  { column: 'amount', when: '{amount} = 0', reason: 'is zero' },
  ...amountChecks(kind),
  { column: 'paid_on', when: '{paid_on} > :as_of', reason: 'lies after the file’s day' },
  {
    column: 'reverses',
    when: "{kind} = 'reversal' and {reverses} is null",
    reason: 'is empty although the row is a reversal',
  },
  {
    column: 'reverses',
    when: "coalesce({kind}, 'payment') = 'payment' and {reverses} is not null",
    reason: 'is given although the row is no reversal',
  },
]

/**
 * staging.entries: the payments whose number the book does not have yet, and those that differ from the one
 * it has.
 */
export function paymentEntries(cells: Cells): string {
  return `
    create unlogged table staging.entries as
    select s.ctid as ref, l.borrower_id, ${cells.of('payment_no')} as payment_no, ${cells.lender} as lender,
           l.loan_no, ${cells.of('paid_on')} as paid_on, ${cells.minor('amount')} as amount_minor, l.currency,
           coalesce(${cells.of('kind')}, 'payment') as kind, ${cells.of('reverses')} as reverses,
           ${cells.of('method')} as method, ${cells.of('reference')} as reference, ${cells.extra} as extra,
           p.borrower_id is null as is_new,
           (p.loan_no, p.paid_on, p.amount_minor, p.kind)
             is distinct from (${cells.of('loan_no')}, ${cells.of('paid_on')}, ${cells.minor('amount')},
                               coalesce(${cells.of('kind')}, 'payment')) as differs,
           case when p.borrower_id is null then ${cells.fault(paymentChecks)} end as fault
      from staging.rows s
      left join loans l on l.loan_no = ${cells.of('loan_no')} and l.lender = ${cells.lender}
      left join currencies c on c.currency = l.currency
      left join payments p on p.payment_no = ${cells.of('payment_no')} and p.lender = ${cells.lender}`
}

/**
 * A reversal takes back one payment of the book or of the same file, once, on the same loan, and no more than
 * it.
 */
export const paymentFaults = `
  with reversal as (
    select * from staging.entries where is_new and kind = 'reversal' and fault is null
           and reverses is not null
  ), given as (
    select r.ref, p.kind, p.amount_minor, p.loan_no, p.paid_on
      from reversal r join payments p on p.borrower_id = r.borrower_id and p.payment_no = r.reverses
    union all
    select r.ref, e.kind, e.amount_minor, e.loan_no, e.paid_on
      from reversal r
      join staging.entries e on e.is_new and e.fault is null and (e.borrower_id, e.payment_no)
         = (r.borrower_id, r.reverses)
  ), earlier as (
    select r.ref
      from reversal r
      join payments p on p.borrower_id = r.borrower_id and p.kind = 'reversal' and p.reverses = r.reverses
    union all
    select ref from (select ref, row_number() over (partition by borrower_id, reverses order by ref) as turn
                       from reversal) n where turn > 1
  )
  select r.ref, 'reverses' as column_name,
         case when g.ref is null then 'is no payment of this borrower'
              when g.kind = 'reversal' then 'is itself a reversal'
              when g.loan_no <> r.loan_no then 'is a payment on another loan'
              when g.amount_minor <> r.amount_minor then 'is a payment of another amount'
              when r.paid_on < g.paid_on then 'is a payment of a later day'
              else 'is reversed already' end as reason
    from reversal r
    left join given g using (ref)
   where g.ref is null or g.kind = 'reversal' or g.loan_no <> r.loan_no or g.amount_minor <> r.amount_minor
      or r.paid_on < g.paid_on or r.ref in (select ref from earlier)`

/**
 * Brings a staged payment file into the book. A number that the book has is the same payment and changes
 * nothing; where its row differs, the record says so. Money for days that nights have judged already is
 * judged again.
 */
export async function applyPayments(client: pg.Client, cells: Cells): Promise<Applied> {
  const told = await client.query<{ differing: number }>(
    'select count(*) filter (where not is_new and differs) as differing from staging.entries',
  )
  const added = await client.query(`
    insert into payments (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind,
      reverses,
                          method, reference, loaded_as_of, extra)
    select e.borrower_id, e.payment_no, e.lender, e.loan_no, e.paid_on, e.amount_minor, e.currency, e.kind,
           e.reverses,
           e.method, e.reference, ${cells.asOf}, e.extra
      from staging.entries e
     where e.is_new
     order by e.borrower_id, e.payment_no`)
  const corrected = await correctDelinquency(
    client,
    // Money moves no due date: it only tells a cure from a reset, where a loan was past due.
    `select e.borrower_id, e.loan_no, min(e.paid_on) as from_on
       from staging.entries e
       join delinquencies d using (borrower_id, loan_no)
      where e.is_new and coalesce(d.valid_to, date 'infinity') >= e.paid_on
      group by 1, 2`,
  )
  const notes = { differing_from_the_book: told.rows[0]!.differing, ...corrected }
  return { new: added.rowCount ?? 0, changed: 0, closed: 0, notes }
}
