import type { Command } from 'commander'
import { databaseCommand, table } from '../../platform/command.ts'
import { readDocument } from '../../platform/json-file.ts'
import { ordersOn, publishOrders } from './allocation-order.sql.ts'
import { AllocationOrders } from './allocation-order.ts'

/** `amends allocation import | show`. */
export function allocationCommands(program: Command) {
  const allocation = program.command('allocation').description('In which order money is applied.')
  databaseCommand(
    allocation
      .command('import')
      .description(
        'Publish orders from a JSON file: {"effective_from", "orders": [{"lender"?, …, "rule", "clause"}]}.',
      )
      .argument('<file>'),
    async ({ db }, file: string) => {
      const read = await readDocument(file, 'allocation orders', AllocationOrders)
      return { ...read, new: await db.transaction().execute((tx) => publishOrders(tx, read)) }
    },
    (done) => `${done.new} of ${done.orders.length} orders are new, from ${done.effective_from}.`,
  )
  databaseCommand(
    allocation.command('show').description('The orders in force today.'),
    async ({ db, clock }) => ({ orders: await ordersOn(db, clock.today()) }),
    ({ orders }) => table(orders.map((row) => ({ ...row, rule: JSON.stringify(row.rule) }))),
  )
}
