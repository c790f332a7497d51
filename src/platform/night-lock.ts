import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import type pg from 'pg'
import type { Db } from './database.ts'
import { Refused } from './refusal.ts'

// Any fixed number: whoever holds it runs the night. Each session that does a part of it holds one of the
// numbers after it, for a session whose program was killed ends a moment later than another may begin.
const NIGHT_LOCK = 4_172_027
/** Sessions that one night may use at most. */
export const MOST_SESSIONS = 8

const allKeys = `generate_series(${NIGHT_LOCK}, ${NIGHT_LOCK + MOST_SESSIONS - 1}) as key`

/** Waits a few seconds: what a program that was killed had under way ends a moment after it. */
export async function claimBook(client: pg.Client) {
  for (let tries = 0; tries < 25; tries++) {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as alone', [NIGHT_LOCK])
    if (rows[0].alone) {
      // Held until the end of this statement: nobody is left of a night before.
      const { rows: keys } = await client.query(
        `select bool_and(pg_try_advisory_xact_lock(key)) as alone from ${allKeys}`,
      )
      if (keys[0].alone) return
      await releaseBook(client)
    }
    await wait(200)
  }
  throw new Refused('night_already_runs', 'A night or a load is running already; wait until it has ended.')
}

export const releaseBook = (client: pg.Client) => client.query('select pg_advisory_unlock($1)', [NIGHT_LOCK])

/** Marks a session that does a part of the night beside the one that claimed the book, until it ends. */
export const joinNight = (client: pg.Client, place: number) =>
  client.query('select pg_advisory_lock($1)', [NIGHT_LOCK + place])

/**
 * Keeps a night and a load, or two loads, from working at once: the second waits for the end of the
 * transaction.
 */
export const lockBook = (client: pg.Client) =>
  client.query(`select pg_advisory_xact_lock(key) from ${allKeys}`)

/**
 * Keeps a night or a load from beginning until the end of the caller's transaction; false where one is at
 * work, which then finds by itself what the caller would have done.
 */
export async function nightStandsStill(tx: Db): Promise<boolean> {
  const { rows } = await sql<{ still: boolean }>`
    select bool_and(pg_try_advisory_xact_lock_shared(key)) as still from ${sql.raw(allKeys)}`.execute(tx)
  return rows[0]!.still
}
