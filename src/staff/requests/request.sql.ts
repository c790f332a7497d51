import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'

export type KeptAnswer = {
  sha256: string
  status: number | null
  answer: string | null
  content_type: string | null
}

/**
 * Takes the key of a write for its asker. Answers null when it is new, and otherwise what was asked and
 * answered under it; `status` null: the first request is still at work.
 */
export async function takeKey(
  db: Db,
  request: { staff_id: string; request_key: string; sha256: string; at: string },
): Promise<KeptAnswer | null> {
  // A day is long enough for any retry, and an answer may hold personal data.
  await sql`
    delete from idempotency_keys
     where asked_at < ${request.at}::timestamptz - interval '1 day'`.execute(db)
  const taken = await sql`
    insert into idempotency_keys (staff_id, request_key, sha256, asked_at)
    values (${request.staff_id}, ${request.request_key}, ${request.sha256}, ${request.at})
    on conflict do nothing`.execute(db)
  if (taken.numAffectedRows === 1n) return null
  const { rows } = await sql<KeptAnswer>`
    select sha256, status, answer, content_type
      from idempotency_keys
     where staff_id = ${request.staff_id} and request_key = ${request.request_key}`.execute(db)
  return rows[0] ?? null
}

export async function keepAnswer(
  db: Db,
  answer: { staff_id: string; request_key: string; status: number; answer: string; content_type: string },
) {
  await sql`
    update idempotency_keys
       set status = ${answer.status}, answer = ${answer.answer}, content_type = ${answer.content_type}
     where staff_id = ${answer.staff_id} and request_key = ${answer.request_key}`.execute(db)
}

/** Gives the key back: what was asked under it broke, and may be tried again. */
export async function releaseKey(db: Db, request: { staff_id: string; request_key: string }) {
  await sql`
    delete from idempotency_keys
     where staff_id = ${request.staff_id} and request_key = ${request.request_key}`.execute(db)
}
