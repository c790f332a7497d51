// A book of a million loans served to collectors over HTTP: next case and search, as they are felt.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { openDesk } from '../../src/api.ts'
import { loadFile } from '../../src/book/intake/load.ts'
import { deploys } from '../../src/deploy.ts'
import { steps } from '../../src/nightly.ts'
import { fixedClock } from '../../src/platform/clock.ts'
import { deployWith, prepare } from '../../src/platform/command.ts'
import { connect } from '../../src/platform/database.ts'
import { leaseDatabase } from '../../src/platform/home.ts'
import { runNight } from '../../src/platform/nightly.ts'
import { changeStaff, saveTeam, waiveSecondFactor } from '../../src/staff/people/people.sql.ts'
import { createStaff, type SignIn } from '../../src/staff/sign-in/sign-in.ts'
import type { Work, Worked } from './collectors.ts'
import { writeTape } from './make-tape.ts'

const DAY = '2026-03-30'
const WARM_UP_SECONDS = 10
const PASSWORD = 'a password of the bench'
const clock = fixedClock(`${DAY}T16:00:00Z`)

type Db = ReturnType<typeof connect>

async function makeCollectors(db: Db, signIn: SignIn, collectors: number) {
  await saveTeam(db, { team_id: 'bench', name: 'Bench', lenders: ['default'] })
  for (let i = 0; i < collectors; i++) {
    const person = { name: `Collector ${i}`, email: `collector-${i}@bench.test`, password: PASSWORD }
    const staff_id = await createStaff(signIn, person)
    await waiveSecondFactor(db, staff_id)
    const at = clock.now().toString()
    await changeStaff(db, { staff_id, roles: ['collector'], teams: ['bench'], at, by: 'bench' }, 1)
  }
}

async function cookieOf(address: string, i: number): Promise<string> {
  const response = await fetch(`${address}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { origin: address, 'content-type': 'application/json' },
    body: JSON.stringify({ email: `collector-${i}@bench.test`, password: PASSWORD }),
  })
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

/** What the collectors' own process measured. */
async function atWork(work: Work): Promise<Worked> {
  const process = fork(join(import.meta.dirname, 'collectors.ts'))
  const done = new Promise<Worked>((told, failed) => {
    process.once('message', (worked) => told(worked as Worked))
    process.once('exit', (code) => failed(new Error(`The collectors ended with ${code}.`)))
  })
  process.send(work)
  return done
}

const percentile = (times: number[], share: number) =>
  Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0)

/** Prints median and 95th percentile of each request, in milliseconds, and how many went wrong. */
export async function benchDesk(loans: number, { collectors = 50, seconds = 120 } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'amends-desk-bench-'))
  process.env['AMENDS_HOME'] = home
  const lease = await leaseDatabase()
  deployWith(deploys)
  await prepare(lease.url)
  const db = connect(lease.url, { max: 16, prepared: true })
  const tape = join(home, 'tape.csv')
  await writeTape(tape, loans, 0, DAY)
  await loadFile(lease.url, clock, { file: tape, as_of: DAY })
  await runNight(lease.url, steps, DAY, clock)
  const { app, desk, close } = openDesk({ db, url: lease.url, clock, secret: 'bench', demo: false })
  await makeCollectors(db, desk.signIn, collectors)
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as HttpServer
  await new Promise((listening) => server.once('listening', listening))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cookies = []
  for (let i = 0; i < collectors; i++) cookies.push(await cookieOf(address, i))
  const { times, wrong, first_wrong } = await atWork({
    ...{ address, cookies, seconds },
    warm_up_seconds: WARM_UP_SECONDS,
  })
  const [cpu] = cpus()
  console.log(
    `\nDesk: ${collectors} collectors in a process of their own for ${seconds} s after ` +
      `${WARM_UP_SECONDS} s of warming up, ${loans} loans, all on ${cpus().length} × ${cpu?.model}`,
  )
  for (const [what, all] of Object.entries(times)) {
    console.log(
      `  ${what.padEnd(8)} ${all.length} × p50 ${percentile(all, 0.5)} ms, p95 ${percentile(all, 0.95)} ms`,
    )
  }
  console.log(`  errors   ${wrong}${first_wrong ? ` (${first_wrong})` : ''}`)
  server.closeAllConnections()
  server.close()
  await close()
  await db.destroy()
  await lease.release()
  rmSync(home, { recursive: true, force: true })
}
