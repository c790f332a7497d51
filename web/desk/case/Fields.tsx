import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../ui/Field.tsx'
import { useFigures } from '../frame/figures.ts'
import type { Deed } from './ActionBar.tsx'
import { DayField } from './DayField.tsx'
import type { Loan } from './deeds.ts'
import { PlanFields } from './PlanFields.tsx'

const holdKinds = [
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

const causes = [
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

function Scope({ loan }: { loan: Loan }) {
  const { t } = useTranslation()
  return (
    <label className="field">
      {t('case.scope')}
      <select className="plain-select" name="scope">
        <option value="loan">{loan.loan_no}</option>
        <option value="all">{t('case.all_loans')}</option>
      </select>
    </label>
  )
}

function HardshipFields({ loan }: { loan: Loan }) {
  const { t } = useTranslation()
  return (
    <>
      <div className="row wrap fields">
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
        <Scope loan={loan} />
      </div>
      <Field label={t('case.own_words')} name="statement" required minLength={3} />
      <div className="row wrap fields">
        <Field label={t('case.evidence_what')} name="evidence" maxLength={60} />
        <Field label={t('case.evidence_reference')} name="reference" maxLength={200} />
      </div>
    </>
  )
}

/** Leaving a case needs a reason. */
function LeaveFields() {
  const { t } = useTranslation()
  const [how, setHow] = useState('later')
  return (
    <div className="row wrap fields">
      <label className="field">
        {t('case.leave_how')}
        <select
          className="plain-select"
          name="how"
          value={how}
          onChange={(event) => setHow(event.target.value)}
        >
          <option value="later">{t('case.leave_later')}</option>
          <option value="returned">{t('case.leave_returned')}</option>
        </select>
      </label>
      {how === 'later' ? <DayField label={t('case.back_on')} name="back_on" value="+1" /> : null}
      <Field label={t('case.reason')} name="reason" required minLength={3} wide />
    </div>
  )
}

/** The days that are not counted; of a loan whose count stands still, from when it goes on. */
function PauseFields({ loan }: { loan: Loan }) {
  const { t } = useTranslation()
  return (
    <div className="row wrap fields">
      {loan.paused ? (
        <DayField label={t('case.resumed_on')} name="resumed_on" value="+0" />
      ) : (
        <>
          <DayField label={t('case.paused_after')} name="from_on" value="+0" />
          <DayField label={t('case.paused_to')} name="to_on" optional />
        </>
      )}
      <Field label={t('case.reason')} name="reason" required minLength={3} wide />
    </div>
  )
}

/** The fields of one deed. Their names are what `sending` reads. */
export function Fields({ deed, borrower_id, loan }: { deed: Deed; borrower_id: string; loan: Loan }) {
  const { t } = useTranslation()
  if (deed === 'plan') return <PlanFields borrower_id={borrower_id} loan={loan} />
  if (deed === 'hardship') return <HardshipFields loan={loan} />
  if (deed === 'leave') return <LeaveFields />
  if (deed === 'pause') return <PauseFields loan={loan} />
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
        <Scope loan={loan} />
        <Field label={t('case.reason')} name="reason" required minLength={3} wide />
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
      />
      {deed === 'promise' ? (
        <DayField label={t('case.paid_by')} name="due_on" />
      ) : (
        <>
          <DayField label={t('case.offer_until')} name="expires_on" value="+14" />
          <DayField label={t('case.pay_by')} name="pay_by" value="+30" />
          <Field label={t('case.reason')} name="reason" maxLength={500} wide />
        </>
      )}
    </div>
  )
}
