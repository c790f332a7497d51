import type { Command } from 'commander'
import type { Clock } from '../../platform/clock.ts'
import { databaseCommand, dateArgument, table } from '../../platform/command.ts'
import { refuseFuture } from '../../platform/nightly.ts'
import { Refused } from '../../platform/refusal.ts'
import {
  bucketReport,
  bucketsOn,
  collectionDays,
  pastDueReport,
  reading,
  recoveryReport,
  rollReport,
} from './report.sql.ts'
import { recovery, rollRates } from './report.ts'

type On = { asOf: string }
type Between = { from: string; to: string }

const on = (command: Command) =>
  command.requiredOption('--as-of <date>', 'the close of this day, today or past', dateArgument)

const between = (command: Command) =>
  command
    .requiredOption('--from <date>', 'the close of this day', dateArgument)
    .requiredOption('--to <date>', 'the close of this day', dateArgument)

function refuseDays({ from, to }: Between, clock: Clock) {
  refuseFuture(to, clock)
  if (from > to)
    throw new Refused('from_is_after_to', `--from ${from} lies after --to ${to}; turn them round.`)
}

function pointReports(report: Command) {
  databaseCommand(
    on(report.command('buckets').description('Loans and money by bucket and currency.')),
    ({ db, clock }, { asOf }: On) =>
      reading(db, async (tx) => {
        refuseFuture(asOf, clock)
        const order = await bucketsOn(tx, asOf)
        const rows = await bucketReport(tx, asOf)
        const place = (bucket: string) => order.indexOf(bucket)
        return { as_of: asOf, buckets: rows.sort((a, b) => place(a.bucket) - place(b.bucket)) }
      }),
    (answer) => table(answer.buckets),
  )
  databaseCommand(
    on(report.command('past-due').description('Every loan that is past due by a day or more.')),
    ({ db, clock }, { asOf }: On) =>
      reading(db, async (tx) => {
        refuseFuture(asOf, clock)
        return { as_of: asOf, loans: await pastDueReport(tx, asOf) }
      }),
    (answer) => table(answer.loans),
  )
}

/** `amends report buckets | past-due | roll-rates | recovery`. */
export function reportCommands(program: Command) {
  const report = program.command('report').description('Figures as of any day, from history.')
  pointReports(report)
  databaseCommand(
    between(report.command('roll-rates').description('Loans by their bucket on one day and on a later one.')),
    ({ db, clock }, options: Between) =>
      reading(db, async (tx) => {
        refuseDays(options, clock)
        const { from, to } = options
        const cells = await rollReport(tx, from, to)
        const known = new Set([...(await bucketsOn(tx, from)), ...(await bucketsOn(tx, to))])
        return rollRates(from, to, [...known], cells)
      }),
    (answer) =>
      table(
        answer.buckets.map((bucket, row) => ({
          ...{ [`${answer.from} \\ ${answer.to}`]: bucket },
          ...Object.fromEntries(
            [...answer.buckets, 'closed'].map((to, column) => [to, answer.loans[row]![column]]),
          ),
        })),
      ),
  )
  databaseCommand(
    between(
      report
        .command('recovery')
        .description('Money on the loans past due at the start, over their past due.'),
    ),
    ({ db, clock }, options: Between) =>
      reading(db, async (tx) => {
        refuseDays(options, clock)
        const { from, to } = options
        return recovery(from, to, await recoveryReport(tx, from, to), await collectionDays(tx, from, to))
      }),
    (answer) =>
      `${table(answer.by_currency)}\nDays to recovery, median: ` +
      `${answer.collection_days_median ?? '(no episode ended)'}`,
  )
}
