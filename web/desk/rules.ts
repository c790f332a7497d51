import { useTranslation } from 'react-i18next'

/** The namespace of the rules' own words: a file of its own for each language but English. */
export const RULES = 'rules'

/**
 * What a rule says, in the language of the desk. English, and a rule of a pack that somebody else wrote, is
 * told as the server told it.
 */
export function useRuleWords() {
  const { i18n } = useTranslation()
  return (rule_id: string, asTold: string): string => {
    const words: unknown = i18n.getResource(i18n.language, RULES, rule_id)
    return typeof words === 'string' ? words : asTold
  }
}

/** The clause of a rule. A rule of the house has none: its source is the house. */
export function useSourceWords() {
  const { t } = useTranslation()
  return (source: string): string => (source === 'house' ? t('force.house') : source)
}

/** The clause and its force; a rule of the house is called so once. */
export function useClauseWords() {
  const { t } = useTranslation()
  return ({ source, force }: { source: string; force: string }): string =>
    source === 'house' ? t('force.house') : `${source} · ${t(`force.${force}`)}`
}
