import { sql } from 'kysely'
import { daysPastDue } from '../../book/positions/days-past-due.sql.ts'
import { type Db, exactNumber } from '../../platform/database.ts'
import type { Borrower, TimelineEntry } from './borrower.api.ts'

export type BorrowerRow = {
  borrower_id: string
  borrower_no: string
  lender: string
  name: string | null
  kind: string | null
  language: string | null
  country: string | null
  time_zones: string[]
  national_id: string | null
  born_on: string | null
  occupation: string | null
  employer: string | null
  vulnerable: string | null
  deceased_on: string | null
  case_opened_on: string | null
}

const borrowerOf = (borrower_id: string) => sql<BorrowerRow>`
  select b.borrower_id::text as borrower_id, b.borrower_no, b.lender, b.name, b.kind, b.language, b.country,
         b.time_zones, b.national_id, b.born_on, b.occupation, b.employer, b.vulnerable, b.deceased_on,
         (select max(opened_on) from cases c
           where c.borrower_id = b.borrower_id and c.closed_on is null) as case_opened_on
    from borrowers b
   where b.borrower_id = ${borrower_id}`

export async function borrowerRow(db: Db, borrower_id: string): Promise<BorrowerRow | null> {
  return (await borrowerOf(borrower_id).execute(db)).rows[0] ?? null
}

export type PointRow = {
  point: string
  party: string
  party_name: string
  kind: string
  value: string
  consented_on: string | null
  opted_out_on: string | null
}

/** Phones, mailboxes and addresses. `point` names one without showing it. */
const pointsOf = (borrower_id: string) => sql<PointRow>`
  select md5(concat_ws(E'\\x1f', party, party_name, kind, value)) as point, party, party_name, kind, value,
         consented_on, opted_out_on
    from contact_points
   where borrower_id = ${borrower_id}
   order by party, party_name, kind, value`

export const pointRows = async (db: Db, borrower_id: string): Promise<PointRow[]> =>
  (await pointsOf(borrower_id).execute(db)).rows

type Minor = number | null

export type LoanRow = Omit<
  Borrower['loans'][number],
  | 'principal'
  | 'interest'
  | 'penalty'
  | 'fees'
  | 'outstanding'
  | 'past_due'
  | 'instalment'
  | 'adds_up'
  | 'disputed_sum'
> & {
  principal_minor: Minor
  interest_minor: Minor
  penalty_minor: Minor
  fees_minor: Minor
  instalment_minor: Minor
  outstanding_minor: number
  past_due_minor: number
  disputed_minor: number
}

/** The loans that are not closed, the most days past due first. Money as text: JSON would round it. */
const loansOf = (borrower_id: string, as_of: string) => sql`
  select l.loan_no, l.product, l.status, l.currency, l.rate::text as rate, l.position_from, p.oldest_due_on,
         l.next_due_on, l.instalment_minor::text, l.principal_minor::text, l.interest_minor::text,
         l.penalty_minor::text, l.fees_minor::text, l.outstanding_minor::text, p.past_due_minor::text,
         ${daysPastDue('p', as_of)} as days_past_due,
         -- of several that hold today, the one that ends last
         (select jsonb_build_object('pause_no', n.pause_no, 'until', coalesce(n.resumed_on, n.to_on))
            from pauses n
           where n.borrower_id = l.borrower_id and n.loan_no = l.loan_no and n.from_on < ${as_of}
             and coalesce(n.resumed_on, n.to_on, 'infinity') >= ${as_of}
           order by coalesce(n.resumed_on, n.to_on) desc, n.pause_no desc
           limit 1) as paused,
         coalesce(d.bucket, 'current') as bucket,
         exists (select from holds h
                  where h.borrower_id = l.borrower_id
                    and h.kind = 'dispute'
                    and (h.debts is null or l.loan_no = any (h.debts))
                    and not exists (select from hold_releases r
                                     where r.borrower_id = h.borrower_id
                                       and r.kind = h.kind
                                       and (r.party, r.party_id) = (h.party, h.party_id)
                                       and r.at >= h.at
                                       and (r.debts is null or l.loan_no = any (r.debts)))) as disputed,
         -- an instalment counts in full: what was paid of it before makes what is asked for less, never more
         ((select coalesce(sum(c.amount_minor), 0)
             from disputed_parts c
            where c.borrower_id = l.borrower_id and c.loan_no = l.loan_no and c.outcome is null)
          + (select coalesce(sum(i.principal_minor + i.interest_minor + i.fees_minor), 0)
               from disputed_instalments c
               join instalments i using (borrower_id, loan_no, instalment_no)
              where c.borrower_id = l.borrower_id
                and c.loan_no = l.loan_no
                and c.outcome is null
                and i.due_on <= ${as_of}))::text as disputed_minor
    from loans l
    -- what money since the tape left of what is past due
    join positions p
      on (p.borrower_id, p.loan_no) = (l.borrower_id, l.loan_no)
     and p.valid_to = date 'infinity'
    left join delinquencies d
      on (d.borrower_id, d.loan_no) = (l.borrower_id, l.loan_no)
     and d.valid_to is null
   where l.borrower_id = ${borrower_id}
     and l.status in ('active', 'charged_off')
   order by days_past_due desc, l.loan_no`

/** Holds that nobody has released. */
const holdsOf = (borrower_id: string) => sql`
  select h.hold_id, h.kind, h.debts, h.reason,
         to_char(h.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from holds h
   where h.borrower_id = ${borrower_id}
     and not exists (select from hold_releases r
                      where r.borrower_id = h.borrower_id
                        and r.kind = h.kind
                        and (r.party, r.party_id) = (h.party, h.party_id)
                        and r.at >= h.at
                        and (r.debts is null or r.debts @> h.debts))
   order by h.at desc`

const minors = [
  'principal_minor',
  'interest_minor',
  'penalty_minor',
  'fees_minor',
  'instalment_minor',
  'outstanding_minor',
  'past_due_minor',
  'disputed_minor',
] as const

type Told = Omit<LoanRow, (typeof minors)[number]> & Record<(typeof minors)[number], string | null>

const exactly = (loan: Told): LoanRow => ({
  ...loan,
  ...(Object.fromEntries(
    minors.map((name) => [name, loan[name] === null ? null : exactNumber(loan[name])]),
  ) as Pick<LoanRow, (typeof minors)[number]>),
})

export type CaseFacts = {
  row: BorrowerRow
  points: PointRow[]
  loans: LoanRow[]
  holds: Borrower['holds']
}

/** Everything that the case shows, in one question: a case is opened all day long. */
export async function caseFacts(db: Db, borrower_id: string, as_of: string): Promise<CaseFacts | null> {
  const listed = (rows: ReturnType<typeof sql>) =>
    sql`(select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (${rows}) r)`
  const { rows } = await sql<BorrowerRow & { points: PointRow[]; loans: Told[]; holds: CaseFacts['holds'] }>`
    select b.*, ${listed(pointsOf(borrower_id))} as points,
           ${listed(loansOf(borrower_id, as_of))} as loans,
           ${listed(holdsOf(borrower_id))} as holds
      from (${borrowerOf(borrower_id)}) b`.execute(db)
  if (!rows[0]) return null
  const { points, loans, holds, ...row } = rows[0]
  return { row, points, loans: loans.map(exactly), holds }
}

/** What happened, newest first: contacts, money, promises, holds, notices, and what the book says. */
const happenings = (borrower_id: string) => sql`
  select 'attempt ' || attempt_id as entry, at, 'contact' as kind, 'attempt_' || channel as what,
         debts[1] as loan_no, null::bigint as minor, null::text as currency,
         jsonb_build_object('outcome', outcome, 'purpose', purpose, 'party', party) as detail,
         recorded_by as by
    from contact_attempts where borrower_id = ${borrower_id}
  union all
  select 'outside ' || contact_id, at, 'contact', direction || '_' || channel, debts[1], null, null,
         jsonb_build_object('outcome', outcome, 'placed_by', placed_by), recorded_by
    from outside_contacts where borrower_id = ${borrower_id}
  union all
  select 'payment ' || payment_no, paid_on::timestamptz, 'money', kind, loan_no,
         case kind when 'reversal' then -amount_minor else amount_minor end, currency,
         jsonb_build_object('method', method), null
    from payments where borrower_id = ${borrower_id}
  union all
  select 'promise ' || loan_no || ' ' || promise_no, made_on::timestamptz, 'promise', 'promise_made', loan_no,
         promised_minor, currency, jsonb_build_object('due_on', due_on), taken_by
    from promises where borrower_id = ${borrower_id}
  union all
  select 'judged ' || loan_no || ' ' || promise_no, judged_on::timestamptz, 'promise', 'promise_' || outcome,
         loan_no,
         promised_minor, currency,
         jsonb_build_object('due_on', due_on, 'paid_minor', paid_minor), null
    from promises where borrower_id = ${borrower_id} and outcome is not null
  union all
  select 'hold ' || hold_id, at, 'hold', 'hold_' || kind, debts[1], null, null,
         jsonb_build_object('reason', reason), recorded_by
    from holds where borrower_id = ${borrower_id}
  union all
  select 'release ' || release_id, at, 'hold', 'released_' || kind, debts[1], null, null,
         jsonb_build_object('reason', reason), recorded_by
    from hold_releases where borrower_id = ${borrower_id}
  union all
  select 'notice ' || notice_id, at, 'notice', 'notice_' || kind, debts[1], null, null,
         jsonb_build_object('reason', reason), recorded_by
    from notices_given where borrower_id = ${borrower_id}
  union all
  select 'pause ' || loan_no || ' ' || pause_no, granted_on::timestamptz, 'book', 'pause_granted', loan_no,
         null, null, jsonb_build_object('reason', reason), granted_by
    from pauses where borrower_id = ${borrower_id}
  union all
  select 'resumed ' || loan_no || ' ' || pause_no, resumption_recorded_on::timestamptz, 'book',
         'pause_resumed', loan_no, null, null, jsonb_build_object('reason', resumed_why), resumed_by
    from pauses where borrower_id = ${borrower_id} and resumed_on is not null
  union all
  select 'bucket ' || loan_no || ' ' || valid_from, valid_from::timestamptz, 'book', 'bucket_' || began_as,
         loan_no,
         null, null, jsonb_build_object('bucket', bucket), null
    from delinquencies where borrower_id = ${borrower_id}`

export type Happening = Omit<TimelineEntry, 'amount'> & { minor: number | null }

export async function timelinePage(
  db: Db,
  asked: {
    borrower_id: string
    kind: string | null
    before: readonly [string, string] | null
    limit: number
  },
): Promise<Happening[]> {
  const [at, entry] = asked.before ?? ['infinity', '']
  const { rows } = await sql<Happening>`
    select * from (${happenings(asked.borrower_id)}) h
     where (${asked.kind}::text is null or h.kind = ${asked.kind})
       and (h.at, h.entry) < (${at}::timestamptz, ${entry})
     order by h.at desc, h.entry desc
     limit ${asked.limit + 1}`.execute(db)
  return rows
}
