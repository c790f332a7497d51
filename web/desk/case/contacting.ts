import type { Borrower } from '#api/insight/borrowers/borrower'
import { ask } from '../../ui/client.ts'
import type { ChannelVerdict } from './asking.ts'
import type { Contact } from './outcomes.ts'

/** Makes the contact: the number first (logged), then the verdict under the borrower's lock. */
export async function makeContact(borrower: Borrower, asked: ChannelVerdict): Promise<Contact> {
  const { borrower_id } = borrower
  const { channel } = asked
  const wanted = { call: /mobile|phone/, sms: /mobile/, email: /email/ }[channel as string]
  const point = borrower.contact_points.find(
    (each) =>
      wanted?.test(each.kind) && each.party === 'debtor' && !each.opted_out_on && each.kind !== 'work_phone',
  )
  const shown = point
    ? await ask<{ value: string | null }>('POST', `/borrowers/${borrower_id}/disclosures`, {
        body: { what: 'contact_point', point: point.point },
        reason: `contact: ${channel}`,
      })
    : null
  const debts = borrower.loans
    .filter((loan) => !loan.disputed && loan.days_past_due > 0)
    .map((loan) => loan.loan_no)
  const { attempt_id } = await ask<{ attempt_id: string }>('POST', `/borrowers/${borrower_id}/contacts`, {
    body: {
      channel,
      ...(debts.length > 0 ? { debts } : {}),
      ...(shown?.value ? { address: shown.value } : {}),
    },
  })
  return {
    attempt_id,
    channel,
    at: new Date().toISOString(),
    address: shown?.value ?? null,
    says: asked.disclosures,
  }
}
