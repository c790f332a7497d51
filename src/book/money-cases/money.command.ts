import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { reporting, table } from '../../platform/command.ts'
import { Refused } from '../../platform/refusal.ts'
import { answerTo } from './money-case.ts'

/** The cases in a file, or why it is not a list of them. */
async function casesIn(file: string): Promise<unknown[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    throw new Refused('file_cannot_be_read', `${file} cannot be read; name a file of money cases.`)
  }
  let cases: unknown
  try {
    cases = JSON.parse(text)
  } catch (error) {
    throw new Refused('file_is_not_json', `${file} is not JSON: ${(error as Error).message}.`)
  }
  if (Array.isArray(cases)) return cases
  throw new Refused('file_is_not_a_list', `${file} must hold a JSON array of cases.`)
}

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
        const cases = (await casesIn(file)).map(answerTo)
        const words = table(cases.map((row) => ({ ...row, answer: JSON.stringify(row.answer) })))
        process.stdout.write(`${options.json ? JSON.stringify({ cases }) : words}\n`)
        if (cases.some((row) => 'refusal' in row)) process.exitCode = 1
      }),
    )
}
