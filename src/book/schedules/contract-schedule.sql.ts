import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { dayCountOf } from '../interest/day-count.ts'
import { decimal } from '../interest/fraction.ts'
import { settingOf } from '../positions/standing.sql.ts'
import type { ContractSchedule } from './contract-schedule.api.ts'
import { asItTurnsOut } from './late-interest.ts'
import { dueDates, type Instalment, type ScheduleTerms } from './schedule.ts'

type About = { borrower_id: string; loan_no: string }
type Contract = {
  lender: string
  product: string
  currency: string
  opened_on: string
  original_amount_minor: number
  term_months: number
  rate: string
  instalment_minor: number
  first_due_on: string | null
}

/** What the tape states of a contract. Refused: `no_such_loan`, `no_such_schedule`. */
async function contractOf(db: Db, { borrower_id, loan_no }: About): Promise<Contract> {
  const { rows } = await sql<Contract>`
    select l.lender, l.product, l.currency, l.opened_on, l.original_amount_minor, l.term_months,
           l.rate::text as rate, l.instalment_minor,
           (select min(i.due_on) from instalments i
             where i.borrower_id = l.borrower_id and i.loan_no = l.loan_no) as first_due_on
      from loans l
     where l.borrower_id = ${borrower_id} and l.loan_no = ${loan_no}
  `.execute(db)
  const loan = rows[0]
  if (!loan) throw new Refused('no_such_loan', 'The book holds no such loan.')
  const needed = ['opened_on', 'original_amount_minor', 'term_months', 'rate', 'instalment_minor'] as const
  const missing = needed.filter((name) => loan[name] === null).map((name) => name.replace('_minor', ''))
  if (missing.length === 0 && loan.term_months > 0) return loan
  throw new Refused(
    'no_such_schedule',
    `The tape does not state ${missing.join(', ') || 'a term'} of this loan; its schedule cannot be found.`,
    { columns: missing },
  )
}

/** Payments of a loan by a day, those reversed left out, in the order of their days. */
async function receivedBy(db: Db, { borrower_id, loan_no }: About, asOf: string) {
  const { rows } = await sql<{ on: string; amount_minor: number }>`
    select p.paid_on as on, p.amount_minor
      from payments p
     where p.borrower_id = ${borrower_id} and p.loan_no = ${loan_no}
       and p.kind = 'payment' and p.paid_on <= ${asOf}
       and not exists (
         select from payments r
          where r.borrower_id = p.borrower_id and r.kind = 'reversal' and r.reverses = p.payment_no)
     order by p.paid_on, p.payment_no
  `.execute(db)
  return rows
}

/** Interest that the lender's own instalments hold; null where it sent none. */
async function statedInterest(db: Db, { borrower_id, loan_no }: About, asOf: string) {
  const { rows } = await sql<{ due_minor: number; total_minor: number | null }>`
    select coalesce(sum(interest_minor) filter (where due_on <= ${asOf}), 0)::bigint as due_minor,
           sum(interest_minor)::bigint as total_minor
      from instalments
     where borrower_id = ${borrower_id} and loan_no = ${loan_no}
  `.execute(db)
  const { due_minor, total_minor } = rows[0]!
  return total_minor === null ? null : { due_minor, total_minor }
}

function interestOf(rows: readonly Instalment[], asOf: string) {
  const sum = (some: readonly Instalment[]) =>
    Number(some.reduce((all, { interest_minor }) => all + interest_minor, 0n))
  return { due_minor: sum(rows.filter(({ due_on }) => due_on <= asOf)), total_minor: sum(rows) }
}

/**
 * The schedule of a loan by its contract, as it was agreed and as it turns out by the money that came, late
 * or early: what delay costs, beside what the lender states. Monthly instalments; by the function that
 * answers money cases. Refused: `no_such_loan`, `no_such_schedule`, `day_count_is_unknown`.
 */
export async function contractSchedule(db: Db, about: About, asOf: string): Promise<ContractSchedule> {
  const loan = await contractOf(db, about)
  const counted = (await settingOf<string>(db, loan, 'day_count', asOf)) ?? 'actual/365'
  const day_count = dayCountOf(counted)
  if (!day_count) throw new Refused('day_count_is_unknown', `No day count is called ${counted}.`)
  const terms: ScheduleTerms = {
    principal_minor: BigInt(loan.original_amount_minor),
    annual_rate: decimal(loan.rate),
    day_count,
    disbursed_on: loan.opened_on,
    instalments: loan.term_months,
    every: { count: 1, unit: 'months' },
    ...(loan.first_due_on ? { first_due_on: loan.first_due_on } : {}),
  }
  const received = await receivedBy(db, about, asOf)
  const instalment = BigInt(loan.instalment_minor)
  const money = received.map(({ on, amount_minor }) => ({ on, amount_minor: BigInt(amount_minor) }))
  const turned = asItTurnsOut(terms, instalment, money, asOf)
  return {
    ...{ loan_no: about.loan_no, currency: loan.currency, as_of: asOf, received },
    terms: {
      principal_minor: loan.original_amount_minor,
      annual_rate: loan.rate,
      day_count: counted,
      opened_on: loan.opened_on,
      first_due_on: dueDates(terms)[0]!,
      instalments: loan.term_months,
      instalment_minor: loan.instalment_minor,
    },
    agreed: interestOf(asItTurnsOut(terms, instalment, []).rows, asOf),
    turned_out: interestOf(turned.rows, asOf),
    stated: await statedInterest(db, about, asOf),
    instalments: turned.rows.map((row) => ({
      ...{ no: row.no, due_on: row.due_on, principal_minor: Number(row.principal_minor) },
      ...{ interest_minor: Number(row.interest_minor), balance_minor: Number(row.balance_minor) },
    })),
  }
}
