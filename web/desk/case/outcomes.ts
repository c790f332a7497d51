import type { Borrower } from '#api/insight/borrowers/borrower'
import { ask } from '../../ui/client.ts'
import { morningOf, sending, type Values } from './deeds.ts'
import type { FilledText } from './texts.ts'

/** A contact that the server allowed, at work: what the rules want said on it, and the text that goes out. */
export type Contact = {
  attempt_id: string
  channel: string
  at: string
  address: string | null
  says: { rule_id: string; says: string; later: boolean }[]
  text: FilledText | null
}

/** Who answered, and how that is recorded; of what is written, whether it went out. */
const spoken = [
  ['1', 'borrower', 'conversation'],
  ['2', 'somebody_else', 'dropped'],
  ['3', 'voicemail', 'voicemail'],
  ['4', 'no_answer', 'unanswered'],
] as const
const written = [
  ['1', 'sent', 'delivered'],
  ['2', 'came_back', 'returned'],
] as const
export type Answer = (typeof spoken | typeof written)[number][1]
export const isWritten = (channel: string) => ['sms', 'email', 'letter', 'message'].includes(channel)
export const answersOf = (channel: string) => (isWritten(channel) ? written : spoken)

/** What came of it. */
export const results = [
  ['P', 'promise'],
  ['A', 'plan'],
  ['T', 'settlement'],
  ['F', 'cannot_pay'],
  ['D', 'disputes'],
  ['B', 'call_back'],
  ['R', 'refuses'],
  ['Y', 'has_paid'],
  ['X', 'stop'],
  ['H', 'hold'],
] as const
export type Result = (typeof results)[number][1]

const isHold = { disputes: 'dispute', stop: 'cease', has_paid: 'balance_differs' } as const

/** What was agreed is written before the outcome: a refusal leaves the outcome to be sent again. */
async function agree(
  borrower_id: string,
  result: Result | null,
  values: Values,
  loan: Borrower['loans'][number],
) {
  if (result === 'promise' || result === 'plan' || result === 'settlement') {
    await sending[result](borrower_id, loan, values)
  }
}

/** What stops the work is written last, when the contact itself stands in the book. */
async function stop(
  borrower_id: string,
  result: Result | null,
  values: Values,
  loan: Borrower['loans'][number],
) {
  if (result === 'cannot_pay') return sending.hardship(borrower_id, loan, values)
  if (result === 'hold') return sending.hold(borrower_id, loan, values)
  const kind = result && result in isHold ? isHold[result as keyof typeof isHold] : null
  if (!kind) return
  const scope = kind === 'cease' ? 'all' : 'loan'
  return sending.hold(borrower_id, loan, { kind, scope, reason: values['reason'] ?? '' })
}

/** How far a save has come: what was written is not written again when the rest is tried once more. */
export type Saved = { agreed: boolean; told: boolean; stopped: boolean }

/** Writes what came of a contact: what was agreed, its outcome, what was asked for, and leaves the case. */
export async function saveOutcome(
  borrower: Borrower,
  contact: Contact,
  told: { answer: Answer; result: Result | null; loan_no: string },
  values: Values,
  saved: Saved,
) {
  const { borrower_id } = borrower
  const { result } = told
  const loan = borrower.loans.find((each) => each.loan_no === told.loan_no)!
  if (!saved.agreed) await agree(borrower_id, result, values, loan)
  saved.agreed = true
  if (!saved.told) {
    const outcome = answersOf(contact.channel).find(([, name]) => name === told.answer)![2]
    const note = values['note'] ? { note: values['note'] } : {}
    await ask('PUT', `/borrowers/${borrower_id}/contacts/${contact.attempt_id}/outcome`, {
      body: { outcome, ...note },
    })
  }
  saved.told = true
  if (!saved.stopped) await stop(borrower_id, result, values, loan)
  saved.stopped = true
  const later = result === 'call_back' ? values['back_on'] : null
  await ask('POST', `/worklists/items/${borrower_id}/leaving`, {
    body: later
      ? { how: 'later', reason: values['note'] || result, not_before: morningOf(later) }
      : { how: 'worked', reason: result ?? told.answer },
  })
}
