import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { least } from '../interest/fraction.ts'
import type { Standing } from '../positions/standing.sql.ts'
import { toldOn } from '../positions/told-on.sql.ts'
import type { AllocationRule, Part, Parts } from './allocation.ts'
import {
  type ContractInstalment,
  type DisputedPart,
  type LoanAfter,
  type MoneyEvent,
  replay,
} from './replay.ts'

type AssetState = 'current' | 'non_performing' | 'charged_off' | 'settled'

/** What an order is chosen by, on a day. */
type StateOn = { on: string; asset_state: AssetState; days_past_due: number }

type StateRow = {
  on: string
  status: string
  is_settled: boolean
  calendar_days: number
  days_past_due: number
}

/**
 * Asset state by which an order may be chosen: settled while a settlement that was taken up runs or is
 * completed; non-performing after 90 days of the calendar, which a lender's own pause does not stop.
 */
const assetState = (loan: StateRow): AssetState => {
  if (loan.is_settled) return 'settled'
  if (loan.status === 'charged_off') return 'charged_off'
  return loan.calendar_days > 90 ? 'non_performing' : 'current'
}

/**
 * The order in force for a loan in each state: the narrowest row that matches it, product before lender
 * before asset state before age before pack.
 */
async function rulesFor(db: Db, loan: Standing, states: readonly StateOn[]) {
  const { rows } = await sql<{ on: string; rule: AllocationRule }>`
    select s.on, r.rule
      from jsonb_to_recordset(${JSON.stringify(states)})
        as s ("on" date, asset_state text, days_past_due int)
     cross join lateral (
       select o.rule
         from allocation_orders o
        where o.effective_from <= s.on
          and (o.pack = '' or o.pack = any (${loan.packs}::text[]))
          and o.lender in ('', ${loan.lender}) and o.product in ('', ${loan.product})
          and o.asset_state in ('', s.asset_state) and o.from_days <= s.days_past_due
        order by o.product <> '' desc, o.lender <> '' desc, o.asset_state <> '' desc, o.from_days desc,
                 o.pack <> '' desc, o.effective_from desc
        limit 1) r
  `.execute(db)
  return new Map(rows.map(({ on, rule }) => [on, rule]))
}

/**
 * What a loan was on each of `days`, before the day's money: by the position at the close of the day before,
 * or the first one known.
 */
async function statesOn(db: Db, loan: Standing, days: readonly string[]): Promise<StateOn[]> {
  const { rows } = await sql<StateRow>`
    select d.on_date as on,
           case when exists (
                  select from charge_offs_in_force c
                   where c.borrower_id = ${loan.borrower_id} and c.loan_no = ${loan.loan_no}
                     and c.on_date < d.on_date)
                then 'charged_off' else p.status end as status,
           days_past_due(p.oldest_due_on, origin.first_day, null, d.on_date) as calendar_days,
           days_past_due(p.oldest_due_on, origin.first_day, p.paused, d.on_date) as days_past_due,
           exists (
             select from settlements s
              where s.borrower_id = ${loan.borrower_id} and s.loan_no = ${loan.loan_no}
                and s.accepted_on <= d.on_date
                and (s.outcome is null or s.outcome = 'completed' or s.ended_on > d.on_date)) as is_settled
      from unnest(${[...new Set(days)]}::date[]) d (on_date)
     cross join lateral (
       select status, oldest_due_on, paused
         from positions
        where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
        order by valid_from < d.on_date desc, abs(d.on_date - valid_from)
        limit 1) p
     cross join lateral (
       select coalesce(max((value #>> '{}')::int), 0) as first_day
         from settings_in_force
        where name = 'day_origin' and lender = ${loan.lender} and product = ${loan.product}
          and effective_from <= d.on_date and d.on_date < effective_to) origin
  `.execute(db)
  return rows.map((row) => ({ on: row.on, asset_state: assetState(row), days_past_due: row.days_past_due }))
}

/** The order for money that comes on `asOf`. */
export async function allocationRuleFor(db: Db, loan: Standing, asOf: string): Promise<AllocationRule> {
  const states = await statesOn(db, loan, [asOf])
  return (await rulesFor(db, loan, states)).get(asOf)!
}

/** Instalments that are disputed, with the day since when. */
async function disputedOf(db: Db, loan: Standing, asOf: string): Promise<Map<number, string>> {
  const { rows } = await sql<{ instalment_no: number; disputed_on: string }>`
    select instalment_no, min(disputed_on) as disputed_on
      from disputed_instalments
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
       and disputed_on <= ${asOf} and (decided_on is null or decided_on > ${asOf})
     group by instalment_no
  `.execute(db)
  return new Map(rows.map(({ instalment_no, disputed_on }) => [instalment_no, disputed_on]))
}

/** Sums of a loan's parts that are disputed, with the day since when. */
export async function disputedPartsOf(
  db: Db,
  loan: Pick<Standing, 'borrower_id' | 'loan_no'>,
  asOf: string,
): Promise<DisputedPart[]> {
  const { rows } = await sql<{ part: Part; amount_minor: number; since: string }>`
    select part, amount_minor, disputed_on as since
      from disputed_parts
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
       and disputed_on <= ${asOf} and (decided_on is null or decided_on > ${asOf})
     order by part
  `.execute(db)
  return rows.map((row) => ({ ...row, amount_minor: BigInt(row.amount_minor) }))
}

/** What of a loan is disputed and still owed: it is not asked for. */
export async function disputedMinor(db: Db, loan: Standing, asOf: string): Promise<number> {
  const disputed = await disputedPartsOf(db, loan, asOf)
  if (disputed.length === 0) return 0
  const left = await partsLeft(db, loan, asOf)
  return Number(disputed.reduce((sum, { part, amount_minor }) => sum + least(amount_minor, left[part]), 0n))
}

type PaymentRow = {
  payment_no: string
  paid_on: string
  loaded_as_of: string
  amount_minor: number
  kind: 'payment' | 'reversal'
  reverses: string | null
  directed_to: number[] | null
}

async function contractOf(db: Db, loan: Standing): Promise<ContractInstalment[]> {
  const { rows } = await sql<{
    no: number
    due_on: string
    principal: number
    interest: number
    fee: number
  }>`
    select instalment_no as no, due_on, principal_minor as principal, interest_minor as interest,
           fees_minor as fee
      from instalments
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
     order by due_on, instalment_no
  `.execute(db)
  return rows.map(({ no, due_on, principal, interest, fee }) => ({
    no,
    due_on,
    owed: { principal: BigInt(principal), interest: BigInt(interest), fee: BigInt(fee) },
  }))
}

/** What the tape states of a loan, and since when it is past due. */
async function tapeOf(db: Db, loan: Standing): Promise<{ tape_minor: number; due_on: string }> {
  const { rows } = await sql<{ tape_minor: number; due_on: string }>`
    select outstanding_minor as tape_minor, coalesce(oldest_due_on, position_from) as due_on
      from loans where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
  `.execute(db)
  return rows[0]!
}

/**
 * Without the lender's schedule the tape's parts are one instalment, due since the oldest day that is past
 * due.
 */
async function contractFromTape(db: Db, loan: Standing): Promise<ContractInstalment[]> {
  const { tape_minor, due_on } = await tapeOf(db, loan)
  const parts = [loan.fees_minor, loan.penalty_minor, loan.interest_minor, loan.principal_minor]
  const known = parts.every((part) => part !== null)
  const [fee, penalty, interest, principal] = known
    ? parts.map((part) => BigInt(part))
    : [0n, 0n, 0n, BigInt(tape_minor)]
  const owed = { fee: fee!, penalty: penalty!, interest: interest!, principal: principal! }
  return [{ no: 1, due_on, owed }]
}

/** The day of the last tape that told where the loan stands. */
async function lastTapeOf(db: Db, loan: Standing, asOf: string): Promise<string> {
  const { rows } = await sql<{ as_of: string }>`
    select ${toldOn('l', 'l.position_from', asOf)} as as_of
      from loans l where l.borrower_id = ${loan.borrower_id} and l.loan_no = ${loan.loan_no}
  `.execute(db)
  return rows[0]!.as_of
}

async function paymentsSince(db: Db, loan: Standing, since: string | null): Promise<PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`
    select payment_no, paid_on, loaded_as_of, amount_minor, kind, reverses,
           -- as the desk keeps it, or as an extra column of a payment file holds it: "3" or "3, 12"
           case when jsonb_typeof(extra -> 'directed_to') = 'array' then extra -> 'directed_to'
                when extra ->> 'directed_to' ~ '^\\s*\\d{1,6}(\\s*[,; ]\\s*\\d{1,6})*\\s*$'
                then (select jsonb_agg(no::int)
                        from regexp_split_to_table(extra ->> 'directed_to', '[^0-9]+') no
                       where no <> '')
           end as directed_to
      from payments
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
       and paid_on > coalesce(${since}::date, '-infinity')
     order by loaded_as_of, payment_no collate "C"
  `.execute(db)
  return rows
}

/**
 * The borrower's direction binds where the law gives it: Civil Code of the PRC art. 560, Taiwan Civil Code
 * art. 321.
 */
const mayDirect = (loan: Standing) => loan.packs.some((pack) => pack === 'cn' || pack === 'tw')

function eventsOf(loan: Standing, rows: readonly PaymentRow[]): MoneyEvent[] {
  const ids = new Map(rows.map((row, index) => [row.payment_no, index]))
  return rows.flatMap((row, id): MoneyEvent[] => {
    const entry = { id, entered_on: row.loaded_as_of }
    if (row.kind === 'reversal') {
      const of = row.reverses === null ? undefined : ids.get(row.reverses)
      // What it takes back lies before the tape: the money is owed again from that day.
      if (of === undefined) {
        return [{ ...entry, kind: 'chargeback', on: row.paid_on, amount_minor: BigInt(row.amount_minor) }]
      }
      return [{ ...entry, kind: 'reversal', of, on: row.paid_on }]
    }
    const directed = row.directed_to && mayDirect(loan) ? { directed_to: row.directed_to } : {}
    return [
      {
        ...entry,
        kind: 'payment',
        type: 'payment',
        on: row.paid_on,
        amount_minor: BigInt(row.amount_minor),
        ...directed,
      },
    ]
  })
}

const atLeastZero = (minor: bigint) => (minor > 0n ? minor : 0n)

const rulesOfDays = async (db: Db, loan: Standing, payments: readonly PaymentRow[]) =>
  rulesFor(
    db,
    loan,
    await statesOn(
      db,
      loan,
      payments.map(({ paid_on }) => paid_on),
    ),
  )

/** What of each part was waived after a day, what was charged or taken back of it off. */
async function waivedSince(db: Db, loan: Standing, since: string | null): Promise<Map<string, bigint>> {
  const { rows } = await sql<{ part: string; minor: number }>`
    select part, -sum(change_minor)::bigint as minor
      from money_moved
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and part is not null
       and on_date > coalesce(${since}::date, '-infinity')
     group by part
  `.execute(db)
  return new Map(rows.map(({ part, minor }) => [part, BigInt(minor)]))
}

type EnteredRow = { kind: 'fee' | 'penalty' | 'interest' | 'refund'; on_date: string; amount_minor: number }

/** What was charged and refunded after a day and not taken back; its ids follow those of the payments. */
async function enteredSince(
  db: Db,
  loan: Standing,
  since: string | null,
  kinds: readonly EnteredRow['kind'][],
  from_id: number,
): Promise<MoneyEvent[]> {
  const { rows } = await sql<EnteredRow>`
    select kind, on_date, amount_minor
      from movements m
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
       and kind = any (${kinds}::text[]) and on_date > coalesce(${since}::date, '-infinity')
       and not exists (
         select from movements u
          where u.borrower_id = m.borrower_id and u.loan_no = m.loan_no
            and u.movement_no = m.movement_no || ':undone')
     order by on_date, movement_no collate "C"
  `.execute(db)
  return rows.map(({ kind, on_date, amount_minor }, index): MoneyEvent => {
    const sum = { id: from_id + index, amount_minor: BigInt(amount_minor) }
    return kind === 'refund'
      ? { ...sum, kind, on: on_date }
      : { ...sum, kind: 'charge', part: kind, due_on: on_date }
  })
}

/** How each payment of a loan was applied, by its number, and what is left of each instalment. */
export type BookAllocation = { after: LoanAfter; payment_nos: string[] }

/**
 * Applies everything the book knows of a loan, each payment by the order in force on its day: to the lender's
 * instalments where it sent them, and to the tape's parts otherwise. Disputed instalments are left out.
 */
export async function allocateLoan(db: Db, loan: Standing, asOf: string): Promise<BookAllocation> {
  const schedule = await contractOf(db, loan)
  const contract = schedule.length > 0 ? schedule : await contractFromTape(db, loan)
  const tape_on = await lastTapeOf(db, loan, asOf)
  const since = schedule.length > 0 ? null : tape_on
  const payments = await paymentsSince(db, loan, since)
  const refunds = await enteredSince(db, loan, since, ['refund'], payments.length)
  // The tape has what was charged before it.
  const from_id = payments.length + refunds.length
  const charged = await enteredSince(db, loan, tape_on, ['fee', 'penalty', 'interest'], from_id)
  const charges = schedule.length > 0 ? charged : charged.map((one) => ({ ...one, joins: 1 }))
  const rules = await rulesOfDays(db, loan, payments)
  const disputed = await disputedOf(db, loan, asOf)
  const parts = await disputedPartsOf(db, loan, asOf)
  const events = [...charges, ...eventsOf(loan, payments), ...refunds]
  const after = replay(contract, events, (on) => rules.get(on)!, disputed, parts)
  return { after, payment_nos: payments.map(({ payment_no }) => payment_no) }
}

/**
 * What is left of the parts that the last tape states, in minor units: what was waived since is off and what
 * was charged is on, then payments since go by the orders in force on their days; what the tape does not name
 * is principal. The lender's instalments have no say here: they do not hold all of the tape's fees and
 * penalty.
 */
export async function partsLeft(db: Db, loan: Standing, asOf: string): Promise<Parts> {
  const since = await lastTapeOf(db, loan, asOf)
  const { tape_minor, due_on } = await tapeOf(db, loan)
  const waived = await waivedSince(db, loan, since)
  const left = (stated: number | null, part: Part) =>
    atLeastZero(BigInt(stated ?? 0) - (waived.get(part) ?? 0n))
  const named = (loan.fees_minor ?? 0) + (loan.penalty_minor ?? 0) + (loan.interest_minor ?? 0)
  const owed = {
    fee: left(loan.fees_minor, 'fee'),
    penalty: left(loan.penalty_minor, 'penalty'),
    interest: left(loan.interest_minor, 'interest'),
    principal: atLeastZero(BigInt(tape_minor - named)),
  }
  const payments = (await paymentsSince(db, loan, since)).map((row) => ({ ...row, directed_to: null }))
  const rules = await rulesOfDays(db, loan, payments)
  const contract = [{ no: 1, due_on, owed }]
  const refunds = await enteredSince(db, loan, since, ['refund'], payments.length)
  const events = [...eventsOf(loan, payments), ...refunds]
  const disputed = await disputedPartsOf(db, loan, asOf)
  const { instalments } = replay(contract, events, (on) => rules.get(on)!, new Map(), disputed)
  const sum = (part: Part) => instalments.reduce((all, { owed, paid }) => all + owed[part] - paid[part], 0n)
  return { fee: sum('fee'), penalty: sum('penalty'), interest: sum('interest'), principal: sum('principal') }
}
