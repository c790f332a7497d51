import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { noteCorrection } from '../../src/book/delinquency/correction.sql.ts'
import { pauseRoutes } from '../../src/book/delinquency/pause.routes.ts'
import { pastDueRoutes } from '../../src/book/positions/past-due.routes.ts'
import { saveSettings } from '../../src/book/settings/setting.sql.ts'
import { readSettings } from '../../src/book/settings/setting.ts'
import { caseFacts, timelinePage } from '../../src/insight/borrowers/borrower.sql.ts'
import { pastDueReport } from '../../src/insight/reports/report.sql.ts'
import { fixedClock } from '../../src/platform/clock.ts'
import { inSession } from '../../src/platform/database.ts'
import { runStep } from '../../src/platform/nightly.ts'
import { itemOf } from '../../src/strategy/worklists/worklist.sql.ts'
import { freshBook, tape } from '../support/book.ts'
import { deskApp } from '../support/desk-app.ts'

const book = await freshBook()
const { db, load, night, rows } = book
let today = '2025-03-28'
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), [pauseRoutes(), pastDueRoutes()])

const due = ['2025-01-01', '2025-02-01', '2025-03-01', '2025-04-01']
let borrower: string
let other: string
const pauses = (loan = 'A1', of = borrower) => `/borrowers/${of}/loans/${loan}/pauses`
const history = () =>
  rows<{ bucket: string }>(`select bucket, valid_from, valid_to, began_as, ended_as from delinquencies
                             where loan_no = 'A1' order by valid_from`)
const riskClasses = () =>
  rows(`select risk_class, valid_from, valid_to from risk_classes where loan_no = 'A1' order by 2`)

beforeAll(async () => {
  await sql`insert into settings (lender, name, effective_from, value)
            values ('a', 'packs', '2000-01-01', '["tw"]')`.execute(db)
  const late = ['30.00', '2025-01-01'] as const
  await load(
    '2025-03-28',
    tape(['A1', 'A', '90.00', ...late], ['B1', 'B', '90.00', ...late], ['C1', 'C', '9']),
    {
      lender: 'a',
    },
  )
  const schedule = due.map((due_on, no) => `B1,${no + 1},${due_on},9.00,1.00,0.00`)
  await load('2025-03-28', ['loan_no,instalment_no,due_on,principal,interest,fees', ...schedule], {
    lender: 'a',
    kind: 'instalments',
  })
  await sql`update loans set status = 'closed' where loan_no = 'C1'`.execute(db)
  const ids = await rows<{ id: string }>('select borrower_id::text as id from borrowers order by borrower_no')
  borrower = ids[0]!.id
  other = ids[1]!.id
  desk.as('max', 'manager')
})

test('a pause in the past: history is derived anew, and the answer says what it changed', async () => {
  await night('2025-04-03')
  expect((await history()).map(({ bucket }) => bucket)).toEqual(['M3', 'M4'])
  today = '2025-04-04'
  const asked = { from_on: '2025-03-29', to_on: '2025-04-02', reason: 'flood relief' }
  desk.as('ann', 'collector')
  expect(await desk.refusal('POST', pauses(), asked)).toBe('permission_is_missing')
  desk.as('max', 'manager')
  const { status, body } = await desk.ask('POST', pauses(), asked)
  expect([status, body]).toEqual([
    201,
    {
      pause: expect.objectContaining({ pause_no: 1, granted_by: 'max', granted_on: today, resumed_on: null }),
      before: { days_past_due: 93, bucket: 'M4' },
      after: { days_past_due: 89, bucket: 'M3' },
      history: { removed: 2, written: 1 },
    },
  ])
})

test('day 90 is M3 and the day after it would roll; the count stands still from then on', async () => {
  await night('2025-04-05')
  expect(await rows(`select rolls_on from work_today where borrower_id = ${borrower}`)).toEqual([
    { rolls_on: '2025-04-06' },
  ])
  today = '2025-04-05'
  const { body } = await desk.ask('POST', pauses(), { from_on: '2025-04-05', reason: 'a payment holiday' })
  expect(body).toMatchObject({
    after: { days_past_due: 90, bucket: 'M3' },
    history: { removed: 0, written: 0 },
  })
  await night('2025-04-08')
  expect(await history()).toEqual([
    { bucket: 'M3', valid_from: '2025-03-28', valid_to: null, began_as: 'new', ended_as: null },
  ])
  const told = (await pastDueReport(db, '2025-04-08')).map((row) => [
    row.loan_no,
    row.days_past_due,
    row.bucket,
  ])
  expect(told).toEqual([
    ['A1', 90, 'M3'],
    ['B1', 97, 'M4'],
  ])
  expect(await rows(`select rolls_on from work_today where borrower_id = ${borrower}`)).toEqual([
    { rolls_on: null },
  ])
  const { loans } = (await caseFacts(db, borrower, '2025-04-08'))!
  expect(loans[0]).toMatchObject({ days_past_due: 90, bucket: 'M3', paused: { pause_no: 2, until: null } })
})

test('resumed on a day that has passed, it rolls from then; the days of the law went on', async () => {
  today = '2025-04-08'
  const resumed = { resumed_on: '2025-04-06', reason: 'the borrower works again' }
  const second = `${pauses()}/2/resumption`
  expect(await desk.refusal('PUT', second, { ...resumed, resumed_on: '2025-04-04' })).toBe(
    'day_is_outside_the_pause',
  )
  expect((await desk.ask('PUT', second, resumed)).body).toMatchObject({
    pause: { pause_no: 2, resumed_on: '2025-04-06', resumed_by: 'max', resumption_recorded_on: today },
    before: { days_past_due: 90, bucket: 'M3' },
    after: { days_past_due: 92, bucket: 'M4' },
    history: { removed: 1, written: 2 },
  })
  expect((await history()).at(-1)).toEqual({
    ...{ bucket: 'M4', valid_from: '2025-04-07', valid_to: null },
    ...{ began_as: 'roll_forward', ended_as: null },
  })
  // Taiwan's third class: more than three calendar months.
  expect(await riskClasses()).toEqual([
    { risk_class: 2, valid_from: '2025-03-28', valid_to: '2025-04-02' },
    { risk_class: 3, valid_from: '2025-04-02', valid_to: null },
  ])
  const facts = (await caseFacts(db, borrower, today))!
  expect(facts.loans[0]).toMatchObject({ loan_no: 'A1', days_past_due: 92, bucket: 'M4', paused: null })
  const told = await timelinePage(db, { borrower_id: borrower, kind: 'book', before: null, limit: 9 })
  expect(told.map(({ what, by }) => [what, by])).toEqual([
    ['pause_resumed', 'max'],
    ['bucket_roll_forward', null],
    ['pause_granted', 'max'],
    ['pause_granted', 'max'],
    ['bucket_new', null],
  ])
  const item = await itemOf(db, borrower, { at: `${today}T12:00:00Z`, on: today })
  expect(item?.days_past_due).toBe(92)
})

test('where the due day is day 1, the case and the worklist count as the report does', async () => {
  const read = readSettings({ lender: 'a', effective_from: '2025-04-09', day_origin: 1 })
  if ('wrong' in read) throw new Error(read.wrong.join('; '))
  await saveSettings(db, read)
  const on = '2025-04-09'
  const [reported] = await pastDueReport(db, on)
  const { loans } = (await caseFacts(db, borrower, on))!
  const item = await itemOf(db, borrower, { at: `${on}T12:00:00Z`, on })
  expect([reported, loans[0], item].map((each) => each?.days_past_due)).toEqual([94, 94, 94])
})

test('refused by name', async () => {
  const asked = { from_on: '2025-04-08', to_on: '2025-04-08', reason: 'by mistake' }
  expect(await desk.refusal('POST', pauses(), asked)).toBe('pause_ends_before_it_begins')
  const [closed] = await rows<{ id: string }>(
    `select borrower_id::text as id from loans where loan_no = 'C1'`,
  )
  const after = { ...asked, to_on: '2025-04-09' }
  expect(await desk.refusal('POST', pauses('C1', closed!.id), after)).toBe('loan_is_closed')
  const again = { resumed_on: '2025-04-07', reason: 'once more' }
  expect(await desk.refusal('PUT', `${pauses()}/2/resumption`, again)).toBe('no_such_running_pause')
  expect(await desk.refusal('PUT', `${pauses()}/1/resumption`, again)).toBe('day_is_outside_the_pause')
  const { body } = await desk.ask('GET', pauses())
  expect(body.pauses.map((pause: { pause_no: number }) => pause.pause_no)).toEqual([2, 1])
})

test('each instalment by its own days; what the tape says counts where they differ', async () => {
  const asked = async (as_of: string) =>
    (await desk.ask('GET', `/borrowers/${other}/loans/B1/past-due?as_of=${as_of}`)).body
  expect(await asked('2025-03-28')).toMatchObject({
    book: { past_due_minor: 3_000, oldest_due_on: '2025-01-01', days_past_due: 86, bucket: 'M3' },
    by_instalments: { past_due_minor: 3_000, oldest_due_on: '2025-01-01', days_past_due: 86, bucket: 'M3' },
    differs: false,
  })
  const money = ['payment_no,loan_no,paid_on,amount', 'P1,B1,2025-04-08,15.00']
  await load('2025-04-08', money, { lender: 'a', kind: 'payments' })
  today = '2025-04-08'
  await desk.ask('POST', pauses('B1', other), {
    from_on: '2025-03-09',
    to_on: '2025-03-19',
    reason: 'holiday',
  })
  // The fourth instalment only the next tape tells the book.
  expect(await asked('2025-04-08')).toEqual({
    loan_no: 'B1',
    currency: 'USD',
    as_of: '2025-04-08',
    book: { past_due_minor: 1_500, oldest_due_on: '2025-02-01', days_past_due: 56, bucket: 'M2' },
    by_instalments: {
      past_due_minor: 2_500,
      oldest_due_on: '2025-02-01',
      days_past_due: 56,
      bucket: 'M2',
      due_minor: 4_000,
      moved: [{ kind: 'payment', change_minor: -1_500 }],
      calendar_days: 66,
      grace_days: 0,
      delinquent_days: 56,
      instalments: [
        { no: 2, owes: 500, days: 56, bucket: 'M2' },
        { no: 3, owes: 1_000, days: 28, bucket: 'M1' },
        { no: 4, owes: 1_000, days: 7, bucket: 'M1' },
      ].map(({ no, owes, days, bucket }) => ({
        ...{ instalment_no: no, due_on: due[no - 1], amount_minor: 1_000, paid_minor: 1_000 - owes },
        ...{ past_due_minor: owes, days_past_due: days, bucket },
      })),
    },
    differs: true,
  })
  expect((await desk.ask('GET', `/borrowers/${borrower}/loans/A1/past-due`)).body).toMatchObject({
    by_instalments: null,
    differs: false,
  })
})

test('what is noted while a night is between its steps waits for the next one', async () => {
  const day = '2025-04-09'
  const step = (name: 'age-loans' | 'classify-risk') =>
    inSession(book.url, async (client) => {
      await client.query('begin')
      await runStep(client, `book/delinquency/${name}`, day)
      await client.query('commit')
    })
  await step('age-loans')
  await noteCorrection(db, { borrower_id: borrower, loan_no: 'A1' }, '2025-03-30')
  await step('classify-risk')
  const noted = () => rows('select loan_no, from_on, taken from delinquency_corrections')
  expect(await noted()).toEqual([{ loan_no: 'A1', from_on: '2025-03-30', taken: false }])
  await night(day)
  expect(await noted()).toEqual([])
})
