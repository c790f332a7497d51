import type pg from 'pg'
import { fillTable } from '../../platform/bulk.ts'
import { type Applied, type Cells, choiceChecks, requiredChecks } from '../intake/entries.ts'
import { type Check, fileKinds } from '../intake/file-kinds.ts'

const kind = fileKinds['contact-points']

export const contactKinds = ['mobile', 'phone', 'work_phone', 'email', 'address'] as const

/** Why a row of a contact-point file is refused, the first that holds. */
export const contactPointChecks: readonly Check[] = [
  ...requiredChecks(kind),
  ...choiceChecks(kind),
  {
    column: 'borrower_no',
    when: 'b.borrower_id is null',
    reason: 'is no borrower of the book; load the borrower first',
  },
  {
    column: 'value',
    when: "{kind} = 'email' and {value} not like '%_@_%'",
    reason: 'is not an e-mail address',
  },
  { column: 'consented_on', when: '{consented_on} > :as_of', reason: 'lies after the file’s day' },
  { column: 'opted_out_on', when: '{opted_out_on} > :as_of', reason: 'lies after the file’s day' },
]

/** staging.entries: the contact points that are new or say something else than the book. */
export function contactPointEntries(cells: Cells): string {
  const id = `borrower_id_of(${cells.lender}, ${cells.of('borrower_no')})`
  const party = `coalesce(${cells.of('party')}, 'debtor')`
  const name = `coalesce(${cells.of('party_name')}, '')`
  return `
    create unlogged table staging.entries as
    select s.ctid as ref, ${id} as borrower_id, ${party} as party, ${name} as party_name,
           ${cells.of('kind')} as kind, ${cells.of('value')} as value, ${cells.of('source')} as source,
           ${cells.of('consented_on')} as consented_on, ${cells.of('opted_out_on')} as opted_out_on,
           ${cells.extra} as extra, ${cells.digest} as row_digest, p.borrower_id is null as is_new,
           ${cells.fault(contactPointChecks)} as fault
      from staging.rows s
      left join borrowers b on b.borrower_id = ${id}
      left join contact_points p
        on (p.borrower_id, p.party, p.party_name, p.kind, p.value)
         = (${id}, ${party}, ${name}, ${cells.of('kind')}, ${cells.of('value')})
     where p.row_digest is distinct from ${cells.digest}`
}

const columns = ['source', 'consented_on', 'opted_out_on', 'extra', 'row_digest']

/** Brings a staged contact-point file into the book; points and columns that it lacks stay as they are. */
export async function applyContactPoints(client: pg.Client, cells: Cells): Promise<Applied> {
  const told = columns.filter((name) => name === 'row_digest' || cells.has(name))
  const changed = await client.query(`
    update contact_points p
       set (${told.join(', ')}) = row(${told.map((name) => `e.${name}`).join(', ')})
      from staging.entries e
     where not e.is_new
       and (e.borrower_id, e.party, e.party_name, e.kind, e.value)
         = (p.borrower_id, p.party, p.party_name, p.kind, p.value)`)
  const added = await fillTable(client, 'contact_points', () =>
    client.query(`
      insert into contact_points (borrower_id, party, party_name, kind, value, ${columns.join(', ')})
      select e.borrower_id, e.party, e.party_name, e.kind, e.value, e.source, e.consented_on, e.opted_out_on,
             e.extra, e.row_digest
        from staging.entries e where e.is_new order by e.borrower_id`),
  )
  return { new: added, changed: changed.rowCount ?? 0, closed: 0 }
}
