// A borrower's loans day by day: buckets, cures, corrections, cases and risk classes.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { daysPastDue } from '../../src/book/positions/days-past-due.sql.ts'
import { saveSettings } from '../../src/book/settings/setting.sql.ts'
import { readSettings } from '../../src/book/settings/setting.ts'
import {
  bucketReport,
  bucketsOn,
  collectionDays,
  pastDueReport,
  reading,
  recoveryReport,
  rollReport,
} from '../../src/insight/reports/report.sql.ts'
import { recovery, rollRates } from '../../src/insight/reports/report.ts'
import { Refused } from '../../src/platform/refusal.ts'
import { freshBook, tape } from '../support/book.ts'

const book = await freshBook()
const { load, night, rows, db } = book

const settings = async (document: unknown) => {
  const read = readSettings(document)
  if ('wrong' in read) throw new Error(read.wrong.join('; '))
  await saveSettings(db, read)
}
const history = (loan: string) =>
  rows<{ bucket: string; valid_from: string }>(
    `select bucket, valid_from, valid_to, began_as, ended_as from delinquencies
      where loan_no = '${loan}' order by valid_from`,
  )
const cases = (borrower: string) =>
  rows(`select opened_on, closed_on from cases join borrowers using (borrower_id)
         where borrower_no = '${borrower}' order by 1`)
const everything = `
  select borrower_id::text, loan_no, valid_from, valid_to, bucket, began_as, ended_as
    from delinquencies order by 1, 2, 3`
const stay = { max_missing: 1 }

test('the due day is day 0; the day after is day 1, M1 and a case; money cures', async () => {
  await load('2025-01-10', tape(['A1', 'A', '100.00', '10.00', '2025-01-10']), { lender: 'a' })
  await night('2025-01-10')
  expect(await history('A1')).toEqual([])
  expect(await cases('A')).toEqual([])

  await night('2025-01-11')
  expect(await history('A1')).toEqual([
    { bucket: 'M1', valid_from: '2025-01-11', valid_to: null, began_as: 'new', ended_as: null },
  ])
  expect(await cases('A')).toEqual([{ opened_on: '2025-01-11', closed_on: null }])

  // Day 31: M2 by itself, without any file; the nights between are caught up in order.
  const run = await night('2025-02-10')
  expect(run.caught_up).toHaveLength(29)
  expect((await history('A1')).map((row) => [row.bucket, row.valid_from])).toEqual([
    ['M1', '2025-01-11'],
    ['M2', '2025-02-10'],
  ])

  const money = ['payment_no,loan_no,paid_on,amount,currency', 'P1,A1,2025-02-11,10.00,USD']
  await load('2025-02-11', money, { lender: 'a', kind: 'payments' })
  await load('2025-02-11', tape(['A1', 'A', '90.00']), { lender: 'a' })
  await night('2025-02-11')
  expect((await history('A1')).at(-1)).toMatchObject({
    bucket: 'M2',
    valid_to: '2025-02-11',
    ended_as: 'cure',
  })
  expect(await cases('A')).toEqual([{ opened_on: '2025-01-11', closed_on: '2025-02-11' }])
})

test('roll back, reset and closed are told from a cure; the night again changes nothing', async () => {
  await load(
    '2025-02-12',
    tape(
      ['B1', 'B', '100.00', '30.00', '2025-01-05'],
      ['B2', 'B', '50.00', '5.00', '2025-02-01'],
      ['B3', 'C', '50.00', '5.00', '2025-02-01'],
    ),
    { lender: 'b' },
  )
  await night('2025-02-12')
  await load('2025-02-13', tape(['B1', 'B', '90.00', '20.00', '2025-02-05'], ['B2', 'B', '50.00']), {
    lender: 'b',
    ...stay,
  })
  await night('2025-02-13')
  expect((await history('B1')).map((row) => [row.bucket, (row as { began_as?: string }).began_as])).toEqual([
    ['M2', 'new'],
    ['M1', 'roll_back'],
  ])
  expect((await history('B2'))[0]).toMatchObject({ ended_as: 'reset' })
  expect((await history('B3'))[0]).toMatchObject({ ended_as: 'closed' })
  const before = await rows(everything)
  expect((await night('2025-02-13')).steps.length).toBeGreaterThan(5)
  await rows('delete from nightly_steps')
  await night('2025-02-13')
  expect(await rows(everything)).toEqual(before)
})

test('a night before the last is refused, so is one in the future', async () => {
  await expect(night('2025-02-12')).rejects.toBeInstanceOf(Refused)
  await expect(night('2026-02-12')).rejects.toThrow('has not come yet')
})

test('an earlier tape is refused; with --correct history is derived anew, and the load says so', async () => {
  await load('2025-02-14', tape(['D1', 'D', '100.00', '10.00', '2025-02-01']), { lender: 'd' })
  await night('2025-02-14')
  await load('2025-02-18', tape(['D1', 'D', '100.00', '10.00', '2025-02-01']), { lender: 'd' })
  await load('2025-02-20', tape(['D1', 'D', '99.00', '10.00', '2025-02-01']), { lender: 'd' })
  await night('2025-02-20')
  const mend = tape(['D1', 'D', '80.00'], ['D9', 'D', '1.00'])
  expect(await book.refused('2025-02-18', mend, { lender: 'd' })).toBe('tape_is_older_than_the_book')
  const told = await load('2025-02-18', mend, { lender: 'd', correct: true })
  expect(told).toMatchObject({
    ...{ changed: 1, rejected: 1 },
    notes: { corrected_loans: 1, history_removed: 1, history_written: 2 },
  })
  expect(await history('D1')).toEqual([
    { bucket: 'M1', valid_from: '2025-02-14', valid_to: '2025-02-18', began_as: 'new', ended_as: 'reset' },
    { bucket: 'M1', valid_from: '2025-02-20', valid_to: null, began_as: 'new', ended_as: null },
  ])
  const on = async (day: string) =>
    (await reading(db, (tx) => pastDueReport(tx, day)))
      .filter((row) => row.lender === 'd')
      .map((row) => row.outstanding)
  expect([await on('2025-02-17'), await on('2025-02-19'), await on('2025-02-20')]).toEqual([
    ['100.00'],
    [],
    ['99.00'],
  ])
  // A payment that comes late turns the reset into a cure.
  const late = ['payment_no,loan_no,paid_on,amount', 'P9,D1,2025-02-17,20.00']
  expect((await load('2025-02-20', late, { lender: 'd', kind: 'payments' })).notes).toMatchObject({
    corrected_loans: 1,
  })
  expect((await history('D1'))[0]).toMatchObject({ ended_as: 'cure' })
})

test('a file for an earlier day opens the newest night again, and no case of the past', async () => {
  const before = await rows('select borrower_id::text, opened_on, closed_on from cases order by 1, 2')
  const late = ['payment_no,loan_no,paid_on,amount', 'P10,D1,2025-02-12,1.00']
  await load('2025-02-12', late, { lender: 'd', kind: 'payments' })
  const run = await night('2025-02-20')
  expect(run.caught_up).toEqual([])
  expect(run.steps.length).toBeGreaterThan(5)
  expect(await rows('select borrower_id::text, opened_on, closed_on from cases order by 1, 2')).toEqual(
    before,
  )
})

test('edges and day origin change from a day on, for one lender only', async () => {
  await load('2025-02-20', tape(['E1', 'E', '100.00', '10.00', '2025-02-16']), { lender: 'e' })
  await settings({
    effective_from: '2025-02-22',
    lender: 'e',
    day_origin: 1,
    grace_days: 40,
    bucket_edges: [
      { bucket: '1-5', from_days: 1, to_days: 5 },
      { bucket: '6+', from_days: 6 },
    ],
  })
  await night('2025-02-22')
  expect((await history('E1')).map((row) => [row.bucket, row.valid_from])).toEqual([
    ['M1', '2025-02-20'],
    ['6+', '2025-02-22'],
  ])
  const late = (await reading(db, (tx) => pastDueReport(tx, '2025-02-22'))).find(
    (row) => row.loan_no === 'E1',
  )
  expect(late).toMatchObject({ days_past_due: 7, bucket: '6+' })
  const days = async (on: string) =>
    (
      await sql<{ days: number }>`
        select ${daysPastDue('l', on)} as days from loans l where loan_no = 'E1'`.execute(db)
    ).rows[0]!.days
  expect([await days('2025-02-15'), await days('2025-02-21'), await days('2025-02-22')]).toEqual([0, 5, 7])
  expect(
    readSettings({
      effective_from: '2025-02-22',
      bucket_edges: [
        { bucket: 'a', from_days: 1, to_days: 3 },
        { bucket: 'b', from_days: 5 },
      ],
      nonsense: 1,
    }),
  ).toMatchObject({ wrong: [expect.stringContaining('day 4'), expect.stringContaining('nonsense')] })
})

test('risk class by the pack: months in Taiwan, days in mainland China', async () => {
  for (const pack of ['tw', 'cn'])
    await settings({ effective_from: '2025-01-01', lender: pack, packs: [pack] })
  const lines = (lender: string) => [
    'loan_no,borrower_no,currency,outstanding,past_due,oldest_due_on,secured',
    `${lender}1,R,USD,9.00,1.00,2024-11-22,no`,
    `${lender}2,R,USD,9.00,1.00,2024-11-21,no`,
    `${lender}3,R,USD,9.00,1.00,2024-11-21,yes`,
  ]
  for (const lender of ['tw', 'cn']) await load('2025-02-22', lines(lender), { lender })
  await night('2025-02-22')
  const classes = () => rows(`select loan_no, risk_class from risk_classes where valid_to is null order by 1`)
  expect(await classes()).toEqual([
    { loan_no: 'cn1', risk_class: 3 },
    { loan_no: 'cn2', risk_class: 3 },
    { loan_no: 'cn3', risk_class: 3 },
    { loan_no: 'tw1', risk_class: 2 },
    { loan_no: 'tw2', risk_class: 3 },
    { loan_no: 'tw3', risk_class: 2 },
  ])
  await night('2025-02-23')
  expect((await classes()).find((row) => (row as { loan_no: string }).loan_no === 'tw1')).toMatchObject({
    risk_class: 3,
  })
})

test('reports: several currencies never add up to one number; recovery has its parts', async () => {
  await load(
    '2025-02-23',
    ['loan_no,borrower_no,currency,outstanding,past_due,oldest_due_on', 'F1,F,JPY,1000,100,2025-02-20'],
    { lender: 'f' },
  )
  await load('2025-02-24', ['payment_no,loan_no,paid_on,amount', 'PF,F1,2025-02-24,60'], {
    lender: 'f',
    kind: 'payments',
  })
  await night('2025-02-24')
  const told = await reading(db, async (tx) =>
    recovery(
      '2025-02-23',
      '2025-02-24',
      await recoveryReport(tx, '2025-02-23', '2025-02-24'),
      await collectionDays(tx, '2025-02-23', '2025-02-24'),
    ),
  )
  expect(told.recovered).toBeNull()
  expect(told.by_currency.find((row) => row.currency === 'JPY')).toMatchObject({
    ...{ past_due_at_start: '100', recovered: '60', recovery_rate: 0.6, loans_at_start: 1 },
  })
  const rolls = await reading(db, async (tx) =>
    rollRates(
      '2025-02-12',
      '2025-02-13',
      await bucketsOn(tx, '2025-02-13'),
      await rollReport(tx, '2025-02-12', '2025-02-13'),
    ),
  )
  expect(rolls.outstanding?.flat().filter((text) => text !== '0.00')).toEqual([
    '90.00',
    '50.00',
    '50.00',
    '100.00',
  ])
  const total = (await reading(db, (tx) => bucketReport(tx, '2025-02-24'))).reduce(
    (sum, row) => sum + row.loans,
    0,
  )
  const open = await rows<{ n: number }>(
    `select count(*) as n from loans where status in ('active', 'charged_off')`,
  )
  expect(total).toBe(open[0]!.n)
})
