import { useTranslation } from 'react-i18next'
import type { WorklistItem } from '#api/strategy/worklists/worklist'
import { useFigures } from '../frame/figures.ts'

type Reason = WorklistItem['reasons'][number]

/** A reason as one sentence of facts with dates. */
export function useReason() {
  const { t } = useTranslation()
  const figures = useFigures()
  return (reason: Reason) => {
    const { promised, paid, currency, on, due_on, bucket } = reason
    return t(`reasons.${reason.reason}`, {
      on: on ? figures.date(on) : '',
      due_on: due_on ? figures.date(due_on) : '',
      promised: promised && currency ? figures.money(promised, currency) : '',
      paid: paid && currency ? figures.money(paid, currency) : '',
      bucket: bucket ?? '',
    })
  }
}

/** Why this case, why now: the weightiest reason first. */
export function Reasons({ item }: { item: Pick<WorklistItem, 'reasons'> }) {
  const say = useReason()
  const [first, ...rest] = item.reasons
  return (
    <p>
      {first ? <span className="strong">{say(first)}</span> : null} {rest.map(say).join(' ')}
    </p>
  )
}
