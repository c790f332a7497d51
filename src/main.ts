import { Command } from 'commander'
import { tapeCommands } from './book/intake/tape.command.ts'
import { allocationCommands } from './book/ledger/allocation.command.ts'
import { verifyCommand } from './book/ledger/verify.command.ts'
import { moneyCommands } from './book/money-cases/money.command.ts'
import { rateCapCommands } from './book/quotes/rate-caps.command.ts'
import { settingsCommands } from './book/settings/settings.command.ts'
import { conductCommands } from './conduct/cases/conduct.command.ts'
import { demoCommands } from './demo/demo.command.ts'
import { deploys } from './deploy.ts'
import { reportCommands } from './insight/reports/report.command.ts'
import { steps } from './nightly.ts'
import { deployWith } from './platform/command.ts'
import { deskCommand } from './platform/desk.command.ts'
import { lookAfterCommands } from './platform/look-after.command.ts'
import { nightCommands } from './platform/night.command.ts'
import { authorityCommands } from './resolution/authority/authority.command.ts'
import { staffCommands } from './staff/people/staff.command.ts'

deployWith(deploys)

const amends = new Command('amends')
  .description('Gets overdue loans repaid, lawfully and decently.')
  .showHelpAfterError()

deskCommand(amends, {
  steps,
  // The desk and the demo are most of the program: read when it starts, so that commands begin at once.
  loadDemo: async (context) => (await import('./demo/demo-when-empty.ts')).loadDemoWhenEmpty(context, steps),
  open: async (context) => (await import('./api.ts')).openStaffedDesk(context),
})
lookAfterCommands(amends)
tapeCommands(amends)
nightCommands(amends, steps)
reportCommands(amends)
settingsCommands(amends)
allocationCommands(amends)
rateCapCommands(amends)
authorityCommands(amends)
staffCommands(amends)
moneyCommands(amends)
verifyCommand(amends)
conductCommands(amends)
demoCommands(amends, steps)

await amends.parseAsync()
