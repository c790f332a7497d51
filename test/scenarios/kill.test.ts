// Days of a lender's files and nights, once in peace and once with the program and the database killed at
// twenty random points: what stands in the book afterwards is the same, byte for byte.
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Random } from '../../src/demo/random.ts'
import { kinds, writeBook } from '../../src/demo/write-files.ts'
import { Server } from '../../src/platform/server.ts'
import { emptyFolder, ended, node, type Ran } from '../support/amends.ts'
import { type Canonical, canonical, differences } from '../support/canonical.ts'
import type { Work } from '../support/lender-days.ts'

const LOANS = 2000
const DAYS = 5
const KILLS = 20
const SEED = 20_250_301
const LAST = Temporal.PlainDate.from('2025-03-01')

/** `sessions`: how many of them share a night's steps. */
type Place = { home: string; works: string; count: number; sessions: number }
type Victim = 'program' | 'database' | 'both'
/** During which work, how long after its beginning, and what is killed. */
type Kill = { work: number; after: number; victim: Victim }

function writeWorks(folder: string): Work[] {
  const last = LAST.since('1970-01-01').days
  const quiet = { to: () => {}, end: () => {} }
  const book = writeBook(folder, { loans: LOANS, seed: SEED, first: last - DAYS + 1, last }, quiet)
  return book.days.flatMap(({ as_of, files }): Work[] => [
    ...kinds.flatMap((kind) => (files[kind] ? [{ as_of, kind, file: files[kind] }] : [])),
    { as_of },
  ])
}

/** One run of the program from `first` on; `told` holds how long each work took that it said was done. */
class Run {
  readonly child: ChildProcess
  readonly end: Promise<Ran>
  readonly took = new Map<number, number>()
  private begun: { work: number; at: number } | null = null
  private readonly waiting: (() => void)[] = []

  constructor({ home, works, sessions }: Place, first: number) {
    const env = {
      ...{ AMENDS_HOME: home, AMENDS_CLOCK: `${LAST}T22:00:00Z` },
      AMENDS_NIGHT_SESSIONS: `${sessions}`,
    }
    this.child = node(['test/support/lender-days.ts', works, `${first}`], env)
    this.end = ended(this.child)
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.hear(line))
    void this.end.then(() => this.wake())
  }

  private hear(line: string) {
    const [what, work] = line.split(' ')
    if (what === 'begin') this.begun = { work: Number(work), at: performance.now() }
    else if (this.begun) this.took.set(this.begun.work, performance.now() - this.begun.at)
    this.wake()
  }

  private wake() {
    for (const go of this.waiting.splice(0)) go()
  }

  /** Waits until the work has begun, was done, or the run is over. */
  async reaches(work: number) {
    let over = false
    void this.end.then(() => {
      over = true
    })
    while (!over && (this.begun === null || this.begun.work < work)) {
      await new Promise<void>((go) => this.waiting.push(go))
    }
  }

  /** Whether a work had begun and was not said to be done. */
  get brokeOff(): boolean {
    return this.begun !== null && !this.took.has(this.begun.work)
  }

  /** The work to go on with: the first that was not said to be done. */
  next(first: number): number {
    return Math.max(first, ...[...this.took.keys()].map((work) => work + 1))
  }
}

/** Kills; false when the run is ending and its database has stopped by itself. */
function strike(run: Run, home: string, victim: Victim): boolean {
  const pidFile = join(home, 'database', 'postmaster.pid')
  if (victim !== 'program') {
    if (!existsSync(pidFile)) return false
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL')
  }
  if (victim !== 'database') run.child.kill('SIGKILL')
  return true
}

/** Starts the program and kills it as told; a run that was over by then is begun again and killed earlier. */
async function killOnce(place: Place, from: number, { work, after, victim }: Kill): Promise<Run> {
  // The last night run again changes nothing, and can be killed as well as any other.
  const run = new Run(place, Math.min(from, place.count - 1))
  await run.reaches(work)
  const over = await Promise.race([run.end.then(() => true), wait(after, false)])
  if (over || !strike(run, place.home, victim)) {
    await run.end
    return killOnce(place, run.next(from), { work, after: after / 2, victim })
  }
  const hangs = wait(60_000, 'hangs', { ref: false })
  expect(await Promise.race([run.end, hangs]), `work ${work} without its database`).not.toBe('hangs')
  return run
}

/**
 * Runs all works with `kills` on the way; how many of them came while a work was under way. A machine that is
 * busier or less so than when the works `took` their time is followed: the last work that was done sets the
 * pace.
 */
async function runKilled(place: Place, kills: readonly Kill[], took: ReadonlyMap<number, number>) {
  let first = 0
  let pace = 1
  let brokenOff = 0
  for (const kill of kills) {
    const run = await killOnce(place, first, { ...kill, after: kill.after * pace })
    first = run.next(first)
    for (const [work, length] of run.took) pace = length / took.get(work)!
    if (run.brokeOff) brokenOff++
  }
  const rest = await new Run(place, first).end
  expect(rest.status, rest.stderr).toBe(0)
  return brokenOff
}

/** Points spread evenly over the time that the works took: each with the work that it falls in. */
function killsOver(took: ReadonlyMap<number, number>): Kill[] {
  const random = new Random(SEED)
  const whole = [...took.values()].reduce((sum, each) => sum + each, 0)
  const points = Array.from({ length: KILLS }, () => random.next() * whole).sort((a, b) => a - b)
  return points.map((point) => {
    let after = point
    for (const [work, length] of took) {
      if (after < length)
        return { work, after, victim: random.pick(['program', 'database', 'both'] as const) }
      after -= length
    }
    throw new RangeError('beyond the end')
  })
}

/**
 * The records of loads without those of a file that was loaded already: a load whose end was not told is done
 * again, and its second record says that it changed nothing. A record begins with the file (seven columns up
 * to
 * its digest); new, changed and closed rows are its twelfth, thirteenth and fifteenth.
 */
function withoutRepeats(records: readonly string[]): string[] {
  const cells = (record: string) => record.split('\t')
  const file = (record: string) => cells(record).slice(0, 7).join('\t')
  const changed = (record: string) => [11, 12, 14].some((column) => cells(record)[column] !== '0')
  const byFile = Map.groupBy(records, file)
  return [...byFile.values()].flatMap((same) => {
    const first = same.filter(changed)
    return first.length > 0 ? first : same.slice(0, 1)
  })
}

/** Everything in the book. */
async function bookOf(home: string): Promise<Canonical> {
  const server = new Server(home)
  try {
    const book = await canonical(await server.start(), { timeless: true })
    book.set('loads', withoutRepeats(book.get('loads')!))
    book.set('load_rejects', [...new Set(book.get('load_rejects'))])
    return book
  } finally {
    server.stop()
  }
}

test('killed twenty times, the book is the same as without', { timeout: 300_000 }, async () => {
  const folder = emptyFolder()
  const list = writeWorks(join(folder, 'files'))
  const works = join(folder, 'works.json')
  writeFileSync(works, JSON.stringify(list))
  const peace: Place = { home: emptyFolder(), works, count: list.length, sessions: 1 }
  // Nights that are broken off go on with the parts that are left.
  const war: Place = { home: emptyFolder(), works, count: list.length, sessions: 2 }
  const calm = new Run(peace, 0)
  const { status, stderr } = await calm.end
  expect(status, stderr).toBe(0)
  const brokenOff = await runKilled(war, killsOver(calm.took), calm.took)
  // Otherwise the kills came when nothing was under way, and prove nothing.
  expect(brokenOff).toBeGreaterThan(KILLS / 2)
  const [whole, mended] = [await bookOf(peace.home), await bookOf(war.home)]
  expect(whole.get('loans')!.length).toBeGreaterThanOrEqual(LOANS)
  expect(whole.get('nights')).toHaveLength(DAYS)
  expect(differences(whole, mended)).toEqual([])
})
