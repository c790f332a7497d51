import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayOf, todayHere } from '../../ui/typed.ts'
import { useFigures } from '../frame/figures.ts'

/** A day by a short name (`fr`, `+3`, `25`) or a date; what was understood stands beside it. */
export function DayField({
  label,
  name,
  value,
  optional = false,
}: {
  label: string
  name: string
  value?: string
  optional?: boolean
}) {
  const { t } = useTranslation()
  const figures = useFigures()
  const [text, setText] = useState(value ?? '')
  const day = dayOf(text, todayHere())
  return (
    <label className="field">
      {label}
      <input
        onFocus={(event) => event.target.select()}
        className="plain-input"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={t('case.day_how')}
        required={!optional}
      />
      <input type="hidden" name={name} value={day ?? ''} />
      <span className="small" aria-live="polite">
        {day ? figures.date(day) : text ? t('case.no_day') : ' '}
      </span>
    </label>
  )
}
