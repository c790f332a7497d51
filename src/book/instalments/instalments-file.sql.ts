import type pg from 'pg'
import { fillTable } from '../../platform/bulk.ts'
import { type Applied, amountChecks, type Cells, requiredChecks } from '../intake/entries.ts'
import { type Check, fileKinds } from '../intake/file-kinds.ts'

const kind = fileKinds.instalments

/** Why a row of an instalment file is refused, the first that holds. */
export const instalmentChecks: readonly Check[] = [
  ...requiredChecks(kind),
  { column: 'loan_no', when: 'l.borrower_id is null', reason: 'is no loan of the book; load the tape first' },
  ...amountChecks(kind),
  {
    column: 'instalment_no',
    when: '{instalment_no} < 1 or {instalment_no} > 2000',
    reason: 'is not a number from 1 to 2000',
  },
]

/**
 * staging.entries: the instalments that are new or say something else than the book, in the loan's currency.
 */
export function instalmentEntries(cells: Cells): string {
  const money = (name: string) => `coalesce(${cells.minor(name)}, 0)`
  const row = ['principal', 'interest', 'fees'].map(money).join(', ')
  return `
    create unlogged table staging.entries as
    select s.ctid as ref, l.borrower_id, l.loan_no, ${cells.of('instalment_no')} as instalment_no,
           ${cells.of('due_on')} as due_on, ${money('principal')} as principal_minor,
           ${money('interest')} as interest_minor, ${money('fees')} as fees_minor, ${cells.extra} as extra,
           i.borrower_id is null as is_new, ${cells.fault(instalmentChecks)} as fault
      from staging.rows s
      left join loans l on l.loan_no = ${cells.of('loan_no')} and l.lender = ${cells.lender}
      left join currencies c on c.currency = l.currency
      left join instalments i
        on (i.borrower_id, i.loan_no, i.instalment_no)
           = (l.borrower_id, l.loan_no, ${cells.of('instalment_no')})
     where (i.due_on, i.principal_minor, i.interest_minor, i.fees_minor, i.extra)
           is distinct from (${cells.of('due_on')}, ${row}, ${cells.extra})`
}

/** Brings a staged instalment file into the book; an instalment that the file leaves out stays as it is. */
export async function applyInstalments(client: pg.Client): Promise<Applied> {
  const changed = await client.query(`
    update instalments i
       set (due_on, principal_minor, interest_minor, fees_minor, extra)
         = row(e.due_on, e.principal_minor, e.interest_minor, e.fees_minor, e.extra)
      from staging.entries e
     where not e.is_new
       and (e.borrower_id, e.loan_no, e.instalment_no) = (i.borrower_id, i.loan_no, i.instalment_no)`)
  const added = await fillTable(client, 'instalments', () =>
    client.query(`
      insert into instalments
        (borrower_id, loan_no, instalment_no, due_on, principal_minor, interest_minor, fees_minor, extra)
      select e.borrower_id, e.loan_no, e.instalment_no, e.due_on, e.principal_minor, e.interest_minor,
             e.fees_minor, e.extra
        from staging.entries e where e.is_new order by e.borrower_id, e.loan_no, e.instalment_no`),
  )
  return { new: added, changed: changed.rowCount ?? 0, closed: 0 }
}
