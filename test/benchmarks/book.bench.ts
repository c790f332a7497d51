import { spawn } from 'node:child_process'
import { chmodSync, createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import copy from 'pg-copy-streams'
import { openClient } from '../../src/platform/database.ts'
import { leaseDatabase } from '../../src/platform/home.ts'
import { columns, writeTape } from './make-tape.ts'

const root = join(import.meta.dirname, '..', '..')
const DAY_0 = '2026-03-30'
const DAY_1 = '2026-03-31'

type Run = { seconds: number; wall: number; memoryMb: number; answer: Record<string, unknown> }

/** A command of the program as a process of its own; its peak memory is read from outside while it runs. */
function amends(args: string[]): Promise<Run> {
  const began = performance.now()
  const child = spawn(process.execPath, [join(root, 'src', 'main.ts'), ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let peak = 0
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
    } catch {
      // It has ended, or this system has no /proc: then no figure is printed.
    }
  }, 50)
  let out = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  return new Promise((done, failed) =>
    child.on('close', (status) => {
      clearInterval(watch)
      if (status !== 0) return failed(new Error(`amends ${args.join(' ')} ended with ${status}`))
      const answer = JSON.parse(out)
      done({
        seconds: answer.seconds,
        wall: (performance.now() - began) / 1000,
        memoryMb: peak / 1024,
        answer,
      })
    }),
  )
}

const typeOf = (column: string) =>
  /_on$/.test(column)
    ? 'date'
    : /^(term_months|days_past_due)$/.test(column)
      ? 'int'
      : /^(outstanding|past_due|original_amount|rate|principal|interest|penalty|fees|instalment)$/.test(
            column,
          )
        ? 'numeric'
        : 'text'

/** Seconds of a raw COPY of the file into an unlogged typed table: the best of three. */
async function rawCopy(url: string, file: string): Promise<number> {
  const client = await openClient(url)
  const list = columns.map((column) => `${column} ${typeOf(column)}`).join(', ')
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    await client.query(`drop table if exists staging.raw; create unlogged table staging.raw (${list})`)
    const began = performance.now()
    await pipeline(
      createReadStream(file),
      client.query(copy.from('copy staging.raw from stdin (format csv, header)')),
    )
    times.push((performance.now() - began) / 1000)
  }
  await client.query('drop table staging.raw')
  await client.end()
  return Math.min(...times)
}

/**
 * The book: first load, the next day's load and both nights of a tape of `loans` rows, 8 % of them past due.
 */
export async function benchBook(loans: number) {
  const home = mkdtempSync(join(tmpdir(), 'amends-bench-'))
  chmodSync(home, 0o755)
  process.env['AMENDS_HOME'] = home
  const [first, next] = [join(home, 'day-0.csv'), join(home, 'day-1.csv')]
  await writeTape(first, loans, 0, DAY_0)
  await writeTape(next, loans, 1, DAY_0)
  await amends(['migrate'])
  const lease = await leaseDatabase()
  try {
    const raw = await rawCopy(lease.url, first)
    const row = (what: string, run: Run, goal: number) => ({
      ...{ what, seconds: run.seconds, ratio: Math.round((run.seconds / raw) * 100) / 100, goal },
      ...{ 'memory MB': Math.round(run.memoryMb) },
    })
    const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
    console.log(
      `${cpus().length} × ${cpus()[0]?.model}, ${memory}; ${loans} loans, ${columns.length} columns, ` +
        `${Math.round(statSync(first).size / 2 ** 20)} MB; raw COPY ${raw.toFixed(2)} s = 1`,
    )
    const rows = [row('first load', await amends(['tape', 'load', first, '--as-of', DAY_0]), 5)]
    rows.push(row('first night', await amends(['night', '--as-of', DAY_0]), 1.5))
    rows.push(row('next day’s load', await amends(['tape', 'load', next, '--as-of', DAY_1]), 3))
    rows.push(row('next night', await amends(['night', '--as-of', DAY_1]), 1.5))
    console.table(rows)
  } finally {
    await lease.release()
    rmSync(home, { recursive: true, force: true })
  }
}
