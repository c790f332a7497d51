import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

type WordList = Readonly<Record<string, string>>
type Load = () => Promise<{ default: WordList }>

/**
 * Lists of words that one page needs, each fetched with it: what the log names, what rules are set to, the
 * steps of a night, why a row of a file was refused (`{}` stands for what differs from row to row).
 */
const lists: Record<'actions' | 'parameters' | 'steps' | 'rejects', Record<string, Load | null>> = {
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
  // English is what the file beside says.
  rejects: {
    en: null,
    'zh-Hans': () => import('./words/rejects.zh-Hans.json'),
    'zh-Hant': () => import('./words/rejects.zh-Hant.json'),
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
  return (told: string): string => data?.[told] ?? filled(data ?? {}, told)
}

/** The words of a pattern with `{}` in it that `told` fits, with what stood there. */
function filled(words: WordList, told: string): string {
  for (const [pattern, said] of Object.entries(words)) {
    const parts = pattern.split('{}')
    if (parts.length === 1 || !told.startsWith(parts[0]!)) continue
    const found = new RegExp(`^${parts.map(RegExp.escape).join('(.*)')}$`, 's').exec(told)
    if (found) return found.slice(1).reduce((text, part) => text.replace('{}', () => part), said)
  }
  return told
}
