import { expect, test } from 'vitest'
import { readCamt053 } from './camt053.ts'
import { readMt940 } from './mt940.ts'
import { type BankLine, type Candidate, matchesOf } from './statement.ts'

const entry = (amount: string, more = '', currency = 'EUR', sign = 'CRDT') => `
  <Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
    <BookgDt><Dt>2025-03-10</Dt></BookgDt><ValDt><Dt>2025-03-11</Dt></ValDt>
    <AcctSvcrRef>0007</AcctSvcrRef>${more}</Ntry>`
const camt = (entries: string, closing: string) => `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
  <Stmt><Id>2025-070</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>
    <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
      <Dt><Dt>2025-03-10</Dt></Dt></Bal>
    <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
    <Amt Ccy="EUR">${closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
      <Dt><Dt>2025-03-10</Dt></Dt></Bal>${entries}</Stmt></BkToCstmrStmt></Document>`
const details = (reference: string, payer: string, amount = '') => `<TxDtls>
  <Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>${amount && `<Amt Ccy="EUR">${amount}</Amt>`}
  <RltdPties><Dbtr><Nm>${payer}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>${reference}</Ustrd></RmtInf></TxDtls>`

test('camt.053: money in and out, value date, payer and what the payer wrote', () => {
  const single = `<NtryDtls>${details('Loan LN-2024-0007 March', 'Ann Lee')}</NtryDtls>`
  const read = readCamt053(camt(entry('150.25', single) + entry('20.00', '', 'EUR', 'DBIT'), '230.25'))
  expect(read).toMatchObject({
    value: [
      {
        format: 'camt.053',
        account_no: 'DE02120300000000202051',
        statement_no: '2025-070',
        opening_minor: 10_000n,
        closing_minor: 23_025n,
        lines: [
          {
            booked_on: '2025-03-11',
            amount_minor: 15_025n,
            entry_reference: '0007',
            reference: 'Loan LN-2024-0007 March',
            payer: 'Ann Lee',
          },
          { amount_minor: -2_000n, payer: null },
        ],
      },
    ],
  })
})

test('camt.053: a batch is one line for each of its transactions', () => {
  const batch = `<NtryDtls>${details('A-1', 'Ann', '60.00')}${details('B-2', 'Bob', '90.00')}</NtryDtls>`
  const read = readCamt053(camt(entry('150.00', batch), '250.00'))
  expect(read.ok && read.value[0]!.lines.map((line) => [line.amount_minor, line.reference])).toEqual([
    [6_000n, 'A-1'],
    [9_000n, 'B-2'],
  ])
})

test('camt.053: what went out within a batch of money that came in is money out', () => {
  const out = details('fee', 'Bank', '40.00').replace('</Amt>', '</Amt><CdtDbtInd>DBIT</CdtDbtInd>')
  const batch = `<NtryDtls>${details('A-1', 'Ann', '190.00')}${out}</NtryDtls>`
  const read = readCamt053(camt(entry('150.00', batch), '250.00'))
  expect(read.ok && read.value[0]!.lines.map((line) => line.amount_minor)).toEqual([19_000n, -4_000n])
})

test('camt.053: a reversal’s money went the way that its entry says', () => {
  const reversal = '<RvslInd>true</RvslInd>'
  const entries = entry('30.00', reversal, 'EUR', 'DBIT') + entry('2.00', reversal, 'EUR', 'CRDT')
  const read = readCamt053(camt(entries, '72.00'))
  expect(read.ok && read.value[0]!.lines).toMatchObject([
    { amount_minor: -3_000n, is_reversal: true },
    { amount_minor: 200n, is_reversal: true },
  ])
})

test('a returned item is a reversal also where the bank has only a reason or a type for it', () => {
  const returned = '<NtryDtls><TxDtls><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls>'
  const fromCamt = readCamt053(camt(entry('30.00', returned, 'EUR', 'DBIT') + entry('2.00'), '72.00'))
  const fromMt940 = readMt940(
    mt940([line('D', '30,', 'x').replace('NTRF', 'NRTI'), line('C', '2,', 'x')].join('\n'), '72,00'),
  )
  for (const read of [fromCamt, fromMt940]) {
    expect(read.ok && read.value[0]!.lines.map((one) => one.is_reversal)).toEqual([true, false])
  }
})

test('camt.053: the virtual account is the creditor’s, as IBAN or as another number', () => {
  const paidTo = (id: string) =>
    `<NtryDtls><TxDtls><RltdPties><CdtrAcct><Id>${id}</Id></CdtrAcct></RltdPties></TxDtls></NtryDtls>`
  const entries = [
    entry('1.00', paidTo('<Othr><Id>VA77000002</Id></Othr>')),
    entry('2.00', paidTo('<IBAN>DE89370400440532013000</IBAN>')),
    entry('3.00'),
  ]
  const read = readCamt053(camt(entries.join(''), '106.00'))
  expect(read.ok && read.value[0]!.lines.map((line) => line.virtual_account)).toEqual([
    'VA77000002',
    'DE89370400440532013000',
    null,
  ])
})

test.each([
  ['statement_is_not_well_formed', '<Document><BkToCstmrStmt>', null],
  ['statement_is_incomplete', '<Document><Other/></Document>', null],
  ['statement_does_not_add_up', camt(entry('150.25'), '250.24'), 1],
  ['statement_holds_two_currencies', camt(entry('150.25', '', 'USD'), '250.25'), 1],
  ['statement_is_incomplete', camt(entry('1e3'), '1100.00'), 1],
])('camt.053 refuses: %s', (refusal, document, statement) => {
  expect(readCamt053(document)).toEqual({ ok: false, refusal, statement })
})

const mt940 = (lines: string, closing: string) => `{1:F01BANKDEFF}{2:I940}{4:
:20:STARTUMS
:25:12030000/202051
:28C:70/1
:60F:C250310EUR100,00
${lines}
:62F:C250310EUR${closing}
-}`
const line = (sign: string, amount: string, information: string) =>
  `:61:2503110310${sign}${amount}NTRFNONREF//B-77\n:86:${information}`

test('MT940: sub-fields of the German banks, the Dutch ones, and plain text; a credit taken back', () => {
  const lines = [
    line('C', '150,25', '166?00GUTSCHR?20Loan LN-2024-?210007 March?32Ann Lee'),
    line('C', '10,', '/NAME/Bob Ray/REMI/LN-2024-0008/EREF/X1'),
    line('RC', '5,5', 'BOUNCED LN-2024-0009'),
  ]
  const read = readMt940(mt940(lines.join('\n'), '254,75'))
  expect(read.ok && read.value[0]!.lines).toMatchObject([
    {
      booked_on: '2025-03-11',
      amount_minor: 15_025n,
      reference: 'Loan LN-2024-0007 March',
      payer: 'Ann Lee',
    },
    { amount_minor: 1_000n, reference: 'LN-2024-0008', payer: 'Bob Ray' },
    { amount_minor: -550n, reference: 'BOUNCED LN-2024-0009', payer: null },
  ])
})

test.each([
  ['statement_is_not_well_formed', 'hello', null],
  ['statement_is_incomplete', mt940(':61:rubbish', '100,00'), 1],
  ['statement_does_not_add_up', mt940(line('C', '1,00', 'x'), '100,00'), 1],
])('MT940 refuses: %s', (refusal, document, statement) => {
  expect(readMt940(document)).toEqual({ ok: false, refusal, statement })
})

const money: BankLine = {
  booked_on: '2025-03-11',
  amount_minor: 15_025n,
  currency: 'EUR',
  entry_reference: null,
  reference: '',
  payer: null,
  virtual_account: null,
  is_reversal: false,
}
const ann: Candidate = {
  borrower_id: '1',
  loan_no: 'LN-2024-0007',
  name: 'Lee Ann',
  currency: 'EUR',
  expected_minor: [15_025],
  virtual_accounts: [{ account_no: 'VA000017', opened_on: '2025-03-11', closed_on: null }],
  references: ['AG-55881'],
  twins_unseen: false,
}
const bob: Candidate = {
  ...ann,
  borrower_id: '2',
  loan_no: 'LN-2024-0008',
  virtual_accounts: [],
  references: [],
}

test.each([
  ['virtual_account', 99, { virtual_account: 'VA000017' }],
  ['reference', 95, { reference: 'agreement AG-55881, Lee' }],
  ['loan_number', 90, { reference: 'LN20240007' }],
  ['loan_number', 90, { reference: 'for loan LN 2024 0007, thanks' }],
  ['amount_and_name', 70, { payer: 'ANN M. LEE' }],
] as const)('matched by %s with confidence %i', (matched_by, confidence, more) => {
  const candidates = matched_by === 'amount_and_name' ? [ann] : [ann, bob]
  expect(matchesOf({ ...money, ...more }, candidates)[0]).toMatchObject({
    borrower_id: '1',
    matched_by,
    confidence,
  })
})

test('a virtual account is the loan’s from the day it was opened to the day it was closed', () => {
  const paid = { ...money, virtual_account: 'VA000017' }
  const held = (opened_on: string, closed_on: string | null) => [
    { account_no: 'VA000017', opened_on, closed_on },
  ]
  const before = { ...ann, virtual_accounts: held('2025-01-01', '2025-03-11') }
  const after = { ...bob, virtual_accounts: held('2025-03-11', null) }
  const on = (booked_on: string) =>
    matchesOf({ ...paid, booked_on }, [before, after]).map((match) => [match.borrower_id, match.confidence])
  expect(on('2024-12-31')).toEqual([])
  expect(on('2025-01-01')).toEqual([['1', 99]])
  expect(on('2025-03-10')).toEqual([['1', 99]])
  // the day on which it goes from one to the other
  expect(on('2025-03-11')).toEqual([
    ['1', 49],
    ['2', 49],
  ])
  expect(on('2025-03-12')).toEqual([['2', 99]])
})

test('two loans that fit equally well are both unsure', () => {
  expect(matchesOf({ ...money, payer: 'Ann Lee' }, [ann, bob]).map(({ confidence }) => confidence)).toEqual([
    35, 35,
  ])
})

test('a short number in the text, or another amount, is no match', () => {
  expect(matchesOf({ ...money, reference: 'no 7' }, [{ ...ann, loan_no: '7', references: [] }])).toEqual([])
  expect(matchesOf({ ...money, payer: 'Ann Lee', amount_minor: 15_026n }, [ann])).toEqual([])
})
