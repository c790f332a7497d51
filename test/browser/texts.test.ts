// Where law knows approved texts only, the collector chooses one by key, reads it with the borrower's own
// figures, and the contact is recorded with it.
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { borrowerOf, deskBrowser, openBrowser } from '../support/browser.ts'
import { servedDesk, settableClock } from '../support/served-desk.ts'

// Eleven in the morning in Chicago.
const clock = settableClock('2026-05-12T16:00:00Z')
let desk: Awaited<ReturnType<typeof servedDesk>>
let browser: Browser
let at: ReturnType<typeof deskBrowser>

beforeAll(async () => {
  browser = await openBrowser()
  desk = await servedDesk(clock, 'book')
  at = deskBrowser(browser, desk, clock)
  for (const [template, body] of [
    ['branch', 'Dear {{name}}, call us at {{branch_phone}}.'],
    ['reminder', 'Dear {{name}}, {{amount}} of loan {{loan_no}} has been due since {{due_on}}.'],
  ]) {
    await sql`
      insert into text_templates (template, version, channel, language, packs, body, written_by, written_at)
      values (${template}, 1, 'sms', 'en', '{cn,us}', ${body}, 'cora', '2026-01-01')`.execute(desk.db)
    await sql`
      insert into template_approvals (template, version, from_on, approved_by, approved_at, reason)
      values (${template}, 1, '2026-01-01', 'dora', '2026-01-01', 'read by counsel')`.execute(desk.db)
  }
}, 240_000)
afterAll(() => browser?.close())
afterEach(({ task }) => at.leave(task))

/** The next case of a collector, of a borrower whom the Chinese pack binds too. */
async function caseBoundByChina(): Promise<{ page: Page; borrower_id: string }> {
  const page = await at.signIn('collector')
  await page.waitForSelector('.day')
  await page.keyboard.press('n')
  await page.waitForSelector('.case')
  const borrower_id = borrowerOf(page)
  await sql`
    insert into borrower_packs (borrower_id, pack, from_on, recorded_by, reason)
    values (${borrower_id}, 'cn', '2020-01-01', 'cora', 'lives there')
    on conflict do nothing`.execute(desk.db)
  await page.reload()
  return { page, borrower_id }
}

test('a text message in an approved text: chosen, read and recorded by keys alone', async () => {
  const { page, borrower_id } = await caseBoundByChina()
  await page.waitForSelector('.actions >> text=Approved text')
  const attempts = async () =>
    (
      await sql<{ template: string; outcome: string | null }>`
        select v.asked ->> 'template' as template, a.outcome
          from contact_attempts a
          join verdicts v on v.borrower_id = a.borrower_id and v.verdict_id = a.verdict_id
         where a.borrower_id = ${borrower_id}`.execute(desk.db)
    ).rows
  await page.keyboard.press('m')
  // The case does not know what belongs into the first.
  await page.waitForSelector('.ant-modal >> text=branch_phone. Choose another text')
  expect(await page.locator('.ant-modal button[type=submit]').isDisabled()).toBe(true)
  await page.keyboard.press('2')
  const words = page.locator('.choose-text .text')
  const { rows } = await sql<{ loan_no: string }>`
    select loan_no from loans where borrower_id = ${borrower_id} and status = 'active'`.execute(desk.db)
  await page.waitForSelector(`.choose-text .text:has-text("${rows[0]!.loan_no}")`)
  const read = await words.textContent()
  expect(read).toMatch(/^Dear .+, \$[\d,.]+ of loan .+ has been due since .+ \d{4}\.$/)
  expect(await at.shots(page, 'case-text')).toEqual([])
  expect(await attempts()).toEqual([])
  await page.locator('.choose-text input:checked').focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('.call-bar')
  expect(await page.locator('.call-bar .text').textContent()).toBe(read)
  expect(await attempts()).toEqual([{ template: 'reminder@1', outcome: null }])
  await page.keyboard.press('1')
  await page.keyboard.press('Control+Enter')
  await page.waitForURL((address) => !address.pathname.includes(borrower_id))
  expect(await attempts()).toEqual([{ template: 'reminder@1', outcome: 'delivered' }])
})

test('a channel for which nobody approved a text stays refused, with its clause', async () => {
  const { page } = await caseBoundByChina()
  await page.waitForSelector('.actions >> text=Approved text')
  await page.keyboard.press('e')
  await page.waitForSelector('.ant-modal >> text=CN-C5')
  await page.keyboard.press('Escape')
})
