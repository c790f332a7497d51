import type { Command } from 'commander'
import { databaseCommand, dateArgument, table } from '../../platform/command.ts'
import { NewStanding } from './agency.api.ts'
import { agencyStandings, recordStanding } from './agency.sql.ts'

type AgencyOptions = {
  licensedUntil?: string
  secrecyUntil?: string
  evaluatedOn?: string
  barred?: string
}

/** `amends conduct agency NAME`: what an agency showed. */
export const agencyCommand = (conduct: Command) =>
  databaseCommand(
    conduct
      .command('agency')
      .description('Record what an agency showed; the newest record counts. What is left out it has not.')
      .argument('<name>', 'the agency, as in agency:NAME')
      .option('--licensed-until <day>', 'last day of the licence', dateArgument)
      .option('--secrecy-until <day>', 'last day of the secrecy agreement', dateArgument)
      .option('--evaluated-on <day>', 'day of the last evaluation; it holds for twelve months', dateArgument)
      .option('--barred <reason>', 'why it may not work at all'),
    async ({ db, clock }, agency: string, shown: AgencyOptions) => {
      const standing = NewStanding.parse({
        licensed_until: shown.licensedUntil,
        secrecy_until: shown.secrecyUntil,
        evaluated_on: shown.evaluatedOn,
        barred_reason: shown.barred,
      })
      await recordStanding(db, agency, standing, { at: clock.now().toString(), by: 'command line' })
      return { standings: await agencyStandings(db, clock.today()) }
    },
    ({ standings }) => table(standings),
  )
