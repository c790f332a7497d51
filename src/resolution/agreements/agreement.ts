import { toDecimal } from '../../platform/money.ts'

export type Language = 'en' | 'zh-Hans' | 'zh-Hant'

/** Everything that an agreement says. It is kept as it is, and the document is drawn from nothing else. */
export type AgreementContents = {
  lender: { name: string; address: string }
  borrower: { name: string; borrower_no: string }
  loan_no: string
  plan_no: number
  agreed_on: string
  currency: string
  balance_minor: number
  principal_minor: number
  total_minor: number
  /** `due_on` null: on the day of signing. */
  instalments: { no: number; due_on: string | null; principal_minor: number; interest_minor: number }[]
  cure_days: number
  method: string
}

/** A line of the document, as the drawing sets it. */
export type Line =
  | { kind: 'title' | 'heading' | 'text'; text: string }
  | { kind: 'row'; cells: string[]; is_head: boolean }
  | { kind: 'signature'; who: string; date: string }

type Words = {
  title: string
  parties: string
  lender: string
  borrower: string
  borrower_no: string
  sums: string
  owed: (money: string, on: string) => string
  covered: (money: string) => string
  total: (money: string) => string
  dates: string
  head: string[]
  first: string
  signing: string
  how: string
  consequences: string
  kept: string
  missed: (days: number) => string
  early: string
  signatures: string
  date: string
  reference: (loan: string, plan: number) => string
}

const words: Record<Language, Words> = {
  en: {
    title: 'Repayment agreement',
    parties: 'Parties',
    lender: 'Lender',
    borrower: 'Borrower',
    borrower_no: 'Borrower number',
    sums: 'Sums',
    owed: (money, on) => `On ${on} the borrower owes ${money} on the loan named above.`,
    covered: (money) => `This agreement covers ${money} of it.`,
    total: (money) => `Together with interest the instalments below come to ${money}.`,
    dates: 'Dates and instalments',
    head: ['No.', 'Due on', 'Principal', 'Interest', 'Instalment'],
    first: 'first',
    signing: 'on signing',
    how: 'How to pay',
    consequences: 'What follows',
    kept: 'While the instalments are paid as agreed, the lender does not collect the debt.',
    missed: (days) =>
      `An instalment may still be paid within ${days} days after its due date. After that the agreement ` +
      'ends and the whole balance can be claimed.',
    early: 'The borrower may pay earlier or more at any time, without cost.',
    signatures: 'Signatures',
    date: 'Date',
    reference: (loan, plan) => `Loan ${loan}, plan ${plan}`,
  },
  'zh-Hans': {
    title: '还款协议',
    parties: '当事人',
    lender: '出借人',
    borrower: '借款人',
    borrower_no: '客户编号',
    sums: '金额',
    owed: (money, on) => `截至${on},借款人就上述借款尚欠${money}。`,
    covered: (money) => `本协议涵盖其中的${money}。`,
    total: (money) => `连同利息,下列各期合计${money}。`,
    dates: '期数与还款日',
    head: ['期数', '还款日', '本金', '利息', '应还金额'],
    first: '首付',
    signing: '签署当日',
    how: '还款方式',
    consequences: '履行与违约',
    kept: '借款人按约还款期间,出借人停止催收。',
    missed: (days) =>
      `逾期的一期可在还款日后${days}天内补交。逾期仍未补交的,本协议终止,出借人可主张全部余额。`,
    early: '借款人可随时提前或多还款,不另收费用。',
    signatures: '签署',
    date: '日期',
    reference: (loan, plan) => `借款编号${loan},分期计划${plan}`,
  },
  'zh-Hant': {
    title: '還款協議書',
    parties: '當事人',
    lender: '貸與人',
    borrower: '借款人',
    borrower_no: '客戶編號',
    sums: '金額',
    owed: (money, on) => `截至${on},借款人就上開借款尚欠${money}。`,
    covered: (money) => `本協議涵蓋其中${money}。`,
    total: (money) => `連同利息,下列各期合計${money}。`,
    dates: '期數與繳款日',
    head: ['期數', '繳款日', '本金', '利息', '應繳金額'],
    first: '首期款',
    signing: '簽署當日',
    how: '繳款方式',
    consequences: '履行與違約',
    kept: '借款人依約繳款期間,貸與人停止催收。',
    missed: (days) =>
      `逾期之一期得於繳款日後${days}日內補繳。逾期仍未補繳者,本協議終止,貸與人得請求全部餘額。`,
    early: '借款人得隨時提前或增額繳款,不另收費。',
    signatures: '簽署',
    date: '日期',
    reference: (loan, plan) => `借款編號${loan},分期計畫${plan}`,
  },
}

/** The agreement as lines of text, in one language. */
export function agreementLines(contents: AgreementContents, language: Language): Line[] {
  const say = words[language]
  const money = (minor: number) => `${contents.currency} ${toDecimal(minor, contents.currency)}`
  const text = (line: string): Line => ({ kind: 'text', text: line })
  const heading = (line: string): Line => ({ kind: 'heading', text: line })
  const figure = (minor: number) => toDecimal(minor, contents.currency)
  return [
    { kind: 'title', text: say.title },
    text(say.reference(contents.loan_no, contents.plan_no)),
    heading(say.parties),
    text(`${say.lender}: ${contents.lender.name} ${contents.lender.address}`.trimEnd()),
    text(`${say.borrower}: ${contents.borrower.name}`),
    text(`${say.borrower_no}: ${contents.borrower.borrower_no}`),
    heading(say.sums),
    text(say.owed(money(contents.balance_minor), contents.agreed_on)),
    text(say.covered(money(contents.principal_minor))),
    text(say.total(money(contents.total_minor))),
    heading(say.dates),
    { kind: 'row', cells: say.head, is_head: true },
    ...contents.instalments.map(
      (row): Line => ({
        kind: 'row',
        is_head: false,
        cells: [
          row.no === 0 ? say.first : String(row.no),
          row.due_on ?? say.signing,
          figure(row.principal_minor),
          figure(row.interest_minor),
          figure(row.principal_minor + row.interest_minor),
        ],
      }),
    ),
    heading(say.how),
    text(contents.method),
    heading(say.consequences),
    text(say.kept),
    text(say.missed(contents.cure_days)),
    text(say.early),
    heading(say.signatures),
    { kind: 'signature', who: `${say.lender}: ${contents.lender.name}`, date: say.date },
    { kind: 'signature', who: `${say.borrower}: ${contents.borrower.name}`, date: say.date },
  ]
}
