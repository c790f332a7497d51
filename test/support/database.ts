import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll } from 'vitest'
import { clientOptions, connect, type Db } from '../../src/platform/database.ts'

const server = () => process.env['AMENDS_TEST_SERVER']!
const template = () => process.env['AMENDS_TEST_TEMPLATE']!

const urlOf = (name: string) => server().replace(/\/[^/?]*(\?|$)/, `/${name}$1`)

// Two test files at once: the second waits, since one at a time may read a template, and fill one.
const CLONING = 1
const FILLING = 2

async function alone<Answer>(at: number, work: (admin: pg.Client) => Promise<Answer>): Promise<Answer> {
  const admin = new pg.Client(clientOptions(server()))
  await admin.connect()
  try {
    await admin.query('select pg_advisory_lock($1)', [at])
    return await work(admin)
  } finally {
    await admin.end()
  }
}

async function makeDatabase(source: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await alone(CLONING, (admin) =>
    admin.query(`create database ${name} template ${source} strategy file_copy`),
  )
  afterAll(async () => {
    const dropper = new pg.Client(clientOptions(server()))
    await dropper.connect()
    await dropper.query(`drop database if exists ${name} with (force)`)
    await dropper.end()
  })
  return urlOf(name)
}

/**
 * URL of a database of its own for the calling test file, cloned from the migrated template, dropped at its
 * end.
 */
export const freshUrl = (): Promise<string> => makeDatabase(template())

/**
 * The same with what `fill` put into it: filled once for a run, by whichever test file asks for `name` first,
 * and cloned for each. `fill` closes what it opens.
 */
export async function filledUrl(name: string, fill: (url: string) => Promise<void>): Promise<string> {
  const source = `${template()}_${name}`
  await alone(FILLING, async (admin) => {
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [source])
    if (rowCount === 1) return
    await alone(CLONING, (cloner) => cloner.query(`create database ${source} template ${template()}`))
    try {
      await fill(urlOf(source))
    } catch (error) {
      await admin.query(`drop database ${source} with (force)`)
      throw error
    }
  })
  return makeDatabase(source)
}

/** The same without a single table. */
export const emptyUrl = (): Promise<string> => makeDatabase('template0')

/** A migrated database of its own, connected. */
export async function freshDatabase(): Promise<Db> {
  const db = connect(await freshUrl())
  afterAll(() => db.destroy())
  return db
}
