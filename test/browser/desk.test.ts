// The desk in a real Chromium: ways in, a collector's day by keyboard alone, refusals, approvals, an import.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  blocked,
  borrowerOf,
  deskBrowser,
  openBrowser,
  openWindow,
  seriousIssues,
} from '../support/browser.ts'
import { codeOf, servedDesk, settableClock } from '../support/served-desk.ts'

// Eleven in the morning in Chicago, midnight in Shanghai.
const clock = settableClock('2026-05-12T16:00:00Z')
let desk: Awaited<ReturnType<typeof servedDesk>>
let browser: Browser
let at: ReturnType<typeof deskBrowser>

beforeAll(async () => {
  browser = await openBrowser()
  desk = await servedDesk(clock, { loans: 420, days: 8 })
  at = deskBrowser(browser, desk, clock)
}, 240_000)
afterAll(() => {
  expect(blocked).toEqual([])
  return browser?.close()
})
afterEach(({ task }) => at.leave(task))

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
  const page = await at.signIn('collector')
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
  await at.shot(page, 'call.en')
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
  const page = await at.signIn('collector')
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
  await at.shot(page, 'refused.en')
  await page.context().close()
})

test('two people on one case see each other, and a stop appears within a second', async () => {
  const [one, two] = [await at.signIn('collector'), await at.signIn('lead')]
  const items = await sql<{ borrower_id: string }>`
    select borrower_id::text as borrower_id from worklist_items
     where taken_by is null order by lender = 'demo-us' desc, score limit 3`.execute(desk.db)
  const waits: number[] = []
  for (const { borrower_id } of items.rows) {
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
    // Measured from the answer to the write: whoever placed the hold knows of it then.
    const answered = one.waitForResponse((response) => response.url().endsWith('/holds'))
    await one.keyboard.press('Control+Enter')
    expect((await answered).status()).toBe(201)
    const began = performance.now()
    await two.waitForSelector('text=Work stopped')
    waits.push(performance.now() - began)
    if (waits.at(-1)! < 1_000) break
  }
  // Tried three times at most: what else this machine does at the moment is not what is measured.
  expect(Math.min(...waits)).toBeLessThan(1_000)
  await at.shot(two, 'stopped.en')
  await Promise.all([one.context().close(), two.context().close()])
}, 90_000)

test('a plan beyond the collector’s authority waits for another person, and gets the word', async () => {
  const page = await at.signIn('collector-2')
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
  await at.shot(page, 'plan.en')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.timeline')
  const lead = await at.signIn('lead')
  await lead.goto('/approvals')
  await lead.waitForSelector('text=Payment plan')
  await at.shot(lead, 'approval.en')
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
  const page = await at.signIn('manager')
  await page.goto('/imports')
  await page.setInputFiles('input[type=file]', file)
  await page.click('button:has-text("Load")')
  await page.waitForSelector('text=Rejected rows')
  await page.waitForSelector('td:has-text("five")')
  expect(await page.locator('dd.wait').textContent()).toBe('1')
  await at.shot(page, 'import.en')
  await page.context().close()
})

test('the next nights judge the promise, and the case says so', async () => {
  clock.set('2026-05-18T16:00:00Z')
  await desk.night('2026-05-18')
  const page = await at.signIn('collector')
  await page.goto(`/cases/${promised}`)
  await page.waitForSelector('text=Promise broken')
  await page.waitForSelector('text=was not kept')
  await at.shot(page, 'broken-promise.en')
  await page.context().close()
})
