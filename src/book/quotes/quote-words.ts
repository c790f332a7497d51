import { toDecimal } from '../../platform/money.ts'
import type { Part } from '../allocation/allocation.ts'
import { dayCountOf } from '../interest/day-count.ts'
import type { MovementKind } from '../ledger/movement.ts'
import type { InLanguages, QuoteStep } from './quote.ts'

export type Language = keyof InLanguages

const partNames: Record<Part, InLanguages> = {
  principal: { en: 'principal', 'zh-Hans': '本金', 'zh-Hant': '本金' },
  interest: { en: 'interest', 'zh-Hans': '利息', 'zh-Hant': '利息' },
  penalty: { en: 'penalty', 'zh-Hans': '罚息', 'zh-Hant': '違約金' },
  fee: { en: 'fees', 'zh-Hans': '费用', 'zh-Hant': '費用' },
}

/** What moved the debt. What a colleague noted beside it is for colleagues. */
const movementNames: Record<MovementKind, InLanguages> = {
  payment: { en: 'money came in', 'zh-Hans': '收到还款', 'zh-Hant': '收到還款' },
  reversal: {
    en: 'money that came in was taken back',
    'zh-Hans': '还款被退回,恢复欠款',
    'zh-Hant': '還款遭退回,回復欠款',
  },
  refund: { en: 'what was paid too much went back', 'zh-Hans': '退还多付款项', 'zh-Hant': '退還溢繳款項' },
  interest: { en: 'interest was charged', 'zh-Hans': '计收利息', 'zh-Hant': '計收利息' },
  penalty: { en: 'penalty was charged', 'zh-Hans': '计收罚息', 'zh-Hant': '計收違約金' },
  fee: { en: 'a fee or cost was charged', 'zh-Hans': '计收费用', 'zh-Hant': '計收費用' },
  waiver: { en: 'a part was forgiven', 'zh-Hans': '减免部分款项', 'zh-Hant': '減免部分款項' },
  waiver_undone: {
    en: 'a forgiven part is owed again',
    'zh-Hans': '撤销减免,恢复欠款',
    'zh-Hant': '撤銷減免,回復欠款',
  },
  settlement: {
    en: 'the rest of a settled loan was forgiven',
    'zh-Hans': '减免结清,免除余额',
    'zh-Hant': '折讓結清,免除餘額',
  },
  settlement_undone: {
    en: 'a settlement payment bounced: the rest is owed again',
    'zh-Hans': '结清款项被退回,余额恢复',
    'zh-Hant': '結清款項遭退回,餘額回復',
  },
  charge_off: {
    en: 'the loss was recognised; the debt is still owed',
    'zh-Hans': '贷款已核销,欠款仍须偿还',
    'zh-Hant': '已轉銷呆帳,欠款仍須償還',
  },
  recovery: { en: 'money after the charge-off', 'zh-Hans': '核销后收到还款', 'zh-Hant': '轉銷後收到還款' },
  recovery_reversal: {
    en: 'money after the charge-off was taken back',
    'zh-Hans': '核销后的还款被退回,恢复欠款',
    'zh-Hant': '轉銷後之還款遭退回,回復欠款',
  },
  collection_fee: {
    en: 'an agency kept its fee',
    'zh-Hans': '催收机构扣取费用',
    'zh-Hant': '受託機構扣取費用',
  },
  interest_undone: {
    en: 'interest that was charged is no longer owed',
    'zh-Hans': '撤销已计收的利息',
    'zh-Hant': '撤銷已計收之利息',
  },
  penalty_undone: {
    en: 'penalty that was charged is no longer owed',
    'zh-Hans': '撤销已计收的罚息',
    'zh-Hant': '撤銷已計收之違約金',
  },
  fee_undone: {
    en: 'a fee or cost that was charged is no longer owed',
    'zh-Hans': '撤销已计收的费用',
    'zh-Hant': '撤銷已計收之費用',
  },
  refund_undone: {
    en: 'what went back came in again',
    'zh-Hans': '退还的款项重新入账',
    'zh-Hant': '退還之款項重新入帳',
  },
  charge_off_undone: {
    en: 'the loss is no longer recognised',
    'zh-Hans': '撤销核销',
    'zh-Hant': '撤銷轉銷呆帳',
  },
  collection_fee_undone: {
    en: 'an agency gave its fee back',
    'zh-Hans': '催收机构退回费用',
    'zh-Hant': '受託機構退回費用',
  },
  to_recovery: {
    en: 'money since the charge-off is a recovery',
    'zh-Hans': '核销后的还款改记为收回',
    'zh-Hant': '轉銷後之還款改列為收回',
  },
  from_recovery: {
    en: 'without the charge-off money is no recovery',
    'zh-Hans': '核销已撤销,收回改记为还款',
    'zh-Hant': '轉銷已撤銷,收回改列為還款',
  },
}

/** The Chinese of a day count: `actual/365` is 实际天数/365. */
function dayCountWords(name: string, actual: string, leap: string): string {
  const { days, year } = dayCountOf(name)!
  const ofYear = year === 'actual' ? actual : year === '29_february' ? leap : year
  return `${days === 'actual' ? actual : days}/${ofYear}`
}
const simplifiedDays = (name: string) => dayCountWords(name, '实际天数', '365,期内有2月29日为366')
const traditionalDays = (name: string) => dayCountWords(name, '實際天數', '365,期內有2月29日為366')

const percent = (rate: string) => {
  const [units, decimals = ''] = rate.split('.')
  const moved = `${units}${decimals.padEnd(2, '0').slice(0, 2)}`.replace(/^0+(?=\d)/, '')
  const rest = decimals.slice(2).replace(/0+$/, '')
  return rest ? `${moved}.${rest}` : moved
}

type Say = (step: QuoteStep, money: (minor: bigint) => string, part: string) => string

const english: Record<QuoteStep['what'], Say> = {
  tape: (s, money, part) => `${part} at the close of ${s.to_on}: ${money(s.amount_minor)}`,
  movement: (s, money) => `${s.to_on}, ${movementNames[s.kind!].en}: ${money(s.amount_minor)}`,
  interest: (s, money, part) =>
    `${part} on ${money(s.base_minor!)} at ${percent(s.rate!)} % a year for ${s.days} days ` +
    `(${s.from_on} to ${s.to_on}, ${s.day_count}): ${money(s.amount_minor)}`,
  penalty: (...all) => english.interest(...all),
  cap: (s) => `rates are cut to ${percent(s.rate!)} % a year: ${s.clause!.en}`,
  alert: (s) => `all charges together pass ${percent(s.rate!)} % a year: ${s.clause!.en}`,
  disputed: (s, money, part) =>
    `disputed, not asked for until it is decided, ${part}: ${money(s.amount_minor)}`,
  total: (s, money) => `to pay the loan off on ${s.to_on}: ${money(s.amount_minor)}`,
}

const simplified: Record<QuoteStep['what'], Say> = {
  tape: (s, money, part) => `截至${s.to_on}日终的${part}:${money(s.amount_minor)}`,
  movement: (s, money) => `${s.to_on},${movementNames[s.kind!]['zh-Hans']}:${money(s.amount_minor)}`,
  interest: (s, money, part) =>
    `${part}:以${money(s.base_minor!)}按年利率${percent(s.rate!)}%计${s.days}天` +
    `(${s.from_on}至${s.to_on},${simplifiedDays(s.day_count!)}):${money(s.amount_minor)}`,
  penalty: (...all) => simplified.interest(...all),
  cap: (s) => `利率按上限年${percent(s.rate!)}%计算:${s.clause!['zh-Hans']}`,
  alert: (s) => `各项息费合计超过年${percent(s.rate!)}%:${s.clause!['zh-Hans']}`,
  disputed: (s, money, part) => `有异议、裁定前不予收取的${part}:${money(s.amount_minor)}`,
  total: (s, money) => `${s.to_on}结清应付总额:${money(s.amount_minor)}`,
}

const traditional: Record<QuoteStep['what'], Say> = {
  tape: (s, money, part) => `截至${s.to_on}日終之${part}:${money(s.amount_minor)}`,
  movement: (s, money) => `${s.to_on},${movementNames[s.kind!]['zh-Hant']}:${money(s.amount_minor)}`,
  interest: (s, money, part) =>
    `${part}:以${money(s.base_minor!)}按年利率${percent(s.rate!)}%計${s.days}天` +
    `(${s.from_on}至${s.to_on},${traditionalDays(s.day_count!)}):${money(s.amount_minor)}`,
  penalty: (...all) => traditional.interest(...all),
  cap: (s) => `利率按上限年${percent(s.rate!)}%計算:${s.clause!['zh-Hant']}`,
  alert: (s) => `各項息費合計超過年${percent(s.rate!)}%:${s.clause!['zh-Hant']}`,
  disputed: (s, money, part) => `有爭議、裁定前不予收取之${part}:${money(s.amount_minor)}`,
  total: (s, money) => `${s.to_on}結清應付總額:${money(s.amount_minor)}`,
}

const tongues = { en: english, 'zh-Hans': simplified, 'zh-Hant': traditional }

/** A step of the sum as a sentence that a borrower can follow. */
export function inWords(step: QuoteStep, currency: string, language: Language): string {
  const money = (minor: bigint) => `${currency} ${toDecimal(minor, currency)}`
  const part = step.part === null ? '' : partNames[step.part][language]
  return tongues[language][step.what](step, money, part)
}
