import { sql } from 'kysely'
import { postAll } from '../../book/ledger/ledger.sql.ts'
import type { Movement } from '../../book/ledger/movement.ts'
import { toldOn } from '../../book/positions/told-on.sql.ts'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import type { EnteredMovement } from './entered-movement.api.ts'
import {
  type KnownMovement,
  type MovementAsk,
  type MovementFacts,
  needsApproval,
} from './entered-movement.ts'

type OfLoan = { borrower_id: string; loan_no: string }
type Key = OfLoan & { movement_no: string }

const columns = sql`
  loan_no, movement_no, kind, undoes, on_date, currency, amount_minor, reason, entered_on, entered_by,
  level_needed, posted_on, rejected_on`

/** Movement `alias` as it is known; `asker` is the number of the movement that asks. */
const known = (alias: string, asker: string) => sql<KnownMovement | null>`
  case when ${sql.ref(`${alias}.movement_no`)} is not null then jsonb_build_object(
    'movement_no', ${sql.ref(`${alias}.movement_no`)}, 'kind', ${sql.ref(`${alias}.kind`)},
    'undoes', ${sql.ref(`${alias}.undoes`)}, 'on_date', ${sql.ref(`${alias}.on_date`)},
    'currency', ${sql.ref(`${alias}.currency`)}, 'amount_minor', ${sql.ref(`${alias}.amount_minor`)},
    'is_posted', ${sql.ref(`${alias}.posted_on`)} is not null,
    'is_undone', exists (
      select from entered_movements x
       where x.borrower_id = ${sql.ref(`${alias}.borrower_id`)} and x.loan_no = ${sql.ref(`${alias}.loan_no`)}
         and x.undoes = ${sql.ref(`${alias}.movement_no`)} and x.rejected_on is null
         and x.movement_no <> ${sql.ref(asker)})) end`

/**
 * What `enterMovement` decides from, for each of `asks` in their order. The caller has locked the borrowers.
 * Undefined for a loan that the book does not have.
 */
export async function movementFacts(
  tx: Db,
  asks: readonly (OfLoan & MovementAsk)[],
  asOf: string,
): Promise<(MovementFacts | undefined)[]> {
  const { rows } = await sql<MovementFacts & { place: number }>`
    select a.place - 1 as place, ${asOf} as as_of, l.currency, l.original_amount_minor as original_minor,
           case when l.status = 'active' and c.loan_no is not null then 'charged_off' else l.status end
             as status,
           coalesce((days.value #>> '{}')::int, 0) as days_back_max,
           t.outstanding_minor + coalesce(moved.minor, 0)::bigint as owed_minor,
           (coalesce(paid.minor, 0) - coalesce(out.refunded, 0))::bigint as paid_minor,
           coalesce(out.kept, 0)::bigint as kept_minor,
           ${known('s', 'a.movement_no')} as same,
           coalesce(${known('u', 'a.movement_no')}, (
             select to_jsonb('elsewhere'::text)
               from movements m
              where m.borrower_id = a.borrower_id and m.loan_no = a.loan_no and m.movement_no = a.undoes))
             as undone
      from jsonb_array_elements(${JSON.stringify(asks)}::jsonb) with ordinality as given (ask, place)
     cross join lateral (
       select given.place, r.*
         from jsonb_to_record(given.ask)
           as r (borrower_id bigint, loan_no text, movement_no text, undoes text, on_date date)) a
      join loans l on l.borrower_id = a.borrower_id and l.loan_no = a.loan_no
      left join charge_offs_in_force c on c.borrower_id = a.borrower_id and c.loan_no = a.loan_no
      left join tape_positions t
        on t.borrower_id = a.borrower_id and t.loan_no = a.loan_no
       and t.valid_from <= a.on_date and a.on_date < t.valid_to
      left join lateral (
        select sum(m.change_minor) as minor
          from money_moved m
         where m.borrower_id = a.borrower_id and m.loan_no = a.loan_no and m.on_date <= a.on_date
           and m.on_date > ${toldOn('l', 't.valid_from', sql.ref('a.on_date'))}) moved on true
      left join lateral (
        select sum(amount_minor) as minor
          from money_received m
         where m.borrower_id = a.borrower_id and m.loan_no = a.loan_no) paid on true
      left join lateral (
        select sum(case kind when 'refund' then amount_minor when 'refund_undone' then -amount_minor end)
                 as refunded,
               sum(case kind when 'collection_fee' then amount_minor
                             when 'collection_fee_undone' then -amount_minor end) as kept
          from movements m
         where m.borrower_id = a.borrower_id and m.loan_no = a.loan_no) out on true
      left join settings_in_force days
        on days.name = 'payment_days_back_max' and (days.lender, days.product) = (l.lender, l.product)
       and days.effective_from <= ${asOf} and ${asOf} < days.effective_to
      left join entered_movements s
        on s.borrower_id = a.borrower_id and s.loan_no = a.loan_no and s.movement_no = a.movement_no
      left join entered_movements u
        on u.borrower_id = a.borrower_id and u.loan_no = a.loan_no and u.movement_no = a.undoes
  `.execute(tx)
  const facts = new Map(rows.map(({ place, ...row }) => [place, row]))
  return asks.map((_, place) => facts.get(place))
}

/** What is entered, under the ledger's kind. */
type Entered = Key &
  Pick<Movement, 'kind' | 'on_date' | 'currency' | 'amount_minor'> & { undoes: string | null; reason: string }

/**
 * Keeps movements that were decided on and posts those that need no second person; answers them as they
 * stand.
 */
export async function insertEntered(
  tx: Db,
  entered: readonly Entered[],
  by: { on: string; staff_id: string },
): Promise<EnteredMovement[]> {
  const kept = entered.map((one) => ({ ...one, level_needed: needsApproval(one.kind) ? 'manager' : null }))
  await sql`
    insert into entered_movements
      (borrower_id, loan_no, movement_no, kind, undoes, on_date, currency, amount_minor, reason, entered_on,
       entered_by, level_needed, posted_on)
    select borrower_id, loan_no, movement_no, kind, undoes, on_date, currency, amount_minor, reason,
           ${by.on}, ${by.staff_id}, level_needed, case when level_needed is null then ${by.on}::date end
      from jsonb_to_recordset(${JSON.stringify(kept)})
        as m (borrower_id bigint, loan_no text, movement_no text, kind text, undoes text, on_date date,
              currency text, amount_minor bigint, reason text, level_needed text)
  `.execute(tx)
  await postLedger(
    tx,
    kept.filter(({ level_needed }) => level_needed === null),
    by,
  )
  return enteredOf(tx, entered)
}

/** The entered movements of these keys. */
async function enteredOf(tx: Db, keys: readonly Key[]): Promise<EnteredMovement[]> {
  const { rows } = await sql<EnteredMovement>`
    select ${columns}
      from entered_movements
      join jsonb_to_recordset(${JSON.stringify(keys)})
        as k (borrower_id bigint, loan_no text, movement_no text) using (borrower_id, loan_no, movement_no)
  `.execute(tx)
  return rows
}

/** The movements that were entered for a loan, the newest first. */
export async function movementsOf(db: Db, { borrower_id, loan_no }: OfLoan): Promise<EnteredMovement[]> {
  const { rows } = await sql<EnteredMovement>`
    select ${columns} from entered_movements
     where borrower_id = ${borrower_id} and loan_no = ${loan_no}
     order by entered_on desc, movement_no collate "C" desc
  `.execute(db)
  return rows
}

/** One of them. Refused: `no_such_movement`. */
export async function movementOf(tx: Db, about: Key): Promise<EnteredMovement> {
  const [found] = await enteredOf(tx, [about])
  if (found) return found
  throw new Refused('no_such_movement', 'No movement of that number was entered for the loan.')
}

/** An undoing is named for what it undoes: no two can stand. */
const ledgerNo = ({ movement_no, undoes }: Pick<Entered, 'movement_no' | 'undoes'>) =>
  undoes === null ? `entered:${movement_no}` : `entered:${undoes}:undone`

async function postLedger(tx: Db, rows: readonly Entered[], by: { on: string; staff_id: string }) {
  const dated = { entered_on: by.on, actor: by.staff_id }
  await postAll(
    tx,
    rows.map(({ undoes, ...row }) => {
      const part = /^(fee|interest|penalty)(_undone)?$/.exec(row.kind)?.[1] as Movement['part']
      return { ...row, ...dated, ...(part ? { part } : {}), movement_no: ledgerNo({ ...row, undoes }) }
    }),
  )
  await moveMoney(tx, rows, by)
}

/**
 * Money since a charge-off that was entered late was posted as payments, and is recoveries; once it is
 * undone, its recoveries are payments, but for a loan that the tape calls charged off. One movement for each
 * loan.
 */
async function moveMoney(tx: Db, rows: readonly Entered[], by: { on: string; staff_id: string }) {
  const touched = rows.filter(({ kind }) => kind === 'charge_off' || kind === 'charge_off_undone')
  if (touched.length === 0) return
  const named = touched.map((row) => ({ ...row, ledger_no: ledgerNo(row) }))
  const { rows: moved } = await sql<OfLoan & { ledger_no: string; currency: string; minor: number }>`
    select t.borrower_id::text as borrower_id, t.loan_no, t.ledger_no, t.currency,
           sum(e.amount_minor)::bigint as minor
      from jsonb_to_recordset(${JSON.stringify(named)})
        as t (borrower_id bigint, loan_no text, ledger_no text, kind text, on_date date, currency text)
      join loans l on l.borrower_id = t.borrower_id and l.loan_no = t.loan_no
      join movements m on m.borrower_id = t.borrower_id and m.loan_no = t.loan_no
      join entries e
        on e.borrower_id = m.borrower_id and e.loan_no = m.loan_no and e.movement_no = m.movement_no
     where case t.kind
             when 'charge_off' then e.account = 'receivable' and m.on_date > t.on_date
                  and m.kind in ('payment', 'reversal', 'to_recovery', 'from_recovery')
             else e.account = 'charged_off' and l.status <> 'charged_off'
                  and m.kind in ('recovery', 'recovery_reversal', 'to_recovery', 'from_recovery') end
     group by t.borrower_id, t.loan_no, t.ledger_no, t.currency, t.kind
    having sum(e.amount_minor) <> 0
  `.execute(tx)
  const isUndoing = (no: string) => no.endsWith(':undone')
  await postAll(
    tx,
    moved.map(({ minor, ledger_no, ...loan }) => ({
      ...loan,
      movement_no: `${ledger_no}:money`,
      // what lies on the one account is taken to the other, whichever way it went
      kind: minor < 0 === isUndoing(ledger_no) ? 'from_recovery' : 'to_recovery',
      on_date: by.on,
      entered_on: by.on,
      amount_minor: Math.abs(minor),
      actor: by.staff_id,
    })),
  )
}

/** Posts movements that waited, at once and each once. Refused: `movement_is_decided_already`. */
export async function postEntered(
  tx: Db,
  keys: readonly Key[],
  by: { on: string; staff_id: string },
): Promise<void> {
  const { rows } = await sql<Entered>`
    update entered_movements e
       set posted_on = ${by.on}
      from jsonb_to_recordset(${JSON.stringify(keys)})
        as k (borrower_id bigint, loan_no text, movement_no text)
     where e.borrower_id = k.borrower_id and e.loan_no = k.loan_no and e.movement_no = k.movement_no
       and e.posted_on is null and e.rejected_on is null
    returning e.borrower_id::text as borrower_id, e.loan_no, e.movement_no, e.kind, e.undoes, e.on_date,
              e.currency, e.amount_minor, e.reason
  `.execute(tx)
  if (rows.length !== keys.length) throw decidedAlready()
  await postLedger(tx, rows, by)
}

const decidedAlready = () =>
  new Refused('movement_is_decided_already', 'This movement was posted or rejected before.')

/** A second person says no. Refused: `movement_is_decided_already`. */
export async function rejectEntered(tx: Db, about: Key, on: string): Promise<void> {
  const { numAffectedRows } = await sql`
    update entered_movements set rejected_on = ${on}
     where borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no}
       and movement_no = ${about.movement_no} and posted_on is null and rejected_on is null
  `.execute(tx)
  if (numAffectedRows !== 1n) throw decidedAlready()
}
