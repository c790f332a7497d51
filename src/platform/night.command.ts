import type { Command } from 'commander'
import { databaseCommand, dateArgument, table } from './command.ts'
import { runNight, type Step } from './nightly.ts'
import { progressBar } from './progress.ts'

/** `amends night`. */
export function nightCommands(program: Command, steps: readonly Step[]) {
  databaseCommand(
    program
      .command('night')
      .description('Run the night of a business date, and whatever earlier nights are missing.')
      .requiredOption('--as-of <date>', 'the business date, YYYY-MM-DD', dateArgument),
    async ({ url, clock }, options: { asOf: string }) => {
      const bar = progressBar('night', steps.length)
      const run = await runNight(url, steps, options.asOf, clock, (at) =>
        bar.to(at.done, `${at.as_of} ${at.step}`),
      )
      bar.end()
      return run
    },
    (run) =>
      `Night of ${run.as_of}: ${run.seconds} s` +
      `${run.caught_up.length ? `, caught up ${run.caught_up.length} days` : ''}\n${table(run.steps)}`,
  )
}
