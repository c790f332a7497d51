// The desk in a real Chromium: ways in, a collector's day by keyboard alone, refusals, approvals, an import.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
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
  desk = await servedDesk(clock, 'book')
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
  // The script names the person and the very sum that may be asked for; the rules' words stand to be ticked.
  const about = await sql<{ name: string; minor: number }>`
    select b.name, sum(l.past_due_minor)::bigint as minor
      from borrowers b join loans l using (borrower_id)
     where b.borrower_id = ${first} and l.status = 'active' and l.oldest_due_on is not null
     group by b.name`.execute(desk.db)
  const { name, minor } = about.rows[0]!
  const sum = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(minor / 100)
  const said = await page.textContent('.call-bar .say')
  expect(said).toContain(`Am I speaking with ${name}?`)
  expect(said).toContain(`${sum} is past due`)
  const must = await page.textContent('.must-say')
  expect(must).toMatch(/Say that (a debt is being collected|this is from a debt collector)/)
  expect(must).toContain('US-D1')
  await page.keyboard.press('1')
  await page.keyboard.press('p')
  await page.waitForSelector('input[name=amount]')
  await page.keyboard.type('20')
  await page.keyboard.press('Tab')
  await page.keyboard.type('fr')
  await page.waitForSelector('text=May 15, 2026')
  expect(await at.shots(page, 'call')).toEqual([])
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
  expect(await at.shots(page, 'refused')).toEqual([])
  await page.context().close()
})

/**
 * The news of a case as a machine reads it: answers when a stop has come, in the time of this test (ms).
 */
async function stopHeard(page: Page, borrower_id: string) {
  const cookies = await page.context().cookies()
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const line = await fetch(`${desk.address}/api/borrowers/${borrower_id}/live`, { headers: { cookie } })
  expect(line.status).toBe(200)
  const reader = line.body!.pipeThrough(new TextDecoderStream()).getReader()
  return async () => {
    for (let news = ''; !news.includes('event: stop'); ) {
      const { value, done } = await reader.read()
      if (done) throw new Error('The line ended without a stop.')
      news += value
    }
    const at = performance.now()
    await reader.cancel()
    return at
  }
}

/** Keeps when the page heard of a stop, and when it showed it, by the browser's own unfaked time. */
function timeStops() {
  const times: { heard?: number; shown?: number } = {}
  Object.assign(window, { times })
  const Real = window.EventSource
  window.EventSource = class extends Real {
    constructor(url: string | URL, how?: EventSourceInit) {
      super(url, how)
      this.addEventListener('stop', (event) => {
        times.heard ??= event.timeStamp
      })
    }
  }
  new MutationObserver(() => {
    if (document.querySelector('.note.refused[role=alert]')) times.shown ??= new Event('shown').timeStamp
  }).observe(document, { childList: true, subtree: true })
}

test('two people on one case see each other, and a stop appears within a second', async () => {
  const [one, two] = [await at.signIn('collector'), await at.signIn('lead')]
  const { rows } = await sql<{ borrower_id: string }>`
    select borrower_id::text as borrower_id from worklist_items
     where taken_by is null order by lender = 'demo-us' desc, score limit 1`.execute(desk.db)
  const { borrower_id } = rows[0]!
  await one.goto(`/cases/${borrower_id}`)
  await one.waitForSelector('.case')
  await two.addInitScript(timeStops)
  await two.goto(`/cases/${borrower_id}`)
  await two.waitForSelector('text=is working on this case')
  await one.waitForSelector('text=Also looking')
  await one.waitForSelector('.act:not([disabled])')
  const heard = await stopHeard(two, borrower_id)
  await one.keyboard.press('h')
  await one.waitForSelector('select[name=kind]')
  await one.selectOption('select[name=kind]', 'deceased')
  await one.selectOption('select[name=scope]', 'all')
  await one.fill('input[name=reason]', 'her daughter called')
  // From the answer to the write, for whoever placed the hold knows of it then, to the news on the line.
  const answered = one
    .waitForResponse((response) => response.url().endsWith('/holds'))
    .then((response) => ({ status: response.status(), at: performance.now() }))
  const told = heard()
  await one.keyboard.press('Control+Enter')
  const { status, at: written } = await answered
  expect(status).toBe(201)
  expect((await told) - written).toBeLessThan(1_000)
  // And from the news on the line to the words on the screen.
  await two.waitForSelector('text=Work stopped')
  const times = await two.evaluate(() => (window as { times?: { heard: number; shown: number } }).times!)
  expect(times.heard).toBeGreaterThan(0)
  expect(times.shown - times.heard).toBeLessThan(1_000)
  expect(await at.shots(two, 'stopped')).toEqual([])
}, 60_000)

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
  expect(await at.shots(page, 'plan')).toEqual([])
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.timeline')
  const lead = await at.signIn('lead')
  await lead.goto('/approvals')
  await lead.waitForSelector('text=Payment plan')
  expect(await at.shots(lead, 'approval')).toEqual([])
  await lead.fill('input[name=reason]', 'fits what she can pay')
  await lead.click('button[value=yes]')
  await lead.waitForSelector('text=Nothing waits for a decision')
  const { rows } = await sql`
    select approved, level from approvals where borrower_id = ${borrower_id}`.execute(desk.db)
  expect(rows).toEqual([{ approved: true, level: 'team_lead' }])
  await Promise.all([page.context().close(), lead.context().close()])
})

test('a settlement beyond the collector’s authority is approved by another person and taken', async () => {
  // Past 150 days a collector may let off 15 % of the principal, and 22 % is for somebody above.
  const { rows } = await sql<{ borrower_id: string; loan_no: string; minor: number }>`
    select l.borrower_id::text as borrower_id, l.loan_no, l.outstanding_minor as minor
      from loans l join worklist_items i using (borrower_id)
     where l.lender = 'demo-us' and l.status = 'active' and i.taken_by is null
       and l.oldest_due_on < date '2026-05-12' - 151
     order by l.outstanding_minor desc limit 1`.execute(desk.db)
  const { borrower_id, loan_no, minor } = rows[0]!
  const page = await at.signIn('collector-2')
  await page.goto(`/cases/${borrower_id}`)
  await page.waitForSelector('.act:not([disabled])')
  await page.keyboard.press('t')
  await page.waitForSelector('.deed')
  const loans = page.locator('.deed select')
  if ((await loans.count()) > 0) await loans.first().selectOption(loan_no)
  await page.fill('input[name=amount]', (Math.round(minor * 0.78) / 100).toFixed(2))
  await page.fill('input[name=reason]', 'her brother lends her the money')
  expect(await at.shots(page, 'settlement')).toEqual([])
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.papers >> text=Offered settlement')
  // Until somebody else has agreed, the borrower's word is refused with its reason.
  await page.click('text=They accept')
  await page.waitForSelector('.conduct >> text=Another person has not approved this yet')
  const manager = await at.signIn('manager')
  await manager.goto('/approvals')
  await manager.click('button.cell:has-text("Settlement")')
  await manager.waitForSelector('.facts >> text=her brother lends her the money')
  expect(await at.shots(manager, 'approval-settlement')).toEqual([])
  await manager.fill('input[name=reason]', 'more than going on would bring')
  await manager.click('button[value=yes]')
  await manager.waitForSelector('text=Nothing waits for a decision')
  await page.click('text=They accept')
  await page.waitForSelector('.papers >> text=They accept', { state: 'detached' })
  const settled = await sql`
    select accepted_on from settlements where borrower_id = ${borrower_id}`.execute(desk.db)
  expect(settled.rows).toEqual([{ accepted_on: '2026-05-12' }])
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
  expect(await at.shots(page, 'import')).toEqual([])
  // A file that was cut off is refused whole, by its own name and not by where it is kept.
  writeFileSync(file, `payment_no,lender,loan_no,paid_on,amount,currency\nB-3,demo-us,${loan_no}`)
  await page.setInputFiles('input[type=file]', file)
  await page.click('button:has-text("Load")')
  await page.waitForSelector('text=The file is cut short.')
  const told = await page.locator('[role=status] .soft').textContent()
  expect(told).toMatch(/^payments-2026-05-12\.csv ends in the middle of line 2 /)
  await page.context().close()
})

test('the next nights judge the promise, and the case says so', async () => {
  clock.set('2026-05-18T16:00:00Z')
  await desk.night('2026-05-18')
  const page = await at.signIn('collector')
  await page.goto(`/cases/${promised}`)
  await page.waitForSelector('text=Promise broken')
  await page.waitForSelector('text=was not kept')
  expect(await at.shots(page, 'broken-promise')).toEqual([])
  await page.context().close()
})
