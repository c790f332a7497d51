import type { Command } from 'commander'
import { databaseCommand, table } from '../../platform/command.ts'
import { readDocument } from '../../platform/json-file.ts'
import { capsOn, publishCaps } from './rate-cap.sql.ts'
import { RateCaps } from './rate-cap.ts'

/** `amends rate-caps import | show`. */
export function rateCapCommands(program: Command) {
  const caps = program.command('rate-caps').description('Yearly rates that a lender may not pass.')
  databaseCommand(
    caps
      .command('import')
      .description(
        'Publish rates from a JSON file: {"effective_from", "caps": [{"pack", …, "clause": {"en", …}}]}.',
      )
      .argument('<file>'),
    async ({ db }, file: string) => {
      const read = await readDocument(file, 'rate caps', RateCaps)
      return { ...read, new: await db.transaction().execute((tx) => publishCaps(tx, read)) }
    },
    (done) => `${done.new} of ${done.caps.length} rates are new, from ${done.effective_from}.`,
  )
  databaseCommand(
    caps.command('show').description('The caps and alerts in force today.'),
    async ({ db, clock }) => ({ caps: await capsOn(db, clock.today()) }),
    (shown) => table(shown.caps.map((row) => ({ ...row, clause: row.clause.en }))),
  )
}
