import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { deskApp } from '../../../test/support/desk-app.ts'
import { fixedClock } from '../../platform/clock.ts'
import { affordabilityRoutes } from '../affordability/affordability.routes.ts'
import { planRoutes } from '../plans/plan.routes.ts'
import { planAgreementRoutes } from '../plans/plan-agreement.routes.ts'
import { paymentRoutes } from '../receipts/payment.routes.ts'
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
    const first = sha256Of(await drawAgreement(contents, language, 1))
    expect(sha256Of(await drawAgreement(structuredClone(contents), language, 1))).toBe(first)
    expect(sha256Of(await drawAgreement({ ...contents, total_minor: 6_180_001 }, language, 1))).not.toBe(
      first,
    )
  },
)

// Agreements that people have signed are drawn again from their contents and must have the digest that was
// kept. When a line here fails, the same is true of all of them: `document_is_not_the_same`. Do not write the
// new digest down. After an upgrade (pdfkit, a font): stay with the old version, or keep
// it beside the new one for this layout. After a change of words or looks of ours: give them a new layout,
// leave layout 1 as it was, and add the new layout's digests as further lines.
test.each([
  [1, 'en', 'a2c295a899d07942533f9382bbc69d38d72a3a49fcb85e0ab6f3f8ff84be2520'],
  [1, 'zh-Hans', 'fb5bc8f630c24f049101f6263a7af1cba58c64a21d2fa13455e73f1e719a3051'],
  [1, 'zh-Hant', '2ad013a564c821f0295e98fe57b0d93fa7a4bfbc57fbcb49f10a3f81624e6c65'],
] as const)(
  'layout %i, %s: an agreement of last year still has its digest',
  async (layout, language, was) => {
    expect(sha256Of(await drawAgreement(contents, language, layout))).toBe(was)
  },
)

test('the layout is part of the document', async () => {
  const [one, two] = await Promise.all([1, 2].map((layout) => drawAgreement(contents, 'en', layout)))
  expect(sha256Of(one!)).not.toBe(sha256Of(two!))
})

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
let today = '2025-03-03'
const desk = deskApp(db, () => fixedClock(`${today}T12:00:00Z`), [
  affordabilityRoutes(),
  planRoutes(),
  planAgreementRoutes(),
  paymentRoutes(),
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
    select 7, 'L' || n, 'bank', 'TWD', 'active', '2025-03-01', 60000, 60000, date '2025-02-01'
      from generate_series(1, 4) n
  `.execute(db)
  const lines = [{ kind: 'income', what: 'wages', amount_minor: 400_000 }]
  await desk.ask('PUT', '/borrowers/7/affordability', { currency: 'TWD', lines })
  const plan = {
    currency: 'TWD',
    principal_minor: 60_000,
    every: 'monthly',
    instalments: 6,
    first_due_on: '2025-04-03',
    first_payment_minor: 10_000,
  }
  desk.as('max', 'manager')
  for (const n of [1, 2, 3, 4]) await desk.ask('POST', `/borrowers/7/loans/L${n}/plans`, plan)
})
const path = '/borrowers/7/loans/L1/plans/1/agreements'

test('without a lender’s name and a way to pay nothing is drawn', async () => {
  expect(await desk.refusal('POST', path, { language: 'zh-Hant' })).toBe('agreement_party_is_not_set')
})

test('drawn once, fetched as often as wanted, though the book has moved on', async () => {
  const party = { name: '遠景銀行', method: { 'zh-Hant': '匯入帳號 822-1', en: 'to account 822-1' } }
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

const contentsKept = async (loanNo: string) => {
  const { rows } = await sql<{ contents: AgreementContents }>`
    select contents from agreements where loan_no = ${loanNo} order by drawn_at`.execute(db)
  return rows.map((row) => row.contents)
}
const draw = (loanNo: string, language: Language) =>
  desk.ask('POST', `/borrowers/7/loans/${loanNo}/plans/1/agreements`, { language })
const agree = (loanNo: string) =>
  desk.ask('PUT', `/borrowers/7/loans/${loanNo}/plans/1/agreement`, { how_agreed: 'signed' })
const pay = (payment_no: string, loan_no: string, paid_on: string) =>
  desk.ask('POST', '/borrowers/7/payments', {
    payment_no,
    loan_no,
    paid_on,
    amount_minor: 10_000,
    currency: 'TWD',
  })

test('every paper states what was owed when the plan was agreed, whenever it is drawn', async () => {
  expect((await agree('L2')).body.owed_minor).toBe(60_000)
  expect((await draw('L2', 'en')).status).toBe(201)
  await pay('P1', 'L2', '2025-03-03')
  today = '2025-03-10'
  await pay('P2', 'L2', '2025-03-02')
  expect((await draw('L2', 'zh-Hant')).status).toBe(201)
  expect(await contentsKept('L2')).toMatchObject([
    { agreed_on: '2025-03-03', balance_minor: 60_000 },
    { agreed_on: '2025-03-03', balance_minor: 60_000 },
  ])
})

test('of a plan agreed before that was kept: the position of that day, not of the drawing', async () => {
  today = '2025-03-03'
  await agree('L3')
  await sql`update plans set owed_minor = null where loan_no = 'L3'`.execute(db)
  today = '2025-03-10'
  await pay('P3', 'L3', '2025-03-05')
  await draw('L3', 'en')
  expect(await contentsKept('L3')).toMatchObject([{ balance_minor: 60_000 }])
})

test('the first payment of a proposal is due on signing; of what was agreed, on its day', async () => {
  const [proposal] = await contentsKept('L1')
  expect(proposal!.instalments[0]).toMatchObject({ no: 0, due_on: null })
  const rows = agreementLines(proposal!, 'zh-Hant').filter((line) => line.kind === 'row')
  expect(rows[1]!.cells.slice(0, 2)).toEqual(['首期款', '簽署當日'])
  const [agreed] = await contentsKept('L2')
  expect(agreed!.instalments[0]).toMatchObject({ no: 0, due_on: '2025-03-03' })
})

test('of a plan that has ended nothing new is drawn; what was drawn before is still there', async () => {
  for (const loan of ['L1', 'L4']) {
    const path = `/borrowers/7/loans/${loan}/plans/1/cancellation`
    expect((await desk.ask('PUT', path, { reason: 'not wanted' })).status).toBe(204)
  }
  expect((await draw('L4', 'en')).body.refusal).toBe('plan_is_not_open')
  expect((await draw('L1', 'en')).body.refusal).toBe('plan_is_not_open')
  expect((await draw('L1', 'zh-Hant')).status).toBe(201)
})
