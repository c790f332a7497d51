import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { affordabilityRoutes } from '../affordability/affordability.routes.ts'
import { planRoutes } from '../plans/plan.routes.ts'
import { agreementRoutes } from './agreement.routes.ts'
import { type AgreementContents, agreementLines, type Language } from './agreement.ts'
import { drawAgreement, sha256Of } from './agreement-document.ts'

const contents: AgreementContents = {
  lender: { name: '遠景銀行 Far View Bank', address: '台北市中正區' },
  borrower: { name: '王小明', borrower_no: 'B-1' },
  loan_no: 'LN-1',
  plan_no: 1,
  agreed_on: '2025-03-03',
  currency: 'TWD',
  balance_minor: 6_500_000,
  principal_minor: 6_000_000,
  total_minor: 6_180_000,
  instalments: Array.from({ length: 60 }, (_, index) => ({
    no: index + 1,
    due_on: `20${25 + Math.floor((index + 3) / 12)}-${String(((index + 3) % 12) + 1).padStart(2, '0')}-15`,
    principal_minor: 100_000,
    interest_minor: 3_000,
  })),
  cure_days: 5,
  method: '匯入帳號 822-1234567890',
}
const languages: Language[] = ['en', 'zh-Hans', 'zh-Hant']

test.each(languages)(
  '%s: the same contents give the same bytes, another sum gives others',
  async (language) => {
    const first = sha256Of(await drawAgreement(contents, language))
    expect(sha256Of(await drawAgreement(structuredClone(contents), language))).toBe(first)
    expect(sha256Of(await drawAgreement({ ...contents, total_minor: 6_180_001 }, language))).not.toBe(first)
  },
)

test.each([
  ['en', 'Repayment agreement', 'An instalment may still be paid within 5 days'],
  ['zh-Hans', '还款协议', '5天内补交'],
  ['zh-Hant', '還款協議書', '5日內補繳'],
] as const)(
  '%s: parties, sums, dates, method, consequences and signature fields are all there',
  (language, title, cure) => {
    const lines = agreementLines(contents, language)
    const text = lines.map((line) => ('text' in line ? line.text : '')).join('\n')
    expect(lines[0]).toEqual({ kind: 'title', text: title })
    for (const part of ['王小明', 'Far View Bank', 'TWD 65000.00', 'TWD 61800.00', '822-1234567890', cure]) {
      expect(text).toContain(part)
    }
    expect(lines.filter(({ kind }) => kind === 'row')).toHaveLength(61)
    expect(lines.filter(({ kind }) => kind === 'signature')).toHaveLength(2)
  },
)

const db = await freshDatabase()
const desk = deskApp(db, () => fixedClock('2025-03-03T12:00:00Z'), [
  affordabilityRoutes(),
  planRoutes(),
  agreementRoutes(),
])
afterAll(() => db.destroy())

beforeAll(async () => {
  await sql`insert into loan_kinds values ('bank', '')`.execute(db)
  await sql`insert into borrowers (borrower_id, lender, borrower_no, name)
            values (7, 'bank', 'B7', '王小明')`.execute(db)
  await sql`
    insert into loans (borrower_id, loan_no, lender, currency, status, position_from, outstanding_minor,
                       past_due_minor, oldest_due_on)
    values (7, 'L1', 'bank', 'TWD', 'active', '2025-03-01', 60000, 60000, '2025-02-01')
  `.execute(db)
  const lines = [{ kind: 'income', what: 'wages', amount_minor: 400_000 }]
  await desk.ask('PUT', '/borrowers/7/affordability', { currency: 'TWD', lines })
  const plan = {
    currency: 'TWD',
    principal_minor: 60_000,
    every: 'monthly',
    instalments: 6,
    first_due_on: '2025-04-03',
  }
  await desk.ask('POST', '/borrowers/7/loans/L1/plans', plan)
})
const path = '/borrowers/7/loans/L1/plans/1/agreements'

test('without a lender’s name and a way to pay nothing is drawn', async () => {
  expect(await desk.refusal('POST', path, { language: 'zh-Hant' })).toBe('agreement_party_is_not_set')
})

test('drawn once, fetched as often as wanted, though the book has moved on', async () => {
  const party = { name: '遠景銀行', method: { 'zh-Hant': '匯入帳號 822-1' } }
  await sql`insert into settings (lender, name, effective_from, value)
            values ('bank', 'agreement_party', '2020-01-01', ${JSON.stringify(party)})`.execute(db)
  const first = await desk.ask('POST', path, { language: 'zh-Hant' })
  expect(first.status).toBe(201)
  await sql`update borrowers set name = '王大明'`.execute(db)
  const again = await desk.ask('POST', path, { language: 'zh-Hant' })
  expect(again.body).toEqual(first.body)
  const document = await desk.bytes(`/borrowers/7/agreements/${first.body.agreement_no}/document`)
  expect(document.subarray(0, 5).toString()).toBe('%PDF-')
  expect(sha256Of(document)).toBe(first.body.sha256)
})
