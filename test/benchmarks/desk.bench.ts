// Collectors at work over HTTP beside a book of a million loans: next case and search, as they are felt.
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
import { writeTape } from './make-tape.ts'

const DAY = '2026-03-30'
const PASSWORD = 'a password of the bench'
const clock = fixedClock(`${DAY}T16:00:00Z`)

type Db = ReturnType<typeof connect>
type Times = Record<'next' | 'search' | 'case' | 'leave', number[]>

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

/** One collector: next case, the case itself, a search, a second of work, and on. Counts what went wrong. */
async function work(address: string, cookie: string, until: number, times: Times): Promise<number> {
  let wrong = 0
  const ask = async (what: keyof Times, method: string, path: string, body?: unknown) => {
    const began = performance.now()
    const response = await fetch(`${address}/api${path}`, {
      method,
      headers: {
        ...{ cookie, origin: address, 'amends-reason': 'bench' },
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const answer = (await response.json()) as { item?: { borrower_id: string } }
    times[what].push(performance.now() - began)
    if (!response.ok) wrong++
    return answer
  }
  while (performance.now() < until) {
    const { item } = await ask('next', 'POST', '/worklists/next')
    if (!item) break
    await ask('case', 'GET', `/borrowers/${item.borrower_id}`)
    const no = String(Math.floor(Math.random() * 900_000)).padStart(9, '0')
    await ask('search', 'GET', `/borrowers?q=B${no}`)
    await new Promise((done) => setTimeout(done, 1_000))
    await ask('leave', 'POST', `/worklists/items/${item.borrower_id}/leaving`, {
      how: 'worked',
      reason: 'bench',
    })
  }
  return wrong
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
  const db = connect(lease.url, { max: 16 })
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
  const times: Times = { next: [], search: [], case: [], leave: [] }
  const until = performance.now() + seconds * 1000
  const wrong = await Promise.all(cookies.map((cookie) => work(address, cookie, until, times)))
  console.log(`\nDesk: ${collectors} collectors, ${seconds} s, ${loans} loans, ${cpus().length} cores`)
  for (const [what, all] of Object.entries(times)) {
    console.log(
      `  ${what.padEnd(8)} ${all.length} × p50 ${percentile(all, 0.5)} ms, p95 ${percentile(all, 0.95)} ms`,
    )
  }
  console.log(`  errors   ${wrong.reduce((sum, n) => sum + n, 0)}`)
  server.closeAllConnections()
  server.close()
  await close()
  await db.destroy()
  await lease.release()
  rmSync(home, { recursive: true, force: true })
}
