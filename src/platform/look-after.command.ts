import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { backUp, restore } from './backup.ts'
import { databaseCommand, prepare, reporting } from './command.ts'
import { leaseDatabase, stopDesk } from './home.ts'
import { schemaOf } from './schema.ts'

type Json = { json?: boolean }

function migrateCommand(program: Command) {
  program
    .command('migrate')
    .description('Bring the database up to this program.')
    .option('--dump-schema <file>', 'write the schema that results to a file (db/schema.sql is checked in)')
    .option('--json', 'one JSON document on standard output')
    .action((options: Json & { dumpSchema?: string }) =>
      reporting(Boolean(options.json), async () => {
        const lease = await leaseDatabase()
        try {
          const applied = await prepare(lease.url)
          if (options.dumpSchema) writeFileSync(options.dumpSchema, await schemaOf(lease.url))
          const words = applied.length ? `Applied: ${applied.join(', ')}` : 'The database is up to date.'
          process.stdout.write(`${options.json ? JSON.stringify({ applied }) : words}\n`)
        } finally {
          await lease.release()
        }
      }),
    )
}

/** `amends migrate | stop | backup | restore`. */
export function lookAfterCommands(program: Command) {
  migrateCommand(program)
  program
    .command('stop')
    .description('End the desk that runs on this home and shut its database down cleanly.')
    .option('--json', 'one JSON document on standard output')
    .action((options: Json) =>
      reporting(Boolean(options.json), async () => {
        const answer = await stopDesk()
        const words = answer.stopped ? 'Stopped.' : 'Nothing was running.'
        process.stdout.write(`${options.json ? JSON.stringify(answer) : words}\n`)
      }),
    )
  databaseCommand(
    program
      .command('backup')
      .description(
        'Write the whole database, as of one moment, to a file (gzip of SQL that psql reads, too).',
      )
      .argument('<file>', 'where to; must not exist'),
    ({ url }, file: string) => backUp(url, file),
    (answer) => `${answer.tables} tables, ${answer.rows} rows, ${answer.bytes} bytes`,
  )
  databaseCommand(
    program
      .command('restore')
      .description('Fill an empty database from a backup.')
      .argument('<file>', 'a file that `amends backup` wrote'),
    ({ url }, file: string) => restore(url, file),
    (answer) => `${answer.tables} tables, ${answer.rows} rows`,
  )
}
