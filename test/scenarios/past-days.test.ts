// What is said today of days that nights have seen: corrections of a tape and settings dated into the past.
import { beforeAll, expect, test } from 'vitest'
import { saveSettings } from '../../src/book/settings/setting.sql.ts'
import { readSettings } from '../../src/book/settings/setting.ts'
import { freshBook, tape } from '../support/book.ts'

const { load, night, rows, db } = await freshBook()

async function settings(document: unknown) {
  const read = readSettings(document)
  if ('wrong' in read) throw new Error(read.wrong.join('; '))
  return saveSettings(db, read)
}
const buckets = (loan: string) =>
  rows(`select bucket, valid_from, valid_to from delinquencies where loan_no = '${loan}' order by 2`)
const classes = (loan: string) =>
  rows(`select risk_class, valid_from, valid_to from risk_classes where loan_no = '${loan}' order by 2`)

/** Loans and days on which the dated history does not say what positions and settings come to. */
const untrue = () =>
  rows(`
    with days as (
      select borrower_id, loan_no, day::date
        from loans, generate_series(date '2025-03-01', date '2025-03-20', '1 day') as day
    ), said as (
      select d.*,
             (select min(bucket) from delinquencies h
               where (h.borrower_id, h.loan_no) = (d.borrower_id, d.loan_no)
                 and h.valid_from <= day and (h.valid_to is null or h.valid_to > day)) as bucket,
             (select array_agg(risk_class) from risk_classes h
               where (h.borrower_id, h.loan_no) = (d.borrower_id, d.loan_no)
                 and h.valid_from <= day and (h.valid_to is null or h.valid_to > day)) as classes,
             (select min(bucket) from bucket_segments s
               where (s.borrower_id, s.loan_no) = (d.borrower_id, d.loan_no)
                 and s.starts_on <= day and s.ends_on > day) as true_bucket,
             (select array[max(risk_class)] from risk_segments s
               where (s.borrower_id, s.loan_no) = (d.borrower_id, d.loan_no)
                 and s.starts_on <= day and s.ends_on > day) as true_classes
        from days d
    )
    select * from said
     where bucket is distinct from true_bucket or coalesce(classes, '{null}') is distinct from true_classes`)

beforeAll(async () => {
  await settings({ effective_from: '2025-01-01', lender: 'cn', packs: ['cn'] })
  const late = ['L1', 'L', '100.00', '10.00', '2024-12-01']
  await load('2025-03-01', tape(late, ['L2', 'L', '50.00']), { lender: 'cn' })
  await night('2025-03-02')
  await load('2025-03-05', tape(late, ['L2', 'L', '49.00']), { lender: 'cn' })
  await load('2025-03-10', tape(late, ['L2', 'L', '48.00']), { lender: 'cn' })
  await night('2025-03-10')
})

test('days seen: 90 days past due are special mention, the 91st is substandard', async () => {
  expect(await classes('L1')).toEqual([
    { risk_class: 2, valid_from: '2025-03-01', valid_to: '2025-03-02' },
    { risk_class: 3, valid_from: '2025-03-02', valid_to: null },
  ])
  expect(await untrue()).toEqual([])
})

test('a loan that was never late becomes late for the days of a correction, with its class', async () => {
  const told = await load('2025-03-05', tape(['L2', 'L', '49.00', '5.00', '2025-03-01']), {
    ...{ lender: 'cn', correct: true },
  })
  expect(told.notes).toMatchObject({ corrected_loans: 1, history_removed: 0, history_written: 1 })
  expect(await buckets('L2')).toEqual([{ bucket: 'M1', valid_from: '2025-03-05', valid_to: '2025-03-10' }])
  expect(await classes('L2')).toEqual([{ risk_class: 2, valid_from: '2025-03-05', valid_to: '2025-03-10' }])
  expect(await untrue()).toEqual([])
})

test('a correction cuts the risk class of the days that it mends; it goes on after them', async () => {
  await load('2025-03-05', tape(['L1', 'L', '95.00', '10.00', '2025-02-10']), {
    ...{ lender: 'cn', correct: true },
  })
  // A file opened the newest night again: it is run once more.
  await night('2025-03-10')
  expect(await classes('L1')).toEqual([
    { risk_class: 2, valid_from: '2025-03-01', valid_to: '2025-03-02' },
    { risk_class: 3, valid_from: '2025-03-02', valid_to: '2025-03-05' },
    { risk_class: 2, valid_from: '2025-03-05', valid_to: '2025-03-10' },
    { risk_class: 3, valid_from: '2025-03-10', valid_to: null },
  ])
  expect(await untrue()).toEqual([])
})

test('edges dated into the past: the next night rewrites closed stretches, once', async () => {
  const document = {
    effective_from: '2025-03-04',
    lender: 'cn',
    bucket_edges: [
      { bucket: '1-7', from_days: 1, to_days: 7 },
      { bucket: '8+', from_days: 8 },
    ],
  }
  expect(await settings(document)).toBe(2)
  expect(await settings(document)).toBe(0)
  await night('2025-03-11')
  expect(await buckets('L2')).toEqual([
    { bucket: '1-7', valid_from: '2025-03-05', valid_to: '2025-03-09' },
    { bucket: '8+', valid_from: '2025-03-09', valid_to: '2025-03-10' },
  ])
  expect(await untrue()).toEqual([])
})

test('a pack that is taken back from a day on: its classes end there', async () => {
  expect(await settings({ effective_from: '2025-03-07', lender: 'cn', packs: [] })).toBe(2)
  await night('2025-03-12')
  expect((await classes('L1')).at(-1)).toEqual({
    ...{ risk_class: 2, valid_from: '2025-03-05', valid_to: '2025-03-07' },
  })
  expect(await untrue()).toEqual([])
  const before = await classes('L1')
  await night('2025-03-14')
  expect(await classes('L1')).toEqual(before)
})

test('a tape that comes after later nights: their days are derived anew, and the load says so', async () => {
  const told = await load('2025-03-03', tape(['L3', 'L', '80.00', '8.00', '2025-02-25']), { lender: 'late' })
  expect(told).toMatchObject({
    new: 1,
    notes: { corrected_loans: 1, history_removed: 0, history_written: 1 },
  })
  expect(await buckets('L3')).toEqual([{ bucket: 'M1', valid_from: '2025-03-03', valid_to: null }])
  const money = ['payment_no,loan_no,paid_on,amount', 'P3,L3,2025-03-04,8.00']
  await load('2025-03-04', money, { lender: 'late', kind: 'payments' })
  await rows(`update nights set started_at = started_at - interval '1 day'`)
  await night('2025-03-14')
  const paid = { bucket: 'M1', valid_from: '2025-03-03', valid_to: '2025-03-04' }
  expect(await buckets('L3')).toEqual([paid])
  // The tape of the 6th states what it stated: the lender does not know of the money, and its word counts.
  const still = ['L3', 'L', '80.00', '8.00', '2025-02-25']
  await load('2025-03-06', tape(still, ['L4', 'L', '1.00']), { lender: 'late' })
  await night('2025-03-14')
  expect(await buckets('L3')).toEqual([paid, { bucket: 'M1', valid_from: '2025-03-06', valid_to: null }])
  await load('2025-03-08', tape(['L4', 'L', '1.00']), { lender: 'late', max_missing: 1 })
  expect(await buckets('L3')).toEqual([
    paid,
    { bucket: 'M1', valid_from: '2025-03-06', valid_to: '2025-03-08' },
  ])
  expect(await untrue()).toEqual([])
})

test('a mended day lasts until the lender told that loan again, in a tape or a part of one', async () => {
  const lender = 'parts'
  await load('2025-03-02', tape(['L5', 'L', '50.00'], ['L6', 'L', '60.00'], ['L7', 'L', '70.00']), { lender })
  await load('2025-03-06', tape(['L6', 'L', '60.00']), { lender, mode: 'delta' })
  const late = (loan: string) => [loan, 'L', '50.00', '5.00', '2025-03-01']
  const mends = tape(late('L5'), late('L6'), late('L9'))
  const mended = await load('2025-03-04', mends, { lender, correct: true })
  expect(mended).toMatchObject({ rows: 3, changed: 2, rejected: 1, notes: { mended_until: null } })
  // Of L5 nothing was told since; L6 the lender has confirmed on the 6th.
  expect(await buckets('L5')).toEqual([{ bucket: 'M1', valid_from: '2025-03-04', valid_to: null }])
  expect(await buckets('L6')).toEqual([{ bucket: 'M1', valid_from: '2025-03-04', valid_to: '2025-03-06' }])
  await load('2025-03-12', tape(['L5', 'L', '51.00'], ['L6', 'L', '60.00'], ['L7', 'L', '70.00']), { lender })
  await load('2025-03-07', tape(late('L7')), { lender, correct: true })
  await load('2025-03-05', tape(late('L7')), { lender, correct: true })
  expect(await buckets('L5')).toEqual([{ bucket: 'M1', valid_from: '2025-03-04', valid_to: '2025-03-12' }])
  expect(await buckets('L7')).toEqual([{ bucket: 'M1', valid_from: '2025-03-05', valid_to: '2025-03-12' }])
  expect(await untrue()).toEqual([])
})

test('a loan of another product had its old one on earlier days; its currency stays', async () => {
  const line = (product: string, currency = 'USD') => [
    'loan_no,borrower_no,currency,outstanding,past_due,oldest_due_on,product',
    `L8,L,${currency},50.00,5.00,2025-03-01,${product}`,
  ]
  await load('2025-03-13', line('car'), { lender: 'product' })
  await load('2025-03-16', line('card'), { lender: 'product' })
  expect(await rows(`select product, valid_from from positions where loan_no = 'L8' order by 2`)).toEqual([
    { product: 'car', valid_from: '2025-03-13' },
    { product: 'card', valid_from: '2025-03-16' },
  ])
  const euros = await load('2025-03-17', line('card', 'EUR'), { lender: 'product' })
  expect(euros).toMatchObject({ rejected: 1, changed: 0, closed: 0 })
})

test('a tape whose row of a loan is rejected tells nothing of it: earlier money counts on', async () => {
  const lender = 'untold'
  const late = (loan: string) => [loan, 'L', '50.00', '5.00', '2025-03-01']
  const rest = ['L11', 'L', '1.00']
  await load('2025-03-15', tape(late('L10'), rest), { lender })
  await night('2025-03-15')
  const money = ['payment_no,loan_no,paid_on,amount', 'P10,L10,2025-03-16,5.00']
  await load('2025-03-16', money, { lender, kind: 'payments' })
  await night('2025-03-16')
  const paid = { bucket: 'M1', valid_from: '2025-03-15', valid_to: '2025-03-16' }
  expect(await buckets('L10')).toEqual([paid])
  for (const bad of ['L10,L,USD,fifty,0.00,', 'L10,L,USD'])
    expect(await load('2025-03-17', [...tape(rest), bad], { lender })).toMatchObject({ rejected: 1 })
  await night('2025-03-17')
  expect(await buckets('L10')).toEqual([paid])
  // The row comes after all, and states what it stated before the money: that is the lender's word.
  await load('2025-03-17', tape(late('L10'), rest), { lender })
  await night('2025-03-17')
  expect(await buckets('L10')).toEqual([paid, { bucket: 'M1', valid_from: '2025-03-17', valid_to: null }])
  expect(await untrue()).toEqual([])
})
