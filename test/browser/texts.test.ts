// Where law knows approved texts only, the collector chooses one by key, reads it with the borrower's own
// figures, and the contact is recorded with it. And what is told of a debt at the case: what ends it, and
// what of it the borrower contests.
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

const keys = async (page: Page, ...pressed: string[]) => {
  for (const key of pressed) {
    if (key.length === 1 || /^(Tab|Enter|Escape|Control\+.+)$/.test(key)) await page.keyboard.press(key)
    else await page.keyboard.type(key)
  }
}

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

/** What the case is told next of what may be done. */
async function verdicts(page: Page) {
  const answer = await page.waitForResponse((each) => each.url().endsWith('/contacts/verdicts'))
  const { channels } = (await answer.json()) as { channels: { channel: string; allowed: boolean }[] }
  return channels.map(({ channel, allowed }) => ({ channel, allowed }))
}

test('what pays a loan off is told and copied; what is disputed is not asked for', async () => {
  const { rows } = await sql<{ borrower_id: string; loan_no: string }>`
    select l.borrower_id::text as borrower_id, l.loan_no
      from loans l join worklist_items i using (borrower_id)
     where l.lender = 'demo-us' and l.fees_minor > 100
       and not exists (select from holds h where h.borrower_id = l.borrower_id)
     order by l.borrower_id desc limit 1`.execute(desk.db)
  const { borrower_id, loan_no } = rows[0]!
  const page = await at.signIn('collector-2')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const before = verdicts(page)
  await page.goto(`/cases/${borrower_id}`)
  await page.waitForSelector('.owed .asked')
  expect(await before).toContainEqual({ channel: 'call', allowed: true })
  await keys(page, 'q')
  await page.waitForSelector('.ant-modal input:focus')
  await keys(page, '+400', 'Enter')
  await page.waitForSelector('.ant-modal >> text=That day is too far ahead')
  await keys(page, 'Control+a', '+3', 'Enter')
  await page.waitForSelector('.quote button:focus')
  await keys(page, 'Enter')
  await page.waitForSelector('.quote >> text=Copied')
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toMatch(
    /at the close of 2026-05-12: USD .*to pay the loan off on 2026-05-15: USD .*Good unt/s,
  )
  expect(await at.shots(page, 'pay-off-quote')).toEqual([])
  await keys(page, 'Escape', 'n')
  await page.waitForSelector('.ant-modal select:focus')
  // Her lender sent instalments: any of them may be meant.
  const instalment = page.locator('select[name=what] option:nth-child(7)')
  await instalment.waitFor({ state: 'attached' })
  expect(await instalment.textContent()).toMatch(/^Instalment \d+, \w+ \d+, \d{4}, \$[\d.]+$/)
  await keys(page, 'Tab', 'Fees', 'Tab', '1', 'Tab', 'nobody told her of the fee')
  expect(await at.shots(page, 'dispute')).toEqual([])
  const after = verdicts(page)
  await keys(page, 'Enter')
  await page.waitForSelector('.owed >> text=disputed, not asked for')
  // About the rest one may call as before.
  expect(await after).toEqual(await before)
  await page.waitForSelector('.timeline >> text=Fees: nobody told her of the fee')

  // Whoever may approve decides it, once.
  const manager = await at.signIn('manager')
  await manager.goto(`/cases/${borrower_id}`)
  await manager.waitForSelector('.owed >> text=disputed, not asked for')
  await keys(manager, 'n')
  await manager.waitForSelector('.ant-modal >> text=nobody told her of the fee')
  await manager.press('.ant-modal button:has-text("Decide")', 'Enter')
  await manager.waitForSelector('.ant-modal select[name=outcome]:focus')
  await keys(manager, 'Rejected', 'Tab', 'the notice of 2 April names it')
  await at.shot(manager, 'dispute-decided')
  await keys(manager, 'Enter')
  await manager.waitForSelector('.owed >> text=disputed, not asked for', { state: 'detached' })
  await manager.waitForSelector('.timeline >> text=Fees: rejected')
  const { rows: kept } = await sql`
    select loan_no, part, amount_minor, outcome
      from disputed_parts where borrower_id = ${borrower_id}`.execute(desk.db)
  expect(kept).toEqual([{ loan_no, part: 'fee', amount_minor: 100, outcome: 'rejected' }])

  // An instalment is named by its number, day and amount.
  await keys(manager, 'n')
  await manager.waitForSelector('.ant-modal >> text=Rejected: it is owed')
  const no = (await manager.getAttribute('select[name=what] option:nth-child(7)', 'value'))!
  await manager.selectOption('select[name=what]', no)
  await manager.fill('.ant-modal input[name=reason]', 'it was paid in cash')
  await keys(manager, 'Enter')
  await manager.waitForSelector(`.timeline >> text=instalment ${no}: it was paid in cash`)
})
