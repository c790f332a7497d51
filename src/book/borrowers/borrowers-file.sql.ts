import type pg from 'pg'
import { fillTable } from '../../platform/bulk.ts'
import { type Applied, type Cells, choiceChecks, requiredChecks } from '../intake/entries.ts'
import { type Check, fileKinds } from '../intake/file-kinds.ts'
import { contactKinds } from './contact-points-file.sql.ts'

const kind = fileKinds.borrowers

/** Why a row of a borrower file is refused, the first that holds. */
export const borrowerChecks: readonly Check[] = [
  ...requiredChecks(kind),
  ...choiceChecks(kind),
  { column: 'born_on', when: '{born_on} > :as_of', reason: 'lies after the file’s day' },
  { column: 'deceased_on', when: '{deceased_on} > :as_of', reason: 'lies after the file’s day' },
  {
    column: 'country',
    when: "{country} !~ '^[A-Z]{2}$'",
    reason: 'is not a country code of ISO 3166 such as TW',
  },
  {
    column: 'language',
    when: "{language} !~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'",
    reason: 'is not a language tag of BCP 47 such as zh-TW',
  },
  {
    column: 'time_zone',
    when: '{time_zone} in (select time_zone from staging.unknown_zones)',
    reason: 'is not a time zone of the IANA list such as Asia/Taipei (several are separated by ;)',
  },
  { column: 'email', when: "{email} not like '%_@_%'", reason: 'is not an e-mail address' },
]

const points = ['mobile', 'phone', 'work_phone', 'email', 'address'] as const

/** staging.entries: the borrowers whose row differs from the book. */
export function borrowerEntries(cells: Cells): string {
  const id = `borrower_id_of(${cells.lender}, ${cells.of('borrower_no')})`
  return `
    create unlogged table staging.unknown_zones as
    select d.time_zone
      from (select distinct ${cells.of('time_zone')} as time_zone from staging.rows s) d
     where exists (
       select from unnest(string_to_array(d.time_zone, ';')) z
        where btrim(z) not in (select name from pg_timezone_names));
    create unlogged table staging.entries as
    select s.ctid as ref, ${id} as borrower_id, ${cells.lender} as lender,
           ${cells.of('borrower_no')} as borrower_no, ${cells.of('name')} as name,
           ${cells.of('kind')} as kind,
           ${cells.of('national_id')} as national_id, ${cells.of('born_on')} as born_on,
           ${cells.of('occupation')} as occupation, ${cells.of('monthly_income')} as monthly_income,
           ${cells.of('employer')} as employer, ${cells.of('language')} as language,
           ${cells.of('country')} as country,
           array(select btrim(z) from unnest(string_to_array(${cells.of('time_zone')}, ';')) z) as time_zones,
           ${cells.of('vulnerable')} as vulnerable, ${cells.of('deceased_on')} as deceased_on,
           ${points.map((point) => `${cells.of(point)} as ${point}`).join(', ')},
           ${cells.extra} as extra, ${cells.digest} as row_digest,
           b.borrower_id is null as is_new, b.row_digest is null as first_file,
           b.borrower_no as other_no, ${cells.fault(borrowerChecks)} as fault
      from staging.rows s
      left join borrowers b on b.borrower_id = ${id}
     where b.row_digest is distinct from ${cells.digest}`
}

const columns = [
  ...[
    'name',
    'kind',
    'national_id',
    'born_on',
    'occupation',
    'monthly_income',
    'employer',
    'language',
    'country',
  ],
  ...['time_zones', 'vulnerable', 'deceased_on', 'extra', 'row_digest'],
]
const of = (names: readonly string[]) => names.map((name) => `e.${name}`).join(', ')

/** What the file says: a column that it lacks leaves what the book knows, an empty cell does not. */
const told = (cells: Cells) =>
  columns.filter((name) => name === 'row_digest' || cells.has(name === 'time_zones' ? 'time_zone' : name))

/**
 * Brings a staged borrower file into the book. A borrower that only a tape had named so far counts as new.
 * Phones, e-mail and address become contact points of the debtor.
 */
export async function applyBorrowers(client: pg.Client, cells: Cells): Promise<Applied> {
  const { rows } = await client.query<{ new: number; changed: number }>(
    `select count(*) filter (where first_file) as new, count(*) filter (where not first_file) as changed
       from staging.entries`,
  )
  await client.query(`
    update borrowers b set (${told(cells).join(', ')}) = row(${of(told(cells))})
      from staging.entries e where not e.is_new and e.borrower_id = b.borrower_id`)
  await fillTable(client, 'borrowers', () =>
    client.query(`
      insert into borrowers (borrower_id, lender, borrower_no, ${columns.join(', ')})
      select e.borrower_id, e.lender, e.borrower_no, ${of(columns)}
        from staging.entries e where e.is_new order by e.borrower_id`),
  )
  const ways = contactKinds.map((way) => `('${way}', e.${way})`)
  await fillTable(client, 'contact_points', () =>
    client.query(`
      insert into contact_points (borrower_id, party, kind, value, source)
      select e.borrower_id, 'debtor', way.kind, way.value, 'borrower file'
        from staging.entries e
       cross join lateral (values ${ways.join(', ')}) as way (kind, value)
       where way.value is not null
       order by e.borrower_id
      on conflict do nothing`),
  )
  await client.query('drop table staging.unknown_zones')
  return { ...rows[0]!, closed: 0 }
}
