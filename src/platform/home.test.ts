import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { amends, emptyFolder, ended, node } from '../../test/support/amends.ts'
import { Server } from './server.ts'

const pidFile = (home: string) => join(home, 'database', 'postmaster.pid')
const serverPid = (home: string) => Number(readFileSync(pidFile(home), 'utf8').split('\n')[0])

/** A process that does `work` on the home's database, then says "ready" and waits to be ended. */
async function waiting(home: string, work: string): Promise<ChildProcess> {
  const text = `
    const { leaseDatabase, claimDesk } = await import('./src/platform/home.ts')
    const { withDatabase } = await import('./src/platform/command.ts')
    const ready = () => console.log('ready')
    ${work}
    ready()
    setInterval(() => {}, 1000)`
  const child = node(['--input-type=module', '-e', text], { AMENDS_HOME: home })
  await new Promise((ready, failed) => {
    child.stdout!.once('data', ready)
    child.stderr!.once('data', (said) => failed(new Error(`${said}`)))
  })
  return child
}

test('a command starts the database and shuts it down; commands at once share it', async () => {
  const home = emptyFolder()
  const ran = await Promise.all([1, 2, 3].map(() => amends(['migrate', '--json'], { AMENDS_HOME: home })))
  expect(ran.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
    Array(3).fill({ status: 0, stderr: '' }),
  )
  const applied = ran.map(({ stdout }) => JSON.parse(stdout).applied.length).sort((a, b) => a - b)
  expect(applied.slice(0, 2)).toEqual([0, 0])
  expect(applied[2]).toBeGreaterThan(0)
  expect(existsSync(pidFile(home))).toBe(false)
})

test('the last that works on a home stops its database, not the first', async () => {
  const home = emptyFolder()
  const long = await waiting(home, 'await leaseDatabase()')
  const running = serverPid(home)
  const short = await amends(['migrate'], { AMENDS_HOME: home })
  expect(short.status, short.stderr).toBe(0)
  expect(serverPid(home)).toBe(running)
  const stop = await amends(['stop', '--json'], { AMENDS_HOME: home })
  expect(stop.status).toBe(1)
  expect(JSON.parse(stop.stderr)).toMatchObject({ refusal: 'home_is_in_use' })
  // Killed, it leaves the server behind; the next command uses that and puts it away.
  long.kill('SIGKILL')
  await ended(long)
  expect((await amends(['migrate'], { AMENDS_HOME: home })).status).toBe(0)
  expect(existsSync(pidFile(home))).toBe(false)
})

test('a database that was killed is recovered by the next command, while it worked or before', async () => {
  const home = emptyFolder()
  const worker = await waiting(home, 'await leaseDatabase()')
  process.kill(serverPid(home), 'SIGKILL')
  const during = await amends(['migrate'], { AMENDS_HOME: home })
  expect(during.status, during.stderr).toBe(0)
  process.kill(serverPid(home), 'SIGKILL')
  worker.kill('SIGKILL')
  await ended(worker)
  const after = await amends(['migrate', '--json'], { AMENDS_HOME: home })
  expect(after.status, after.stderr).toBe(0)
  expect(JSON.parse(after.stdout)).toEqual({ applied: [] })
})

test('Ctrl-C in the middle of a command leaves no database running', async () => {
  const home = emptyFolder()
  const command = await waiting(
    home,
    'await withDatabase(true, async () => { ready(); await new Promise(() => setInterval(() => {}, 1000)) })',
  )
  command.kill('SIGINT')
  expect((await ended(command)).status).toBe(130)
  expect(existsSync(pidFile(home))).toBe(false)
})

test('two desks on one home: the second is refused and told where the first is; stop ends it', async () => {
  const home = emptyFolder()
  const desk = await waiting(
    home,
    `const { release } = await leaseDatabase()
     const leave = claimDesk('localhost:4123')
     process.on('SIGTERM', async () => { await release(); leave(); process.exit() })`,
  )
  const second = node(
    [
      '--input-type=module',
      '-e',
      "await import('./src/platform/home.ts').then(({ claimDesk }) => claimDesk('localhost:4124'))",
    ],
    { AMENDS_HOME: home },
  )
  expect((await ended(second)).stderr).toContain(
    `Amends already runs on this home (process ${desk.pid}, localhost:4123). Stop it with \`amends stop\``,
  )
  expect(JSON.parse((await amends(['stop', '--json'], { AMENDS_HOME: home })).stdout)).toEqual({
    stopped: true,
  })
  expect(existsSync(pidFile(home))).toBe(false)
  expect(JSON.parse((await amends(['stop', '--json'], { AMENDS_HOME: home })).stdout)).toEqual({
    stopped: false,
  })
})

test('a desk that was killed is in nobody’s way, and stop puts its database away', async () => {
  const home = emptyFolder()
  const desk = await waiting(home, `await leaseDatabase(); claimDesk('localhost:4123')`)
  desk.kill('SIGKILL')
  await ended(desk)
  expect(existsSync(pidFile(home))).toBe(true)
  expect(JSON.parse((await amends(['stop', '--json'], { AMENDS_HOME: home })).stdout)).toEqual({
    stopped: true,
  })
  expect(existsSync(pidFile(home))).toBe(false)
})

test('what a crash left half made, or a process with the old number, does not hinder a start', async () => {
  const home = emptyFolder()
  mkdirSync(join(home, 'database.unfinished'))
  writeFileSync(join(home, 'database.unfinished', 'PG_VERSION'), '18\n')
  const server = new Server(home)
  await server.start()
  server.stop()
  // This process is alive, and no database.
  writeFileSync(pidFile(home), `${process.pid}\n${join(home, 'database')}\n1\n5432\n\n127.0.0.1\n\nready\n`)
  const ran = await amends(['migrate'], { AMENDS_HOME: home })
  expect(ran.status, ran.stderr).toBe(0)
})

test('a home may have any name, and stand in a folder that others cannot enter', async () => {
  const closed = emptyFolder()
  const home = join(closed, 'Ame\'s "book" 帳')
  mkdirSync(home, { mode: 0o700 })
  const ran = await amends(['migrate'], { AMENDS_HOME: home })
  expect(ran.status, ran.stderr).toBe(0)
})

test('a DATABASE_URL that cannot be used is told with its place and reason, never its password', async () => {
  const told = async (url: string) => {
    const { status, stderr } = await amends(['migrate', '--json'], { DATABASE_URL: url })
    expect(status).toBe(1)
    expect(stderr).not.toContain('secret')
    return JSON.parse(stderr) as { refusal: string; message: string }
  }
  const nobody = await told('postgres://amends:secret@127.0.0.1:1/book')
  expect(nobody.refusal).toBe('database_is_unreachable')
  expect(nobody.message).toContain('127.0.0.1:1/book')
  expect(nobody.message).toContain('ECONNREFUSED')
  expect((await told('mysql://amends:secret@localhost/book')).refusal).toBe('database_url_is_malformed')
  expect((await told('secret')).refusal).toBe('database_url_is_malformed')
  const server = process.env['AMENDS_TEST_SERVER']!
  const missing = await told(server.replace(/\/[^/?]*(\?|$)/, '/no_such_book$1'))
  expect(missing.message).toContain('"no_such_book" does not exist')
})
