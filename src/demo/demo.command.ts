import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../platform/clock.ts'
import { dateArgument, reporting, withDatabase } from '../platform/command.ts'
import { refuseFuture, type Step } from '../platform/nightly.ts'
import { progressBar } from '../platform/progress.ts'
import { Refused } from '../platform/refusal.ts'
import { homeFolder } from '../platform/server.ts'
import { dayText, toDay } from './calendar.ts'
import type { BookToLoad, LoadedBook, Target } from './load-book.ts'
import type { Shape } from './simulation.ts'
import { writeBeside } from './write-beside.ts'
import { settingsIn, writeBook, written } from './write-files.ts'

type Options = {
  loans: number
  days: number
  seed: number
  out?: string
  /** the last day; today when absent */
  asOf?: string
  filesOnly?: boolean
}

type Answer = {
  folder: string
  from: string
  to: string
  loans: number
  borrowers: number
  days: number
  rows: number
  seconds_to_write: number
  seconds: number
} & Partial<LoadedBook>

const wholeNumber = (least: number, most: number) => (text: string) => {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number
  throw new InvalidArgumentError(`A whole number from ${least} to ${most}.`)
}

const secondsSince = (began: number) => Math.round(performance.now() - began) / 1000

/** What stands in the folders that a demo empties before it writes. */
const heldIn = (folder: string): string[] =>
  written.flatMap((name) =>
    existsSync(join(folder, name)) ? readdirSync(join(folder, name)).map((file) => join(name, file)) : [],
  )

/** Neither a person's own files nor the truth of a book that is loaded must be written over by another's. */
function refuseOtherFiles(folder: string, shape: Shape) {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found && !found.isDirectory())
    throw new Refused('out_is_no_folder', `${folder} is a file; name a folder with --out.`)
  let truth: { loans: number; seed: number; first_day: string; last_day: string }
  try {
    truth = JSON.parse(readFileSync(join(folder, 'truth', 'truth.json'), 'utf8'))
  } catch {
    const [other] = heldIn(folder)
    if (other === undefined) return
    throw new Refused(
      'folder_holds_other_files',
      `${folder} holds ${other}, which is no demo's and which a demo would delete. ` +
        'Name another folder with --out.',
      { folder, other },
    )
  }
  const { loans, seed, first_day, last_day } = truth
  const same = loans === shape.loans && seed === shape.seed && first_day === dayText(shape.first)
  if (same && last_day === dayText(shape.last)) return
  throw new Refused(
    'folder_holds_another_demo',
    `${folder} holds a demo of ${loans} loans, seed ${seed}, ${first_day} to ${last_day}. ` +
      'Name another folder with --out, or remove this one.',
    { folder, loans, seed, first_day, last_day },
  )
}

/** Writes the files alone. */
function writeFiles(folder: string, shape: Shape, days: number) {
  const began = performance.now()
  const bar = progressBar('write', days)
  const book = writeBook(folder, shape, bar)
  bar.end()
  return { book, seconds: secondsSince(began), loaded: {} }
}

async function load(target: Target, book: BookToLoad, days: number): Promise<LoadedBook> {
  const { loadBook } = await import('./load-book.ts')
  const bar = progressBar('load', days)
  const loaded = await loadBook(target, book, bar)
  bar.end()
  return loaded
}

/** Writes the files and loads them: each day as soon as it is written, and meanwhile the next ones are. */
async function writeAndLoad(folder: string, shape: Shape, days: number, steps: readonly Step[]) {
  const bank_on = dayText(shape.last)
  const coming = writeBeside(folder, shape)
  try {
    const loaded = await withDatabase(true, ({ db, url, clock }) =>
      load({ db, url, clock, steps }, { days: coming.days, settings: settingsIn(folder), bank_on }, days),
    )
    return { ...coming.whole(), loaded }
  } finally {
    await coming.stop()
  }
}

async function makeDemo(options: Options, steps: readonly Step[]): Promise<Answer> {
  const began = performance.now()
  const { loans, seed, days } = options
  const clock = systemClock()
  const last = options.asOf ?? clock.today()
  refuseFuture(last, clock)
  const folder = resolve(options.out ?? join(homeFolder(), 'demo'))
  const shape = { loans, seed, first: toDay(last) - days + 1, last: toDay(last) }
  refuseOtherFiles(folder, shape)
  const { book, seconds, loaded } = options.filesOnly
    ? writeFiles(folder, shape, days)
    : await writeAndLoad(folder, shape, days, steps)
  return {
    folder,
    ...{ from: book.days[0]!.as_of, to: last, loans: book.loans, borrowers: book.borrowers, days },
    ...{ rows: book.rows, seconds_to_write: seconds, ...loaded, seconds: secondsSince(began) },
  }
}

function show(answer: Answer): string {
  const { folder, from, to, loans, borrowers, rows, loaded, nights, rejected, dpd_differs } = answer
  return [
    `${loans} loans of ${borrowers} borrowers, ${from} to ${to}, ${rows} rows: ${folder}`,
    ...(loaded === undefined
      ? []
      : [
          `Loaded ${loaded} files, ran ${nights} nights; ${rejected} rows rejected, ` +
            `${dpd_differs} with other days past due than ours.`,
        ]),
    `What was planted: ${join(folder, 'truth')}`,
    `${answer.seconds} s`,
  ].join('\n')
}

/** `amends demo`: writes an invented book as lenders' files and loads it; `steps` are each day's night. */
export function demoCommands(program: Command, steps: readonly Step[]) {
  program
    .command('demo')
    .description('Invent a book of three lenders, write it as their daily files and load it day by day.')
    .option('--loans <n>', 'open loans on a day', wholeNumber(10, 250_000), 2_000)
    .option('--days <n>', 'days of files, the last one included', wholeNumber(1, 1_500), 60)
    .option('--seed <n>', 'the same seed gives the same files', wholeNumber(0, 2 ** 52), 1)
    .option('--out <folder>', 'where the files go (AMENDS_HOME/demo)')
    .option('--as-of <date>', 'the last day, YYYY-MM-DD (today)', dateArgument)
    .option('--files-only', 'write the files and load nothing')
    .option('--json', 'one JSON document on standard output')
    .action((options: Options & { json?: boolean }) =>
      reporting(Boolean(options.json), async () => {
        const answer = await makeDemo(options, steps)
        process.stdout.write(`${options.json ? JSON.stringify(answer) : show(answer)}\n`)
        if (answer.rejected) process.exitCode = 1
      }),
    )
}
