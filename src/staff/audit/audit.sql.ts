import { type CompiledQuery, sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { AuditEntry } from './audit.ts'

/** The statement that logs an entry, to be run in the transaction of what it is about. */
export const auditInsert = (db: Db, entry: AuditEntry): CompiledQuery =>
  sql`
    insert into audit_entries (at, staff_id, action, subject, reason, origin, borrowers)
    values (${entry.at}, ${entry.staff_id}, ${entry.action}, ${entry.subject}, ${entry.reason},
            ${entry.origin}, ${[...entry.borrowers]}::bigint[])`.compile(db)

export type AuditVerdict = { events: number; ok: boolean; broken_from: string | null }

/**
 * Whether every sealed entry still stands as it was sealed. `broken_from` is the first night whose seal does
 * not agree.
 */
export async function verifyAudit(db: Db): Promise<AuditVerdict> {
  const { rows } = await sql<AuditVerdict>`
    select (select count(*) from audit_entries) as events,
           coalesce(bool_and(holds), true) as ok,
           min(as_of) filter (where not holds) as broken_from
      from (select as_of,
                   digest = digest_now and entries = entries_now and follows
                   and previous = lag(digest, 1, '') over (order by as_of) as holds
              from audit_seals_again) seals`.execute(db)
  return rows[0]!
}

export type LoggedEntry = Omit<AuditEntry, 'borrowers'> & { borrowers: string[] } & {
  entry_no: number
  name: string | null
}

/** Entries before `before` (newest first), of one person or about one borrower when given. */
export async function auditPage(
  db: Db,
  asked: { before: number | null; limit: number; staff_id: string | null; borrower_id: string | null },
): Promise<LoggedEntry[]> {
  const { rows } = await sql<LoggedEntry>`
    select e.entry_no, e.at, e.staff_id, s.name, e.action, e.subject, e.reason, e.origin,
           e.borrowers::text[] as borrowers
      from audit_entries e
      left join staff s on s.id = e.staff_id
     where e.entry_no < coalesce(${asked.before}::bigint, 9223372036854775807)
       and (${asked.staff_id}::text is null or e.staff_id = ${asked.staff_id})
       and (${asked.borrower_id}::bigint is null or e.borrowers @> array[${asked.borrower_id}::bigint])
     order by e.entry_no desc
     limit ${asked.limit + 1}`.execute(db)
  return rows
}
