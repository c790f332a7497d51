// The desk in a real Chromium: ways in, a collector's day by keyboard alone, refusals, approvals, an import.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openBrowser, openWindow } from '../support/browser.ts'
import { codeOf, servedDesk, settableClock } from '../support/served-desk.ts'

const artefacts = join(import.meta.dirname, '..', '..', 'artefacts', 'desk')
const languages = ['en', 'zh-Hans', 'zh-Hant'] as const

// Eleven in the morning in Chicago, midnight in Shanghai.
const clock = settableClock('2026-05-12T16:00:00Z')
let desk: Awaited<ReturnType<typeof servedDesk>>
let browser: Browser

beforeAll(async () => {
  mkdirSync(artefacts, { recursive: true })
  browser = await openBrowser()
  desk = await servedDesk(clock, { loans: 240, days: 16 })
}, 240_000)
afterAll(() => browser?.close())

// What a test that failed left open is the picture of why.
afterEach(async ({ task }) => {
  const open = browser.contexts().flatMap((context) => context.pages())
  if (task.result?.state === 'fail') {
    for (const [i, page] of open.entries()) {
      await page.screenshot({
        path: join(artefacts, `failed-${task.name.slice(0, 30).replaceAll(/\W+/g, '-')}-${i}.png`),
      })
    }
  }
  await Promise.all(browser.contexts().map((context) => context.close()))
})

/** What the desk's own security policy kept from loading, which should be nothing. */
const blocked: string[] = []

async function signIn(who: string, language = 'en'): Promise<Page> {
  const page = await (await openWindow(browser, desk.address, language)).newPage()
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) blocked.push(message.text().slice(0, 200))
  })
  page.setDefaultTimeout(10_000)
  await page.clock.setFixedTime(clock.now().toString())
  await page.goto('/')
  await page.fill('input[name=email]', `${who}@example.com`)
  await page.fill('input[name=password]', desk.password)
  await page.press('input[name=password]', 'Enter')
  await page.waitForSelector('.desk')
  return page
}

async function seriousIssues(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
}

const borrowerOf = (page: Page) => /cases\/(-?\d+)/.exec(page.url())![1]!

test('the first page makes the first admin, who sets up a second factor and signs in with it', async () => {
  const fresh = await servedDesk(settableClock(Temporal.Now.instant().toString()))
  const page = await (await openWindow(browser, fresh.address)).newPage()
  await page.goto('/')
  await page.fill('input[name=name]', 'First admin')
  await page.fill('input[name=email]', 'first-admin@example.com')
  await page.fill('input[name=password]', 'a long enough password')
  await page.click('button[type=submit]')
  await page.waitForSelector('text=Set up the second factor')
  expect(await seriousIssues(page)).toEqual([])
  await page.fill('input[name=password]', 'a long enough password')
  await page.click('button[type=submit]')
  const secret = (await page.getAttribute('[data-secret]', 'data-secret'))!
  await page.fill('input[name=code]', codeOf(secret))
  await page.click('button[type=submit]')
  await page.waitForSelector('.desk')
  await page.click('.self button')
  await page.click('text=Sign out')
  await page.fill('input[name=email]', 'first-admin@example.com')
  await page.fill('input[name=password]', 'a long enough password')
  await page.click('button[type=submit]')
  await page.fill('input[name=code]', '000000')
  await page.click('button[type=submit]')
  await page.waitForSelector('text=The code is wrong')
  await page.fill('input[name=code]', codeOf(secret))
  await page.click('button[type=submit]')
  await page.waitForSelector('.desk')
  await page.context().close()
})

let promised: string

test('a collector’s loop by keyboard alone: next, call, promise, saved, next', async () => {
  const page = await signIn('collector')
  await page.waitForSelector('.day')
  await page.keyboard.press('n')
  await page.waitForSelector('.case')
  const first = borrowerOf(page)
  promised = first
  await page.waitForSelector('text=Allowed')
  await page.keyboard.press('c')
  await page.waitForSelector('.call-bar')
  await page.keyboard.press('1')
  await page.keyboard.press('p')
  await page.waitForSelector('input[name=amount]')
  await page.keyboard.type('20')
  await page.keyboard.press('Tab')
  await page.keyboard.type('fr')
  await page.waitForSelector('text=May 15, 2026')
  await page.screenshot({ path: join(artefacts, 'call.en.png') })
  await page.keyboard.press('Control+Enter')
  await page.waitForURL((address) => /cases/.test(address.pathname) && !address.pathname.includes(first))
  const { rows } = await sql`
    select due_on, promised_minor, outcome from promises where borrower_id = ${first}`.execute(desk.db)
  expect(rows).toEqual([{ due_on: '2026-05-15', promised_minor: 2000, outcome: null }])
  const attempts = await sql`
    select channel, outcome from contact_attempts where borrower_id = ${first}`.execute(desk.db)
  expect(attempts.rows).toEqual([{ channel: 'call', outcome: 'conversation' }])
  await page.context().close()
})

test('a refused call says why, by which clause and from when', async () => {
  const { rows } = await sql<{ borrower_no: string }>`
    select b.borrower_no from worklist_items i join borrowers b using (borrower_id)
     where i.lender = 'demo-cn' limit 1`.execute(desk.db)
  const page = await signIn('collector')
  await page.keyboard.press('/')
  await page.keyboard.type(rows[0]!.borrower_no)
  await page.waitForSelector('[role=option]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.case')
  await page.waitForSelector('.act.not-now:not([disabled])')
  await page.keyboard.press('c')
  const dialog = page.locator('.ant-modal')
  await dialog.getByText('CN-T1', { exact: false }).first().waitFor()
  expect(await dialog.textContent()).toContain('08:00')
  expect(await page.locator('.call-bar').count()).toBe(0)
  await page.waitForTimeout(300)
  expect(await seriousIssues(page)).toEqual([])
  await page.screenshot({ path: join(artefacts, 'refused.en.png') })
  await page.context().close()
})

test('two people on one case see each other, and a stop appears within a second', async () => {
  const [one, two] = [await signIn('collector'), await signIn('lead')]
  const item = await sql<{ borrower_id: string }>`
    select borrower_id::text as borrower_id from worklist_items where lender = 'demo-us'
       and taken_by is null order by score limit 1`.execute(desk.db)
  const { borrower_id } = item.rows[0]!
  await one.goto(`/cases/${borrower_id}`)
  await one.waitForSelector('.case')
  await two.goto(`/cases/${borrower_id}`)
  await two.waitForSelector('text=is working on this case')
  await one.waitForSelector('text=Also looking')
  await one.waitForSelector('.act:not([disabled])')
  await one.keyboard.press('h')
  await one.waitForSelector('select[name=kind]')
  await one.selectOption('select[name=kind]', 'deceased')
  await one.selectOption('select[name=scope]', 'all')
  await one.fill('input[name=reason]', 'her daughter called')
  await one.keyboard.press('Control+Enter')
  await two.waitForSelector('text=Work stopped', { timeout: 1_500 })
  await Promise.all([one.context().close(), two.context().close()])
})

test('a plan beyond the collector’s authority waits for another person, and gets the word', async () => {
  const page = await signIn('collector-2')
  await page.waitForSelector('.day')
  await page.keyboard.press('n')
  await page.waitForSelector('.case')
  await page.waitForSelector('.act:not([disabled])')
  const borrower_id = borrowerOf(page)
  await page.keyboard.press('a')
  await page.fill('input[name=instalments]', '9')
  await page.fill('input[placeholder="fr, +3, 25"]', '+10')
  await page.click('text=Show the schedule')
  // Nobody has asked yet what she can pay: three questions come first.
  await page.fill('input[name=income]', '4000')
  await page.fill('input[name=needs]', '1500')
  await page.click('text=Keep and show the schedule')
  await page.waitForSelector('text=Who may agree to it: team lead')
  await page.screenshot({ path: join(artefacts, 'plan.en.png') })
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.timeline')
  const lead = await signIn('lead')
  await lead.goto('/approvals')
  await lead.waitForSelector('text=Payment plan')
  await lead.screenshot({ path: join(artefacts, 'approval.en.png') })
  await lead.fill('input[name=reason]', 'fits what she can pay')
  await lead.click('button[value=yes]')
  await lead.waitForSelector('text=Nothing waits for a decision')
  const { rows } = await sql`
    select approved, level from approvals where borrower_id = ${borrower_id}`.execute(desk.db)
  expect(rows).toEqual([{ approved: true, level: 'team_lead' }])
  await Promise.all([page.context().close(), lead.context().close()])
})

test('an import with rejects: the good rows load, the bad row says its line, column and reason', async () => {
  const file = join(desk.home, 'payments-2026-05-12.csv')
  const { rows } = await sql<{ loan_no: string; currency: string }>`
    select loan_no, currency from loans where lender = 'demo-us' limit 1`.execute(desk.db)
  const { loan_no, currency } = rows[0]!
  writeFileSync(
    file,
    `payment_no,lender,loan_no,paid_on,amount,currency\n` +
      `B-1,demo-us,${loan_no},2026-05-12,5.00,${currency}\n` +
      `B-2,demo-us,${loan_no},2026-05-12,five,${currency}\n`,
  )
  const page = await signIn('manager')
  await page.goto('/imports')
  await page.setInputFiles('input[type=file]', file)
  await page.click('button:has-text("Load")')
  await page.waitForSelector('text=Rejected rows')
  await page.waitForSelector('td:has-text("five")')
  expect(await page.locator('dd.wait').textContent()).toBe('1')
  await page.screenshot({ path: join(artefacts, 'import.en.png') })
  await page.context().close()
})

const places = [
  ['collector', ['/worklist']],
  ['manager', ['/portfolio', '/imports', '/nights', '/staff', '/approvals']],
  ['compliance', ['/conduct', '/audit']],
] as const

test.each(languages)(
  'every screen in %s, without a serious issue for those who cannot see or point',
  async (language) => {
    for (const [who, paths] of places) {
      const page = await signIn(who, language)
      for (const path of paths) {
        await page.goto(path)
        await page.waitForSelector('table:visible, .day')
        await page.waitForLoadState('networkidle')
        await page.waitForTimeout(400)
        // The same page in other words has the same parts: one language is looked at by axe, all in pictures.
        if (language === 'en') expect(await seriousIssues(page), path).toEqual([])
        await page.screenshot({ path: join(artefacts, `${path.slice(1)}.${language}.png`) })
      }
      if (who === 'collector') {
        await page.goto(`/cases/${promised}`)
        await page.waitForSelector('.timeline li')
        await page.waitForTimeout(800)
        if (language === 'en') expect(await seriousIssues(page)).toEqual([])
        await page.screenshot({ path: join(artefacts, `case.${language}.png`) })
      }
      await page.context().close()
    }
    expect(blocked).toEqual([])
  },
  120_000,
)

test('the next nights judge the promise, and the case says so', async () => {
  clock.set('2026-05-18T16:00:00Z')
  await desk.night('2026-05-18')
  const page = await signIn('collector')
  await page.goto(`/cases/${promised}`)
  await page.waitForSelector('text=Promise broken')
  await page.waitForSelector('text=was not kept')
  await page.screenshot({ path: join(artefacts, 'broken-promise.en.png') })
  await page.context().close()
})
