import type { Command } from 'commander'
import { reporting, table } from '../../platform/command.ts'
import { readJsonList } from '../../platform/json-file.ts'
import { answerTo } from './money-case.ts'

/** `amends money check`: the book's own arithmetic on cases from a file; needs no database. */
export function moneyCommands(program: Command) {
  program
    .command('money')
    .description('What the arithmetic of this program makes of a case.')
    .command('check')
    .description('Answer each case of a file: past due, allocation, schedule, late interest.')
    .argument('<file>', 'a JSON array of cases')
    .option('--json', 'one JSON document on standard output')
    .action((file: string, options: { json?: boolean }) =>
      reporting(Boolean(options.json), async () => {
        const cases = (await readJsonList(file, 'money cases')).map(answerTo)
        const words = table(cases.map((row) => ({ ...row, answer: JSON.stringify(row.answer) })))
        process.stdout.write(`${options.json ? JSON.stringify({ cases }) : words}\n`)
        if (cases.some((row) => 'refusal' in row)) process.exitCode = 1
      }),
    )
}
