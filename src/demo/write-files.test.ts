import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, describe, expect, test } from 'vitest'
import { amends } from '../../test/support/amends.ts'
import { toDay } from './calendar.ts'
import { type Kind, writeBook } from './write-files.ts'

const temporary = mkdtempSync(join(tmpdir(), 'amends-demo-'))
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

const quiet = { to: () => {}, end: () => {} }
const last = toDay('2025-03-10')
const shape = { loans: 6_000, first: last - 49, last, seed: 11 }
const book = writeBook(join(temporary, 'a'), shape, quiet)

type Row = Record<string, string>
const read = (file: string): Row[] => parse(readFileSync(file), { columns: true })
const all = (kind: Kind): (Row & { as_of: string })[] =>
  book.days.flatMap(({ as_of, files }) =>
    files[kind] ? read(files[kind]).map((row) => ({ ...row, as_of })) : [],
  )
const truth = (name: string): Row[] => read(join(temporary, 'a', 'truth', `${name}.csv`))
const minor = (text: string | undefined) => Math.round(Number(text) * 100)
const share = <T>(list: readonly T[], holds: (each: T) => boolean) => list.filter(holds).length / list.length
const by = <T>(list: readonly T[], key: (each: T) => string) => new Map(list.map((each) => [key(each), each]))

const tapes = book.days.map(({ as_of, files }) => ({ as_of, rows: read(files.loans!) }))
const newest = tapes.at(-1)!.rows
const isLate = (row: Row) => Number(row['days_past_due']) > 0

describe('every tape obeys the contract', () => {
  test('the parts add up, and what is past due is a part of what is owed', () => {
    for (const { rows } of tapes) {
      const wrong = rows.filter((row) => {
        const parts = ['principal', 'interest', 'penalty', 'fees'].map((part) => minor(row[part]))
        const sum = parts.reduce((total, part) => total + part, 0)
        const owed = minor(row['outstanding'])
        return sum !== owed || Math.min(...parts) < 0 || minor(row['past_due']) > owed || owed <= 0
      })
      expect(wrong).toEqual([])
    }
  })

  test('the oldest due day is given when something is past due, lies in the past and tells the days', () => {
    for (const { as_of, rows } of tapes) {
      const wrong = rows.filter((row) => {
        const due = row['oldest_due_on']!
        if (minor(row['past_due']) === 0) return due !== '' || row['days_past_due'] !== '0'
        return due > as_of || toDay(as_of) - toDay(due) !== Number(row['days_past_due'])
      })
      expect(wrong).toEqual([])
    }
  })

  test('a loan stands once on a tape, and never comes back once it has left', () => {
    const gone = new Set<string>()
    let before = new Set<string>()
    for (const { rows } of tapes) {
      const now = new Set(rows.map((row) => row['loan_no']!))
      expect(now.size).toBe(rows.length)
      for (const loan of before) if (!now.has(loan)) gone.add(loan)
      expect([...now].filter((loan) => gone.has(loan))).toEqual([])
      before = now
    }
    expect(gone.size).toBeGreaterThan(100)
  })

  test('a lender has one currency, and loans change every day only where they are late', () => {
    const currencies = new Set(newest.map((row) => `${row['lender']} ${row['currency']}`))
    expect([...currencies].sort()).toEqual(['demo-cn CNY', 'demo-tw TWD', 'demo-us USD'])
    const [one, two] = tapes.slice(-2).map(({ rows }) => by(rows, (row) => row['loan_no']!))
    const moved = [...two!.values()].filter(
      (row) => JSON.stringify(one!.get(row['loan_no']!)) !== JSON.stringify(row),
    )
    expect(moved.length / newest.length).toBeLessThan(0.2)
  })
})

test('money moves a position by its amount: what is owed falls by payments, grows by charges', () => {
  const paid = new Map<string, number>()
  for (const row of all('payments')) {
    const key = `${row['loan_no']} ${row.as_of}`
    const amount = minor(row['amount']) * (row['kind'] === 'reversal' ? -1 : 1)
    paid.set(key, (paid.get(key) ?? 0) + amount)
  }
  let checked = 0
  for (const [i, { as_of, rows }] of tapes.entries()) {
    const before = by(tapes[i - 1]?.rows ?? [], (row) => row['loan_no']!)
    for (const row of rows) {
      const old = before.get(row['loan_no']!)
      const money = paid.get(`${row['loan_no']} ${as_of}`)
      if (!old || money === undefined || row['status'] !== old['status']) continue
      // The instalment of the day brings its interest; late loans bring penalty and fees.
      const charged = minor(row['outstanding']) - minor(old['outstanding']) + money
      expect(charged).toBeGreaterThanOrEqual(0)
      expect(charged).toBeLessThan(minor(row['original_amount']) * 0.05 + 30_100)
      checked++
    }
  }
  expect(checked).toBeGreaterThan(3_000)
})

test('a payment has its number once; a reversal takes back one payment, of its loan and amount, once', () => {
  const payments = all('payments')
  const known = by(payments, (row) => row['payment_no']!)
  expect(known.size).toBe(payments.length)
  const reversals = payments.filter((row) => row['kind'] === 'reversal')
  expect(reversals.length).toBeGreaterThan(10)
  expect(new Set(reversals.map((row) => row['reverses'])).size).toBe(reversals.length)
  for (const row of reversals) {
    const taken = known.get(row['reverses']!)!
    expect([taken['loan_no'], taken['amount']]).toEqual([row['loan_no'], row['amount']])
    expect(taken['paid_on']! < row['paid_on']!).toBe(true)
  }
  expect(payments.every((row) => row['paid_on'] === row.as_of && minor(row['amount']) > 0)).toBe(true)
})

test('every borrower, contact point and instalment belongs to a loan of the tapes', () => {
  const loans = new Map(tapes.flatMap(({ rows }) => rows.map((row) => [row['loan_no']!, row] as const)))
  const owing = new Set([...loans.values()].map((row) => row['borrower_no']!))
  const borrowers = all('borrowers')
  const numbers = new Set(borrowers.map((row) => row['borrower_no']!))
  expect(numbers.size).toBe(borrowers.length)
  expect([...owing].filter((borrower) => !numbers.has(borrower))).toEqual([])
  const points = all('contact-points')
  expect(points.filter((row) => !numbers.has(row['borrower_no']!))).toEqual([])
  const parties = new Set(points.map((row) => row['party']))
  expect([...parties].sort()).toEqual(['co_borrower', 'contact_person', 'debtor', 'employer', 'guarantor'])
  const instalments = all('instalments')
  expect(instalments.filter((row) => !loans.has(row['loan_no']!))).toEqual([])
  expect(new Set(instalments.map((row) => row['loan_no'])).size).toBe(loans.size)
  expect(owing.size).toBeLessThan(loans.size * 0.97)
})

test('nobody in it can be real: numbers that ring nowhere, addresses at example.com', () => {
  const reserved = /^(\+86154\d{8}|\+886999\d{6}|\+1\d{3}55501\d\d)$/
  const phones = all('borrowers')
    .flatMap((row) => [row['phone'], row['work_phone']])
    .concat(all('contact-points').flatMap((row) => (/phone|mobile/.test(row['kind']!) ? [row['value']] : [])))
    .filter((phone) => phone)
  expect(phones.length).toBeGreaterThan(8_000)
  expect(phones.filter((phone) => !reserved.test(phone!))).toEqual([])
  const emails = all('contact-points').flatMap((row) => (row['kind'] === 'email' ? [row['value']!] : []))
  expect(emails.length).toBeGreaterThan(1_000)
  expect(emails.filter((email) => !email.endsWith('@example.com'))).toEqual([])
})

test('names and zones are those of the lender’s place', () => {
  for (const row of all('borrowers')) {
    const chinese = /^\p{Script=Han}/u.test(row['name']!)
    expect(chinese).toBe(row['lender'] !== 'demo-us')
    if (row['lender'] === 'demo-cn') expect(row['time_zone']).toBe('Asia/Shanghai')
    if (row['lender'] === 'demo-tw') expect(row['time_zone']).toBe('Asia/Taipei')
  }
  const zones = new Set(all('borrowers').map((row) => row['time_zone']))
  expect(zones.size).toBeGreaterThan(8)
  expect([...zones].some((zone) => zone!.includes(';'))).toBe(true)
})

test('8 to 10 % are past due, spread over all buckets, the worst charged off', () => {
  for (const { rows } of [tapes[0]!, tapes.at(-1)!]) {
    expect(share(rows, isLate)).toBeGreaterThan(0.075)
    expect(share(rows, isLate)).toBeLessThan(0.11)
    const late = rows.filter(isLate)
    const buckets = Array.from({ length: 7 }, (_, m) =>
      share(late, (row) => Math.min(6, Math.floor((Number(row['days_past_due']) - 1) / 30)) === m),
    )
    expect(buckets[0]).toBeGreaterThan(0.35)
    expect(Math.min(...buckets)).toBeGreaterThan(0.015)
    expect(Math.max(...buckets.slice(1))).toBeLessThan(0.25)
  }
  const lost = newest.filter((row) => row['status'] === 'charged_off')
  expect(lost.length).toBeGreaterThan(20)
  expect(lost.every((row) => minor(row['past_due']) === minor(row['outstanding']))).toBe(true)
})

const planted = JSON.parse(readFileSync(join(temporary, 'a', 'truth', 'truth.json'), 'utf8'))
const types = by(truth('truth-borrowers'), (row) => row['borrower_no']!)
const typeOf = (row: Row) => types.get(row['borrower_no']!)!['type']!

describe('what was planted into branches, months and employers shows in the files', () => {
  test('the bad branch has far more late loans than the other branches of its lender', () => {
    const bad = planted.bad_branch.branch
    const peers = newest.filter((row) => row['lender'] === 'demo-cn')
    const inside = share(
      peers.filter((row) => row['branch'] === bad),
      isLate,
    )
    const outside = share(
      peers.filter((row) => row['branch'] !== bad),
      isLate,
    )
    expect(inside / outside).toBeGreaterThan(1.6)
  })

  test('loans of the loose month are late far more often than those opened around it', () => {
    const { from, to } = planted.loose_month
    const near = (row: Row) => Math.abs(toDay(row['opened_on']!) - toDay(from)) < 120
    const loose = (row: Row) => row['opened_on']! >= from && row['opened_on']! <= to
    const peers = newest.filter(near)
    expect(share(peers.filter(loose), isLate)).toBeGreaterThan(
      1.4 *
        share(
          peers.filter((row) => !loose(row)),
          isLate,
        ),
    )
  })

  test('far more of the failed employer’s people are late than of other employers’', () => {
    const { lender, employer } = planted.failing_employer
    const employed = by(all('borrowers'), (row) => row['borrower_no']!)
    const theirs = (row: Row) => employed.get(row['borrower_no']!)!['employer'] === employer
    const peers = newest.filter((row) => row['lender'] === lender)
    expect(peers.filter(theirs).length).toBeGreaterThan(30)
    expect(share(peers.filter(theirs), isLate)).toBeGreaterThan(
      2 *
        share(
          peers.filter((row) => !theirs(row)),
          isLate,
        ),
    )
  })
})

describe('the hidden types show in the files', () => {
  test('every type is there, and pays as its kind does', () => {
    const late = (type: string) =>
      share(
        newest.filter((row) => typeOf(row) === type),
        isLate,
      )
    expect(late('reliable')).toBeLessThan(0.03)
    expect(late('forgets')).toBeGreaterThan(3 * late('reliable'))
    expect(late('will_not_pay')).toBeGreaterThan(late('forgets'))
    for (const type of ['cannot_pay', 'has_moved', 'disputes']) expect(late(type)).toBeGreaterThan(0.08)
  })

  test('who was contacted and is forgetful pays sooner than who was left alone', () => {
    const forgets = newest.filter((row) => typeOf(row) === 'forgets')
    const alone = (row: Row) => types.get(row['borrower_no']!)!['left_alone'] === 'yes'
    expect(share(forgets.filter(alone), isLate)).toBeGreaterThan(
      share(
        forgets.filter((row) => !alone(row)),
        isLate,
      ),
    )
  })

  test('the truth names every loan and borrower of the tapes, and no file for loading holds it', () => {
    const loans = new Set(truth('truth-loans').map((row) => row['loan_no']))
    expect(newest.filter((row) => !loans.has(row['loan_no']!))).toEqual([])
    const loaded = [...all('borrowers'), ...newest].flatMap((row) => Object.keys(row))
    expect(loaded.filter((column) => /type|risk|trouble|left_alone/.test(column))).toEqual([])
  })
})

const digests = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [file.slice(folder.length), createHash('sha256').update(readFileSync(file)).digest('hex')])

test('the same seed gives the same bytes, another seed others', () => {
  const small = { loans: 300, first: last - 9, last, seed: 5 }
  for (const name of ['b', 'c']) writeBook(join(temporary, name), small, quiet)
  writeBook(join(temporary, 'd'), { ...small, seed: 6 }, quiet)
  expect(digests(join(temporary, 'b'))).toEqual(digests(join(temporary, 'c')))
  expect(digests(join(temporary, 'b'))).not.toEqual(digests(join(temporary, 'd')))
})

test('writing into a folder again leaves nothing of the book before', () => {
  const folder = join(temporary, 'e')
  writeBook(folder, { loans: 50, first: last - 9, last, seed: 1 }, quiet)
  writeBook(folder, { loans: 50, first: last - 1, last, seed: 1 }, quiet)
  expect(readdirSync(join(folder, 'loans')).length).toBe(2)
})

test('a folder with files that are no demo’s is left as it is', async () => {
  const folder = join(temporary, 'mine')
  mkdirSync(join(folder, 'loans'), { recursive: true })
  writeFileSync(join(folder, 'loans', 'loans.csv'), 'loan_no')
  const demo = ['demo', '--loans', '10', '--days', '1', '--as-of', '2025-03-10', '--files-only', '--json']
  const { status, stderr } = await amends([...demo, '--out', folder], {})
  expect([status, JSON.parse(stderr).refusal]).toEqual([1, 'folder_holds_other_files'])
  expect(readdirSync(folder)).toEqual(['loans'])
  expect(readFileSync(join(folder, 'loans', 'loans.csv'), 'utf8')).toBe('loan_no')
})
