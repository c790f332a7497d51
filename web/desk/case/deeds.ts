import type { PayOff } from '#api/book/quotes/quote'
import type { Borrower } from '#api/insight/borrowers/borrower'
import type { PlanPreview } from '#api/resolution/plans/plan'
import { ask, Unfinished } from '../../ui/client.ts'
import { digitsOf, minorOf } from '../../ui/typed.ts'

/** Nine in the morning of a day, in the time of this desk. */
export const morningOf = (on: string) => new Date(`${on}T09:00:00`).toISOString()

export type Values = Record<string, string>

export type Loan = Borrower['loans'][number]

/** An amount as it was typed. */
export const minor = (text: string | undefined, loan: Loan): number => {
  const value = minorOf(text ?? '', digitsOf(loan.past_due))
  if (!value) throw new Unfinished('case.no_amount')
  return value
}

const stated = (text: string | undefined, loan: Loan): number => {
  const value = minorOf(text ?? '', digitsOf(loan.past_due))
  if (value === null) throw new Unfinished('case.no_amount')
  return value
}

const day = (text: string | undefined): string => {
  if (!text) throw new Unfinished('case.no_day')
  return text
}

/** Where a loan stands in the API. */
export const loanPath = (borrower_id: string, loan: Loan) =>
  `/borrowers/${borrower_id}/loans/${encodeURIComponent(loan.loan_no)}`

/** Sends what a form of the case holds. Each is one write; the server decides whether it is right. */
export const sending = {
  promise: (borrower_id: string, loan: Loan, values: Values) =>
    ask('POST', `/borrowers/${borrower_id}/promises`, {
      body: {
        loan_no: loan.loan_no,
        due_on: day(values['due_on']),
        promised_minor: minor(values['amount'], loan),
        currency: loan.currency,
        channel: 'call',
        ...(values['note'] ? { note: values['note'] } : {}),
      },
    }),
  plan: (borrower_id: string, loan: Loan, values: Values) =>
    ask('POST', `${loanPath(borrower_id, loan)}/plans`, { body: planOf(loan, values) }),
  settlement: (borrower_id: string, loan: Loan, values: Values) =>
    ask('POST', `${loanPath(borrower_id, loan)}/settlements`, {
      body: {
        currency: loan.currency,
        offer_minor: minor(values['amount'], loan),
        expires_on: day(values['expires_on']),
        pay_by: day(values['pay_by']),
        ...(values['reason'] ? { reason: values['reason'] } : {}),
      },
    }),
  /** Where the count stands still it goes on, else it stands still. */
  pause: (borrower_id: string, loan: Loan, values: Values) => {
    const pauses = `${loanPath(borrower_id, loan)}/pauses`
    const { reason } = values
    if (loan.paused) {
      const body = { resumed_on: day(values['resumed_on']), reason }
      return ask('PUT', `${pauses}/${loan.paused.pause_no}/resumption`, { body })
    }
    const body = { from_on: day(values['from_on']), to_on: values['to_on'] || null, reason }
    return ask('POST', pauses, { body })
  },
  hold: (borrower_id: string, loan: Loan | null, values: Values) =>
    ask('POST', `/borrowers/${borrower_id}/holds`, {
      body: {
        kind: values['kind'],
        reason: values['reason'],
        ...(loan && values['scope'] === 'loan' ? { debts: [loan.loan_no] } : {}),
      },
    }),
  hardship: (borrower_id: string, loan: Loan, values: Values) =>
    ask('POST', `/borrowers/${borrower_id}/hardships`, {
      body: {
        channel: 'call',
        cause: values['cause'],
        statement: values['statement'],
        ...(values['scope'] === 'loan' ? { loan_nos: [loan.loan_no] } : {}),
        ...(values['evidence']
          ? { evidence: [{ what: values['evidence'], reference: values['reference'] || '–' }] }
          : {}),
      },
    }),
  leave: (borrower_id: string, _loan: Loan, values: Values) =>
    ask('POST', `/worklists/items/${borrower_id}/leaving`, {
      body: {
        how: values['how'],
        reason: values['reason'],
        ...(values['how'] === 'later' ? { not_before: morningOf(day(values['back_on'])) } : {}),
      },
    }),
}

/** The terms of a plan as the server wants them: catch up the past-due amount in equal instalments. */
const planOf = (loan: Loan, values: Values) => ({
  currency: loan.currency,
  principal_minor: minor(values['amount'], loan),
  every: values['every'] ?? 'monthly',
  instalments: Number(values['instalments']),
  first_due_on: day(values['first_due_on']),
  ...(values['reason'] ? { reason: values['reason'] } : {}),
})

export const previewPlan = (borrower_id: string, loan: Loan, values: Values) =>
  ask<PlanPreview>('POST', `${loanPath(borrower_id, loan)}/plan-previews`, { body: planOf(loan, values) })

/** What pays the loan off on a day; the server keeps it as it was told. */
export const quotePayOff = async (borrower_id: string, loan: Loan, values: Values) =>
  ask<PayOff>('POST', `${loanPath(borrower_id, loan)}/quotes`, { body: { for_on: day(values['for_on']) } })

/** The questions of what a borrower can pay: the name of each field, and what its line is called. */
export const questions = [
  { field: 'income', kind: 'income', what: 'income' },
  { field: 'needs', kind: 'expenditure', what: 'needs' },
  { field: 'other_debts', kind: 'expenditure', what: 'other debts' },
] as const

/**
 * What the borrower can pay, as stated on the phone: kept once for all loans. `version` is of what it
 * replaces; the server refuses `changed_meanwhile` when something else stands there by now.
 */
export function stateAffordability(borrower_id: string, loan: Loan, values: Values, version: string) {
  const lines = questions.map(({ field, kind, what }) => ({
    kind,
    what,
    // Nothing is an amount here: a household may have no other debts. What comes in has to be asked.
    amount_minor: stated(values[field] || (field === 'income' ? '' : '0'), loan),
  }))
  return ask('PUT', `/borrowers/${borrower_id}/affordability`, {
    body: { currency: loan.currency, lines },
    headers: { 'if-match': version },
  })
}

/** What is in a form, by the names of its fields. */
export const valuesOf = (form: HTMLFormElement): Values => Object.fromEntries(new FormData(form)) as Values
