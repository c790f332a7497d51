import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { RULES } from './rules.ts'

export const languages = ['en', 'zh-Hans', 'zh-Hant'] as const
export type Language = (typeof languages)[number]

/** How each language calls itself. */
export const ownNames: Record<Language, string> = {
  en: 'English',
  'zh-Hans': '简体中文',
  'zh-Hant': '繁體中文',
}

const load = {
  en: () => import('./words/en.json'),
  'zh-Hans': () => import('./words/zh-Hans.json'),
  'zh-Hant': () => import('./words/zh-Hant.json'),
}

/** What the rules say, where it is not the English of the packs. */
const loadRules = {
  en: null,
  'zh-Hans': () => import('./words/rules.zh-Hans.json'),
  'zh-Hant': () => import('./words/rules.zh-Hant.json'),
}

const KEPT = 'amends.language'

function wanted(): Language {
  const kept = localStorage.getItem(KEPT)
  const found = languages.find((language) => language === kept)
  if (found) return found
  const browser = navigator.language.toLowerCase()
  if (!browser.startsWith('zh')) return 'en'
  return /tw|hk|mo|hant/.test(browser) ? 'zh-Hant' : 'zh-Hans'
}

/** Names stand in their own script in every language; the fonts come in pieces, as signs are met. */
const loadFonts = () =>
  Promise.all([import('@fontsource-variable/noto-sans-sc'), import('@fontsource-variable/noto-sans-tc')])

/** Changes the language of the desk, without loading the page again. */
export async function speak(language: Language) {
  const [{ default: words }, rules] = await Promise.all([load[language](), loadRules[language]?.()])
  if (rules) i18next.addResourceBundle(language, RULES, rules.default, true, true)
  i18next.addResourceBundle(language, 'translation', words, true, true)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  localStorage.setItem(KEPT, language)
}

/** Prepares the words of the language that this browser wants. */
export async function startWords() {
  await i18next.use(initReactI18next).init({
    lng: 'none',
    fallbackLng: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  // Two windows of one desk speak the same language: what is changed in one is changed in the other.
  addEventListener('storage', ({ key, newValue }) => {
    const language = languages.find((each) => each === newValue)
    if (key === KEPT && language) void speak(language)
  })
  await speak(wanted())
  void loadFonts()
}
