import { Button } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PlanPreview } from '#api/resolution/plans/plan'
import { Refusal } from '../../ui/client.ts'
import { Field } from '../../ui/Field.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import { Affordability } from './Affordability.tsx'
import { DayField } from './DayField.tsx'
import { type Loan, previewPlan, valuesOf } from './deeds.ts'

function Schedule({ shown, loan }: { shown: PlanPreview; loan: Loan }) {
  const { t } = useTranslation()
  const figures = useFigures()
  return (
    <table className="figures-table">
      <tbody>
        {shown.instalments.map((row) => (
          <tr key={row.no}>
            <td className="soft">{row.no}</td>
            <td>{figures.date(row.due_on)}</td>
            <td className="number strong">{figures.amount(row.amount)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            {t('case.in_all')}
          </th>
          <td className="number">{figures.money(shown.total, loan.currency)}</td>
        </tr>
        <tr>
          <th scope="row" colSpan={3}>
            {t('case.level', { level: t(`levels.${shown.level_needed}`) })}
          </th>
        </tr>
      </tfoot>
    </table>
  )
}

/** The terms of a plan, its schedule as the server draws it, and who may agree to it. */
export function PlanFields({ borrower_id, loan }: { borrower_id: string; loan: Loan }) {
  const { t } = useTranslation()
  const [shown, show] = useState<PlanPreview | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [unknown, setUnknown] = useState(false)
  const fields = useRef<HTMLDivElement>(null)
  const attempt = (work: () => Promise<PlanPreview>) => {
    setError(null)
    show(null)
    // What is not filled in is thrown before anything is sent.
    void Promise.resolve()
      .then(work)
      .then((plan) => {
        setUnknown(false)
        show(plan)
      })
      .catch((refused: unknown) => {
        if (refused instanceof Refusal && refused.refusal === 'affordability_is_missing') setUnknown(true)
        else setError(refused)
      })
  }
  const preview = (form: HTMLFormElement | null) => {
    if (form) attempt(() => previewPlan(borrower_id, loan, valuesOf(form)))
  }
  return (
    <>
      <div className="row wrap fields" ref={fields}>
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
        <Button style={{ marginTop: 21 }} onClick={(event) => preview(event.currentTarget.closest('form'))}>
          {t('case.preview')}
        </Button>
      </div>
      {unknown ? (
        <Affordability
          borrower_id={borrower_id}
          loan={loan}
          words={t('case.state')}
          done={() => preview(fields.current?.closest('form') ?? null)}
        />
      ) : null}
      <Problem error={error} />
      {shown ? <Schedule shown={shown} loan={loan} /> : null}
    </>
  )
}
