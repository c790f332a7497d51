// Built once per test run: a template database with every migration, rule view and pack applied, on
// DATABASE_URL's server or on an embedded one of its own.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { deploys } from '../../src/deploy.ts'
import { deployWith, prepare } from '../../src/platform/command.ts'
import { clientOptions } from '../../src/platform/database.ts'
import { Server } from '../../src/platform/server.ts'

// Tests throw their databases away: what a power cut would lose, they do not miss.
const flags = [
  '-c fsync=off',
  '-c full_page_writes=off',
  '-c synchronous_commit=off',
  '-c max_connections=300',
]

export default async function buildTemplate() {
  const given = process.env['DATABASE_URL']
  const home = mkdtempSync(join(tmpdir(), 'amends-test-'))
  chmodSync(home, 0o755)
  const server = given ? null : new Server(home)
  const url = given ?? (await server!.start(flags)).replace(/\/amends$/, '/postgres')
  const name = `template_${process.pid}`
  const admin = new pg.Client(clientOptions(url))
  const clear = async () => {
    await admin.end()
    server?.stop()
    rmSync(home, { recursive: true, force: true })
  }
  await admin.connect()
  try {
    await admin.query(`drop database if exists ${name}`)
    await admin.query(`create database ${name}`)
    deployWith(deploys)
    await prepare(url.replace(/\/[^/?]*(\?|$)/, `/${name}$1`))
  } catch (error) {
    await clear()
    throw error
  }
  process.env['AMENDS_TEST_SERVER'] = url
  process.env['AMENDS_TEST_TEMPLATE'] = name
  return async () => {
    const { rows } = await admin.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [name],
    )
    for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`)
    await clear()
  }
}
