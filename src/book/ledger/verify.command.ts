import type { Command } from 'commander'
import { databaseCommand } from '../../platform/command.ts'
import { verifyAudit } from '../../staff/audit/audit.sql.ts'
import { proveBalances } from './ledger.sql.ts'

/** `amends verify`: the audit log still stands as it was sealed, and the books balance to the minor unit. */
export function verifyCommand(program: Command) {
  databaseCommand(
    program
      .command('verify')
      .description(
        'Prove the audit log and the balances of the whole book; exit status 1 when something differs.',
      ),
    async ({ db }) => ({ audit: await verifyAudit(db), balances: await proveBalances(db) }),
    ({ audit, balances }) =>
      `Audit: ${audit.events} events, ${audit.ok ? 'all as sealed' : `broken from ${audit.broken_from}`}\n` +
      `Balances: ${balances.loans} loans, ${balances.differences} differences\n` +
      balances.examples.map((example) => JSON.stringify(example)).join('\n'),
    ({ audit, balances }) => !audit.ok || balances.differences > 0,
  )
}
