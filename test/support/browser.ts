// A real Chromium: the one inside an npm package, or the machine's own that AMENDS_CHROMIUM names.
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, chromium as playwright } from 'playwright-core'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['AMENDS_CHROMIUM'] ?? (await chromium.executablePath())
  return playwright.launch({ executablePath, headless: true, args: flags })
}

/** A browser window of the desk's size that speaks `language`. */
export const openWindow = (browser: Browser, baseURL: string, language = 'en'): Promise<BrowserContext> =>
  browser.newContext({
    baseURL,
    locale: language === 'en' ? 'en-US' : language === 'zh-Hans' ? 'zh-CN' : 'zh-TW',
    timezoneId: 'America/Chicago',
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  })
