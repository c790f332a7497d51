// The house at the desk: staff, teams, tokens, passkeys, money and loads that wait for a person, and search.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { standingOf } from '../../src/book/positions/standing.sql.ts'
import { deskBrowser, openBrowser, seriousIssues } from '../support/browser.ts'
import { servedDesk, settableClock } from '../support/served-desk.ts'

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

test('an admin takes somebody on, gives roles, and makes a team with its lenders', async () => {
  const page = await at.signIn('admin')
  await page.goto('/staff')
  await page.click('text=Make a team')
  await page.fill('input[name=team_id]', 'late-us')
  await page.fill('.ant-modal input[name=name]', 'Late loans US')
  await page.fill('.ant-modal input[name=lenders]', 'demo-us')
  expect(await seriousIssues(page)).toEqual([])
  await page.click('.ant-modal button[type=submit]')
  await page.waitForSelector('th:has-text("Late loans US")')
  await page.click('text=Take somebody on')
  await page.fill('.ant-modal input[name=name]', 'Nora Quill')
  await page.fill('.ant-modal input[name=email]', 'nora@example.com')
  await page.click('.ant-modal >> text=Late loans US')
  await page.click('.ant-modal button[type=submit]')
  await page.waitForSelector('text=The first password, shown once')
  await page.click('.ant-modal >> text=Close')
  await page.click('button.cell:has-text("Nora Quill")')
  await page.click('label:has-text("team lead")')
  expect(await at.shots(page, 'staff-member')).toEqual([])
  await page.click('.column >> button:has-text("Save")')
  await page.waitForSelector('tr:has-text("Nora Quill") >> text=collector, team lead')
  const { rows } = await sql`
    select team_id, lender from team_portfolios where team_id = 'late-us'`.execute(desk.db)
  expect(rows).toEqual([{ team_id: 'late-us', lender: 'demo-us' }])
})

test('a team works on parts of a book: one product, one branch, and its people see no others', async () => {
  const { rows } = await sql<{ product: string; branch: string }>`
    select product, branch from loans where lender = 'demo-us' and branch is not null
     order by loan_no limit 1`.execute(desk.db)
  const { product, branch } = rows[0]!
  const page = await at.signIn('admin')
  await page.goto('/staff')
  await page.click('tr:has-text("First team") >> text=Change')
  await page.click('.ant-modal >> text=Add a part of a book')
  await page.waitForSelector('input[name=of_lender]:focus')
  await page.keyboard.type('demo-us')
  await page.click('.ant-modal button[type=submit]')
  // A whole book is no part of one.
  await page.waitForSelector('.ant-modal >> text=needs its lender, and a product, a branch or both')
  await page.fill('.ant-modal input[name=lenders]', 'demo-tw')
  await page.fill('.ant-modal input[name=product]', product)
  await page.fill('.ant-modal input[name=branch]', branch)
  expect(await at.shots(page, 'staff-team')).toEqual([])
  await page.click('.ant-modal button[type=submit]')
  await page.waitForSelector(`tr:has-text("First team") >> text=branch ${branch}`)
  const kept = await sql`
    select lender, product, branch from team_portfolios
     where team_id = (select team_id from teams where name = 'First team') order by lender`.execute(desk.db)
  expect(kept.rows).toEqual([
    { lender: 'demo-tw', product: '', branch: '' },
    { lender: 'demo-us', product, branch },
  ])
  // Taken away again, the part is gone; what else the team works on stays as it was.
  await page.click('tr:has-text("First team") >> text=Change')
  await page.click('.ant-modal >> text=Remove')
  await page.fill('.ant-modal input[name=lenders]', 'demo-cn, demo-tw, demo-us')
  await page.click('.ant-modal button[type=submit]')
  await page.waitForSelector('tr:has-text("First team") >> text=demo-cn, demo-tw, demo-us')
  await page.waitForSelector('.ant-modal', { state: 'detached' })
  const left = await sql`
    select count(*) as n from team_portfolios where (product, branch) <> ('', '')`.execute(desk.db)
  expect(left.rows).toEqual([{ n: 0 }])
})

test('the last admin cannot give up the role: the refusal is told', async () => {
  const page = await at.signIn('admin')
  await page.goto('/staff')
  await page.click('button.cell:has-text("Demo admin")')
  await page.click('.card label:has-text("admin")')
  await page.click('.card label:has-text("auditor")')
  await page.click('.column >> button:has-text("Save")')
  await page.waitForSelector('text=Somebody must stay who can give rights')
})

test('a machine gets a token that is shown once, works, and is ended at once', async () => {
  const page = await at.signIn('admin')
  await page.goto('/staff')
  await page.click('text=Give a token')
  await page.fill('.ant-modal input[name=name]', 'Core banking')
  await page.click('.ant-modal label:has-text("book.read") >> nth=0')
  expect(await seriousIssues(page)).toEqual([])
  await page.click('.ant-modal button[type=submit]')
  const token = (await page.textContent('.token'))!
  const asked = () => fetch(`${desk.address}/api/nights`, { headers: { authorization: `Bearer ${token}` } })
  expect((await asked()).status).toBe(200)
  await page.click('.ant-modal >> text=Close')
  await page.waitForSelector('tr:has-text("Core banking")')
  expect(await at.shots(page, 'staff-tokens')).toEqual([])
  await page.click('tr:has-text("Core banking") >> text=End now')
  await page.waitForSelector('tr:has-text("Core banking") >> text=/ended/')
  expect((await asked()).status).toBe(401)
})

test('a passkey is made under one’s own name and is a whole way in', async () => {
  const page = await at.signIn('collector')
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.click('.self button')
  await page.click('text=Add a passkey')
  await page.waitForSelector('.ant-popover >> text=Remove')
  expect(await at.shots(page, 'self-passkeys')).toEqual([])
  await page.click('text=Sign out')
  await page.click('text=Sign in with a passkey')
  await page.waitForSelector('.desk')
  await page.waitForSelector('.day')
})

/** Two loans that are late, each its borrower's only one. */
const lateLoans = async () =>
  (
    await sql<{ borrower_id: string; loan_no: string; name: string; instalment: string; owed: number }>`
      select l.borrower_id::text as borrower_id, l.loan_no, b.name, l.outstanding_minor as owed,
             replace(to_decimal(l.instalment_minor, 2), '.', ',') as instalment
        from loans l join borrowers b using (borrower_id)
       where l.lender = 'demo-us' and l.status = 'active' and l.past_due_minor > 0
         and l.instalment_minor is not null
         and not exists (select from loans o where o.borrower_id = l.borrower_id and o.loan_no <> l.loan_no)
       order by l.loan_no limit 2`.execute(desk.db)
  ).rows

const outstanding = async ({ borrower_id, loan_no }: { borrower_id: string; loan_no: string }) =>
  (await standingOf(desk.db, borrower_id, loan_no, '2026-05-13'))!.outstanding_minor

/** An MT940 statement of `lines`: what came in, and what the payer and the bank said of it. */
const statement = (closing: string, lines: readonly [amount: string, said: string][]) =>
  [
    ':20:STARTUMS',
    ':25:12030000/202051',
    ':28C:93/1',
    ':60F:C260513USD1000,00',
    ...lines.map(([amount, said]) => `:61:2605130513C${amount}NTRFNONREF\n:86:${said}`),
    `:62F:C260513USD${closing}`,
    '-',
  ].join('\n')

test('a bank statement is loaded, and a person says whose the money is that nobody surely has', async () => {
  const [sure, unsure] = await lateLoans()
  const lines: [string, string][] = [
    ['20,00', `instalment ${sure!.loan_no}`],
    [unsure!.instalment, `?20May?32${unsure!.name}`],
    ['30,00', '?20for my sister?32Otto Quist'],
  ]
  const sum = 1050 + Number(unsure!.instalment.replace(',', '.'))
  const file = join(desk.home, 'statement.sta')
  // Money of the day of a tape is in the tape.
  clock.set('2026-05-13T16:00:00Z')
  const page = await at.signIn('manager')
  await page.goto('/money')
  await page.waitForSelector('text=Nothing waits')
  await page.keyboard.press('3')
  await page.selectOption('.card select', 'demo-us')
  const load = async (closing: string) => {
    writeFileSync(file, statement(closing, lines))
    await page.setInputFiles('input[type=file]', file)
    await page.click('button:has-text("Load")')
  }
  await load('1,00')
  await page.waitForSelector('text=Statement 1 of the file')
  await page.waitForSelector('text=it was cut or changed')
  await load(sum.toFixed(2).replace('.', ','))
  await page.waitForSelector('text=1 booked, 2 waiting')
  await page.waitForSelector('.wraps tbody tr >> nth=2')
  expect(await at.shots(page, 'money-statements')).toEqual([])
  expect(await outstanding(sure!)).toBe(sure!.owed - 2_000)

  await page.keyboard.press('1')
  await page.waitForSelector(`.chosen >> text=${unsure!.name}`)
  await page.waitForSelector('.chosen tfoot')
  expect(await at.shots(page, 'money-suspense')).toEqual([])
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.ant-modal input:focus')
  expect(await seriousIssues(page)).toEqual([])
  await page.keyboard.press('Enter')
  await page.waitForSelector(`text=on loan ${unsure!.loan_no}.`)
  expect(await outstanding(unsure!)).toBe(unsure!.owed - Number(unsure!.instalment.replace(',', '')))

  // Nobody was suggested: the loan is searched for, among those of the account's lender.
  await page.waitForSelector('.chosen >> text=Otto Quist')
  await page.keyboard.press('Enter')
  await page.keyboard.type(sure!.loan_no)
  await page.click('.found-borrower')
  await page.check('.other-loan input[type=radio]')
  await page.keyboard.press('Control+Enter')
  await page.click('.ant-modal button[type=submit]')
  await page.waitForSelector('text=Nothing waits')
  expect(await outstanding(sure!)).toBe(sure!.owed - 5_000)
  // A very narrow window only reads, every place that it may go to.
  await page.setViewportSize({ width: 820, height: 1100 })
  await page.waitForSelector('text=too narrow to work in')
  expect(await page.locator('.rail >> text=Money').count()).toBe(1)
  await page.keyboard.press('3')
  await page.waitForSelector('.wraps tbody tr >> nth=2')
  expect(await page.locator('input[type=file]').count()).toBe(0)
  await at.shot(page, 'money-820')
  clock.set('2026-05-12T16:00:00Z')
})

test('a balance that differs from what was expected is explained, and its hold is gone', async () => {
  const { borrower_id, loan_no } = (await lateLoans())[0]!
  await sql`
    insert into balance_differences
      (borrower_id, loan_no, as_of, currency, before_minor, moved_minor, expected_minor, stated_minor,
       limit_minor)
    values (${borrower_id}, ${loan_no}, '2026-05-12', 'USD', 60000, -5000, 55000, 50000, 100)`.execute(
    desk.db,
  )
  await sql`
    insert into holds (borrower_id, kind, debts, at, recorded_at, recorded_by, reason)
    values (${borrower_id}, 'balance_differs', array[${loan_no}], '2026-05-12', '2026-05-12', 'night',
            'the tape states another balance')`.execute(desk.db)
  const open = async () =>
    (
      await sql`
        select from holds h
         where h.borrower_id = ${borrower_id} and h.kind = 'balance_differs'
           and not exists (select from hold_releases r
                            where r.borrower_id = h.borrower_id and r.kind = h.kind and r.at >= h.at)
      `.execute(desk.db)
    ).rows.length
  expect(await open()).toBe(1)
  const page = await at.signIn('manager')
  await page.goto('/money')
  await page.waitForSelector('text=Nothing waits')
  await page.keyboard.press('2')
  await page.waitForSelector(`.chosen >> text=${loan_no}`)
  expect(await at.shots(page, 'money-differences')).toEqual([])
  await page.keyboard.press('Enter')
  await page.keyboard.type('paid at the branch, told by the next file')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('text=No tape states another balance')
  expect(await open()).toBe(0)
})

test('a load that moves the book too far waits; withdrawn changes nothing, accepted loads', async () => {
  await sql`
    insert into settings (lender, product, name, effective_from, value)
    values ('', '', 'load_limits', '2026-01-01', '{"outstanding": 0.01}')`.execute(desk.db)
  // The whole tape again, with one loan far larger than it was.
  const { rows } = await sql<{
    lender: string
    loan_no: string
    borrower_no: string
    currency: string
    minor: number
    past_due: number
    oldest: string | null
  }>`
    select l.lender, l.loan_no, b.borrower_no, l.currency, l.outstanding_minor as minor,
           l.past_due_minor as past_due, l.oldest_due_on as oldest
      from loans l join borrowers b using (borrower_id)
     where l.status = 'active'
     order by l.past_due_minor, l.outstanding_minor desc`.execute(desk.db)
  const { loan_no, minor: outstanding } = rows.find(({ lender }) => lender === 'demo-us')!
  const file = join(desk.home, 'loans-2026-05-13.csv')
  const lines = rows.map((row) => {
    const amount = (row.minor / 100 + (row.loan_no === loan_no ? 900_000 : 0)).toFixed(2)
    const { lender, borrower_no, currency, oldest } = row
    const past_due = (row.past_due / 100).toFixed(2)
    return [lender, row.loan_no, borrower_no, currency, amount, past_due, oldest ?? '', 'active'].join(',')
  })
  const head = 'lender,loan_no,borrower_no,currency,outstanding,past_due,oldest_due_on,status'
  writeFileSync(file, `${head}\n${lines.join('\n')}\n`)
  const page = await at.signIn('manager')
  await page.goto('/imports')
  const send = async () => {
    await page.setInputFiles('input[type=file]', file)
    await page.click('button:has-text("Load")')
    await page.waitForSelector('text=held for a person')
    await page.waitForSelector('button:has-text("Accept and load")')
  }
  const standsAt = async () =>
    (
      await sql<{
        minor: number
      }>`select outstanding_minor as minor from loans where loan_no = ${loan_no}`.execute(desk.db)
    ).rows[0]!.minor
  await send()
  await page.waitForSelector('text=This file moves the book further')
  expect(await at.shots(page, 'import-held')).toEqual([])
  await page.click('button:has-text("Withdraw")')
  await page.waitForSelector('td >> text=withdrawn')
  expect(await standsAt()).toBe(outstanding)
  // The record that came last is the one that is shown.
  clock.set('2026-05-12T16:05:00Z')
  await send()
  await page.click('button:has-text("Accept and load")')
  await page.waitForSelector('td >> text=accepted')
  expect(await standsAt()).toBe(outstanding + 90_000_000)
})

test('search finds by number, by loan, by name and by the end of a phone, without a mouse', async () => {
  const { rows } = await sql<{
    borrower_id: string
    borrower_no: string
    name: string
    loan_no: string
    tail: string
  }>`
    select b.borrower_id::text as borrower_id, b.borrower_no, b.name, l.loan_no, right(c.value, 4) as tail
      from borrowers b
      join loans l using (borrower_id)
      join contact_points c using (borrower_id)
     where c.kind = 'mobile' and c.party = 'debtor'
       -- invented numbers are few: one that is nobody else's
       and not exists (select from contact_points o
                        where right(o.value, 4) = right(c.value, 4) and o.borrower_id <> c.borrower_id)
       and not exists (select from borrowers o where o.name = b.name and o.borrower_id <> b.borrower_id)
     order by b.borrower_no limit 1`.execute(desk.db)
  const found = rows[0]!
  const page = await at.signIn('lead')
  for (const [matched, asked] of [
    ['number', found.borrower_no],
    ['loan', found.loan_no],
    ['name', found.name],
    ['phone', found.tail],
  ] as const) {
    await page.keyboard.press('/')
    await page.keyboard.type(asked)
    await page.waitForSelector(`[role=option]:has-text("${found.borrower_no}"):has-text("· ${matched}")`)
    await page.keyboard.press('Escape')
  }
  await page.keyboard.press('/')
  await page.keyboard.type(found.borrower_no)
  await page.waitForSelector('[role=option]')
  expect(await at.shots(page, 'search')).toEqual([])
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/cases/${found.borrower_id}`)
})
