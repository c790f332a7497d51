import { isDay } from '../../book/interest/calendar-day.ts'
import { type Decision, refuse } from '../../platform/refusal.ts'
import {
  type BankLine,
  eachOf,
  type ReadFile,
  type Statement,
  type StatementRefusal,
  signedMinor,
  withBalances,
} from './statement.ts'

type Field = { tag: string; value: string }

/** Fields `:61:…` with their continuation lines, per message; `-}` or `-` ends one. */
function messagesOf(document: string): Field[][] {
  const messages: Field[][] = [[]]
  for (const line of document.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (/^-\}?\s*$/.test(line)) {
      messages.push([])
      continue
    }
    const tagged = /^(?:\{.*\})?:(\d{2}[A-Z]?):(.*)$/.exec(line)
    const fields = messages.at(-1)!
    if (tagged) fields.push({ tag: tagged[1]!, value: tagged[2]! })
    else if (fields.length > 0 && line.trim() && !line.startsWith('{')) fields.at(-1)!.value += `\n${line}`
  }
  return messages.filter((fields) => fields.some(({ tag }) => tag === '60F' || tag === '60M'))
}

/** YYMMDD; banks write no year before 2000 in a statement they send today. */
const dayOf = (text: string) => `20${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4, 6)}`
const decimalOf = (text: string) => text.replace(',', '.').replace(/\.$/, '')

function balanceOf(value: string) {
  const parts = /^([CD])(\d{6})([A-Z]{3})([\d,]+)/.exec(value)
  if (!parts) return undefined
  const [, sign, day, currency, amount] = parts
  return {
    on: dayOf(day!),
    currency: currency!,
    minor: signedMinor({ amount: decimalOf(amount!), currency: currency!, isCredit: sign === 'C' }),
  }
}

/** Sub-fields of :86: as German and Dutch banks write them (?20, ?32, /REMI/, /NAME/), or plain text. */
function informationOf(value: string) {
  const joined = value.replaceAll('\n', '')
  const coded = [...joined.matchAll(/\?(\d{2})([^?]*)/g)].map(
    ([, code, part]) => [code!, part!.trim()] as const,
  )
  if (coded.length > 0) {
    const of = (from: number, to: number) =>
      coded.filter(([code]) => Number(code) >= from && Number(code) <= to).map(([, part]) => part)
    return { reference: [...of(20, 29), ...of(60, 63)].join(''), payer: of(32, 33).join('').trim() || null }
  }
  const named = (name: string) => new RegExp(`/${name}/(.*?)(?=/[A-Z]{3,4}/|$)`).exec(joined)?.[1]?.trim()
  const remittance = named('REMI') ?? named('EREF')
  return { reference: remittance ?? value.replaceAll('\n', ' ').trim(), payer: named('NAME') ?? null }
}

function lineOf(field: Field, information: string, currency: string) {
  const parts = /^(\d{6})(\d{4})?(R?[CD])([A-Z])?([\d,]+)([NFS][A-Z0-9]{3})([^/\n]*)(?:\/\/([^\n]*))?/.exec(
    field.value,
  )
  if (!parts) return undefined
  const [, value_day, , sign, , amount, type, owner, bank] = parts
  // RC takes a credit back, RD a debit.
  const isCredit = sign === 'C' || sign === 'RD'
  const own = owner!.trim()
  const { reference, payer } = informationOf(information)
  return {
    booked_on: dayOf(value_day!),
    amount_minor: signedMinor({ amount: decimalOf(amount!), currency, isCredit }),
    currency,
    entry_reference: bank?.trim() || null,
    reference: [own === 'NONREF' ? '' : own, reference].filter(Boolean).join(' '),
    payer,
    // RTI: a returned item.
    is_reversal: sign!.startsWith('R') || type!.endsWith('RTI'),
    virtual_account: /\bVA[:/ ]?(\w{6,34})/.exec(information)?.[1] ?? null,
  }
}

function statementOf(fields: readonly Field[]): Decision<Statement, StatementRefusal> {
  const value = (...tags: string[]) => fields.find(({ tag }) => tags.includes(tag))?.value
  const opening = balanceOf(value('60F', '60M') ?? '')
  const closing = balanceOf(value('62F', '62M') ?? '')
  const account_no = value('25', '25P')?.split('\n')[0]?.trim()
  const statement_no = [value('28C', '28'), value('20')].filter(Boolean).join(' ')
  if (!opening || !closing || !account_no || !statement_no || !isDay(closing.on)) {
    return refuse('statement_is_incomplete')
  }
  const lines: (Omit<BankLine, 'amount_minor'> & { amount_minor: bigint | undefined })[] = []
  for (const [index, field] of fields.entries()) {
    if (field.tag !== '61') continue
    const after = fields[index + 1]
    const line = lineOf(field, after?.tag === '86' ? after.value : '', closing.currency)
    if (!line || !isDay(line.booked_on)) return refuse('statement_is_incomplete')
    lines.push(line)
  }
  const { currency, on: closed_on } = closing
  return withBalances({
    format: 'mt940',
    account_no,
    statement_no,
    currency,
    closed_on,
    opening: opening.currency === currency ? opening.minor : undefined,
    closing: closing.minor,
    lines,
  })
}

/** The statements of a SWIFT MT940 file. */
export function readMt940(document: string): ReadFile {
  const messages = messagesOf(document)
  if (messages.length === 0) return { ...refuse('statement_is_not_well_formed'), statement: null }
  return eachOf(messages, statementOf)
}
