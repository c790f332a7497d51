import { sql } from 'kysely'
import { positionOf } from '../../book/ledger/ledger.sql.ts'
import { type Standing, settingOf } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import type { Plan } from '../plans/plan.api.ts'
import type { Agreement } from './agreement.api.ts'
import type { AgreementContents, Language } from './agreement.ts'

type Party = { name?: string; address?: string; method?: Partial<Record<Language, string>> }

/** What was owed when the plan was agreed; of a mere proposal, what is owed on the day of drawing. */
async function owedOn(tx: Db, loan: Standing, { agreed_on, owed_minor }: Plan): Promise<number> {
  if (!agreed_on) return loan.outstanding_minor
  // Plans agreed before it was kept: the position at the close of that day.
  return (
    owed_minor ??
    (await positionOf(tx, loan.borrower_id, loan.loan_no, agreed_on))?.outstanding_minor ??
    loan.outstanding_minor
  )
}

/**
 * What an agreement about a plan says: what was agreed, or is proposed. Refused: `plan_is_not_open`,
 * `agreement_party_is_not_set`.
 */
export async function contentsOf(
  tx: Db,
  loan: Standing,
  plan: Plan,
  language: Language,
  on: string,
): Promise<AgreementContents> {
  if (plan.outcome) {
    throw new Refused('plan_is_not_open', 'The plan has ended: there is nothing to sign any more.')
  }
  const party = await settingOf<Party>(tx, loan, 'agreement_party', on)
  const method = party?.method?.[language]
  if (!party?.name || !method) {
    throw new Refused(
      'agreement_party_is_not_set',
      'The setting agreement_party must name the lender and, in this language, how to pay.',
    )
  }
  const { rows } = await sql<{ name: string | null; borrower_no: string }>`
    select name, borrower_no from borrowers where borrower_id = ${loan.borrower_id}
  `.execute(tx)
  const { name, borrower_no } = rows[0]!
  return {
    lender: { name: party.name, address: party.address ?? '' },
    borrower: { name: name ?? borrower_no, borrower_no },
    loan_no: plan.loan_no,
    plan_no: plan.plan_no,
    agreed_on: plan.agreed_on ?? on,
    currency: plan.currency,
    balance_minor: await owedOn(tx, loan, plan),
    principal_minor: plan.principal_minor,
    total_minor: plan.total_minor,
    instalments: plan.instalments.map(({ no, due_on, principal_minor, interest_minor }) => ({
      no,
      // The first payment of a proposal falls due on the day on which it is agreed.
      due_on: no === 0 && !plan.agreed_on ? null : due_on,
      principal_minor,
      interest_minor,
    })),
    cure_days: daysToCure(plan),
    method,
  }
}

/** All instalments of a plan have the same days of cure. */
function daysToCure({ instalments }: Plan): number {
  const { due_on, cure_until } = instalments.at(-1)!
  return Temporal.PlainDate.from(due_on).until(Temporal.PlainDate.from(cure_until)).days
}

const columns = sql`agreement_no, loan_no, plan_no, language, layout, sha256, drawn_at`

export type Kept = Agreement & { contents: AgreementContents; language: Language }

/** The agreement of a plan in a language, as it was drawn first. */
export async function agreementOf(
  db: Db,
  about: { borrower_id: string; loan_no: string; plan_no: number },
  language: Language,
  layout: number,
): Promise<Kept | undefined> {
  const { rows } = await sql<Kept>`
    select ${columns}, contents
      from agreements
     where borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no} and plan_no = ${about.plan_no}
       and language = ${language} and layout = ${layout}
  `.execute(db)
  return rows[0]
}

/** One agreement. Refused: `no_such_agreement`. */
export async function agreementByNo(db: Db, borrowerId: string, agreementNo: string): Promise<Kept> {
  const { rows } = await sql<Kept>`
    select ${columns}, contents from agreements where borrower_id = ${borrowerId}
           and agreement_no = ${agreementNo}
  `.execute(db)
  if (rows[0]) return rows[0]
  throw new Refused('no_such_agreement', 'There is no agreement of that number.')
}

export async function insertAgreement(
  tx: Db,
  borrowerId: string,
  drawn: { contents: AgreementContents; language: Language; layout: number; sha256: string },
  by: { at: string; staff_id: string },
): Promise<Agreement> {
  const { contents, language, layout, sha256 } = drawn
  const { rows } = await sql<Agreement>`
    insert into agreements
      (borrower_id, loan_no, plan_no, layout, language, contents, sha256, drawn_at, drawn_by)
    values (${borrowerId}, ${contents.loan_no}, ${contents.plan_no}, ${layout}, ${language},
            ${JSON.stringify(contents)}, ${sha256}, ${by.at}, ${by.staff_id})
    returning ${columns}
  `.execute(tx)
  return rows[0]!
}
