import { toDecimal } from '../../platform/money.ts'
import type { QuoteStep } from './quote.ts'

export const languages = ['en', 'zh-Hans', 'zh-Hant'] as const
export type Language = (typeof languages)[number]

const partNames: Record<string, Record<Language, string>> = {
  principal: { en: 'principal', 'zh-Hans': '本金', 'zh-Hant': '本金' },
  interest: { en: 'interest', 'zh-Hans': '利息', 'zh-Hant': '利息' },
  penalty: { en: 'penalty', 'zh-Hans': '罚息', 'zh-Hant': '違約金' },
  fee: { en: 'fees', 'zh-Hans': '费用', 'zh-Hant': '費用' },
}

const percent = (rate: string) => {
  const [units, decimals = ''] = rate.split('.')
  const moved = `${units}${decimals.padEnd(2, '0').slice(0, 2)}`.replace(/^0+(?=\d)/, '')
  const rest = decimals.slice(2).replace(/0+$/, '')
  return rest ? `${moved}.${rest}` : moved
}

type Say = (step: QuoteStep, money: (minor: bigint) => string, part: string) => string

const english: Record<QuoteStep['what'], Say> = {
  tape: (s, money, part) => `${part} at the close of ${s.to_on}: ${money(s.amount_minor)}`,
  movement: (s, money) => `${s.to_on}, ${s.reason}: ${money(s.amount_minor)}`,
  interest: (s, money, part) =>
    `${part} on ${money(s.base_minor!)} at ${percent(s.rate!)} % a year for ${s.days} days ` +
    `(${s.from_on} to ${s.to_on}, ${s.day_count}): ${money(s.amount_minor)}`,
  penalty: (...all) => english.interest(...all),
  cap: (s) => `rates are cut to ${percent(s.rate!)} % a year: ${s.reason}`,
  alert: (s) => `all charges together pass ${percent(s.rate!)} % a year: ${s.reason}`,
  total: (s, money) => `to pay the loan off on ${s.to_on}: ${money(s.amount_minor)}`,
}

const simplified: Record<QuoteStep['what'], Say> = {
  tape: (s, money, part) => `截至${s.to_on}日终的${part}:${money(s.amount_minor)}`,
  movement: (s, money) => `${s.to_on},${s.reason}:${money(s.amount_minor)}`,
  interest: (s, money, part) =>
    `${part}:以${money(s.base_minor!)}按年利率${percent(s.rate!)}%计${s.days}天` +
    `(${s.from_on}至${s.to_on},${s.day_count}):${money(s.amount_minor)}`,
  penalty: (...all) => simplified.interest(...all),
  cap: (s) => `利率按上限年${percent(s.rate!)}%计算:${s.reason}`,
  alert: (s) => `各项息费合计超过年${percent(s.rate!)}%:${s.reason}`,
  total: (s, money) => `${s.to_on}结清应付总额:${money(s.amount_minor)}`,
}

const traditional: Record<QuoteStep['what'], Say> = {
  tape: (s, money, part) => `截至${s.to_on}日終之${part}:${money(s.amount_minor)}`,
  movement: (s, money) => `${s.to_on},${s.reason}:${money(s.amount_minor)}`,
  interest: (s, money, part) =>
    `${part}:以${money(s.base_minor!)}按年利率${percent(s.rate!)}%計${s.days}天` +
    `(${s.from_on}至${s.to_on},${s.day_count}):${money(s.amount_minor)}`,
  penalty: (...all) => traditional.interest(...all),
  cap: (s) => `利率按上限年${percent(s.rate!)}%計算:${s.reason}`,
  alert: (s) => `各項息費合計超過年${percent(s.rate!)}%:${s.reason}`,
  total: (s, money) => `${s.to_on}結清應付總額:${money(s.amount_minor)}`,
}

const tongues = { en: english, 'zh-Hans': simplified, 'zh-Hant': traditional }

/** A step of the sum as a sentence that a borrower can follow. */
export function inWords(step: QuoteStep, currency: string, language: Language): string {
  const money = (minor: bigint) => `${currency} ${toDecimal(minor, currency)}`
  const part = step.part === null ? '' : (partNames[step.part]?.[language] ?? step.part)
  return tongues[language][step.what](step, money, part)
}
