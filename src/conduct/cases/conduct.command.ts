import type { Command } from 'commander'
import { databaseCommand, table } from '../../platform/command.ts'
import { readJsonList } from '../../platform/json-file.ts'
import { progressBar } from '../../platform/progress.ts'
import { agencyCommand } from '../agencies/agency.command.ts'
import { diffPacks } from '../verdicts/pack-diff.sql.ts'
import { replayVerdict } from '../verdicts/verdict.sql.ts'
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
  databaseCommand(
    conduct
      .command('replay')
      .description('Give a verdict again from what was known then, and say what differs under today’s packs.')
      .argument('<verdict>', 'the id of a verdict'),
    ({ db }, verdict: string) => replayVerdict(db, verdict),
    (told) =>
      [
        `${told.decided_at} under ${told.pack_versions.join(', ')}: ${told.allowed ? 'allowed' : 'refused'}`,
        table(
          told.refusals.map(({ rule_id, source, next_allowed_at }) => ({ rule_id, source, next_allowed_at })),
        ),
        told.same ? 'Given again: the same answer.' : 'Given again: a different answer.',
        `Under ${told.todays_packs.join(', ')}: ${told.today.allowed ? 'allowed' : 'refused'}`,
        table([
          ...told.today.refused_now.map(({ rule_id }) => ({ rule_id, change: 'refuses now' })),
          ...told.today.released_now.map(({ rule_id }) => ({ rule_id, change: 'no longer refuses' })),
        ]),
      ].join('\n'),
    (told) => !told.same,
  )
  agencyCommand(conduct)
  databaseCommand(
    conduct
      .command('diff')
      .description('What a changed pack would refuse or release on today’s book. Nothing is kept.')
      .argument('<old>', 'a loaded version such as us@2026.1, or a pack file')
      .argument('<new>', 'the same'),
    async ({ db, clock }, old: string, changed: string) => {
      const bar = progressBar('compare', 100)
      const seen = (done: number, of: number) => bar.to((100 * done) / of)
      try {
        return await diffPacks(db, old, changed, clock.now().toString(), { seen })
      } finally {
        bar.end()
      }
    },
    ({ kinds, rules, ...totals }) => [table([totals]), table(kinds), table(rules)].join('\n'),
  )
}
