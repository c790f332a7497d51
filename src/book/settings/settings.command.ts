import type { Command } from 'commander'
import { databaseCommand, table } from '../../platform/command.ts'
import { readJson } from '../../platform/json-file.ts'
import { Refused } from '../../platform/refusal.ts'
import { type SettingInForce, saveSettings, settingsOn } from './setting.sql.ts'
import { readSettings } from './setting.ts'

/** The settings for everybody by name, and the lenders' and products' own beside them. */
const answer = (asOf: string, rows: readonly SettingInForce[]) => ({
  as_of: asOf,
  ...Object.fromEntries(
    rows.filter((row) => !row.lender && !row.product).map((row) => [row.name, row.value]),
  ),
  settings: rows,
})

/** `amends settings import | show`. */
export function settingsCommands(program: Command) {
  const settings = program.command('settings').description('Settings of the book, its lenders and products.')
  databaseCommand(
    settings
      .command('import')
      .description(
        'Take settings from a JSON file: {"effective_from": …, "lender"?, "product"?, NAME: VALUE, …}.',
      )
      .argument('<file>'),
    async ({ db }, file: string) => {
      const read = readSettings(await readJson(file, 'settings'))
      if ('wrong' in read) {
        throw new Refused('settings_are_wrong', `${file} was not taken:\n  ${read.wrong.join('\n  ')}`, read)
      }
      const loans_to_derive_anew = await db.transaction().execute((tx) => saveSettings(tx, read))
      const { effective_from } = read.scope
      return { ...answer(effective_from, await settingsOn(db, effective_from)), loans_to_derive_anew }
    },
    (done) => table(done.settings.map((row) => ({ ...row, value: JSON.stringify(row.value) }))),
  )
  databaseCommand(
    settings.command('show').description('The settings in force today.'),
    async ({ db, clock }) => answer(clock.today(), await settingsOn(db, clock.today())),
    (done) => table(done.settings.map((row) => ({ ...row, value: JSON.stringify(row.value) }))),
  )
}
