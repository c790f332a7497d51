// The desk on a port of its own, with the demo book and its staff, at a time that the test sets.
import { createHmac } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { sql } from 'kysely'
import { afterAll } from 'vitest'
import { openDesk } from '../../src/api.ts'
import { toDay } from '../../src/demo/calendar.ts'
import { loadBook } from '../../src/demo/load-book.ts'
import { writeBook } from '../../src/demo/write-files.ts'
import { steps } from '../../src/nightly.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { connect } from '../../src/platform/database.ts'
import { ensureDeskIsBuilt } from '../../src/platform/http-desk.ts'
import { runNight } from '../../src/platform/nightly.ts'
import { progressBar } from '../../src/platform/progress.ts'
import { demoPassword, makeDemoStaff } from '../../src/staff/people/demo-staff.ts'
import { filledUrl, freshUrl } from './database.ts'

const SECRET = 'a secret of the tests only'
const silent = progressBar('', 1)

/** A clock that shows what it was set to. */
export function settableClock(iso: string): Clock & { set(iso: string): void } {
  let at = Temporal.Instant.from(iso)
  return {
    now: () => at,
    today: (zone = 'UTC') => at.toZonedDateTimeISO(zone).toPlainDate().toString(),
    set: (next) => {
      at = Temporal.Instant.from(next)
    },
  }
}

// Enough for a day's work of every test file, and for a matrix of thirty days.
const BOOK = { loans: 1_200, days: 33, seed: 7 }
const LAST = '2026-05-12'

/** A clock that goes on by a tenth of a second with each look, so that what came later stands later. */
function tickingClock(iso: string): Clock {
  let at = Temporal.Instant.from(iso)
  return {
    now: () => {
      at = at.add({ milliseconds: 100 })
      return at
    },
    today: (zone = 'UTC') => at.toZonedDateTimeISO(zone).toPlainDate().toString(),
  }
}

/** Loads the invented book whose last day is `LAST`, with its staff: once for all test files of a run. */
async function fillBook(url: string) {
  const home = mkdtempSync(join(tmpdir(), 'amends-book-'))
  chmodSync(home, 0o755)
  process.env['AMENDS_HOME'] = home
  const clock = tickingClock(`${LAST}T11:00:00Z`)
  const db = connect(url, { max: 8 })
  const { desk, close } = openDesk({ db, url, clock, secret: SECRET, demo: true })
  const last = toDay(LAST)
  const { days, ...shape } = BOOK
  const book = writeBook(join(home, 'demo'), { ...shape, first: last - days + 1, last }, silent)
  await loadBook({ db, url, clock, steps }, book, silent)
  await makeDemoStaff(db, desk.signIn, clock, demoPassword(SECRET))
  await sql`analyze`.execute(db)
  await close()
  await db.destroy()
  rmSync(home, { recursive: true, force: true })
}

/** A desk with nothing in it, or with the invented book and its staff. */
export async function servedDesk(clock: Clock, holds: 'nothing' | 'book' = 'nothing') {
  await ensureDeskIsBuilt()
  const demo = holds === 'book'
  const url = demo ? await filledUrl('book', fillBook) : await freshUrl()
  const home = mkdtempSync(join(tmpdir(), 'amends-desk-'))
  chmodSync(home, 0o755)
  process.env['AMENDS_HOME'] = home
  const db = connect(url, { max: 4, prepared: true })
  const opened = openDesk({ db, url, clock, secret: SECRET, demo })
  const server = serve({ fetch: opened.app.fetch, hostname: '127.0.0.1', port: 0 }) as HttpServer
  await new Promise((listening) => server.once('listening', listening))
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await opened.close()
    await db.destroy()
    rmSync(home, { recursive: true, force: true })
  })
  return {
    db,
    home,
    address: `http://localhost:${(server.address() as AddressInfo).port}`,
    password: demoPassword(SECRET),
    night: (as_of: string) => runNight(url, steps, as_of, clock),
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The six digits that an authenticator shows for a base32 secret at this moment (RFC 6238). */
export function codeOf(secret: string, ms = Date.now()): string {
  const bits = [...secret.replace(/=+$/, '')]
    .map((sign) => ALPHABET.indexOf(sign).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(ms / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = digest.at(-1)! & 15
  return `${(digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000}`.padStart(6, '0')
}
