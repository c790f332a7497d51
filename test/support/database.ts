import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll } from 'vitest'
import { clientOptions, connect, type Db } from '../../src/platform/database.ts'

const server = () => process.env['AMENDS_TEST_SERVER']!
const template = () => process.env['AMENDS_TEST_TEMPLATE']!

async function makeDatabase(source: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client(clientOptions(server()))
  await admin.connect()
  // Two test files clone at once: the second waits, since one at a time may read a template.
  await admin.query('select pg_advisory_lock(1)')
  await admin.query(`create database ${name} template ${source}`)
  await admin.end()
  afterAll(async () => {
    const dropper = new pg.Client(clientOptions(server()))
    await dropper.connect()
    await dropper.query(`drop database if exists ${name} with (force)`)
    await dropper.end()
  })
  return server().replace(/\/[^/?]*(\?|$)/, `/${name}$1`)
}

/**
 * URL of a database of its own for the calling test file, cloned from the migrated template, dropped at its
 * end.
 */
export const freshUrl = (): Promise<string> => makeDatabase(template())

/** The same without a single table. */
export const emptyUrl = (): Promise<string> => makeDatabase('template0')

/** A migrated database of its own, connected. */
export async function freshDatabase(): Promise<Db> {
  const db = connect(await freshUrl())
  afterAll(() => db.destroy())
  return db
}
