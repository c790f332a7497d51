import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { toDecimal } from '../../platform/money.ts'
import type { Circumstances } from './circumstances.api.ts'

// More than a person reads of one case.
const DOCUMENTS_MAX = 100

type Causes = Circumstances['causes']

const causesOf = async (db: Db, borrower_id: string): Promise<Causes> => {
  const { rows } = await sql<Causes[number]>`
    select request_no, cause, statement, asked_on as told_on, channel, vulnerability, evidence, decide_by,
           outcome
      from hardship_requests
     where borrower_id = ${borrower_id}
     order by request_no desc`.execute(db)
  return rows
}

async function canPay(db: Db, borrower_id: string): Promise<Circumstances['can_pay']> {
  const { rows } = await sql<{
    stated_on: string
    currency: string
    income_minor: number
    expenditure_minor: number
    dependants: number
  }>`
    select stated_on, currency, income_minor, expenditure_minor, dependants
      from affordability_statements
     where borrower_id = ${borrower_id}
     order by stated_on desc
     limit 1`.execute(db)
  const [stated] = rows
  if (!stated) return null
  const { income_minor, expenditure_minor, ...rest } = stated
  const decimal = (minor: number) => toDecimal(minor, stated.currency)
  return {
    ...rest,
    income: decimal(income_minor),
    expenditure: decimal(expenditure_minor),
    left_over: decimal(income_minor - expenditure_minor),
  }
}

const promisesOf = async (db: Db, borrower_id: string): Promise<Circumstances['promises']> => {
  const { rows } = await sql<Circumstances['promises']>`
    select count(*) filter (where outcome in ('kept', 'partly_kept', 'broken')) as judged,
           count(*) filter (where outcome = 'kept') as kept,
           count(*) filter (where outcome = 'partly_kept') as partly_kept,
           count(*) filter (where outcome is null) as open
      from promises
     where borrower_id = ${borrower_id}`.execute(db)
  return rows[0]!
}

const documentsOf = async (db: Db, borrower_id: string): Promise<Circumstances['documents']> => {
  const { rows } = await sql<Circumstances['documents'][number]>`
    select kind, document_no, what, on_day as on, loan_no, no, reference
      from (
        select 'agreement' as kind, agreement_no::text as document_no, language as what,
               (drawn_at at time zone 'UTC')::date as on_day, loan_no, plan_no as no,
               null as reference
          from agreements
         where borrower_id = ${borrower_id}
        union all
        select 'plan', loan_no || ' ' || plan_no, shape, agreed_on, loan_no, plan_no, null
          from plans p
         where borrower_id = ${borrower_id}
           and agreed_on is not null
           and not exists (select from agreements a
                            where a.borrower_id = p.borrower_id
                              and a.loan_no = p.loan_no
                              and a.plan_no = p.plan_no)
        union all
        select 'proposed_plan', loan_no || ' ' || plan_no, currency || ' ' || total_minor, proposed_on,
               loan_no, plan_no, null
          from plans
         where borrower_id = ${borrower_id}
           and agreed_on is null
           and outcome is null
        union all
        select 'offered_settlement', loan_no || ' ' || settlement_no, currency || ' ' || offer_minor,
               offered_on, loan_no, settlement_no, null
          from settlements
         where borrower_id = ${borrower_id}
           and accepted_on is null
           and outcome is null
        union all
        select 'evidence', r.request_no || ' ' || e.no, e.paper ->> 'what', r.asked_on, r.loan_nos[1], null,
               e.paper ->> 'reference'
          from hardship_requests r
         cross join lateral jsonb_array_elements(r.evidence) with ordinality as e (paper, no)
         where r.borrower_id = ${borrower_id}
        union all
        select 'quote', loan_no || ' ' || quote_no, currency || ' ' || total_minor,
               (asked_at at time zone 'UTC')::date, loan_no, null, null
          from quotes
         where borrower_id = ${borrower_id}
        union all
        select 'notice', notice_id::text, kind, (at at time zone 'UTC')::date, debts[1], null, null
          from notices_given
         where borrower_id = ${borrower_id}
      ) papers
     order by on_day desc, kind, document_no collate "C"
     limit ${DOCUMENTS_MAX}`.execute(db)
  return rows.map((row) => (namesAmount.has(row.kind) ? { ...row, what: amountIn(row.what) } : row))
}

const namesAmount = new Set(['quote', 'proposed_plan', 'offered_settlement'])

/** `USD 12345` → `USD 123.45`. */
function amountIn(what: string): string {
  const [currency = '', minor = '0'] = what.split(' ')
  return `${currency} ${toDecimal(BigInt(minor), currency)}`
}

/** What is known about why a borrower is late and what was put on paper about it. */
export const circumstancesOf = async (db: Db, borrower_id: string): Promise<Circumstances> => ({
  borrower_id,
  causes: await causesOf(db, borrower_id),
  can_pay: await canPay(db, borrower_id),
  promises: await promisesOf(db, borrower_id),
  documents: await documentsOf(db, borrower_id),
})
