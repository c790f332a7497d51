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
