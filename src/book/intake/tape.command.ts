import { type Command, InvalidArgumentError, Option } from 'commander'
import { databaseCommand, dateArgument, table } from '../../platform/command.ts'
import { progressBar } from '../../platform/progress.ts'
import { fileKinds, type KindName } from './file-kinds.ts'
import { type LoadAnswer, loadFile, sizeOf } from './load.ts'
import { rejectsFile } from './rejects.sql.ts'

type Options = {
  asOf: string
  mode: 'full' | 'delta'
  kind: KindName
  lender?: string
  maxMissing?: number
  encoding?: string
  check?: boolean
  correct?: boolean
  accept?: string
}

function shareArgument(text: string): number {
  const share = Number(text)
  if (!(share >= 0 && share <= 1)) throw new InvalidArgumentError('A fraction from 0 to 1, such as 0.05.')
  return share
}

function nameArgument(text: string): string {
  if (text.trim()) return text.trim()
  throw new InvalidArgumentError('A lender has a name.')
}

function encodingArgument(text: string): string {
  try {
    return new TextDecoder(text).encoding
  } catch {
    throw new InvalidArgumentError('An encoding has a name such as gbk, gb18030, big5 or utf-16le.')
  }
}

function show(file: string, answer: LoadAnswer): string {
  const { rows, unchanged, closed, rejected } = answer
  const moved = Object.entries(answer.comparison).map(([figure, f]) => ({
    ...{ figure, before: f.before, now: f.now, moved: `${(f.moved * 100).toFixed(2)}%` },
  }))
  return [
    `${answer.checked_only ? 'Would load' : 'Loaded'} ${answer.file_name} ` +
      `(${answer.kind}, ${answer.as_of}): ` +
      `${answer.seconds} s`,
    table([{ rows, new: answer.new, changed: answer.changed, unchanged, closed, rejected }]),
    ...(answer.totals.length ? [table(answer.totals)] : []),
    ...(moved.length ? ['Against the load before:', table(moved)] : []),
    ...(answer.dpd_differs ? [`${answer.dpd_differs} loans have other days past due than ours.`] : []),
    ...(rejected && !answer.checked_only ? [`Rejected rows: ${rejectsFile(file)}`] : []),
  ].join('\n')
}

/** `amends tape load`. */
export function tapeCommands(program: Command) {
  const tape = program.command('tape').description('The files that a lender sends.')
  databaseCommand(
    tape
      .command('load')
      .description(
        'Load a file: all good rows in one transaction; the others go to NAME.rejects.csv beside it.',
      )
      .argument('<file>', '.csv, .csv.gz, .xlsx or .parquet')
      .requiredOption('--as-of <date>', 'close of business that the file speaks of, YYYY-MM-DD', dateArgument)
      .addOption(
        new Option('--kind <kind>', 'what stands in it').choices(Object.keys(fileKinds)).default('loans'),
      )
      .addOption(
        new Option('--mode <mode>', 'full: loans that a tape leaves out are closed; delta: they stay')
          .choices(['full', 'delta'])
          .default('full'),
      )
      .option(
        '--max-missing <share>',
        'largest share of open loans that a full tape may leave out (0.05)',
        shareArgument,
      )
      .option('--lender <name>', 'whose book it is where the file does not say (default)', nameArgument)
      .option(
        '--encoding <name>',
        'of a CSV file that is not UTF-8: gbk, big5, utf-16le, …',
        encodingArgument,
      )
      .option('--check', 'say what would change, and change nothing')
      .option('--correct', 'mend an earlier day: history is derived anew from there')
      .option('--accept <name>', 'the person who accepts a load that the comparison holds'),
    async ({ url, clock }, file: string, options: Options) => {
      const bar = progressBar('load', sizeOf(file))
      const answer = await loadFile(
        url,
        clock,
        {
          ...{ file, as_of: options.asOf, kind: options.kind, mode: options.mode },
          ...(options.lender !== undefined && { lender: options.lender }),
          ...(options.maxMissing !== undefined && { max_missing: options.maxMissing }),
          ...(options.encoding !== undefined && { encoding: options.encoding }),
          ...(options.accept !== undefined && { accepted_by: options.accept }),
          ...{ check: options.check ?? false, correct: options.correct ?? false },
        },
        (bytes) => bar.to(bytes),
      )
      bar.end()
      return { ...answer, file }
    },
    (answer) => show(answer.file, answer),
  )
}
