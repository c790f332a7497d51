// What keeps a house in order at the desk: files that come, nights that stop, incidents that are closed,
// people whose authority is narrowed and whose devices are lost, and cases that others work on.
import { sql } from 'kysely'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import stepWords from '../../web/desk/words/steps.en.json' with { type: 'json' }
import { deskBrowser, openBrowser, seriousIssues } from '../support/browser.ts'
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
}, 240_000)
afterAll(() => browser?.close())
afterEach(({ task }) => at.leave(task))

/** A borrower of the American lender in the worklist, and one of their late loans. */
async function someCase(offset: number) {
  const { rows } = await sql<{ borrower_id: string; loan_no: string }>`
    select borrower_id::text as borrower_id, loan_no from worklist_items
     where lender = 'demo-us' order by borrower_id limit 1 offset ${offset}`.execute(desk.db)
  return rows[0]!
}

test('a file is dragged in, and its progress stands there until something has become of it', async () => {
  const { loan_no } = await someCase(0)
  const page = await at.signIn('manager')
  await page.goto('/imports')
  // Here a load is over in no time: what has become of it is told when its bar has been seen.
  let seen = () => {}
  const bar = new Promise<void>((done) => {
    seen = done
  })
  await page.route('**/api/load-jobs/*', async (route) => {
    await bar
    await route.continue()
  })
  const head = 'payment_no,lender,loan_no,paid_on,amount,currency'
  const file = await page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([text], name, { type: 'text/csv' }))
      return transfer
    },
    ['payments-2026-05-12.csv', `${head}\nD-1,demo-us,${loan_no},2026-05-12,5.00,USD\n`] as const,
  )
  await page.dispatchEvent('.drop', 'dragover', { dataTransfer: file })
  await page.waitForSelector('.drop.over')
  await page.dispatchEvent('.drop', 'drop', { dataTransfer: file })
  // Its name says what it holds and of which day; a person sees the guess before anything is sent.
  await page.waitForSelector('.drop >> text=payments-2026-05-12.csv')
  expect(await page.inputValue('input[type=date]')).toBe('2026-05-12')
  await page.click('button:has-text("Load")')
  await page.waitForSelector('main [role=status] [role=progressbar]')
  await page.waitForSelector('text=being loaded')
  expect(await at.shots(page, 'import-progress')).toEqual([])
  seen()
  await page.waitForSelector('main [role=status] >> text=loaded')
  await page.waitForSelector('[role=progressbar]', { state: 'detached' })
  const { rows } = await sql`select payment_no from payments where payment_no = 'D-1'`.execute(desk.db)
  expect(rows).toHaveLength(1)
})

test('a contact that broke a rule is an incident, and closed with what was done about it', async () => {
  const { borrower_id } = await someCase(1)
  const collector = await at.signIn('collector')
  // Three at night in Chicago: a lender's own system told us of it afterwards.
  const manager = await at.signIn('manager')
  const told = await manager.request.post(`/api/borrowers/${borrower_id}/outside-contacts`, {
    headers: { origin: desk.address },
    data: { contacts: [{ at: '2026-05-12T03:00:00-05:00', direction: 'out', channel: 'call' }] },
  })
  expect(await told.json()).toMatchObject({ recorded: 1 })
  // At midnight in Shanghai nobody is called: what was tried and refused is counted by its rule.
  const night = await sql<{ id: string }>`
    select borrower_id::text as id from worklist_items where lender = 'demo-cn' limit 1`.execute(desk.db)
  const tried = await collector.request.post(`/api/borrowers/${night.rows[0]!.id}/contacts`, {
    headers: { origin: desk.address },
    data: { channel: 'call' },
  })
  expect(tried.status()).toBe(409)
  const page = await at.signIn('compliance')
  await page.goto('/conduct')
  await page.waitForSelector('[role=img][aria-label*="CN-T1"] svg')
  const row = page.locator('tr:has-text("12 CFR 1006.6(b)(1)(i)")').first()
  await row.waitFor()
  expect(await at.shots(page, 'conduct-incident')).toEqual([])
  const open = async () =>
    (
      await sql<{ n: number }>`
        select count(*) as n from incidents
         where borrower_id = ${borrower_id} and closed_at is null`.execute(desk.db)
    ).rows[0]!.n
  const before = await open()
  await row.getByRole('button', { name: 'Close' }).click()
  await page.waitForSelector('.ant-modal input[name=note]:focus')
  expect(await seriousIssues(page)).toEqual([])
  await page.keyboard.type('the dialler of the lender was set to the right zone')
  expect(await at.shots(page, 'incident-close')).toEqual([])
  await page.keyboard.press('Enter')
  await page.waitForSelector('.ant-modal', { state: 'detached' })
  expect(await open()).toBe(before - 1)
})

test('a member gets a limit, loses their devices, and nobody limits themselves', async () => {
  const page = await at.signIn('admin')
  await page.goto('/staff')
  await page.click('button.cell:has-text("Demo collector 2")')
  await page.waitForSelector('text=None: the authority of the role holds')
  await page.fill('input[name=most]', '500')
  await page.fill('input[name=currency]', 'usd')
  await page.click('button:has-text("Set limit")')
  await page.waitForSelector('tr:has-text("given up in a settlement") >> text=500 USD')
  expect(await at.shots(page, 'staff-limits')).toEqual([])
  await page.click('button:has-text("Reset the sign-in")')
  await page.waitForSelector('.ant-modal input[name=reason]:focus')
  await page.keyboard.type('phone lost on the train')
  await page.keyboard.press('Enter')
  const password = (await page.textContent('.ant-modal .big'))!
  expect(await seriousIssues(page)).toEqual([])
  await page.click('.ant-modal >> text=Close')
  const again = await fetch(`${desk.address}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { origin: desk.address, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'collector-2@example.com', password }),
  })
  expect(again.status).toBe(200)
  await page.click('button.cell:has-text("Demo admin")')
  await page.fill('input[name=most]', '1')
  await page.click('button:has-text("Set limit")')
  await page.waitForSelector('text=Nobody sets a limit of their own')
})

test('a case goes to an agency only where the rules let it, and to a visitor and back', async () => {
  const { borrower_id } = await someCase(2)
  await sql`
    insert into agency_standings (agency, recorded_at, barred_reason, recorded_by)
    values ('North', '2026-05-01', 'evaluation failed', 'test')`.execute(desk.db)
  const visitor = await sql<{ id: string }>`
    select id from staff where email = 'collector-2@example.com'`.execute(desk.db)
  await sql`
    insert into staff_roles (staff_id, role, given_at, given_by)
    values (${visitor.rows[0]!.id}, 'field', '2026-05-01', 'test')`.execute(desk.db)
  const page = await at.signIn('manager')
  await page.goto(`/cases/${borrower_id}`)
  const panel = page.locator('.conduct')
  await panel.getByText('Place with an agency').click()
  await page.waitForSelector('.ant-modal option:has-text("North (may not work today)")', {
    state: 'attached',
  })
  await page.fill('.ant-modal input[name=reason]', 'late stage')
  await page.click('.ant-modal button[type=submit]')
  await page.waitForSelector('.ant-modal >> text=The rules refuse this placement')
  expect(await page.textContent('.ant-modal')).toContain('HOUSE-A1')
  expect(await at.shots(page, 'placement-refused')).toEqual([])
  await page.keyboard.press('Escape')
  await panel.getByText('Hand over to a visitor').click()
  await page.fill('.ant-modal input[name=reason]', 'she asked for a visit')
  await page.click('.ant-modal button[type=submit]')
  await panel.getByText('Handed over to Demo collector 2').waitFor()
  expect(await at.shots(page, 'handover')).toEqual([])
  await panel.getByText('Take back').click()
  await page.fill('.ant-modal input[name=reason]', 'visited')
  await page.click('.ant-modal button[type=submit]')
  await panel.getByText('No visitor has it').waitFor()
  // A placement that stands is recalled with its reason.
  await sql`
    insert into placements (borrower_id, lender, agency, reason, placed_at, placed_by)
    select borrower_id, lender, 'North', 'before it was barred', '2026-04-01', 'test'
      from borrowers where borrower_id = ${borrower_id}`.execute(desk.db)
  await page.reload()
  await panel.getByText('Placed with North').waitFor()
  await panel.getByText('Recall').click()
  await page.fill('.ant-modal input[name=reason]', 'barred since')
  await page.click('.ant-modal button[type=submit]')
  await panel.getByText('Ourselves; not with an agency').waitFor()

  // Who had work on a borrower that stopped is listed until somebody says that they know.
  const stop = await sql<{ stop_id: string }>`
    insert into stops (borrower_id, cause, cause_no, at, stopped_by)
    values (${borrower_id}, 'cease', 'c-1', '2026-05-12', 'law') returning stop_id`.execute(desk.db)
  await sql`
    insert into stop_notices (borrower_id, stop_id, worked_by)
    values (${borrower_id}, ${stop.rows[0]!.stop_id}, 'North agency')`.execute(desk.db)
  await page.goto('/conduct')
  await page.click('tr:has-text("North agency") >> text=Acknowledge')
  await page.waitForSelector('tr:has-text("North agency")', { state: 'detached' })
})

test('what agencies showed, and what ends soon; a new standing decides who may work', async () => {
  const page = await at.signIn('compliance')
  await page.goto('/conduct')
  await page.waitForSelector('table:visible')
  await page.keyboard.press('g')
  await page.keyboard.press('e')
  await page.waitForURL('**/agencies')
  await page.waitForSelector('main:focus >> table')
  await page.keyboard.press('n')
  await page.waitForSelector('.ant-modal input[name=agency]:focus')
  await page.keyboard.type('South')
  await page.fill('input[name=licensed_until]', '2026-06-01')
  await page.fill('input[name=secrecy_until]', '2026-05-11')
  await page.fill('input[name=evaluated_on]', '2026-02-01')
  await page.keyboard.press('Enter')
  const south = page.locator('tr:has-text("South")')
  await south.getByText('may not work').waitFor()
  await south.getByText('20 days left').waitFor()
  await south.getByText('lapsed May 11, 2026').waitFor()
  // What it shows next takes the place of all before it; the form begins with what stands.
  await south.getByText('Record what it showed').click()
  expect(await page.inputValue('input[name=licensed_until]')).toBe('2026-06-01')
  await page.fill('input[name=secrecy_until]', '2027-05-11')
  expect(await at.shots(page, 'agency-standing')).toEqual([])
  clock.set('2026-05-12T16:01:00Z')
  await page.click('.ant-modal button[type=submit]')
  await south.getByText('may work', { exact: true }).waitFor()
  const { rows } = await sql`
    select licensed_until, secrecy_until, evaluated_on, barred_reason from agency_standings
     where agency = 'South' order by recorded_at desc limit 1`.execute(desk.db)
  expect(rows).toEqual([
    {
      licensed_until: '2026-06-01',
      secrecy_until: '2027-05-11',
      evaluated_on: '2026-02-01',
      barred_reason: null,
    },
  ])
  expect(await at.shots(page, 'agencies-standing')).toEqual([])
  // A manager reads it and records nothing.
  const manager = await at.signIn('manager')
  await manager.goto('/agencies')
  await manager.locator('tr:has-text("South")').waitFor()
  expect(await manager.getByText('Record what it showed').count()).toBe(0)
})

test('a night that stopped says where, why and what to do; run again it goes on from there', async () => {
  clock.set('2026-05-13T16:00:00Z')
  await sql`alter table promises rename to promises_away`.execute(desk.db)
  const refused = await desk.night('2026-05-13').catch((error: unknown) => error)
  expect(refused).toMatchObject({ refusal: 'night_step_failed' })
  const { step } = (refused as { detail: { step: string } }).detail
  const page = await at.signIn('admin')
  await page.goto('/nights')
  const alert = page.locator('main [role=alert]')
  await alert.getByText(`Stopped at “${stepWords[step as keyof typeof stepWords]}”`).waitFor()
  expect(await alert.textContent()).toContain(step)
  expect(await alert.textContent()).toContain('"promises" does not exist')
  expect(await alert.textContent()).toContain('Once the cause is mended, run the night again')
  await page.waitForSelector('.top >> text=the last night stopped')
  expect(await at.shots(page, 'night-stopped')).toEqual([])
  await sql`alter table promises_away rename to promises`.execute(desk.db)
  await desk.night('2026-05-13')
  await page.reload()
  await page.waitForSelector('tr[aria-selected=true] >> text=done')
  expect(await alert.count()).toBe(0)
})
