import { Command } from 'commander'
import { tapeCommands } from './book/intake/tape.command.ts'
import { settingsCommands } from './book/settings/settings.command.ts'
import { moneyCommands } from './book/money-cases/money.command.ts'
import { conductCommands } from './conduct/cases/conduct.command.ts'
import { deploys } from './deploy.ts'
import { steps } from './nightly.ts'
import { deployWith } from './platform/command.ts'
import { lookAfterCommands } from './platform/look-after.command.ts'
import { nightCommands } from './platform/night.command.ts'

deployWith(deploys)

const amends = new Command('amends')
  .description('Gets overdue loans repaid, lawfully and decently.')
  .showHelpAfterError()

lookAfterCommands(amends)
tapeCommands(amends)
nightCommands(amends, steps)
settingsCommands(amends)
moneyCommands(amends)
conductCommands(amends)

await amends.parseAsync()
