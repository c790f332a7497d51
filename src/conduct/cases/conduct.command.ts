import type { Command } from 'commander'
import { databaseCommand, table } from '../../platform/command.ts'
import { readJsonList } from '../../platform/json-file.ts'
import { answerCases } from './conduct-case.sql.ts'

/** `amends conduct …`: what the law allows, asked from the command line. */
export function conductCommands(program: Command) {
  const conduct = program.command('conduct').description('What the law allows, by which rule, and from when.')
  databaseCommand(
    conduct
      .command('check')
      .description(
        'Answer each case of a file by the rule views that every contact is decided by. Nothing is kept.',
      )
      .argument('<file>', 'a JSON array of cases, as in contracts/conduct-cases.md'),
    async ({ db }, file: string) => ({
      cases: await answerCases(db, await readJsonList(file, 'conduct cases')),
    }),
    ({ cases }) =>
      table(
        cases.map(({ id, allowed, refusals, next_allowed_at, problem }) => ({
          id,
          allowed: allowed ? 'yes' : 'no',
          rules: refusals.map((refusal) => refusal.rule).join(' '),
          next_allowed_at,
          problem,
        })),
      ),
  )
}
