// The schema as it is: written down in db/schema.sql, and fit to be spread over machines by borrower_id.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openClient } from '../src/platform/database.ts'
import { exponents } from '../src/platform/money.ts'
import { schemaOf } from '../src/platform/schema.ts'
import { differences } from './support/canonical.ts'
import { freshUrl } from './support/database.ts'

/**
 * What breaks the key rules (docs: decision 2 of the house), one sentence each, for every table with a
 * borrower_id.
 */
const breachesSql = `
  with about as (
    select c.oid, c.relname as name, a.attnum, a.atttypid
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'borrower_id' and not a.attisdropped
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
  )
  select about.name || ': borrower_id is not a bigint' as breach
    from about where atttypid <> 'bigint'::regtype
  union all
  select about.name || ': borrower_id is not the first column of the primary key'
    from about where not exists (
      select from pg_constraint k
       where k.conrelid = about.oid and k.contype = 'p' and k.conkey[1] = about.attnum)
  union all
  select format('%s: %s is unique without borrower_id', about.name, i.indexrelid::regclass)
    from about join pg_index i on i.indrelid = about.oid
   where (i.indisunique or i.indisexclusion) and not about.attnum = any (i.indkey::int2[])
  union all
  select format('%s: %s refers to %s without borrower_id', about.name, k.conname, k.confrelid::regclass)
    from about
    join pg_constraint k on k.conrelid = about.oid and k.contype = 'f'
    join about target on target.oid = k.confrelid
   where not exists (
     select from generate_subscripts(k.conkey, 1) n
      where k.conkey[n] = about.attnum and k.confkey[n] = target.attnum)
  union all
  select format('%s: %s refers to %s, which is kept by borrower', k.conrelid::regclass, k.conname, about.name)
    from about join pg_constraint k on k.confrelid = about.oid and k.contype = 'f'
   where k.conrelid not in (select oid from about)
  union all
  select format('%s: trigger %s', about.name, t.tgname)
    from about join pg_trigger t on t.tgrelid = about.oid and not t.tgisinternal
  union all
  select format('%s: %s is an identity', about.name, a.attname)
    from about join pg_attribute a on a.attrelid = about.oid and a.attidentity <> ''
  union all
  select format('%s: %s is numbered by a sequence', about.name, a.attname)
    from about
    join pg_attrdef d on d.adrelid = about.oid
    join pg_attribute a on (a.attrelid, a.attnum) = (d.adrelid, d.adnum)
   where pg_get_expr(d.adbin, d.adrelid) ~* 'nextval'
  order by 1`

async function breaches(url: string, ...statements: string[]): Promise<string[]> {
  const client = await openClient(url)
  try {
    for (const statement of statements) await client.query(statement)
    const { rows } = await client.query<{ breach: string }>(breachesSql)
    return rows.map(({ breach }) => breach)
  } finally {
    await client.end()
  }
}

test('every table about a borrower can be spread over machines by borrower_id', async () => {
  expect(await breaches(await freshUrl())).toEqual([])
})

test('a table that could not be spread is noticed, whatever is wrong with it', async () => {
  const bad = await breaches(
    await freshUrl(),
    'create table visits (visit_id int primary key, borrower_id int)',
    `create table calls (
       loan_no text, borrower_id bigint, call_no bigserial, note_no int generated always as identity,
       primary key (loan_no, borrower_id), unique (call_no),
       exclude using btree (note_no with =))`,
    `create table replies (
       borrower_id bigint, reply_no int, loan_no text, caller_id bigint,
       primary key (borrower_id, reply_no),
       foreign key (loan_no, caller_id) references calls (loan_no, borrower_id))`,
    `create table offices (office text primary key, loan_no text, head_id bigint,
       foreign key (loan_no, head_id) references calls (loan_no, borrower_id))`,
    'create unique index replies_by_loan on replies (loan_no) where reply_no > 1',
    "create function note() returns trigger language plpgsql as 'begin return new; end'",
    'create trigger replies_noted before insert on replies for each row execute function note()',
  )
  expect(bad).toEqual([
    'calls: borrower_id is not the first column of the primary key',
    'calls: call_no is numbered by a sequence',
    'calls: calls_call_no_key is unique without borrower_id',
    'calls: calls_note_no_excl is unique without borrower_id',
    'calls: note_no is an identity',
    'offices: offices_loan_no_head_id_fkey refers to calls, which is kept by borrower',
    'replies: replies_by_loan is unique without borrower_id',
    'replies: replies_loan_no_caller_id_fkey refers to calls without borrower_id',
    'replies: trigger replies_noted',
    'visits: borrower_id is not a bigint',
    'visits: borrower_id is not the first column of the primary key',
    'visits: visits_pkey is unique without borrower_id',
  ])
})

// Otherwise: `./amends migrate --dump-schema db/schema.sql`.
test('db/schema.sql is what the migrations add up to', async ({ skip }) => {
  const url = await freshUrl()
  const client = await openClient(url)
  const { rows } = await client.query("select current_setting('server_version_num')::int / 10000 as version")
  await client.end()
  // Each version of PostgreSQL words views and functions a little differently; the file is in the embedded
  // one's words.
  skip(rows[0].version !== 18, `PostgreSQL ${rows[0].version}`)
  const written = readFileSync(join(import.meta.dirname, '..', 'db', 'schema.sql'), 'utf8')
  const lines = (text: string) => new Map([['schema.sql', text.split('\n')]])
  expect(differences(lines(written), lines(await schemaOf(url)))).toEqual([])
})

test('the currencies of the program and of the database are the same', async () => {
  const client = await openClient(await freshUrl())
  const { rows } = await client.query('select currency, exponent from currencies')
  await client.end()
  expect(Object.fromEntries(rows.map(({ currency, exponent }) => [currency, exponent]))).toEqual(exponents)
})
