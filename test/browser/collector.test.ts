// A collector's day by keys alone, through every outcome of a call, without a change of page; and what a case
// tells beside it.
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
}, 240_000)
afterAll(() => browser?.close())
afterEach(({ task }) => at.leave(task))

const keys = async (page: Page, ...pressed: string[]) => {
  for (const key of pressed) {
    // A key of one sign is pressed, a longer text is typed, and what has a + in it is a chord.
    if (key.length === 1 || /^(Tab|Enter|Escape|Control\+.+)$/.test(key)) await page.keyboard.press(key)
    else await page.keyboard.type(key)
  }
}

/** A call of the open case that was allowed and is answered by the borrower. */
async function callNext(page: Page): Promise<string> {
  await page.waitForSelector('.act.primary')
  const borrower_id = borrowerOf(page)
  await page.waitForFunction(() => !document.querySelector('.act')?.hasAttribute('disabled'))
  await keys(page, 'c')
  await page.waitForSelector('.call-bar')
  await keys(page, '1')
  return borrower_id
}

const saved = async (page: Page, borrower_id: string) => {
  await keys(page, 'Control+Enter')
  await page.waitForURL((address) => !address.pathname.includes(borrower_id))
}

const one = async <Row>(query: ReturnType<typeof sql<Row>>) => (await query.execute(desk.db)).rows[0]

/** What each key of the outcome is followed by, and what then stands in the book. */
const outcomes: Record<
  string,
  { keys: string[]; settled?: string; stands: (id: string) => Promise<unknown>; is: unknown }
> = {
  'a promise': {
    keys: ['p', '20', 'Tab', 'fr'],
    stands: (id) => one(sql`select due_on, promised_minor from promises where borrower_id = ${id}`),
    is: { due_on: '2026-05-15', promised_minor: 2000 },
  },
  'a dispute': {
    keys: ['d', 'I paid before the 14th'],
    stands: (id) => one(sql`select kind, reason from holds where borrower_id = ${id}`),
    is: { kind: 'dispute', reason: 'I paid before the 14th' },
  },
  hardship: {
    keys: ['f', 'Tab', 'Tab', 'They cut my hours in March'],
    stands: (id) => one(sql`select cause, statement from hardship_requests where borrower_id = ${id}`),
    is: { cause: 'job_loss', statement: 'They cut my hours in March' },
  },
  'another hold': {
    keys: ['h', 'Vulnerable', 'Tab', 'all', 'Tab', 'in hospital since Monday'],
    stands: (id) => one(sql`select kind, debts from holds where borrower_id = ${id}`),
    is: { kind: 'vulnerable', debts: null },
  },
  'the wish to be left alone': {
    keys: ['x', 'do not call me again'],
    stands: (id) => one(sql`select kind, debts from holds where borrower_id = ${id}`),
    is: { kind: 'cease', debts: null },
  },
  'a payment that we do not see': {
    keys: ['y', 'paid at the branch on Monday'],
    stands: (id) => one(sql`select kind from holds where borrower_id = ${id}`),
    is: { kind: 'balance_differs' },
  },
  'a refusal': {
    keys: ['r'],
    stands: (id) => one(sql`select outcome from contact_attempts where borrower_id = ${id}`),
    is: { outcome: 'conversation' },
  },
  'a call back': {
    keys: ['b'],
    stands: (id) =>
      one(sql`select not_before is not null as later from worklist_items where borrower_id = ${id}`),
    is: { later: true },
  },
}

test('every outcome of a call is reached, saved and left by keys alone on one page', async () => {
  const page = await at.signIn('collector')
  await page.waitForSelector('.day')
  await page.evaluate(() => Object.assign(window, { sameDocument: true }))
  // Nothing of this needs a mouse: pressing one would be an error.
  await page.evaluate(() => addEventListener('mousedown', () => Object.assign(window, { mouse: true })))
  await keys(page, 'n')
  await page.waitForSelector('.case')
  for (const [name, outcome] of Object.entries(outcomes)) {
    const borrower_id = await callNext(page)
    await keys(page, ...outcome.keys)
    if (name === 'hardship') expect(await at.shots(page, 'call-hardship')).toEqual([])
    await saved(page, borrower_id)
    expect(await outcome.stands(borrower_id), name).toEqual(outcome.is)
  }
  expect(await page.evaluate(() => ({ ...window }) as Record<string, unknown>)).not.toHaveProperty('mouse')
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
}, 180_000)

test('a plan and a settlement from a call; what nobody may give is refused with its reason', async () => {
  const page = await at.signIn('collector')
  await page.waitForSelector('.day')
  await keys(page, 'n')
  await page.waitForSelector('.case')
  const planned = await callNext(page)
  await keys(page, 'a', 'Tab', '3', 'Tab', 'Tab', '+10', 'Tab', 'Enter')
  // Nobody has asked yet what she can pay: three questions stand there, reached by key.
  await page.waitForSelector('input[name=income]')
  await keys(page, '4000', 'Tab', '1500', 'Tab', '0', 'Tab', 'Enter')
  await page.waitForSelector('text=Who may agree to it')
  expect(await at.shots(page, 'call-plan')).toEqual([])
  await saved(page, planned)
  const plan = await one(sql`select count(*) as n from plans where borrower_id = ${planned}`)
  expect(plan).toEqual({ n: 1 })

  const settled = await callNext(page)
  await keys(page, 't', '1', 'Control+Enter')
  await page.waitForSelector('[role=alert]')
  await page.waitForSelector('text=/worth more than this offer|lets nobody agree/')
  expect(await at.shots(page, 'call-settlement-refused')).toEqual([])
  const loan = await one<{ minor: number }>(sql`
    select outstanding_minor as minor from loans
     where borrower_id = ${settled} and status in ('active', 'charged_off')
     order by oldest_due_on nulls last limit 1`)
  await page.locator('input[name=amount]').focus()
  await page.keyboard.press('Control+a')
  await keys(page, `${Math.floor((loan!.minor * 0.98) / 100)}`)
  await keys(page, 'Control+Enter')
  await page.waitForURL((address) => !address.pathname.includes(settled))
  const settlement = await one(sql`select count(*) as n from settlements where borrower_id = ${settled}`)
  expect(settlement).toEqual({ n: 1 })
}, 60_000)

test('words that a rule bans are named with their clause while one types', async () => {
  const page = await at.signIn('collector')
  await page.waitForSelector('.day')
  await keys(page, 'n')
  await page.waitForSelector('.case')
  await callNext(page)
  // Asked on the call what would end it all, one has the sum at hand, and the call goes on.
  await keys(page, 'q')
  await page.waitForSelector('.ant-modal input:focus')
  await keys(page, 'Enter')
  await page.waitForSelector('.quote button:focus')
  await keys(page, 'Escape')
  await page.waitForSelector('.ant-modal', { state: 'detached' })
  await keys(page, 'r')
  await page.locator('textarea[name=note]').focus()
  await page.keyboard.type('she is a deadbeat')
  const said = page.locator('textarea[name=note] + span')
  await said.getByText('deadbeat').waitFor()
  expect(await said.textContent()).toMatch(/HOUSE-C1|US-C1/)
  expect(await at.shots(page, 'word-check')).toEqual([])
  // What she said instead is fine.
  await page.locator('textarea[name=note]').fill('she says she cannot pay before Friday')
  await said.getByText('deadbeat').waitFor({ state: 'detached' })
})

test('a number is masked until it is asked for with a reason, which is in the log', async () => {
  const page = await at.signIn('collector-2')
  await page.waitForSelector('.day')
  await keys(page, 'n')
  await page.waitForSelector('.case .points')
  const borrower_id = borrowerOf(page)
  const shown = () => page.locator('.conduct .points').first().textContent()
  expect(await shown()).not.toMatch(/\+\d{11}|\d{7}/)
  await keys(page, 'u')
  await page.waitForSelector('.ant-modal input[name=reason]:focus')
  await keys(page, 'Enter')
  // Without a reason nothing is shown.
  expect(await shown()).not.toMatch(/\+\d{11}|\d{7}/)
  await keys(page, 'she asked me to read it back')
  expect(await at.shots(page, 'unmask')).toEqual([])
  await keys(page, 'Enter')
  await page.waitForSelector('.ant-modal', { state: 'detached' })
  const logged = await one(sql`
    select reason, subject from audit_entries
     where action like '%disclosures' and reason = 'she asked me to read it back'`)
  expect(logged).toMatchObject({ subject: expect.stringContaining(borrower_id) })
})

test('a case is put off with a reason and stands under “not yet” until its day', async () => {
  const page = await at.signIn('collector-2')
  await page.waitForSelector('.day')
  await keys(page, 'n')
  await page.waitForSelector('.case')
  const borrower_id = borrowerOf(page)
  await keys(page, 'z')
  await page.waitForSelector('select[name=how]')
  await keys(page, 'Tab', 'Tab', 'she is on a plane today')
  await saved(page, borrower_id)
  const item = await one(sql`
    select not_before::date::text as back_on, put_off_reason
      from worklist_items where borrower_id = ${borrower_id}`)
  expect(item).toEqual({ back_on: '2026-05-13', put_off_reason: 'she is on a plane today' })
})

test('G and a letter goes to a place, also where that letter alone would call somebody', async () => {
  const page = await at.signIn('manager')
  const { rows } = await sql<{ borrower_id: string }>`
    select borrower_id::text as borrower_id from worklist_items i where lender = 'demo-us'
       and not exists (select from contact_attempts c where c.borrower_id = i.borrower_id)
     order by borrower_id limit 1`.execute(desk.db)
  const { borrower_id } = rows[0]!
  await page.goto(`/cases/${borrower_id}`)
  await page.waitForSelector('.act:not([disabled])')
  await keys(page, 'g', 'c')
  await page.waitForURL('**/conduct')
  // Whoever has arrived has the keyboard there: the focus is the page's, not the link's.
  await page.waitForSelector('main:focus')
  const tried = await one(sql`select count(*) as n from contact_attempts where borrower_id = ${borrower_id}`)
  expect(tried).toEqual({ n: 0 })
})

test('who may approve lets the count of days stand still, and go on, by keys', async () => {
  const page = await at.signIn('manager')
  const late = await one<{ borrower_id: string }>(sql`
    select borrower_id::text as borrower_id from worklist_items where lender = 'demo-us'
     order by borrower_id desc limit 1`)
  const { borrower_id } = late!
  await page.goto(`/cases/${borrower_id}`)
  await page.waitForSelector('.act:not([disabled])')
  await keys(page, 'o')
  await page.waitForSelector('.deed input[name=reason]')
  expect(await at.shots(page, 'pause')).toEqual([])
  // The day after which nothing is counted stands in the first field: a day of last week.
  await page.fill('.deed .field:has-text("Not counted after") input', '2026-05-04')
  await page.fill('.deed input[name=reason]', 'the river flooded her street')
  await keys(page, 'Control+Enter')
  await page.waitForSelector('.owed >> text=count paused')
  await page.waitForSelector('.timeline >> text=the river flooded her street')
  await keys(page, 'o')
  await page.fill('.deed .field:has-text("Counted again after") input', '2026-05-10')
  await page.fill('.deed input[name=reason]', 'the water went down')
  await keys(page, 'Control+Enter')
  await page.waitForSelector('.timeline >> text=Count of days resumed')
  expect(await page.locator('.owed >> text=count paused').count()).toBe(0)
  expect(
    await one(sql`select from_on, to_on, resumed_on from pauses where borrower_id = ${borrower_id}`),
  ).toEqual({ from_on: '2026-05-04', to_on: null, resumed_on: '2026-05-10' })
})

test('what somebody typed and did not save is gone for whoever signs in after them', async () => {
  const page = await at.signIn('collector-2')
  await page.waitForSelector('.day')
  await keys(page, 'n')
  await page.waitForSelector('.act:not([disabled])')
  await keys(page, 's')
  await page.waitForSelector('select[name=cause]:focus')
  await keys(page, 'Tab', 'Tab', 'She has lost her work', 'Escape')
  const typed = () => page.evaluate(() => Object.values(sessionStorage).join().includes('lost her work'))
  expect(await typed()).toBe(true)
  await page.context().clearCookies()
  await page.goto('/')
  await page.fill('input[name=email]', 'manager@example.com')
  await page.fill('input[name=password]', desk.password)
  await page.press('input[name=password]', 'Enter')
  await page.waitForSelector('.desk')
  expect(await typed()).toBe(false)
})

test('hardship is recorded outside of a call, by keys, and stops collecting', async () => {
  const page = await at.signIn('collector-2')
  await page.waitForSelector('.day')
  await keys(page, 'n')
  await page.waitForSelector('.act:not([disabled])')
  const borrower_id = borrowerOf(page)
  await keys(page, 's')
  await page.waitForSelector('select[name=cause]:focus')
  await page.selectOption('select[name=cause]', 'illness')
  await keys(page, 'Tab', 'Tab', 'She wrote that she is in hospital')
  expect(await at.shots(page, 'hardship')).toEqual([])
  // Gone back, the keys of the page work at once; asked for again, the form is as it was left.
  await keys(page, 'Escape')
  await page.waitForSelector('main:focus')
  await keys(page, 's')
  await page.waitForSelector('select[name=cause]:focus')
  expect(await page.inputValue('select[name=cause]')).toBe('illness')
  expect(await page.inputValue('[name=statement]')).toBe('She wrote that she is in hospital')
  await keys(page, 'Control+Enter')
  await page.waitForSelector('.why-late >> text=She wrote that she is in hospital')
  await page.waitForSelector('.conduct >> text=Hardship is looked at')
  const request = await one(sql`
    select cause, statement from hardship_requests where borrower_id = ${borrower_id}`)
  expect(request).toEqual({ cause: 'illness', statement: 'She wrote that she is in hospital' })

  // Whoever may approve answers it, and the pause ends.
  const manager = await at.signIn('manager')
  await manager.goto('/approvals')
  const asked = await one<{ name: string }>(sql`
    select name from borrowers where borrower_id = ${borrower_id}`)
  const row = `tr:has-text("${asked!.name}")`
  await manager.click(`${row} >> text=Answer the request`)
  await manager.waitForSelector('.ant-modal select:focus')
  expect(await at.shots(manager, 'hardship-answer')).toEqual([])
  await manager.selectOption('.ant-modal select', 'granted')
  await keys(manager, 'Tab', 'a letter of the hospital was shown', 'Enter')
  await manager.waitForSelector(row, { state: 'detached' })
  const decided = await one(sql`
    select q.outcome, q.decision, r.kind as ended
      from hardship_requests q
      join hold_releases r using (borrower_id)
     where q.borrower_id = ${borrower_id} and q.cause = 'illness'`)
  expect(decided).toEqual({
    outcome: 'granted',
    decision: 'a letter of the hospital was shown',
    ended: 'hardship_review',
  })
})

test('what is stated twice at once is not lost: both versions stand there until one is chosen', async () => {
  const { rows } = await sql<{ borrower_id: string }>`
    select borrower_id::text as borrower_id from worklist_items i
     where lender = 'demo-us'
       and not exists (select from affordability_statements a where a.borrower_id = i.borrower_id)
     order by borrower_id limit 1`.execute(desk.db)
  const { borrower_id } = rows[0]!
  const stand = () =>
    one(sql`select income_minor, expenditure_minor from affordability_statements
             where borrower_id = ${borrower_id}`)
  const asked = async (who: string) => {
    const page = await at.signIn(who)
    await page.goto(`/cases/${borrower_id}`)
    await page.waitForSelector('.why-late >> text=What they can pay')
    await keys(page, 'i')
    await page.waitForSelector('.ant-modal input[name=income]:focus')
    return page
  }
  // Both have read that nothing was stated.
  const page = await asked('lead')
  const other = await asked('manager')
  await keys(other, '3000', 'Tab', '1800', 'Tab', '200', 'Tab', 'Enter')
  await other.waitForSelector('.why-late >> text=$1,000.00')
  await keys(page, '4000', 'Tab', '1500.50', 'Tab', '0', 'Tab', 'Enter')
  await page.waitForSelector('.ant-modal >> text=Somebody stated this meanwhile')
  expect(await stand()).toEqual({ income_minor: 300_000, expenditure_minor: 200_000 })
  const both = await page.locator('.both-versions tbody tr').allTextContents()
  expect(both).toEqual([
    expect.stringMatching(/\$3,000\.00.*\$4,000\.00$/),
    expect.stringMatching(/\$1,800\.00.*\$1,500\.50$/),
    expect.stringMatching(/\$200\.00.*\$0\.00$/),
  ])
  expect(await at.shots(page, 'both-versions')).toEqual([])
  await page.click('.ant-modal >> text=Replace with mine')
  await page.waitForSelector('.why-late >> text=$2,499.50')
  expect(await stand()).toEqual({ income_minor: 400_000, expenditure_minor: 150_050 })
  // Asked anew, the form begins with what stands.
  await page.click('.why-late >> text=What they can pay')
  await page.waitForSelector('.ant-modal input[name=income]:focus')
  expect(await page.inputValue('.ant-modal input[name=needs]')).toBe('1500.50')
})

test('an agreed plan becomes a paper of the case; the cause told stands beside the sum', async () => {
  const told = await one<{ borrower_id: string }>(sql`
    select borrower_id::text as borrower_id from hardship_requests where cause = 'job_loss'`)
  const planned = await one<{ borrower_id: string }>(sql`
    select borrower_id::text as borrower_id from plans limit 1`)
  const page = await at.signIn('lead')
  await page.goto(`/cases/${told!.borrower_id}`)
  await page.waitForSelector('.why-late >> text=They cut my hours in March')
  await page.waitForSelector('.why-late >> text=lost the job')
  expect(await at.shots(page, 'case-cause')).toEqual([])
  await page.goto(`/cases/${planned!.borrower_id}`)
  await page.waitForSelector('.why-late >> text=$2,500.00')
  await page.waitForSelector('.papers >> text=Proposed plan')
  await page.click('text=They agree')
  await page.click('text=Draw the agreement')
  // Who the lender is and how one pays has to be set first: said where the button stands.
  await page.waitForSelector('.conduct >> text=agreement_party must name the lender')
  await sql`
    insert into settings (lender, name, effective_from, value)
    values ('demo-us', 'agreement_party', '2020-01-01',
            '{"name": "Demo lender US", "method": {"en": "by transfer to account 0001"}}')`.execute(desk.db)
  await page.click('text=Draw the agreement')
  await page.waitForSelector('text=Repayment agreement')
  const download = page.waitForEvent('download')
  await page.click('.papers button:has-text("Open")')
  expect((await download).suggestedFilename()).toBe('agreement.pdf')
  expect(await at.shots(page, 'case-papers')).toEqual([])
})
