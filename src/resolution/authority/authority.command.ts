import type { Command } from 'commander'
import { databaseCommand, table } from '../../platform/command.ts'
import { readDocument } from '../../platform/json-file.ts'
import { gridOn, publishGrid } from './grid.sql.ts'
import { Grid } from './grid.ts'

/** A version in words: its head, and its rows as a table. */
const shown = ({ rules, ...grid }: Grid) =>
  [
    `${grid.grid_version}, from ${grid.effective_from}, by ${grid.published_by}: ${grid.source}`,
    table(rules),
  ].join('\n')

/** `amends authority import | show`. */
export function authorityCommands(program: Command) {
  const authority = program.command('authority').description('Who may give how much of what away.')
  databaseCommand(
    authority
      .command('import')
      .description(
        'Publish a whole version of the grid, from a JSON file such as `amends authority show --json` gives.',
      )
      .argument('<file>'),
    async ({ db, clock }, file: string) => {
      const grid = await readDocument(file, 'an authority grid', Grid)
      const is_new = await db.transaction().execute((tx) => publishGrid(tx, grid, clock.today()))
      return { is_new, ...grid }
    },
    ({ is_new, ...grid }) => `${is_new ? 'Published' : 'Stands already'}: ${shown(grid)}`,
  )
  databaseCommand(
    authority.command('show').description('The grid in force today.'),
    async ({ db, clock }) => gridOn(db, clock.today()),
    shown,
  )
}
