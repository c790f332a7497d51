import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../ui/Field.tsx'
import { decimalOf, digitsOf } from '../../ui/typed.ts'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import type { Deed } from './ActionBar.tsx'
import { DayField } from './DayField.tsx'
import { type Loan, type PlanShown, previewPlan, Unfinished, valuesOf } from './deeds.ts'

export const holdKinds = [
  'dispute',
  'cease',
  'attorney',
  'bankruptcy',
  'deceased',
  'breathing_space',
  'complaint',
  'vulnerable',
  'fraud',
  'wrong_number',
  'military',
] as const

export const causes = [
  'job_loss',
  'income_fall',
  'illness',
  'family_event',
  'business_failure',
  'money_management',
  'disaster',
  'other',
] as const

/** Which loan it is about, when there is more than one. */
export function LoanChoice({
  loans,
  loan,
  choose,
}: {
  loans: Loan[]
  loan: Loan
  choose: (loan_no: string) => void
}) {
  const { t } = useTranslation()
  const figures = useFigures()
  return (
    <label className="field">
      {t('portfolio.loan')}
      <select className="plain-select" value={loan.loan_no} onChange={(event) => choose(event.target.value)}>
        {loans.map((each) => (
          <option key={each.loan_no} value={each.loan_no}>
            {each.loan_no} · {figures.money(each.past_due, each.currency)}
          </option>
        ))}
      </select>
    </label>
  )
}

function Plan({ borrower_id, loan }: { borrower_id: string; loan: Loan }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const [shown, show] = useState<PlanShown | null>(null)
  const [error, setError] = useState<unknown>(null)
  const preview = (form: HTMLFormElement | null) => {
    if (!form) return
    setError(null)
    Promise.resolve()
      .then(() => previewPlan(borrower_id, loan, valuesOf(form)))
      .then(show)
      .catch((refused: unknown) => {
        show(null)
        if (!(refused instanceof Unfinished)) setError(refused)
      })
  }
  return (
    <>
      <div className="row wrap fields">
        <Field
          label={t('case.amount', { currency: loan.currency })}
          name="amount"
          defaultValue={loan.past_due}
          required
        />
        <Field
          label={t('case.instalments')}
          name="instalments"
          type="number"
          min={1}
          max={120}
          defaultValue={6}
          required
        />
        <label className="field">
          {t('case.every')}
          <select className="plain-select" name="every" defaultValue="monthly">
            {['weekly', 'fortnightly', 'monthly'].map((each) => (
              <option key={each} value={each}>
                {t(`case.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <DayField label={t('case.first_day')} name="first_due_on" />
        <Button onClick={(event) => preview(event.currentTarget.closest('form'))}>{t('case.preview')}</Button>
      </div>
      <Problem error={error} />
      {shown ? (
        <table className="figures-table">
          <tbody>
            {shown.instalments.map((row) => (
              <tr key={row.no}>
                <td className="soft">{row.no}</td>
                <td>{figures.date(row.due_on)}</td>
                <td className="number strong">
                  {figures.amount(
                    decimalOf(row.principal_minor + row.interest_minor, digitsOf(loan.past_due)),
                  )}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                {t('case.level', { level: t(`levels.${shown.level_needed}`) })}
              </th>
              <td />
            </tr>
          </tfoot>
        </table>
      ) : null}
    </>
  )
}

/** The fields of one deed. Their names are what `sending` reads. */
export function Fields({
  deed,
  borrower_id,
  loan,
}: {
  deed: Deed | 'hardship'
  borrower_id: string
  loan: Loan
}) {
  const { t } = useTranslation()
  if (deed === 'plan') return <Plan borrower_id={borrower_id} loan={loan} />
  if (deed === 'hardship') {
    return (
      <div className="column">
        <label className="field">
          {t('case.cause')}
          <select className="plain-select" name="cause">
            {causes.map((cause) => (
              <option key={cause} value={cause}>
                {t(`causes.${cause}`)}
              </option>
            ))}
          </select>
        </label>
        <Field label={t('case.own_words')} name="statement" required minLength={3} />
      </div>
    )
  }
  if (deed === 'hold') {
    return (
      <div className="row wrap fields">
        <label className="field">
          {t('case.hold_kind')}
          <select className="plain-select" name="kind">
            {holdKinds.map((kind) => (
              <option key={kind} value={kind}>
                {t(`happened.hold_${kind}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          {t('case.scope')}
          <select className="plain-select" name="scope">
            <option value="loan">{loan.loan_no}</option>
            <option value="all">{t('case.all_loans')}</option>
          </select>
        </label>
        <Field label={t('case.reason')} name="reason" required minLength={3} />
      </div>
    )
  }
  return (
    <div className="row wrap fields">
      <Field
        label={t('case.amount', { currency: loan.currency })}
        name="amount"
        inputMode="decimal"
        {...(deed === 'promise' ? { defaultValue: loan.past_due } : {})}
        required
        autoFocus
      />
      {deed === 'promise' ? (
        <DayField label={t('case.paid_by')} name="due_on" />
      ) : (
        <>
          <DayField label={t('case.offer_until')} name="expires_on" value="+14" />
          <DayField label={t('case.pay_by')} name="pay_by" value="+30" />
        </>
      )}
    </div>
  )
}
