// A real Chromium: the one inside an npm package, or the machine's own that AMENDS_CHROMIUM names.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core'
import type { Clock } from '../../src/platform/clock.ts'

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

export const languages = ['en', 'zh-Hans', 'zh-Hant'] as const

/** A browser window of the desk's size that speaks `language`. */
export const openWindow = (
  browser: Browser,
  baseURL: string,
  language = 'en',
  viewport = { width: 1440, height: 900 },
): Promise<BrowserContext> =>
  browser.newContext({
    baseURL,
    locale: language === 'en' ? 'en-US' : language === 'zh-Hans' ? 'zh-CN' : 'zh-TW',
    timezoneId: 'America/Chicago',
    viewport,
    reducedMotion: 'reduce',
  })

const artefacts = join(import.meta.dirname, '..', '..', 'artefacts', 'desk')

/** What the desk's own security policy kept from loading, which should be nothing. */
export const blocked: string[] = []

/** Whoever signs in at a served desk, and the pictures of it. */
export function deskBrowser(browser: Browser, desk: { address: string; password: string }, clock: Clock) {
  mkdirSync(artefacts, { recursive: true })
  // Whoever has signed in stays so from one test to the next, as at a desk.
  const kept = new Map<string, Awaited<ReturnType<BrowserContext['cookies']>>>()
  const shot = (page: Page, name: string) => page.screenshot({ path: join(artefacts, `${name}.png`) })
  const signIn = async (who: string, language = 'en', viewport?: { width: number; height: number }) => {
    const page = await (await openWindow(browser, desk.address, language, viewport)).newPage()
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) blocked.push(message.text().slice(0, 200))
    })
    // A machine that does other things too may take its time; a test that passes never waits this long.
    page.setDefaultTimeout(20_000)
    await page.clock.setFixedTime(clock.now().toString())
    await page.context().addCookies(kept.get(who) ?? [])
    await page.goto('/')
    await page.waitForSelector('.desk, input[name=email]')
    if ((await page.locator('.desk').count()) === 0) {
      await page.fill('input[name=email]', `${who}@example.com`)
      await page.fill('input[name=password]', desk.password)
      await page.press('input[name=password]', 'Enter')
      await page.waitForSelector('.desk')
      kept.set(who, await page.context().cookies())
    }
    return page
  }
  /** A picture of the page as it stands in each language, and what is serious there for some readers. */
  const shots = async (page: Page, name: string): Promise<string[]> => {
    const found: string[] = []
    for (const language of languages.toReversed()) {
      await speak(page, language)
      await shot(page, `${name}.${language}`)
      // The same colours stand in each language, and to measure them is most of a look.
      const issues = await seriousIssues(page, { contrast: language === 'en' })
      found.push(...issues.map((issue) => `${language}: ${issue}`))
    }
    return found
  }
  /** What a test that failed left open is the picture of why. */
  const leave = async (task: { name: string; result?: { state?: string } }) => {
    const open = browser.contexts().flatMap((context) => context.pages())
    if (task.result?.state === 'fail') {
      for (const [i, page] of open.entries()) {
        await shot(page, `failed-${task.name.slice(0, 30).replaceAll(/\W+/g, '-')}-${i}`)
      }
    }
    await Promise.all(browser.contexts().map((context) => context.close()))
  }
  return { signIn, shot, shots, leave }
}

/** What axe finds serious or critical for those who cannot see or point; contrast is measured, too. */
export async function seriousIssues(page: Page, { contrast = true } = {}): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    // The desk has no frames; without this each look opens a page of its own to add them up.
    .setLegacyMode(true)
    // That all stands in a landmark is a moderate matter, and among the longest to look for.
    .options({
      resultTypes: ['violations'],
      rules: { region: { enabled: false }, 'color-contrast': { enabled: contrast } },
    })
    .analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
}

/** The page in another language, as its reader changes it in another window: what was typed stays. */
async function speak(page: Page, language: string) {
  await page.evaluate((newValue) => {
    const key = 'amends.language'
    localStorage.setItem(key, newValue)
    dispatchEvent(new StorageEvent('storage', { key, newValue }))
  }, language)
  await page.waitForSelector(`html[lang=${language}]`)
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
}

/** The borrower whose case is open. */
export const borrowerOf = (page: Page) => /cases\/(-?\d+)/.exec(page.url())![1]!
