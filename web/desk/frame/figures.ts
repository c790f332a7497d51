import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Figures, figuresOf } from '../../ui/figures.ts'

/** Numbers, money and dates in the language of the desk. */
export function useFigures(): Figures {
  const { i18n } = useTranslation()
  return useMemo(() => figuresOf(i18n.language), [i18n.language])
}

/** The place that a time zone is named for: `New York` of America/New_York. */
export const cityOf = (zone: string) => zone.split('/').at(-1)!.replaceAll('_', ' ')
