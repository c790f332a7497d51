import { sql } from 'kysely'
import { partsLeft } from '../../book/allocation/book-allocation.sql.ts'
import { post } from '../../book/ledger/ledger.sql.ts'
import type { Standing } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { letOffOn } from '../authority/authority.sql.ts'
import type { Level } from '../authority/authority.ts'
import type { NewWaiver, Waiver } from './waiver.api.ts'
import type { WaiverAsk, WaiverFacts } from './waiver.ts'

const columns = sql`
  loan_no, waiver_no, part, currency, amount_minor, part_minor, grid_version, level_needed,
  is_within_authority,
  proposed_on, proposed_by, reason, applied_on, rejected_on, undone_on`

type Key = { borrower_id: string; loan_no: string; waiver_no: number }

type PartKind = WaiverAsk['part']

/** What of a part can be given up: what is left of it, and no more than the loan owes. Null: unknown. */
export async function partLeft(tx: Db, loan: Standing, part: PartKind, asOf: string): Promise<number | null> {
  const stated = { fee: loan.fees_minor, interest: loan.interest_minor, penalty: loan.penalty_minor }[part]
  if (stated === null) return null
  const left = (await partsLeft(tx, loan, asOf))[part]
  return Math.max(Math.min(Number(left), loan.outstanding_minor), 0)
}

/** What `proposeWaiver` decides from: what waits for an approval is spoken for. */
export async function waiverFacts(
  tx: Db,
  loan: Standing,
  ask: WaiverAsk,
  by: { staff_id: string; level: Level | undefined; on: string },
): Promise<WaiverFacts> {
  const { rows } = await sql<{ of_part: number; of_loan: number }>`
    select coalesce(sum(amount_minor) filter (where part = ${ask.part}), 0)::bigint as of_part,
           coalesce(sum(amount_minor), 0)::bigint as of_loan
      from waivers
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
       and num_nonnulls(applied_on, rejected_on) = 0
  `.execute(tx)
  const { of_part, of_loan } = rows[0]!
  const left = await partLeft(tx, loan, ask.part, by.on)
  const free = left === null ? null : Math.min(left - of_part, loan.outstanding_minor - of_loan)
  return {
    status: loan.status,
    currency: loan.currency,
    part_minor: free === null ? null : Math.max(free, 0),
    ...(await letOffOn(tx, loan, by)),
  }
}

export async function insertWaiver(
  tx: Db,
  loan: Standing,
  asked: NewWaiver,
  about: {
    part_minor: number
    grid_version: string
    level_needed: string
    is_within_authority: boolean
    on: string
    staff_id: string
  },
): Promise<Waiver> {
  const { rows } = await sql<Waiver>`
    insert into waivers
      (borrower_id, loan_no, waiver_no, part, currency, amount_minor, part_minor, grid_version, level_needed,
       is_within_authority, proposed_on, proposed_by, reason)
    select ${loan.borrower_id}, ${loan.loan_no}, coalesce(max(waiver_no), 0) + 1, ${asked.part},
           ${loan.currency},
           ${asked.amount_minor}, ${about.part_minor}, ${about.grid_version}, ${about.level_needed},
           ${about.is_within_authority}, ${about.on}, ${about.staff_id}, ${asked.reason}
      from waivers
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
    returning ${columns}
  `.execute(tx)
  return rows[0]!
}

/** A borrower's waivers, the newest first. */
export async function waiversOf(db: Db, borrowerId: string): Promise<Waiver[]> {
  const { rows } = await sql<Waiver>`
    select ${columns} from waivers where borrower_id = ${borrowerId} order by proposed_on desc, loan_no,
           waiver_no desc
  `.execute(db)
  return rows
}

/** One waiver. Refused: `no_such_waiver`. */
export async function waiverOf(tx: Db, about: Key): Promise<Waiver> {
  const found = (await waiversOf(tx, about.borrower_id)).find(
    (one) => one.loan_no === about.loan_no && one.waiver_no === about.waiver_no,
  )
  if (found) return found
  throw new Refused('no_such_waiver', 'There is no waiver of that number.')
}

const mark = async (tx: Db, about: Key, column: 'applied_on' | 'rejected_on' | 'undone_on', on: string) => {
  const { rows } = await sql<Waiver>`
    update waivers set ${sql.raw(column)} = ${on}
     where borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no}
        and waiver_no = ${about.waiver_no}
       and ${sql.raw(column)} is null
       and ${
         column === 'undone_on' ? sql`applied_on is not null` : sql`num_nonnulls(applied_on, rejected_on) = 0`
       }
    returning ${columns}
  `.execute(tx)
  if (rows[0]) return rows[0]
  throw new Refused('waiver_is_decided_already', 'This waiver was applied, rejected or undone before.')
}

const movement = (
  about: Key,
  { part, currency, amount_minor, reason }: Waiver,
  by: { on: string; staff_id: string },
) =>
  ({
    borrower_id: about.borrower_id,
    loan_no: about.loan_no,
    on_date: by.on,
    entered_on: by.on,
    currency,
    amount_minor,
    part: part as 'fee' | 'interest' | 'penalty',
    actor: by.staff_id,
    reason,
  }) as const

/** Gives up the part: a movement in the ledger, at once. Refused: `waiver_is_decided_already`. */
export async function applyWaiver(tx: Db, about: Key, by: { on: string; staff_id: string }): Promise<Waiver> {
  const waiver = await mark(tx, about, 'applied_on', by.on)
  const movement_no = `waiver:${about.waiver_no}`
  await post(tx, { ...movement(about, waiver, by), movement_no, kind: 'waiver' })
  return waiver
}

export const rejectWaiver = (tx: Db, about: Key, on: string): Promise<Waiver> =>
  mark(tx, about, 'rejected_on', on)

/** Takes an applied waiver back: the part is owed again. Refused: `waiver_is_decided_already`. */
export async function undoWaiver(tx: Db, about: Key, by: { on: string; staff_id: string }): Promise<Waiver> {
  const waiver = await mark(tx, about, 'undone_on', by.on)
  const movement_no = `waiver_undone:${about.waiver_no}`
  await post(tx, { ...movement(about, waiver, by), movement_no, kind: 'waiver_undone' })
  return waiver
}
