import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { FirstField } from '../../ui/FirstField.tsx'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { decimalOf, digitsOf } from '../../ui/typed.ts'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import { useReadAgain } from './asking.ts'
import { type Loan, valuesOf } from './deeds.ts'
import {
  type Dispute,
  type Disputed,
  decideDispute,
  disputable,
  disputedOf,
  raiseDispute,
} from './disputed.ts'
import { LoanChoice } from './Fields.tsx'

const outcomes = ['upheld', 'rejected', 'withdrawn'] as const

/** Sends a form, and says what the server refused. */
function useSending(send: (form: HTMLFormElement) => Promise<unknown>, done: () => void) {
  const [error, setError] = useState<unknown>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setError(null)
    try {
      await send(event.currentTarget)
      done()
    } catch (refused) {
      setError(refused)
    }
  }
  return { submit, error }
}

/** A part by its name; an instalment by its number, day and amount, as far as the lender sent them. */
function useNameOf(loan: Loan, instalments: Disputed['instalments']) {
  const { t } = useTranslation()
  const figures = useFigures()
  const amount = (minor: number) => figures.money(decimalOf(minor, digitsOf(loan.past_due)), loan.currency)
  return ({ what, amount_minor }: Pick<Dispute, 'what' | 'amount_minor'>) => {
    if (disputable.includes(what)) {
      return [t(`case.dispute.part.${what}`), amount_minor === null ? null : amount(amount_minor)]
        .filter(Boolean)
        .join(' ')
    }
    const sent = instalments.find(({ instalment_no }) => `${instalment_no}` === what)
    const number = t('case.dispute.instalment', { no: what })
    return sent ? `${number}, ${figures.date(sent.due_on)}, ${amount(sent.amount_minor)}` : number
  }
}
type NameOf = ReturnType<typeof useNameOf>

/** What stands open, which may be decided here, and below it what was decided. */
function Listed(props: { disputes: Dispute[]; nameOf: NameOf; decide: ((dispute: Dispute) => void) | null }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const { disputes, nameOf, decide } = props
  if (disputes.length === 0) return <p className="soft">{t('case.dispute.none')}</p>
  return (
    <ul className="papers">
      {disputes
        .toSorted((a, b) => Number(a.outcome !== null) - Number(b.outcome !== null))
        .map((each) => (
          <li key={`${each.what} ${each.disputed_on}`}>
            <span>
              {each.outcome ? nameOf(each) : <Mark verdict="wait">{nameOf(each)}</Mark>}
              <span className="soft small">
                {t('case.dispute.since', { day: figures.date(each.disputed_on), reason: each.reason })}
              </span>
              {each.outcome ? (
                <span className="soft small">
                  {t('case.dispute.decided', {
                    outcome: t(`case.dispute.outcome.${each.outcome}`),
                    day: figures.date(each.decided_on!),
                    reason: each.decision,
                  })}
                </span>
              ) : null}
            </span>
            {decide && !each.outcome ? (
              <Button size="small" onClick={() => decide(each)}>
                {t('case.dispute.decide')}
              </Button>
            ) : null}
          </li>
        ))}
    </ul>
  )
}

type FormProps = { borrower_id: string; loan: Loan; done: () => void }

function Decide({ borrower_id, loan, done, dispute, name }: FormProps & { dispute: Dispute; name: string }) {
  const { t } = useTranslation()
  const { submit, error } = useSending(
    (form) => decideDispute(borrower_id, loan, dispute.what, valuesOf(form)),
    done,
  )
  return (
    <form className="column" onSubmit={submit}>
      <h3>{name}</h3>
      <FirstField>
        <label className="field">
          {t('approvals.answer_is')}
          <select className="plain-select" name="outcome" required defaultValue="">
            <option value="" disabled />
            {outcomes.map((each) => (
              <option key={each} value={each}>
                {t(`case.dispute.outcome.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <Field label={t('approvals.why')} name="decision" required minLength={3} maxLength={500} />
      </FirstField>
      <Problem error={error} />
      <Button type="primary" htmlType="submit">
        {t('case.dispute.decide')}
      </Button>
    </form>
  )
}

type RaiseProps = FormProps & { instalments: Disputed['instalments']; nameOf: NameOf }

function Raise({ borrower_id, loan, done, instalments, nameOf }: RaiseProps) {
  const { t } = useTranslation()
  const [what, setWhat] = useState('')
  const { submit, error } = useSending((form) => raiseDispute(borrower_id, loan, valuesOf(form)), done)
  const isPart = disputable.includes(what)
  return (
    <form className="column" onSubmit={submit}>
      <label className="field">
        {t('case.dispute.what')}
        <select
          className="plain-select"
          name="what"
          required
          value={what}
          onChange={(event) => setWhat(event.target.value)}
        >
          <option value="" disabled />
          {disputable.map((part) => (
            <option key={part} value={part}>
              {t(`case.dispute.part.${part}`)}
            </option>
          ))}
          {instalments.map(({ instalment_no }) => (
            <option key={instalment_no} value={instalment_no}>
              {nameOf({ what: `${instalment_no}`, amount_minor: null })}
            </option>
          ))}
        </select>
      </label>
      {isPart ? (
        <Field
          label={t('case.dispute.amount', { currency: loan.currency })}
          name="amount"
          inputMode="decimal"
        />
      ) : null}
      <Field label={t('case.own_words')} name="reason" required minLength={3} maxLength={500} />
      <p className="soft small">{t('case.dispute.how')}</p>
      <Problem error={error} />
      <Button type="primary" htmlType="submit">
        {t('case.dispute.raise')}
      </Button>
    </form>
  )
}

/** What of a loan the borrower contests: seen by all, recorded here, decided by whoever may approve. */
export function Disputes({ borrower, close }: { borrower: Borrower; close: () => void }) {
  const { t } = useTranslation()
  const may = useMay()
  const again = useReadAgain(borrower.borrower_id)
  const [loan_no, choose] = useState(borrower.loans[0]?.loan_no)
  const [deciding, decide] = useState<Dispute | null>(null)
  const loan = borrower.loans.find((each) => each.loan_no === loan_no)!
  const { borrower_id } = borrower
  const { data, error, refetch } = useQuery({
    queryKey: ['disputes', borrower_id, loan_no],
    queryFn: () => disputedOf(borrower_id, loan),
  })
  const instalments = data?.instalments ?? []
  const nameOf = useNameOf(loan, instalments)
  const form = {
    borrower_id,
    loan,
    done: () => {
      again()
      close()
    },
  }
  return (
    <Dialog title={`${t('case.dispute.title')} · ${borrower.name ?? borrower.borrower_no}`} close={close}>
      <div className="column">
        <LoanChoice
          loans={borrower.loans}
          loan={loan}
          choose={(next) => {
            choose(next)
            decide(null)
          }}
        />
        <Problem error={error} again={refetch} />
        {!data && !error ? <Loading label={t('states.loading')} rows={2} /> : null}
        {data ? (
          <Listed disputes={data.disputes} nameOf={nameOf} decide={may('approvals.decide') ? decide : null} />
        ) : null}
        {deciding ? (
          <Decide key={deciding.what} {...form} dispute={deciding} name={nameOf(deciding)} />
        ) : may('holds.write') ? (
          <Raise key={loan_no} {...form} instalments={instalments} nameOf={nameOf} />
        ) : null}
      </div>
    </Dialog>
  )
}
