import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Page } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import type { Hardship, HardshipDecision, NewHardship, OpenHardship } from './hardship.api.ts'

const columns = sql`
  borrower_id::text as borrower_id, request_no, loan_nos, asked_on, channel, cause, statement, evidence,
  vulnerability,
  decide_by, outcome, decided_on, decided_by, decision`

/**
 * Days within which a request is decided: the shortest clock of the loans that it is about, none named: of
 * all that are open; without one, the lender's own setting, else everybody's.
 */
export async function hardshipDays(
  tx: Db,
  borrowerId: string,
  loanNos: readonly string[] | undefined,
  asOf: string,
): Promise<number> {
  const { rows } = await sql<{ days: number | null }>`
    select coalesce(
      (select min((s.value #>> '{}')::int)
         from loans l
         join settings_in_force s on (s.lender, s.product) = (l.lender, l.product)
        where l.borrower_id = ${borrowerId} and s.name = 'hardship_days'
          and s.effective_from <= ${asOf} and ${asOf} < s.effective_to
          and case when ${loanNos ?? null}::text[] is null then l.status in ('active', 'charged_off')
                   else l.loan_no = any (${loanNos ?? null}::text[]) end),
      (select (s.value #>> '{}')::int
         from borrowers b
         join settings s on s.lender in (b.lender, '') and s.product = '' and s.name = 'hardship_days'
        where b.borrower_id = ${borrowerId} and s.effective_from <= ${asOf}
        order by s.lender <> '' desc, s.effective_from desc
        limit 1)) as days
  `.execute(tx)
  return rows[0]?.days ?? 0
}

/** Records a request. Refused: `hardship_is_looked_at_already`, `no_such_loan`. */
export async function insertHardship(
  tx: Db,
  borrowerId: string,
  asked: NewHardship,
  by: { on: string; decide_by: string; staff_id: string },
): Promise<Hardship> {
  const { rows: open } = await sql`
    select from hardship_requests where borrower_id = ${borrowerId} and outcome is null
  `.execute(tx)
  if (open.length > 0) {
    throw new Refused('hardship_is_looked_at_already', 'A request of this borrower is being looked at.')
  }
  const { rows: known } = await sql<{ all_known: boolean }>`
    select not exists (
      select from unnest(${asked.loan_nos ?? []}::text[]) no
       where not exists (select from loans where borrower_id = ${borrowerId} and loan_no = no)) as all_known
  `.execute(tx)
  if (!known[0]!.all_known)
    throw new Refused('no_such_loan', 'The borrower has no loan of one of these numbers.')
  const { rows } = await sql<Hardship>`
    insert into hardship_requests
      (borrower_id, request_no, loan_nos, asked_on, channel, recorded_by, cause, statement, evidence,
       vulnerability,
       decide_by)
    select ${borrowerId}, coalesce(max(request_no), 0) + 1, ${asked.loan_nos ?? null}::text[], ${by.on},
           ${asked.channel}, ${by.staff_id}, ${asked.cause}, ${asked.statement},
           ${JSON.stringify(asked.evidence)},
           ${asked.vulnerability}, ${by.decide_by}
      from hardship_requests
     where borrower_id = ${borrowerId}
    returning ${columns}
  `.execute(tx)
  return rows[0]!
}

/** Decides a request. Refused: `no_such_open_request`. */
export async function decideHardship(
  tx: Db,
  about: { borrower_id: string; request_no: number },
  given: HardshipDecision,
  by: { on: string; staff_id: string },
): Promise<Hardship> {
  const { rows } = await sql<Hardship>`
    update hardship_requests
       set outcome = ${given.outcome}, decided_on = ${by.on}, decided_by = ${by.staff_id},
       decision = ${given.decision}
     where borrower_id = ${about.borrower_id} and request_no = ${about.request_no} and outcome is null
    returning ${columns}
  `.execute(tx)
  if (rows[0]) return rows[0]
  throw new Refused('no_such_open_request', 'There is no open request of that number.')
}

/** A borrower's requests, the newest first. */
export async function hardshipsOf(db: Db, borrowerId: string): Promise<Hardship[]> {
  const { rows } = await sql<Hardship>`
    select ${columns} from hardship_requests where borrower_id = ${borrowerId} order by request_no desc
  `.execute(db)
  return rows
}

/** Of a request: by when it is to be decided, whose it is, and which. */
export type HardshipKey = readonly [string, string, number]

/** Requests whose clock runs out by `on`, the most urgent first; one more than the page has. */
export async function hardshipsDueBy(
  db: Db,
  on: string,
  { after, limit }: Page<HardshipKey>,
): Promise<OpenHardship[]> {
  const [by, borrower_id, request_no] = after ?? ['-infinity', 0, 0]
  const { rows } = await sql<OpenHardship>`
    select ${columns},
           (select b.name from borrowers b where b.borrower_id = hardship_requests.borrower_id) as name
      from hardship_requests
     where outcome is null and decide_by <= ${on}
       and (decide_by, borrower_id, request_no) > (${by}::date, ${borrower_id}::bigint, ${request_no}::int)
     order by decide_by, hardship_requests.borrower_id, request_no
     limit ${limit + 1}
  `.execute(db)
  return rows
}
