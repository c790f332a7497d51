import type { z } from 'zod'
import type { DisputedInstalments } from '#api/resolution/disputes/dispute'
import type { DisputedPart, DisputedParts } from '#api/resolution/disputes/disputed-part'
import { ask } from '../../ui/client.ts'
import { type Loan, loanPath, minor, type Values } from './deeds.ts'

/** The parts of a debt that may be contested, whether or not its lender sent instalments. */
export const disputable: readonly string[] = ['fee', 'penalty', 'interest', 'principal']

/** A dispute: `what` is a part, with its amount, or the number of an instalment. */
export type Dispute = Omit<DisputedPart, 'part' | 'amount_minor'> & {
  what: string
  amount_minor: number | null
}
type Instalments = z.infer<typeof DisputedInstalments>
export type Disputed = { disputes: Dispute[]; instalments: Instalments['instalments'] }

/** What is or was disputed of a loan, and the instalments that may be. */
export async function disputedOf(borrower_id: string, loan: Loan): Promise<Disputed> {
  const path = loanPath(borrower_id, loan)
  const [whole, parts] = await Promise.all([
    ask<Instalments>('GET', `${path}/disputed-instalments`),
    ask<z.infer<typeof DisputedParts>>('GET', `${path}/disputed-parts`),
  ])
  const disputes = [
    ...whole.disputes.map((each) => ({ ...each, what: `${each.instalment_no}`, amount_minor: null })),
    ...parts.disputes.map((each) => ({ ...each, what: each.part })),
  ]
  return { disputes, instalments: whole.instalments }
}

/** Records that a part, or so much of it, or an instalment is contested. */
export function raiseDispute(borrower_id: string, loan: Loan, values: Values) {
  const path = loanPath(borrower_id, loan)
  const { what = '', amount, reason } = values
  if (!disputable.includes(what)) {
    return ask('POST', `${path}/disputed-instalments`, { body: { instalment_no: Number(what), reason } })
  }
  const some = amount ? { amount_minor: minor(amount, loan) } : {}
  return ask('POST', `${path}/disputed-parts`, { body: { part: what, ...some, reason } })
}

/** Decides what is open: upheld, rejected or withdrawn, with the reason. */
export function decideDispute(borrower_id: string, loan: Loan, what: string, values: Values) {
  const kind = disputable.includes(what) ? 'disputed-parts' : 'disputed-instalments'
  const { outcome, decision } = values
  const path = `${loanPath(borrower_id, loan)}/${kind}/${what}/decision`
  return ask('PUT', path, { body: { outcome, decision } })
}
