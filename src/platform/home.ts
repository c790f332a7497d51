import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { clientOptions } from './database.ts'
import { Refused } from './refusal.ts'
import { homeFolder, Server } from './server.ts'

const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const pidIn = (file: string): number | null => {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/** Runs `work` while no other process of this home starts or stops the database. */
async function alone<T>(home: string, work: () => Promise<T>): Promise<T> {
  const lock = join(home, 'lock')
  for (;;) {
    try {
      writeFileSync(lock, `${process.pid}`, { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = pidIn(lock)
      if (holder !== null && !alive(holder)) rmSync(lock, { force: true })
      await wait(50)
    }
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Processes that use the embedded database now, this one excepted; files of dead ones are cleared away. */
function others(users: string): number[] {
  return readdirSync(users)
    .map(Number)
    .filter((pid) => {
      if (pid === process.pid) return false
      if (alive(pid)) return true
      rmSync(join(users, `${pid}`), { force: true })
      return false
    })
}

async function ensureDatabase(url: string) {
  const client = new pg.Client(clientOptions(url.replace(/\/[^/]*$/, '/postgres')))
  await client.connect()
  const name = new URL(url).pathname.slice(1)
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
  if (!rowCount) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  await client.end()
}

/** A database to work with: its URL, and how to say that the work is done. */
export type Lease = { url: string; release(): Promise<void> }

/**
 * The database of this run: DATABASE_URL, or the embedded one of AMENDS_HOME. The embedded server is started when none
 * runs, and stopped by the last process that releases it.
 */
export async function leaseDatabase(): Promise<Lease> {
  const given = process.env['DATABASE_URL']
  if (given) return { url: given, release: async () => {} }
  const home = homeFolder()
  const users = join(home, 'users')
  mkdirSync(users, { recursive: true })
  const server = new Server(home)
  const url = await alone(home, async () => {
    writeFileSync(join(users, `${process.pid}`), '')
    return server.start()
  })
  await ensureDatabase(url)
  const release = () =>
    alone(home, async () => {
      rmSync(join(users, `${process.pid}`), { force: true })
      if (others(users).length === 0) server.stop()
    })
  return { url, release }
}

/** Claims the home for `start`: one desk serves one home. Refused while another process has it. */
export function claimDesk(address: string): () => void {
  const file = join(homeFolder(), 'desk')
  const [holder, where] = readDesk(file)
  if (holder && holder !== process.pid && alive(holder)) {
    throw new Refused(
      'desk_already_runs',
      `Amends already runs on this home (process ${holder}, ${where}). Stop it with \`amends stop\`, or set AMENDS_HOME.`,
      { process: holder, address: where },
    )
  }
  mkdirSync(homeFolder(), { recursive: true })
  writeFileSync(file, `${process.pid}\n${address}`)
  return () => rmSync(file, { force: true })
}

function readDesk(file: string): [number | null, string] {
  try {
    const [pid, address = ''] = readFileSync(file, 'utf8').split('\n')
    return [Number(pid), address]
  } catch {
    return [null, '']
  }
}

/** Ends the desk that runs on this home and shuts its database down. */
export async function stopDesk(): Promise<{ stopped: boolean }> {
  const [holder] = readDesk(join(homeFolder(), 'desk'))
  if (holder && alive(holder)) {
    process.kill(holder, 'SIGTERM')
    for (let i = 0; alive(holder) && i < 300; i++) await wait(100)
    return { stopped: !alive(holder) }
  }
  if (process.env['DATABASE_URL']) return { stopped: false }
  return { stopped: new Server().stop() }
}
