import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Page } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import type { BankStatement, LineOfStatement, StatementLine } from './statement.api.ts'
import { type BankLine, type Candidate, type Match, type Statement, tokensOf } from './statement.ts'

type CandidateRow = Omit<Candidate, 'expected_minor' | 'twins_unseen'> & { expected_minor: (number | null)[] }

/** More loans than these are not looked at for what their numbers or amounts look like. */
const GUESSED_MAX = 5_000

const candidate = sql`
  l.borrower_id::text as borrower_id, l.loan_no, b.name, l.currency,
  jsonb_build_array(l.instalment_minor, l.past_due_minor, l.outstanding_minor)
    || coalesce(
         (select jsonb_agg(p.promised_minor)
            from promises p
           where p.borrower_id = l.borrower_id and p.loan_no = l.loan_no and p.outcome is null),
         '[]') as expected_minor,
  array(select jsonb_build_object('account_no', v.account_no, 'opened_on', v.opened_on,
                                  'closed_on', v.closed_on)
          from virtual_accounts v
         where v.borrower_id = l.borrower_id and v.loan_no = l.loan_no) as virtual_accounts,
  case when (select count(*) from loans o where o.borrower_id = l.borrower_id
  and o.status in ('active', 'charged_off'))
            = 1
       then array[b.borrower_no] else '{}'::text[] end as "references"`

/** Loans that a number in the lines names outright. */
async function named(db: Db, lender: string, lines: readonly BankLine[]): Promise<CandidateRow[]> {
  const tokens = [...new Set(lines.flatMap((line) => tokensOf(line.reference)))]
  const accounts = [...new Set(lines.flatMap((line) => line.virtual_account ?? []))]
  const { rows } = await sql<CandidateRow>`
    with found as (
      select borrower_id, loan_no from loans where loan_no = any (${tokens}::text[]) and lender = ${lender}
      union
      select l.borrower_id, l.loan_no
        from unnest(${tokens}::text[]) token
        join loans l on l.borrower_id = borrower_id_of(${lender}, token)
           and l.status in ('active', 'charged_off')
      union
      select borrower_id, loan_no from virtual_accounts where account_no = any (${accounts}::text[])
    )
    select ${candidate}
      from found
      join loans l using (borrower_id, loan_no)
      join borrowers b on b.borrower_id = l.borrower_id
     where l.lender = ${lender}
  `.execute(db)
  return rows
}

/**
 * For lines that name nothing we know: numbers written otherwise, or an amount that somebody is expected to
 * pay. A number says more than an amount and comes first, should there be more than are looked at.
 */
async function guessed(db: Db, lender: string, lines: readonly BankLine[]): Promise<CandidateRow[]> {
  const amounts = [...new Set(lines.map((line) => line.amount_minor.toString()))]
  const text = lines.map((line) => line.reference.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '')).join(' ')
  const written = sql`(length(l.loan_no) >= 8
            and position(upper(regexp_replace(l.loan_no, '[^[:alnum:]]', '', 'g')) in ${text}) > 0)`
  const { rows } = await sql<CandidateRow>`
    select ${candidate}
      from loans l
      join borrowers b on b.borrower_id = l.borrower_id
     where l.lender = ${lender} and l.status in ('active', 'charged_off')
       and (l.instalment_minor = any (${amounts}::bigint[])
            or l.past_due_minor = any (${amounts}::bigint[])
            or l.outstanding_minor = any (${amounts}::bigint[])
            or ${written}
            or exists (
              select from promises p
               where p.borrower_id = l.borrower_id and p.loan_no = l.loan_no and p.outcome is null
                 and p.promised_minor = any (${amounts}::bigint[])))
     order by ${written} desc, l.borrower_id, l.loan_no
     limit ${GUESSED_MAX}
  `.execute(db)
  return rows
}

/** The loans of `lender` that some of the lines may be meant for. */
export async function candidatesFor(
  db: Db,
  lender: string,
  lines: readonly BankLine[],
): Promise<Candidate[]> {
  if (lines.length === 0) return []
  const guesses = await guessed(db, lender, lines)
  const found = [...(await named(db, lender, lines)), ...guesses]
  const unique = new Map(found.map((row) => [`${row.borrower_id} ${row.loan_no}`, row]))
  return [...unique.values()].map((row) => ({
    ...row,
    expected_minor: row.expected_minor.filter((minor) => minor !== null),
    twins_unseen: guesses.length === GUESSED_MAX,
  }))
}

/** Records a statement; false when the same file, or the account's of that number and day, came before. */
export async function insertStatement(
  tx: Db,
  sha256: string,
  lender: string,
  s: Statement,
  by: { at: string; staff_id: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into bank_statements
      (sha256, format, lender, account_no, statement_no, currency, closed_on, opening_minor, closing_minor,
       lines,
       loaded_at, loaded_by)
    values (${sha256}, ${s.format}, ${lender}, ${s.account_no}, ${s.statement_no}, ${s.currency},
            ${s.closed_on},
            ${s.opening_minor}, ${s.closing_minor}, ${s.lines.length}, ${by.at}, ${by.staff_id})
    on conflict do nothing
  `.execute(tx)
  return numAffectedRows === 1n
}

export type LineOutcome = {
  outcome: 'booked' | 'returned' | 'not_ours' | 'ignored' | null
  payment_no: string | null
  match: Match | null
  waits_because: string | null
}

export async function insertLine(
  tx: Db,
  key: { sha256: string; line_no: number; lender: string },
  line: BankLine,
  matches: readonly Match[],
  became: LineOutcome,
): Promise<void> {
  await sql`
    insert into statement_lines
      (sha256, line_no, lender, booked_on, amount_minor, currency, entry_reference, reference, payer,
       virtual_account,
       matched_by, confidence, suggestions, waits_because, outcome, payment_no)
    values (${key.sha256}, ${key.line_no}, ${key.lender}, ${line.booked_on}, ${line.amount_minor},
            ${line.currency},
            ${line.entry_reference}, ${line.reference}, ${line.payer}, ${line.virtual_account},
            ${became.match?.matched_by ?? null}, ${became.match?.confidence ?? null},
            ${JSON.stringify(matches.slice(0, 5))}, ${became.waits_because}, ${became.outcome},
            ${became.payment_no})
  `.execute(tx)
}

/** Of a line: the day it was booked, its statement, and its number there. */
export type LineKey = readonly [string, string, number]

/**
 * For money out: payments of the suggested loans, of its sum, that nobody took back; newest first. Those of
 * a loan are looked up by its key (offset 0): the planner would go through all payments, for every line.
 */
const mayTakeBack = sql`
  array(
    select jsonb_build_object('borrower_id', p.borrower_id::text, 'loan_no', p.loan_no,
                              'payment_no', p.payment_no, 'paid_on', p.paid_on)
      from jsonb_to_recordset(l.suggestions) as s (borrower_id bigint, loan_no text)
     cross join lateral (
       select * from payments where borrower_id = s.borrower_id and loan_no = s.loan_no offset 0) p
     where l.amount_minor < 0 and p.amount_minor = -l.amount_minor and p.currency = l.currency
       and p.lender = l.lender and p.kind = 'payment' and p.paid_on <= l.booked_on
       and not exists (
         select from payments r
          where r.borrower_id = p.borrower_id and r.kind = 'reversal' and r.reverses = p.payment_no)
     order by p.paid_on desc, p.payment_no) as may_take_back`

/** Whom a line may be from, with the name and the amounts that a person compares it with. */
const suggested = sql`
  array(
    select s.said || jsonb_build_object(
             'name', b.name, 'currency', n.currency,
             'past_due', to_decimal(
               case when m.valid_from is null then n.past_due_minor else m.past_due_minor end, c.exponent),
             'instalment', to_decimal(n.instalment_minor, c.exponent))
      from jsonb_array_elements(l.suggestions) with ordinality as s (said, nth)
      left join loans n
        on n.borrower_id = (s.said ->> 'borrower_id')::bigint and n.loan_no = s.said ->> 'loan_no'
      left join moved_positions m
        on m.borrower_id = n.borrower_id and m.loan_no = n.loan_no and m.position_from = n.position_from
       and m.valid_to = date 'infinity'
      left join borrowers b on b.borrower_id = n.borrower_id
      left join currencies c on c.currency = n.currency
     order by s.nth) as suggestions`

/** The lines that wait for a person, the oldest first; one more than the page has. */
export async function suspense(db: Db, { after, limit }: Page<LineKey>): Promise<StatementLine[]> {
  const [on, sha256, line_no] = after ?? ['-infinity', '', 0]
  const { rows } = await sql<StatementLine>`
    select l.sha256, l.line_no, l.lender, l.booked_on, l.amount_minor,
           to_decimal(l.amount_minor, e.exponent) as amount, l.currency, l.reference, l.payer,
           l.waits_because, ${suggested}, ${mayTakeBack}
      from statement_lines l
      join currencies e on e.currency = l.currency
     where l.outcome is null
       and (l.booked_on, l.sha256, l.line_no) > (${on}::date, ${sha256}, ${line_no}::int)
     order by l.booked_on, l.sha256, l.line_no
     limit ${limit + 1}
  `.execute(db)
  return rows
}

/** Of a statement: its closing day, and its digest. */
export type StatementKey = readonly [string, string]

/** Statements that were loaded, those of the newest day first; one more than the page has. */
export async function statements(db: Db, { after, limit }: Page<StatementKey>): Promise<BankStatement[]> {
  const [on, sha256] = after ?? ['infinity', '']
  const { rows } = await sql<BankStatement>`
    select s.sha256, s.format, s.lender, s.account_no, s.statement_no, s.currency, s.closed_on,
           to_decimal(s.opening_minor, c.exponent) as opening,
           to_decimal(n.in_minor, c.exponent) as money_in,
           to_decimal(n.out_minor, c.exponent) as money_out,
           to_decimal(s.closing_minor, c.exponent) as closing,
           s.lines, s.loaded_at, coalesce(m.name, s.loaded_by) as loaded_by,
           n.waiting, n.booked, n.returned, n.not_ours, n.ignored
      from (select *
              from bank_statements
             where (closed_on, sha256) < (${on}::date, ${sha256})
             order by closed_on desc, sha256 desc
             limit ${limit + 1}) s
      join currencies c on c.currency = s.currency
      left join staff m on m.id = s.loaded_by
     cross join lateral (
       select coalesce(sum(amount_minor) filter (where amount_minor > 0), 0) as in_minor,
              coalesce(sum(amount_minor) filter (where amount_minor < 0), 0) as out_minor,
              count(*) filter (where outcome is null)::int as waiting,
              count(*) filter (where outcome = 'booked')::int as booked,
              count(*) filter (where outcome = 'returned')::int as returned,
              count(*) filter (where outcome = 'not_ours')::int as not_ours,
              count(*) filter (where outcome = 'ignored')::int as ignored
         from statement_lines l
        where l.sha256 = s.sha256) n
     order by s.closed_on desc, s.sha256 desc
  `.execute(db)
  return rows
}

/** The lines of a statement and what became of each; one more than the page has. */
export async function linesOf(
  db: Db,
  sha256: string,
  { after, limit }: Page<readonly [number]>,
): Promise<LineOfStatement[]> {
  const { rows } = await sql<LineOfStatement>`
    select l.line_no, l.booked_on, to_decimal(l.amount_minor, c.exponent) as amount, l.currency,
           l.reference, l.payer, l.outcome, l.waits_because, l.matched_by, l.confidence, l.payment_no,
           p.borrower_id::text as borrower_id, p.loan_no, l.cleared_at,
           coalesce(m.name, l.cleared_by) as cleared_by, l.note
      from statement_lines l
      join currencies c on c.currency = l.currency
      left join payments p on p.payment_no = l.payment_no and p.lender = l.lender
      left join staff m on m.id = l.cleared_by
     where l.sha256 = ${sha256} and l.line_no > ${after?.[0] ?? 0}::int
     order by l.line_no
     limit ${limit + 1}
  `.execute(db)
  return rows
}

type WaitingLine = { booked_on: string; amount_minor: number; currency: string; reference: string }

/** A waiting line, locked. Refused: `no_such_line`, `line_was_cleared_before`. */
export async function lockLine(
  tx: Db,
  sha256: string,
  lineNo: number,
): Promise<WaitingLine & { lender: string }> {
  const { rows } = await sql<WaitingLine & { lender: string; outcome: string | null }>`
    select booked_on, amount_minor, currency, reference, lender, outcome
      from statement_lines
     where sha256 = ${sha256} and line_no = ${lineNo}
       for update
  `.execute(tx)
  const line = rows[0]
  if (!line) throw new Refused('no_such_line', 'There is no such line of a statement.')
  if (line.outcome !== null)
    throw new Refused('line_was_cleared_before', 'Somebody cleared this line before.')
  return line
}

/** Ends the waiting of a line. */
export async function clearLine(
  tx: Db,
  key: { sha256: string; line_no: number },
  became: { outcome: 'booked' | 'returned' | 'not_ours' | 'ignored'; payment_no: string | null },
  by: { at: string; staff_id: string; note: string | null },
): Promise<void> {
  await sql`
    update statement_lines
       set outcome = ${became.outcome}, payment_no = ${became.payment_no}, cleared_at = ${by.at},
           cleared_by = ${by.staff_id}, note = ${by.note},
           matched_by = case when ${became.outcome} = 'booked' then 'person' else matched_by end
     where sha256 = ${key.sha256} and line_no = ${key.line_no}
  `.execute(tx)
}
