import { useTranslation } from 'react-i18next'

/** Why a line waits: what the matching found, or by which refusal it could not be booked. */
export function useWhyItWaits() {
  const { t } = useTranslation()
  return (why: string | null) => t(`money.waits.${why}`, { defaultValue: t(`refusals.${why}`) })
}
