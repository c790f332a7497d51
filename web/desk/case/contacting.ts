import { useState } from 'react'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { ask } from '../../ui/client.ts'
import { type ChannelVerdict, UNDISPUTED } from './asking.ts'
import type { Contact } from './outcomes.ts'
import type { FilledText } from './texts.ts'

/**
 * Makes the contact: the number first (logged), then the verdict under the borrower's lock, about the text
 * that goes out where one was chosen.
 */
async function makeContact(
  borrower: Borrower,
  asked: ChannelVerdict,
  text: FilledText | null,
): Promise<Contact> {
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
      ...UNDISPUTED,
      ...(debts.length > 0 ? { debts } : {}),
      ...(shown?.value ? { address: shown.value } : {}),
      ...(text ? { template: text.template } : {}),
    },
  })
  return {
    attempt_id,
    channel,
    at: new Date().toISOString(),
    address: shown?.value ?? null,
    says: asked.disclosures,
    text,
  }
}

/**
 * A contact from its button to its outcome. Where approved texts may go out one is chosen first; what is
 * refused at the gate is told and nothing begins.
 */
export function useContacting(again: () => void) {
  const [contact, setContact] = useState<Contact | null>(null)
  const [beginning, setBeginning] = useState(false)
  const [choosing, choose] = useState<ChannelVerdict | null>(null)
  const [error, setError] = useState<unknown>(null)
  const make = (borrower: Borrower, verdict: ChannelVerdict, text: FilledText | null) => {
    choose(null)
    setBeginning(true)
    makeContact(borrower, verdict, text)
      .then(setContact)
      .catch(setError)
      .finally(() => {
        setBeginning(false)
        again()
      })
  }
  const begin = (borrower: Borrower, verdict: ChannelVerdict) => {
    setError(null)
    if (verdict.texts.length > 0) choose(verdict)
    else make(borrower, verdict, null)
  }
  return { contact, setContact, onCall: beginning || contact !== null, choosing, choose, begin, make, error }
}
