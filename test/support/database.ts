import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll } from 'vitest'
import { clientOptions, connect, type Db } from '../../src/platform/database.ts'

const server = () => process.env['AMENDS_TEST_SERVER']!
const template = () => process.env['AMENDS_TEST_TEMPLATE']!

/**
 * URL of a database of its own for the calling test file, cloned from the migrated template, dropped at its
 * end.
 */
export async function freshUrl(): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client(clientOptions(server()))
  await admin.connect()
  // Two test files clone at once: the second waits, since a template may have one reader that copies it at a
  // time.
  await admin.query('select pg_advisory_lock(1)')
  await admin.query(`create database ${name} template ${template()}`)
  await admin.end()
  afterAll(async () => {
    const dropper = new pg.Client(clientOptions(server()))
    await dropper.connect()
    await dropper.query(`drop database if exists ${name} with (force)`)
    await dropper.end()
  })
  return server().replace(/\/[^/?]*(\?|$)/, `/${name}$1`)
}

/** The same, connected. */
export async function freshDatabase(): Promise<Db> {
  const db = connect(await freshUrl())
  afterAll(() => db.destroy())
  return db
}
