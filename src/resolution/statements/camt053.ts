import { XMLParser } from 'fast-xml-parser'
import { isDay } from '../../book/interest/calendar-day.ts'
import { type Decision, refuse } from '../../platform/refusal.ts'
import {
  eachOf,
  type ReadFile,
  type Statement,
  type StatementRefusal,
  signedMinor,
  withBalances,
} from './statement.ts'

type Node = Record<string, unknown>

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  // Amounts and numbers of accounts are text: nothing is rounded and no zero is lost.
  parseTagValue: false,
  parseAttributeValue: false,
  // What an XML file may call in is nobody's business here.
  processEntities: { enabled: true, maxTotalExpansions: 1_000, maxEntityCount: 0 },
})

const list = (value: unknown): Node[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as Node[]) : [value as Node]

/** The value below `path`, or undefined; of several the first. */
function at(node: unknown, ...path: string[]): unknown {
  let value = node
  for (const name of path) {
    if (Array.isArray(value)) value = value[0]
    if (value === null || typeof value !== 'object') return undefined
    value = (value as Node)[name]
  }
  return Array.isArray(value) ? value[0] : value
}

const text = (node: unknown, ...path: string[]): string | undefined => {
  const value = at(node, ...path)
  if (typeof value === 'string') return value.trim() || undefined
  if (value && typeof value === 'object') return text(value, '#text')
  return undefined
}

const dayOf = (node: unknown): string | undefined => (text(node, 'Dt') ?? text(node, 'DtTm'))?.slice(0, 10)

const amountOf = (node: unknown) => ({
  amount: text(node, 'Amt') ?? '',
  currency: text(node, 'Amt', '@Ccy') ?? '',
  isCredit: text(node, 'CdtDbtInd') === 'CRDT',
})

function balance(statement: Node, codes: readonly string[]) {
  const found = list(statement['Bal']).find((one) => codes.includes(text(one, 'Tp', 'CdOrPrtry', 'Cd') ?? ''))
  return found && { ...amountOf(found), on: dayOf(at(found, 'Dt')) }
}

/** Everything a payer may have written that tells whose the money is. */
function referencesOf(details: unknown): string[] {
  const remittance = at(details, 'RmtInf')
  const structured = list((remittance as Node | undefined)?.['Strd']).map((one) =>
    text(one, 'CdtrRefInf', 'Ref'),
  )
  const free = list((remittance as Node | undefined)?.['Ustrd']).map((one) =>
    typeof one === 'string' ? one : text(one),
  )
  const end_to_end = text(details, 'Refs', 'EndToEndId')
  return [...structured, ...free, end_to_end === 'NOTPROVIDED' ? undefined : end_to_end].filter(
    (one) => one !== undefined,
  )
}

type Parts = { amount: string; currency: string; isCredit: boolean }

/** One line for each transaction of an entry; a batch without details is one line. */
function linesOf(entry: Node) {
  // ISO 20022, ReversalIndicator: CdtDbtInd is the way this entry's money went. DBIT of a reversal takes back
  // what was a credit.
  const whole = amountOf(entry)
  const booked_on = dayOf(at(entry, 'ValDt')) ?? dayOf(at(entry, 'BookgDt'))
  const reference = text(entry, 'AcctSvcrRef') ?? text(entry, 'NtryRef')
  const details = list(at(entry, 'NtryDtls')).flatMap((one) => list(one['TxDtls']))
  const amounts = (detail: Node): Parts => {
    const own = at(detail, 'Amt') ? detail : at(detail, 'AmtDtls', 'TxAmt')
    // A batch is booked net: what went the other way within it says so itself.
    const way = text(detail, 'CdtDbtInd')
    return own ? { ...amountOf(own), isCredit: way ? way === 'CRDT' : whole.isCredit } : whole
  }
  const is_reversal = ['true', '1'].includes(text(entry, 'RvslInd') ?? '')
  const several = details.length > 1
  return (details.length ? details : [{}]).map((detail, index) => ({
    booked_on,
    parts: several ? amounts(detail) : whole,
    entry_reference: several
      ? `${reference ?? ''}/${text(detail, 'Refs', 'AcctSvcrRef') ?? index + 1}`
      : reference,
    reference: [
      ...referencesOf(detail),
      ...(text(entry, 'AddtlNtryInf') ? [text(entry, 'AddtlNtryInf')!] : []),
    ].join(' '),
    payer: text(detail, 'RltdPties', 'Dbtr', 'Nm') ?? text(detail, 'RltdPties', 'Dbtr', 'Pty', 'Nm') ?? null,
    virtual_account:
      text(detail, 'RltdPties', 'CdtrAcct', 'Id', 'IBAN') ??
      text(detail, 'RltdPties', 'CdtrAcct', 'Id', 'Othr', 'Id') ??
      null,
    // A returned direct debit has its reason (RtrInf) where a bank gives no indicator.
    is_reversal: is_reversal || at(detail, 'RtrInf') !== undefined,
  }))
}

function statementOf(raw: Node): Decision<Statement, StatementRefusal> {
  const opening = balance(raw, ['OPBD', 'PRCD'])
  const closing = balance(raw, ['CLBD'])
  const account_no = text(raw, 'Acct', 'Id', 'IBAN') ?? text(raw, 'Acct', 'Id', 'Othr', 'Id')
  const statement_no = text(raw, 'Id')
  if (!opening || !closing || !account_no || !statement_no || !isDay(closing.on)) {
    return refuse('statement_is_incomplete')
  }
  const lines = list(raw['Ntry'])
    // What is only announced is not money yet.
    .filter((entry) => (text(entry, 'Sts', 'Cd') ?? text(entry, 'Sts') ?? 'BOOK') === 'BOOK')
    .flatMap(linesOf)
  if (lines.some(({ booked_on }) => !isDay(booked_on))) return refuse('statement_is_incomplete')
  return withBalances({
    format: 'camt.053',
    account_no,
    statement_no,
    currency: closing.currency,
    closed_on: closing.on,
    opening: signedMinor(opening),
    closing: signedMinor(closing),
    lines: lines.map(({ parts, entry_reference, booked_on, ...line }) => ({
      ...line,
      booked_on: booked_on!,
      entry_reference: entry_reference ?? null,
      currency: parts.currency || closing.currency,
      amount_minor: signedMinor({ ...parts, currency: parts.currency || closing.currency }),
    })),
  })
}

/** The statements of an ISO 20022 camt.053 document (any version). */
export function readCamt053(document: string): ReadFile {
  let root: unknown
  try {
    root = parser.parse(document, true)
  } catch {
    return { ...refuse('statement_is_not_well_formed'), statement: null }
  }
  const raw = list((at(root, 'Document', 'BkToCstmrStmt') as Node | undefined)?.['Stmt'])
  if (raw.length === 0) return { ...refuse('statement_is_incomplete'), statement: null }
  return eachOf(raw, statementOf)
}
