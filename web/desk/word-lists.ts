import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

type WordList = Readonly<Record<string, string>>
type Load = () => Promise<{ default: WordList }>

/**
 * Lists of words that one page needs, each fetched with it: what the log names, what rules are set to, the
 * steps of a night.
 */
const lists: Record<'actions' | 'parameters' | 'steps', Record<string, Load | null>> = {
  actions: {
    en: () => import('./words/actions.en.json'),
    'zh-Hans': () => import('./words/actions.zh-Hans.json'),
    'zh-Hant': () => import('./words/actions.zh-Hant.json'),
  },
  // In English they stand as the packs tell them.
  parameters: {
    en: null,
    'zh-Hans': () => import('./words/parameters.zh-Hans.json'),
    'zh-Hant': () => import('./words/parameters.zh-Hant.json'),
  },
  steps: {
    en: () => import('./words/steps.en.json'),
    'zh-Hans': () => import('./words/steps.zh-Hans.json'),
    'zh-Hant': () => import('./words/steps.zh-Hant.json'),
  },
}

/** Answers the words of a list for what the server named; what it does not know stands as it was told. */
export function useWordList(list: keyof typeof lists) {
  const { i18n } = useTranslation()
  const { data } = useQuery({
    queryKey: ['words', list, i18n.language],
    queryFn: async () => (await lists[list][i18n.language]?.())?.default ?? {},
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (told: string): string => data?.[told] ?? told
}
