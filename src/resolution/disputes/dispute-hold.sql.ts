import { recordFact } from '../../conduct/facts/fact.sql.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { factIdOf } from '../hardship/hold.ts'

/** A dispute of a loan: of which instalment or part, since when, and what is said of it. */
type Disputed = {
  borrower_id: string
  loan_no: string
  of: string | number
  disputed_on: string
  reason: string
}
type By = { clock: Clock; recorded_by: string }

/** No contact is about what is disputed. `variant`: `fees` where nothing else of the loan is. */
export const holdDisputed = (db: Db, { of, disputed_on, ...about }: Disputed, variant: string, by: By) =>
  recordFact(
    db,
    about.borrower_id,
    'holds',
    {
      ...{ kind: 'disputed_part', variant, debts: [about.loan_no], reason: about.reason },
      fact_id: factIdOf('disputed', about.borrower_id, about.loan_no, of, disputed_on),
    },
    by,
  )

/** Nothing of the loan is disputed any more. */
export const releaseDisputed = (db: Db, { of, disputed_on, ...about }: Disputed, by: By) =>
  recordFact(
    db,
    about.borrower_id,
    'hold_releases',
    {
      ...{ kind: 'disputed_part', debts: [about.loan_no], reason: about.reason },
      fact_id: factIdOf('disputed end', about.borrower_id, about.loan_no, of, disputed_on),
    },
    by,
  )
