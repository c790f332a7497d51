// Every screen in three languages and several widths: nothing serious for those who cannot see or point, a
// picture of each, and what each shows when it is empty, loading, refused or failed.
import { sql } from 'kysely'
import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  blocked,
  borrowerOf,
  deskBrowser,
  languages,
  openBrowser,
  seriousIssues,
} from '../support/browser.ts'
import { servedDesk, settableClock } from '../support/served-desk.ts'

// Eleven in the morning in Chicago.
const clock = settableClock('2026-05-12T16:00:00Z')
let desk: Awaited<ReturnType<typeof servedDesk>>
let browser: Browser
let at: ReturnType<typeof deskBrowser>
let shownCase: string

beforeAll(async () => {
  browser = await openBrowser()
  desk = await servedDesk(clock, 'book')
  at = deskBrowser(browser, desk, clock)
  const { rows } = await sql<{ borrower_id: string }>`
    select i.borrower_id::text as borrower_id
      from worklist_items i
      join payments p using (borrower_id)
     where i.lender = 'demo-us'
     group by i.borrower_id
     order by count(*) desc, i.borrower_id
     limit 1`.execute(desk.db)
  shownCase = rows[0]!.borrower_id
}, 240_000)
afterAll(() => browser?.close())
afterEach(({ task }) => at.leave(task))

const places = [
  ['collector', ['/worklist', '/cases']],
  ['manager', ['/portfolio', '/imports', '/nights', '/approvals', '/money']],
  ['admin', ['/staff']],
  ['compliance', ['/conduct', '/agencies', '/audit']],
] as const

// Keys begin with the name of a part of the words file.
const partsOfWords =
  'places|states|agencies|roles|portfolio|nights|imports|money|audit|staff|case|channels|deeds|happened|call'
const keyOfWords = new RegExp(`\\b(${partsOfWords})\\.[a-z_]+`)

/** Nothing of the page is still on its way: no rows to come, no font to come. */
const settled = async (page: Page) => {
  await page.waitForFunction(() => !document.querySelector('main [role=status][aria-label]'))
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
}

const opened = async (page: Page, path: string) => {
  await page.goto(path === '/cases' ? `/cases/${shownCase}` : path)
  await page.waitForSelector(path === '/cases' ? '.timeline li' : 'table:visible, .day')
  await settled(page)
}

/** The page in another language, as its reader changes it. */
const spokenIn = async (page: Page, language: string) => {
  await page.click('.self button')
  await page.selectOption('.ant-popover select', language)
  await page.waitForSelector(`html[lang=${language}]`)
  await page.click('.self button')
  await page.waitForSelector('.ant-popover', { state: 'hidden' })
  await page.mouse.move(720, 890)
  await settled(page)
}

test.each(places)(
  'the screens of a %s in three languages, without a serious issue for those who cannot see or point',
  async (who, paths) => {
    const page = await at.signIn(who)
    for (const path of paths) {
      await opened(page, path)
      for (const language of languages) {
        await spokenIn(page, language)
        await at.shot(page, `${path === '/cases' ? 'case' : path.slice(1)}.${language}`)
        expect(await seriousIssues(page), `${path} in ${language}`).toEqual([])
        // A key that no language has would stand there as itself.
        expect(await page.locator('main').textContent()).not.toMatch(keyOfWords)
      }
    }
    expect(blocked).toEqual([])
  },
  120_000,
)

test('the roll matrix is a map, and a table behind a key', async () => {
  const manager = await at.signIn('manager')
  await opened(manager, '/portfolio')
  await manager.waitForSelector('[role=img] svg')
  expect(await manager.locator('.matrix').count()).toBe(0)
  await manager.keyboard.press('t')
  await manager.waitForSelector('.matrix tbody tr')
  expect(await at.shots(manager, 'portfolio-table')).toEqual([])
})

test('sign-in in three languages, switched without loading the page again', async () => {
  const page = await at.signIn('collector')
  await page.waitForSelector('.day')
  await page.evaluate(() => Object.assign(window, { sameDocument: true }))
  await page.click('.self button')
  for (const [language, word] of [
    ['zh-Hans', '工作清单'],
    ['zh-Hant', '工作清單'],
    ['en', 'Worklist'],
  ] as const) {
    await page.selectOption('.ant-popover select', language)
    await page.waitForSelector(`h1:has-text("${word}")`)
    expect(await page.getAttribute('html', 'lang')).toBe(language)
  }
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
  await page.context().clearCookies()
  for (const language of languages) {
    await page.evaluate((kept) => localStorage.setItem('amends.language', kept), language)
    await page.goto('/')
    await page.waitForSelector('input[name=email]')
    await at.shot(page, `sign-in.${language}`)
    expect(await seriousIssues(page)).toEqual([])
  }
})

test('a narrow window folds the third column under a key, and a very narrow one only reads', async () => {
  const small = await at.signIn('collector', 'zh-Hant', { width: 1180, height: 800 })
  await opened(small, '/cases')
  expect(await small.locator('.conduct').isVisible()).toBe(false)
  await small.keyboard.press('d')
  await small.waitForSelector('.conduct')
  expect(await seriousIssues(small)).toEqual([])
  await at.shot(small, 'case-1180.zh-Hant')
  const narrow = await at.signIn('collector', 'en', { width: 820, height: 1100 })
  await opened(narrow, '/cases')
  await narrow.waitForSelector('text=too narrow to work in')
  expect(await narrow.locator('.act').count()).toBe(0)
  expect(await at.shots(narrow, 'case-820')).toEqual([])
})

/** For each screen: what it asks for first, and what it says when the answer is empty. */
const states = [
  ['collector', '/worklist', '**/api/worklists/mine', null, null],
  [
    'collector',
    '/cases',
    '**/api/borrowers/*/timeline*',
    { rows: [], next_cursor: null },
    'Nothing has happened yet',
  ],
  ['manager', '/portfolio', '**/api/portfolio', null, null],
  ['manager', '/imports', '**/api/loads?*', { rows: [], next_cursor: null }, 'No file has come yet'],
  ['manager', '/nights', '**/api/nights?*', { rows: [], next_cursor: null }, 'No night has run yet'],
  ['manager', '/approvals', '**/api/approvals*', null, null],
  ['manager', '/money', '**/api/suspense*', { lines: [], next_cursor: null }, 'Nothing waits'],
  ['admin', '/staff', '**/api/staff?*', { rows: [], next_cursor: null }, 'Nobody works here yet'],
  [
    'compliance',
    '/conduct',
    '**/api/conduct/refusals',
    { by_rule: [], verdicts: [], next_cursor: null },
    'Nothing was refused',
  ],
  [
    'compliance',
    '/agencies',
    '**/api/conduct/agencies',
    { standings: [] },
    'No agency has shown anything yet',
  ],
  ['compliance', '/audit', '**/api/audit?*', { rows: [], next_cursor: null }, 'Nothing has been logged yet'],
] as const

test('each screen says that it loads, what was refused and why, and what failed, with a way on', async () => {
  let page = await at.signIn('collector')
  let signedIn = 'collector'
  for (const [who, path, asks, empty, words] of states) {
    if (who !== signedIn) {
      await page.context().close()
      page = await at.signIn(who)
      signedIn = who
    }
    const name = path.slice(1)
    // The first answer is held until the page has been seen to wait, and is then a fault of ours; the second,
    // asked for where the page says so, is a refusal; the third has nothing in it.
    let free: () => void = () => {}
    const held = new Promise<void>((done) => {
      free = done
    })
    const asked = (status: number, body: object) => (route: Route) =>
      route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify(body) })
    const answer = async (with_: (route: Route) => Promise<void>) => {
      await page.unroute(asks)
      await page.route(asks, with_)
    }
    await answer(async (route) => {
      await held
      await asked(500, { refusal: 'bug' })(route)
    })
    await page.goto(path === '/cases' ? `/cases/${shownCase}` : path)
    await page.waitForSelector('main [role=status] .skeleton:visible')
    await at.shot(page, `state-loading-${name}`)
    free()
    const alert = page.locator('main [role=alert]').first()
    await alert.getByText('Something is broken on our side').waitFor()
    await at.shot(page, `state-failed-${name}`)
    await answer(
      asked(403, { title: 'Permission is missing', status: 403, refusal: 'permission_is_missing' }),
    )
    await alert.getByText('Try now').click()
    await alert.getByText('Your role does not allow this').waitFor()
    expect(await seriousIssues(page), `refused ${path}`).toEqual([])
    await at.shot(page, `state-refused-${name}`)
    if (!empty) continue
    await answer((route) => route.fulfill({ json: empty }))
    await alert.getByText('Try now').click()
    await page.waitForSelector(`text=${words}`)
    await at.shot(page, `state-empty-${name}`)
    await page.unroute(asks)
  }
}, 120_000)

test('a long list goes on to its end, no row twice; a page that fails is asked for again', async () => {
  const page = await at.signIn('manager')
  const told: string[] = []
  // The server's own pages, cut short; the second one fails at first.
  let fails = true
  await page.route('**/api/loads?*', async (route) => {
    const url = new URL(route.request().url())
    if (url.searchParams.get('cursor') && fails) {
      fails = false
      return route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: '{"refusal":"bug"}',
      })
    }
    url.searchParams.set('limit', '30')
    const response = await route.fetch({ url: url.toString() })
    const { rows } = (await response.json()) as { rows: { load_id: string }[] }
    told.push(...rows.map(({ load_id }) => load_id))
    return route.fulfill({ response })
  })
  await opened(page, '/imports')
  const shown = page.locator('main tbody tr.clickable')
  const more = page.getByText('Show more')
  expect(await shown.count()).toBe(30)
  await more.click()
  const alert = page.locator('main [role=alert]')
  await alert.getByText('Something is broken on our side').waitFor()
  expect(await shown.count()).toBe(30)
  expect(await at.shots(page, 'more-failed')).toEqual([])
  const stood = await sql<{ n: number }>`select count(*)::int as n from loads`.execute(desk.db)
  const { n } = stood.rows[0]!
  expect(n).toBeGreaterThan(60)
  await alert.getByText('Try now').click()
  for (let rows = 60; rows < n + 30; rows += 30) {
    await shown.nth(Math.min(rows, n) - 1).waitFor()
    expect(await alert.count()).toBe(0)
    if (rows < n) await more.click()
  }
  expect(await shown.count()).toBe(n)
  expect(await more.count()).toBe(0)
  expect(new Set(told).size).toBe(told.length)
})

test('a page that this desk no longer has says so, with a way on', async () => {
  const page = await at.signIn('manager')
  await opened(page, '/imports')
  await page.route('**/assets/Nights-*.js', (route) => route.fulfill({ status: 404 }))
  await page.keyboard.press('g')
  await page.keyboard.press('n')
  const alert = page.locator('main [role=alert]')
  await alert.getByText('This page could not be loaded').waitFor()
  expect(await at.shots(page, 'page-broken')).toEqual([])
  await page.unroute('**/assets/Nights-*.js')
  await alert.getByText('Load again').click()
  await page.waitForSelector('th:has-text("Night")')
})

test('what was typed outlives a line that is down, and is sent by itself when it is back', async () => {
  const page = await at.signIn('collector-2')
  await page.waitForSelector('.day')
  await page.keyboard.press('n')
  await page.waitForSelector('.act.primary')
  const borrower_id = borrowerOf(page)
  await page.keyboard.press('c')
  await page.waitForSelector('.call-bar')
  await page.keyboard.press('4')
  await page.fill('textarea[name=note]', 'sent and not yet read')
  await page.context().setOffline(true)
  await page.clock.resume()
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('text=We try again every five seconds')
  await at.shot(page, 'state-offline-outcome')
  await page.context().setOffline(false)
  await page.waitForSelector('.outcome', { state: 'detached', timeout: 15_000 })
  const { rows } = await sql`
    select outcome from contact_attempts where borrower_id = ${borrower_id}`.execute(desk.db)
  expect(rows).toEqual([{ outcome: 'unanswered' }])
})
