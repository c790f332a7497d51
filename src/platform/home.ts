import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { clientOptions } from './database.ts'
import { take } from './lock.ts'
import { Refused } from './refusal.ts'
import { homeFolder, Server } from './server.ts'

/** Runs `work` while no other process of this home starts or stops the database. */
async function alone<T>(home: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const letGo = take(join(home, 'lock'), 'alone')
    if (letGo) {
      try {
        return await work()
      } finally {
        letGo()
      }
    }
    await wait(50)
  }
}

/** PostgreSQL's words for "not yet" (57P03: starting up, shutting down, in recovery). */
const notYet = (error: unknown) => (error as { code?: string }).code === '57P03'

async function open(url: string): Promise<pg.Client> {
  for (let tries = 1; ; tries++) {
    const client = new pg.Client(clientOptions(url))
    client.on('error', () => {})
    try {
      await client.connect()
      return client
    } catch (error) {
      // After a crash the server replays what was written since its last checkpoint.
      if (!notYet(error) || tries > 600) throw error
      await wait(200)
    }
  }
}

async function ensureDatabase(url: string) {
  const client = await open(url.replace(/\/[^/]*$/, '/postgres'))
  try {
    const name = new URL(url).pathname.slice(1)
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (!rowCount) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

/** Refuses a database that cannot serve, in words that name the place and never the password. */
async function refuseUnfit(given: string) {
  const place = URL.canParse(given) ? new URL(given) : null
  if (!place || !/^postgres(ql)?:$/.test(place.protocol)) {
    throw new Refused(
      'database_url_is_malformed',
      'DATABASE_URL is not of the form postgres://user:password@host:port/database.',
    )
  }
  const where = `${place.host}${place.pathname}`
  const client = await open(given).catch((error: Error & { errors?: Error[] }) => {
    const reason = error.message || error.errors?.[0]?.message
    throw new Refused(
      'database_is_unreachable',
      `The database of DATABASE_URL (${where}) cannot be used: ${reason}.`,
    )
  })
  try {
    const { rows } = await client.query(
      `select current_setting('server_version_num')::int as version,
              current_setting('server_encoding') as encoding`,
    )
    if (rows[0].version < 150_000 || rows[0].encoding !== 'UTF8') {
      throw new Refused(
        'database_is_unfit',
        `The database of DATABASE_URL (${where}) must be PostgreSQL 15 or newer with the encoding UTF8.`,
      )
    }
  } finally {
    await client.end()
  }
}

/** A database to work with: its URL, and how to say that the work is done. */
export type Lease = { url: string; release(): Promise<void> }

/**
 * The database of this run: DATABASE_URL, or the embedded one of AMENDS_HOME. The embedded server is started
 * when none runs, and stopped by the last that releases it. Refused: `database_url_is_malformed`,
 * `database_is_unreachable`, `database_is_unfit`, `home_is_out_of_reach`.
 */
export async function leaseDatabase(): Promise<Lease> {
  const given = process.env['DATABASE_URL']
  if (given) {
    await refuseUnfit(given)
    return { url: given, release: async () => {} }
  }
  const home = homeFolder()
  const server = new Server(home)
  const inUse = join(home, 'in-use')
  let letGo: (() => void) | null = null
  const release = () =>
    alone(home, async () => {
      letGo?.()
      letGo = null
      const last = take(inUse, 'alone')
      if (!last) return
      server.stop()
      last()
    })
  try {
    const url = await alone(home, async () => {
      letGo = take(inUse, 'shared')
      const started = await server.start()
      await ensureDatabase(started)
      return started
    })
    return { url, release }
  } catch (error) {
    await release()
    throw error
  }
}

const deskLock = () => join(homeFolder(), 'desk.lock')

/** Process and address of the desk that runs on this home. */
function readDesk(): { process: number; address: string } | null {
  try {
    const [pid, address = ''] = readFileSync(join(homeFolder(), 'desk'), 'utf8').split('\n')
    return { process: Number(pid), address }
  } catch {
    return null
  }
}

/**
 * Claims the home for `start`: one desk serves one home. Refused, `desk_already_runs`, while another has it.
 */
export function claimDesk(address: string): () => void {
  mkdirSync(homeFolder(), { recursive: true })
  const letGo = take(deskLock(), 'alone')
  if (!letGo) {
    const holder = readDesk()
    const which = holder ? ` (process ${holder.process}, ${holder.address})` : ''
    throw new Refused(
      'desk_already_runs',
      `Amends already runs on this home${which}. Stop it with \`amends stop\`, or set AMENDS_HOME.`,
      { ...holder },
    )
  }
  const file = join(homeFolder(), 'desk')
  writeFileSync(file, `${process.pid}\n${address}`)
  return () => {
    rmSync(file, { force: true })
    letGo()
  }
}

/** Whether no desk runs on this home any more, waiting for it as long as `seconds`. */
async function deskIsGone(seconds: number): Promise<boolean> {
  for (let i = 0; i <= seconds * 10; i++) {
    const letGo = take(deskLock(), 'alone')
    letGo?.()
    if (letGo) return true
    await wait(100)
  }
  return false
}

function tellToEnd(pid: number) {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (error) {
    // It ended by itself a moment ago.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/**
 * Ends the desk that runs on this home and shuts its database down. `stopped` is false when nothing ran.
 * Refused: `home_is_in_use` while a command works on the database, `desk_does_not_stop`.
 */
export async function stopDesk(): Promise<{ stopped: boolean }> {
  const home = homeFolder()
  mkdirSync(home, { recursive: true })
  const ran = !(await deskIsGone(0))
  if (ran) await endDesk()
  if (process.env['DATABASE_URL']) return { stopped: ran }
  return alone(home, async () => {
    const last = take(join(home, 'in-use'), 'alone')
    if (last) {
      const stopped = new Server(home).stop()
      last()
      return { stopped: ran || stopped }
    }
    if (ran) return { stopped: true }
    throw new Refused(
      'home_is_in_use',
      'A command is at work on this home; wait until it has ended, or end it.',
    )
  })
}

async function endDesk() {
  const desk = readDesk()
  if (desk) tellToEnd(desk.process)
  if (await deskIsGone(60)) return
  const which = desk ? ` (process ${desk.process})` : ''
  throw new Refused('desk_does_not_stop', `The desk${which} was told to stop a minute ago and still runs.`)
}
