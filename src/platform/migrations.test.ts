import pg from 'pg'
import { expect, test } from 'vitest'
import { canonical } from '../../test/support/canonical.ts'
import { emptyUrl, freshUrl } from '../../test/support/database.ts'
import { clientOptions } from './database.ts'
import { migrate } from './migrations.ts'
import { schemaOf } from './schema.ts'

async function run(url: string, ...statements: string[]) {
  const client = new pg.Client(clientOptions(url))
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

test('two programs that start at once on an empty database migrate it once, to the same as one', async () => {
  const url = await emptyUrl()
  const applied = await Promise.all([migrate(url), migrate(url), migrate(url)])
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
  expect(await migrate(url)).toEqual([])
  const alone = await emptyUrl()
  await migrate(alone)
  expect(await schemaOf(url)).toBe(await schemaOf(alone))
})

test('a migration that differs from the one applied, or that is not known here, is refused', async () => {
  const url = await freshUrl()
  const before = await canonical(url)
  await run(url, "update schema_migrations set sha256 = repeat('0', 64) where name like '0002%'")
  await expect(migrate(url)).rejects.toMatchObject({ refusal: 'migration_was_altered' })
  const [, known] = before
    .get('schema_migrations')!
    .find((row) => row.startsWith('0002'))!
    .split('\t')
  await run(url, `update schema_migrations set sha256 = '${known}' where name like '0002%'`)
  expect(await migrate(url)).toEqual([])
  await run(url, "insert into schema_migrations values ('9999_tomorrow', repeat('0', 64))")
  await expect(migrate(url)).rejects.toMatchObject({
    refusal: 'database_is_newer',
    detail: { migrations: ['9999_tomorrow'] },
  })
})

test('rule views are made anew as a whole when one of them changed, and old ones go', async () => {
  const url = await freshUrl()
  const before = await schemaOf(url)
  const rules = /create view (\w+) as\s+(?=[\s\S]*refusals)/.test(before)
  expect(rules).toBe(true)
  await run(
    url,
    'create view forgotten_rule as select 1 as one',
    "comment on view forgotten_rule is 'From a .rule.sql file, replaced as a whole'",
    "update schema_migrations set sha256 = 'old' where name = 'views'",
  )
  await migrate(url)
  expect(await schemaOf(url)).toBe(before)
})
