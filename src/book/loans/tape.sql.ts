import type pg from 'pg'
import { fillTable } from '../../platform/bulk.ts'
import { runStep } from '../../platform/nightly.ts'
import { Refused } from '../../platform/refusal.ts'
import { meetBorrowers } from '../borrowers/met-borrowers.sql.ts'
import { LineStandsTwice } from '../intake/changed-lines.ts'
import {
  type Applied,
  amountChecks,
  type Cells,
  choiceChecks,
  type LoadOptions,
  requiredChecks,
} from '../intake/entries.ts'
import { type Check, fileKinds } from '../intake/file-kinds.ts'
import { countKinds, meetLoanKinds } from '../intake/loan-kind.sql.ts'
import { correctPast, deriveSeenDays } from './correction.sql.ts'
import { noteUntold } from './untold.sql.ts'

const kind = fileKinds.loans

/** What a loan keeps: its money, entries and history are in one currency. */
const againstTheBook: readonly Check[] = [
  {
    column: 'currency',
    when: '{currency} <> l.currency',
    reason: 'is not the currency of this loan in the book',
  },
]

/** Why a row of a tape is refused, the first that holds. */
export const tapeChecks: readonly Check[] = [
  ...requiredChecks(kind),
  { column: 'currency', when: 'c.currency is null', reason: 'is not a currency of ISO 4217' },
  ...choiceChecks(kind),
  ...amountChecks(kind),
  { column: 'past_due', when: '{past_due} > {outstanding}', reason: 'is more than outstanding' },
  {
    column: 'oldest_due_on',
    when: '{past_due} > 0 and {oldest_due_on} is null',
    reason: 'is empty although something is past due',
  },
  {
    column: 'oldest_due_on',
    when: '{past_due} = 0 and {oldest_due_on} is not null',
    reason: 'is given although nothing is past due',
  },
  { column: 'oldest_due_on', when: '{oldest_due_on} > :as_of', reason: 'lies after the tape’s day' },
  {
    column: 'outstanding',
    when: '{principal} + {interest} + {penalty} + {fees} <> {outstanding}',
    reason: 'is not the sum of principal, interest, penalty and fees',
  },
  { column: 'opened_on', when: '{opened_on} > :as_of', reason: 'lies after the tape’s day' },
  { column: 'matures_on', when: '{matures_on} < {opened_on}', reason: 'lies before opened_on' },
  { column: 'last_paid_on', when: '{last_paid_on} > :as_of', reason: 'lies after the tape’s day' },
  { column: 'rate', when: '{rate} > 10', reason: 'is more than 1000 % a year; 0.15 is 15 %' },
  { column: 'term_months', when: '{term_months} > 1200', reason: 'is absurdly large' },
  ...againstTheBook,
]

const position = [
  ...['status', 'outstanding_minor', 'past_due_minor', 'oldest_due_on'],
  ...['principal_minor', 'interest_minor', 'penalty_minor', 'fees_minor'],
]
/** What history keeps of a loan. */
const kept = ['lender', 'product', 'currency', ...position]
const details = [
  ...[
    'product',
    'branch',
    'currency',
    'opened_on',
    'matures_on',
    'original_amount_minor',
    'term_months',
    'rate',
  ],
  ...['instalment_minor', 'next_due_on', 'last_paid_on', 'last_paid_minor', 'secured', 'collateral'],
  ...['lender_days_past_due', 'extra', 'line_digest'],
]

const of = (alias: string, columns: readonly string[]) => columns.map((c) => `${alias}.${c}`).join(', ')

/** What a row of the tape says of its loan: SQL of every column of the book that it fills. */
const valuesOf = (cells: Cells): Readonly<Record<string, string>> => ({
  currency: cells.of('currency'),
  status: `coalesce(${cells.of('status')}, 'active')`,
  product: `coalesce(${cells.of('product')}, '')`,
  branch: cells.of('branch'),
  outstanding_minor: cells.minor('outstanding'),
  past_due_minor: cells.minor('past_due'),
  oldest_due_on: cells.of('oldest_due_on'),
  principal_minor: cells.minor('principal'),
  interest_minor: cells.minor('interest'),
  penalty_minor: cells.minor('penalty'),
  fees_minor: cells.minor('fees'),
  opened_on: cells.of('opened_on'),
  matures_on: cells.of('matures_on'),
  original_amount_minor: cells.minor('original_amount'),
  term_months: cells.of('term_months'),
  rate: cells.of('rate'),
  instalment_minor: cells.minor('instalment'),
  next_due_on: cells.of('next_due_on'),
  last_paid_on: cells.of('last_paid_on'),
  last_paid_minor: cells.minor('last_paid'),
  secured: `${cells.of('secured')} = 'yes'`,
  collateral: cells.of('collateral'),
  lender_days_past_due: cells.of('days_past_due'),
  extra: cells.extra,
})

/**
 * staging.entries: the rows of the tape that differ from the book (all of a new lender's) or that a check
 * refuses, with amounts in minor units; `was` is what the book says of the loan until now, at its place
 * `found_at`: looking for a tenth of a book's loans again would read all of it each time.
 */
export function tapeEntries(cells: Cells): string {
  const borrowerId = `borrower_id_of(${cells.lender}, ${cells.of('borrower_no')})`
  const values = valuesOf(cells)
  // Nothing to join, nothing to hold a row against.
  const fault = cells.fault(cells.bookIsEmpty ? tapeChecks.slice(0, -againstTheBook.length) : tapeChecks)
  const differs = `
    (${of('l', Object.keys(values))}) is distinct from (${Object.values(values).join(', ')})
    or ${fault} is not null`
  const [held, loan] = cells.bookIsEmpty
    ? ['true as is_new, null::loans as was', '']
    : [
        'l.borrower_id is null as is_new, l as was, l.ctid as found_at',
        `left join loans l on l.borrower_id = ${borrowerId} and l.loan_no = ${cells.of('loan_no')}`,
      ]
  return `
    create ${cells.bookIsEmpty ? 'view' : 'unlogged table'} staging.entries as
    select s.ctid as ref, ${borrowerId} as borrower_id, ${cells.of('loan_no')} as loan_no,
           ${cells.lender} as lender, ${cells.of('borrower_no')} as borrower_no,
           ${Object.entries(values)
             .map(([column, value]) => `${value} as ${column}`)
             .join(', ')},
           ${cells.lineDigest} as line_digest, ${held}, ${fault} as fault
      from staging.rows s
      left join currencies c on c.currency = ${cells.of('currency')}
      ${loan}
     where ${cells.everything ? 'true' : differs}`
}

/**
 * A loan number that another borrower of the lender has in the book: who owes must not change silently. And
 * of a correction a loan that the book does not know: there is nothing to mend.
 */
export const unfitLoans = `
  select e.ref, 'borrower_no' as column_name,
         'is not the borrower of this loan in the book: ' || b.borrower_no as reason
    from staging.entries e
    join loans l on l.loan_no = e.loan_no and l.lender = e.lender and l.borrower_id <> e.borrower_id
    join borrowers b on b.borrower_id = l.borrower_id
   where e.is_new
  union all
  select e.ref, 'loan_no', 'is no loan of the book; a correction mends those that it holds'
    from staging.entries e
   where e.is_new
     and e.lender in (
       select unnest(lenders) from loads where kind = 'loans' and state = 'applied' and as_of > :as_of)`

/**
 * What the book said until now goes to history where the position changes; the row then says what the
 * tape says.
 */
const changeLoans = (asOf: string) => [
  `insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, ${kept.join(', ')})
   select e.borrower_id, e.loan_no, (e.was).position_from, ${asOf}, ${of('(e.was)', kept)}
     from staging.entries e
    where not e.is_new
      and (e.was).position_from < ${asOf}
      and (${of('(e.was)', kept)}) is distinct from (${of('e', kept)})
    order by e.borrower_id, e.loan_no`,
  // The planner would read all of the book to hash the places that it is told.
  'set local enable_hashjoin = off',
  `update loans l
      set (${[...position, ...details].join(', ')}) = row(${of('e', [...position, ...details])}),
          position_from = case when (${of('l', kept)}) is distinct from (${of('e', kept)})
                               then ${asOf} else l.position_from end
     from staging.entries e
    where not e.is_new
      and e.found_at = l.ctid`,
  'set local enable_hashjoin = on',
]

const newLoans = (asOf: string) =>
  `insert into loans (borrower_id, loan_no, lender, position_from, ${[...position, ...details].join(', ')})
   select e.borrower_id, e.loan_no, e.lender, ${asOf}, ${of('e', [...position, ...details])}
     from staging.entries e
    where e.is_new`

/**
 * staging.unmet_loans: open loans of the book that no line held back speaks of, and closed ones with a line
 * that the tape does not say again: it says something else of them, or nothing. All others say what they
 * said. Throws `LineStandsTwice` when a loan whose line was held back has another line in the file.
 */
export async function findUnmet(client: pg.Client, cells: Cells) {
  await client.query(`
    create unlogged table staging.unmet_loans as
    select borrower_id, loan_no, lender, status
      from loans
     where line_digest in (select line_digest from staging.unmet)
        or line_digest is null and status in ('active', 'charged_off')`)
  await client.query('analyze staging.unmet_loans')
  const { rows } = await client.query<{ twice: boolean }>(`
    select exists (
      select from staging.rows s
        join loans l on l.loan_no = s.loan_no and l.lender = ${cells.lender}
       where l.line_digest is not null
         and not exists (
           select from staging.unmet_loans u where u.loan_no = s.loan_no and u.lender = ${cells.lender}))
      as twice`)
  if (rows[0]!.twice) throw new LineStandsTwice()
}

/**
 * Loans whose row says what it said, in a line that the book has not seen: the next file's same line is held
 * back.
 */
const rememberLines = (cells: Cells) => `
  update loans l
     set line_digest = ${cells.lineDigest}
    from staging.rows s
   where l.borrower_id = borrower_id_of(${cells.lender}, ${cells.of('borrower_no')})
     and l.loan_no = s.loan_no
     and l.line_digest is distinct from ${cells.lineDigest}
     and not exists (select from staging.entries e where e.ref = s.ctid)
     and not exists (select from staging.bad b where b.ref = s.ctid)`

/**
 * Loans that a partial tape names as the book has them: the lender's word on their balance, as a new position
 * would be. The lines held back are those that the book has seen and the file says again.
 */
const confirmNamed = (cells: Cells) => `
  insert into tape_confirmations (borrower_id, loan_no, as_of)
  select l.borrower_id, l.loan_no, ${cells.asOf}
    from staging.rows s
    join loans l on l.borrower_id = borrower_id_of(${cells.lender}, ${cells.of('borrower_no')})
     and l.loan_no = s.loan_no
   where l.position_from < ${cells.asOf}
     and not exists (select from staging.bad b where b.ref = s.ctid)
  ${
    cells.heldBack > 0
      ? `union
  select borrower_id, loan_no, ${cells.asOf}
    from loans
   where position_from < ${cells.asOf}
     and line_digest not in (select line_digest from staging.unmet)
     and lender = any ($1)`
      : ''
  }
  on conflict do nothing`

/** Open loans of the file's lenders that a full tape leaves out; staged and rejected rows are not absent. */
async function findAbsent(client: pg.Client, cells: Cells, options: LoadOptions, lenders: string[]) {
  await client.query(
    `
    create unlogged table staging.absent as
    select l.borrower_id, l.loan_no, l.lender
      from ${cells.heldBack > 0 ? 'staging.unmet_loans' : 'loans'} l
     where l.status in ('active', 'charged_off')
       and l.lender = any ($1)
       and not exists (
         select from staging.rows s
          where borrower_id_of(${cells.lender}, ${cells.of('borrower_no')}) = l.borrower_id
            and s.loan_no = l.loan_no)
       and not exists (
         select from staging.rejects r
          where coalesce(r.lender, ${cells.lenderText}) = l.lender and r.key = l.loan_no)
       and not exists (select from staging.spilt b where b.loan_no = l.loan_no)`,
    [lenders],
  )
  const { rows } = await client.query<{ lender: string; absent: number; open: number }>(
    `
    select a.lender, a.absent, o.open
      from (select lender, count(*) as absent from staging.absent group by 1) a
      join (select lender, count(*) as open from loans
             where status in ('active', 'charged_off') group by 1) o using (lender)
     where a.absent > $1::numeric * o.open
     order by a.absent desc limit 1`,
    [options.max_missing],
  )
  const worst = rows[0]
  if (!worst) return
  throw new Refused(
    'too_many_loans_missing',
    `The tape leaves out ${worst.absent} of the ${worst.open} open loans of ${worst.lender}; more than ` +
      `${options.max_missing * 100} % is refused. Send the whole tape, or say --mode delta or a higher ` +
      '--max-missing.',
    worst,
  )
}

/** Whether the book has any loan, and any of these lenders. */
export async function holdsLoans(client: pg.Client, lenders: string[]) {
  const { rows } = await client.query<{ some: boolean; of_lenders: boolean }>(
    `select exists (select from loans) as some,
            exists (select from loans where lender = any ($1)) as of_lenders`,
    [lenders],
  )
  return rows[0]!
}

/** Whose loans the tape holds: those of its staged rows, and those with a loan whose line was held back. */
export async function lendersOf(client: pg.Client, cells: Cells): Promise<string[]> {
  if (!cells.namesLenders) return [cells.ownLender]
  const met = `
    union
    select k.lender
      from (select distinct lender from loan_kinds) k
     cross join lateral (
       select from loans l
        where l.lender = k.lender and l.line_digest not in (select line_digest from staging.unmet)
        limit 1) one`
  const { rows } = await client.query<{ lender: string }>(
    `select ${cells.lender} as lender from staging.rows s group by 1 ${cells.heldBack > 0 ? met : ''}
     order by 1`,
  )
  return rows.length ? rows.map((row) => row.lender) : [cells.ownLender]
}

const closeAbsent = (asOf: string) => [
  `insert into loan_positions (borrower_id, loan_no, valid_from, valid_to, ${kept.join(', ')})
   select l.borrower_id, l.loan_no, l.position_from, ${asOf}, ${of('l', kept)}
     from staging.absent a
     join loans l using (borrower_id, loan_no)
    where l.position_from < ${asOf}`,
  `update loans l
      set status = 'closed', position_from = ${asOf}, outstanding_minor = 0, past_due_minor = 0,
          oldest_due_on = null, principal_minor = null, interest_minor = null, penalty_minor = null,
          fees_minor = null, next_due_on = null, instalment_minor = null, line_digest = null
     from staging.absent a
    where (a.borrower_id, a.loan_no) = (l.borrower_id, l.loan_no)`,
]

/** The day of the lender's newest tape, if it is one after `asOf`. */
async function laterTape(client: pg.Client, lenders: string[], asOf: string) {
  const { rows } = await client.query<{ newest: string | null }>(
    `select max(as_of)::text as newest from loads
      where kind = 'loans' and state = 'applied' and lenders && $1 and as_of > $2`,
    [lenders, asOf],
  )
  return rows[0]!.newest
}

/**
 * Brings a staged tape into the book: what changed, what is new and, of a full tape, what is gone. Refused:
 * `tape_is_older_than_the_book`, `too_many_loans_missing`, `borrower_numbers_collide`.
 */
export async function applyTape(
  client: pg.Client,
  cells: Cells,
  options: LoadOptions,
  lenders: string[],
): Promise<Applied> {
  const newest = await laterTape(client, lenders, options.as_of)
  if (newest !== null && options.correct) return correctPast(client, options.as_of)
  if (newest !== null) {
    throw new Refused(
      'tape_is_older_than_the_book',
      `The book holds the tape of ${newest}; one of ${options.as_of} would go back in time. ` +
        'To mend the past, send the rows to mend with --correct.',
      { newest, as_of: options.as_of },
    )
  }
  await countKinds(client)
  const counts = await client.query<{ new: number; changed: number; closed: number }>(`
    select coalesce(sum(new), 0)::bigint as new, coalesce(sum(changed), 0)::bigint as changed,
           coalesce(sum(closed), 0)::bigint as closed
      from staging.kinds`)
  const told = counts.rows[0]!
  if (options.mode === 'full') await findAbsent(client, cells, options, lenders)
  if (told.new > 0) await meetBorrowers(client)
  if (told.changed > 0) for (const sql of changeLoans(cells.asOf)) await client.query(sql)
  if (told.new > 0) {
    await fillTable(client, 'loans', () => client.query(newLoans(cells.asOf)))
    const kinds = await meetLoanKinds(client)
    if (kinds.rowCount) await runStep(client, 'book/delinquency/refresh-edges', options.as_of)
  }
  if (cells.lines && cells.lines.rows - cells.heldBack > told.new + told.changed) {
    await client.query(rememberLines(cells))
  }
  if (options.mode === 'delta') {
    await client.query(confirmNamed(cells), cells.heldBack > 0 ? [lenders] : [])
  }
  let closed = told.closed
  if (options.mode === 'full') {
    const [history, close] = closeAbsent(cells.asOf)
    await client.query(history!)
    await noteUntold(client, cells, lenders)
    closed += (await client.query(close!)).rowCount ?? 0
  }
  return { ...told, closed, notes: await deriveSeenDays(client, options, lenders) }
}
