import { useTranslation } from 'react-i18next'
import { useFigures } from '../frame/figures.ts'

/** What the program itself gives as a reason, in the words of the night and of the button that records it. */
const forms = [
  [/^plan (?<no>\d+) performs$/, 'plan_performs'],
  [/^plan (?<no>\d+): (?<outcome>\w+)$/, 'plan_ended'],
  [/^hardship request (?<no>\d+)$/, 'hardship'],
  [/^hardship request (?<no>\d+): (?<outcome>\w+)$/, 'hardship_decided'],
  [/^instalment (?<no>\d+): (?<outcome>upheld|rejected|withdrawn)$/, 'instalment_decided'],
  [/^instalment (?<no>\d+): (?<words>.+)$/s, 'instalment_disputed'],
  [/^(?<part>fee|penalty|interest|principal): (?<outcome>upheld|rejected|withdrawn)$/, 'part_decided'],
  [/^(?<part>fee|penalty|interest|principal): (?<words>.+)$/s, 'part_disputed'],
  [/^the tape of (?<day>\d{4}-\d\d-\d\d) states another balance$/, 'balance'],
  [/^the borrower file names the day of death$/, 'deceased'],
  [/^the contact-point file says so$/, 'contact_point'],
] as const

/** A reason in the language of the desk when the program gave it; a person's stands as it was said. */
export function useToldReason() {
  const { t } = useTranslation()
  const figures = useFigures()
  return (reason: string): string => {
    for (const [form, key] of forms) {
      const { no, day, outcome, part, words } = form.exec(reason)?.groups ?? {}
      if (!form.test(reason)) continue
      return t(`told.${key}`, {
        no,
        words,
        part: part ? t(`case.dispute.part.${part}`) : '',
        day: day ? figures.date(day) : '',
        outcome: outcome ? t(`ended.${outcome}`, { defaultValue: outcome.replaceAll('_', ' ') }) : '',
      })
    }
    return reason
  }
}
