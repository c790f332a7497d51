import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { type Decision, Refused } from '../../platform/refusal.ts'
import { toldOn } from './told-on.sql.ts'

/**
 * What every decision about a loan's money starts from, as of a day. Amounts in minor units of `currency`.
 */
export type Standing = {
  borrower_id: string
  loan_no: string
  lender: string
  product: string
  currency: string
  status: 'active' | 'charged_off' | 'closed' | 'sold'
  /** The last tape plus what moved since, posted by a night or not yet. */
  outstanding_minor: number
  past_due_minor: number
  oldest_due_on: string | null
  /** As the book counts them: pauses left out. */
  days_past_due: number
  principal_minor: number | null
  interest_minor: number | null
  penalty_minor: number | null
  fees_minor: number | null
  /** Yearly fraction as decimal text. */
  rate: string | null
  packs: string[]
  is_card: boolean
  /** Minor units in one whole unit of the currency. */
  unit_minor: number
  is_disputed: boolean
}

/** Whether a hold says that loan `l` is disputed. */
const isDisputed = sql`
  exists (
    select from holds h
     where h.borrower_id = l.borrower_id and h.kind = 'dispute'
       and (h.debts is null or l.loan_no = any (h.debts))
       and not exists (
         select from hold_releases r
          where r.borrower_id = h.borrower_id and r.kind = h.kind and r.at >= h.at
            and r.party = h.party and r.party_id = h.party_id
            and (r.debts is null or l.loan_no = any (r.debts))))`

/** A loan's standing at the close of `asOf`; undefined when the borrower has no such loan. */
export async function standingOf(
  tx: Db,
  borrowerId: string,
  loanNo: string,
  asOf: string,
): Promise<Standing | undefined> {
  const { rows } = await sql<Standing>`
    with loan as (
      select l.*,
             ${toldOn('l', 'l.position_from', asOf)} as tape_on,
             case when m.valid_from is null then l.past_due_minor else m.past_due_minor end as due_minor,
             case when m.valid_from is null then l.oldest_due_on else m.oldest_due_on end as due_since
        from loans l
        left join moved_positions m
          on m.borrower_id = l.borrower_id and m.loan_no = l.loan_no and m.position_from = l.position_from
         and m.valid_from <= ${asOf} and m.valid_to > ${asOf}
       where l.borrower_id = ${borrowerId} and l.loan_no = ${loanNo}
    ), moved as (
      select sum(m.change_minor) as minor
        from loan l
        join money_moved m on m.on_date > l.tape_on and m.on_date <= ${asOf}
       where m.borrower_id = ${borrowerId} and m.loan_no = ${loanNo}
    )
    select l.borrower_id::text as borrower_id, l.loan_no, l.lender, l.product, l.currency,
           case when l.status = 'active' and exists (
                  select from charge_offs_in_force c
                   where c.borrower_id = l.borrower_id and c.loan_no = l.loan_no and c.on_date <= ${asOf})
                then 'charged_off' else l.status end as status,
           (l.outstanding_minor + coalesce(m.minor, 0))::bigint as outstanding_minor,
           l.due_minor as past_due_minor, l.due_since as oldest_due_on,
           days_past_due(
             l.due_since, (origin.value #>> '{}')::int,
             (select paused from paused_days where borrower_id = ${borrowerId} and loan_no = ${loanNo}),
             ${asOf}) as days_past_due,
           l.principal_minor, l.interest_minor, l.penalty_minor, l.fees_minor, l.rate::text as rate,
           array(select jsonb_array_elements_text(packs.value)) as packs,
           -- nobody said what the product is: its code may
           coalesce((card.value #>> '{}')::boolean, l.product ilike '%card%') as is_card,
           (select (10 ^ exponent)::bigint from currencies c where c.currency = l.currency) as unit_minor,
           ${isDisputed} as is_disputed
      from loan l cross join moved m
      left join settings_in_force origin
        on origin.name = 'day_origin' and (origin.lender, origin.product) = (l.lender, l.product)
       and origin.effective_from <= ${asOf} and ${asOf} < origin.effective_to
      left join settings_in_force card
        on card.name = 'is_card' and (card.lender, card.product) = (l.lender, l.product)
       and card.effective_from <= ${asOf} and ${asOf} < card.effective_to
      left join settings_in_force packs
        on packs.name = 'packs' and (packs.lender, packs.product) = (l.lender, l.product)
       and packs.effective_from <= ${asOf} and ${asOf} < packs.effective_to
  `.execute(tx)
  return rows[0]
}

/**
 * Locks the borrower, so that two decisions about one person stand in a row, then reads the loan. Refused:
 * `no_such_borrower`, `no_such_loan`.
 */
export async function lockLoan(tx: Db, borrowerId: string, loanNo: string, asOf: string): Promise<Standing> {
  await lockBorrower(tx, borrowerId)
  const standing = await standingOf(tx, borrowerId, loanNo, asOf)
  if (standing) return standing
  throw new Refused('no_such_loan', `The borrower has no loan ${loanNo} in the book.`)
}

/** Locks the borrower. Refused: `no_such_borrower`. */
export async function lockBorrower(tx: Db, borrowerId: string): Promise<void> {
  const { rows } = await sql`select from borrowers where borrower_id = ${borrowerId} for update`.execute(tx)
  if (rows.length === 0) throw new Refused('no_such_borrower', 'There is no such borrower in the book.')
}

/** What was decided, or the refusal that ends the request and undoes its transaction. */
export function decided<Value>(decision: Decision<Value, string>): Value {
  if (decision.ok) return decision.value
  throw new Refused(decision.refusal, `${decision.refusal.replaceAll('_', ' ')}.`)
}

/** A setting of a lender's product on a day; undefined when nobody set it. */
export async function settingOf<Value>(
  db: Db,
  about: { lender: string; product: string },
  name: string,
  asOf: string,
): Promise<Value | undefined> {
  const { rows } = await sql<{ value: Value }>`
    select value
      from settings_in_force
     where name = ${name} and lender = ${about.lender} and product = ${about.product}
       and effective_from <= ${asOf} and ${asOf} < effective_to
  `.execute(db)
  return rows[0]?.value
}
