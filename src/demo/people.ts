import { dayText } from './calendar.ts'
import {
  addressOf,
  employerName,
  firmName,
  nationalId,
  type PhoneBook,
  personName,
  usZones,
} from './fiction.ts'
import type { Branch, Lender } from './lenders.ts'
import type { Random } from './random.ts'
import {
  EMPLOYERS,
  effects,
  type HiddenType,
  LAID_OFF,
  occupations,
  type Planted,
  routine,
  tempers,
} from './truth.ts'

/** Who owes, with what only the demo knows: the type, and when trouble began and ends. */
export type DemoBorrower = {
  borrower_no: string
  lender: Lender
  branch: Branch
  name: string
  kind: 'person' | 'firm'
  national_id: string
  born_on: string
  occupation: string
  monthly_income: number
  employer: string
  language: string
  time_zone: string
  mobile: string
  phone: string
  work_phone: string
  email: string
  address: string
  vulnerable: string
  deceased_on: string
  type: HiddenType
  /** how much more often than others of the type an instalment is missed */
  risk: number
  trouble_from: number
  trouble_to: number
  /** every stretch of trouble, [from, to], in days since 1970 */
  troubles: [number, number][]
  /** days before the due date on which an instalment is usually paid */
  early_days: number
  method: string
  left_alone: boolean
  /** open loans, as far as who lends again looks at them */
  loans: { readonly is_late: boolean; readonly terms: { readonly opened: number } }[]
}

/** A further person or address that the lender wrote down when it lent. */
export type ContactPoint = {
  borrower: DemoBorrower
  party: 'debtor' | 'co_borrower' | 'guarantor' | 'contact_person' | 'employer'
  party_name: string
  kind: 'mobile' | 'phone' | 'work_phone' | 'email' | 'address'
  value: string
  source: string
  consented_on: string
  opted_out_on: string
}

export const NEVER = 1e9
const methods = [
  { method: 'direct_debit', share: 5 },
  { method: 'bank_transfer', share: 3 },
  { method: 'wallet', share: 2 },
  { method: 'cash', share: 0.5 },
]
const otherLanguages: Readonly<Record<string, string>> = { cn: 'zh-Hans', tw: 'zh-Hant', us: 'es' }
const vulnerabilities = ['illness', 'bereavement', 'hearing_loss', 'carer']

const typeShares = Object.entries(tempers).map(([type, { share }]) => ({ type: type as HiddenType, share }))

/** An employer of the lender's town, or none; one that has failed takes on nobody. */
function employment(random: Random, lender: Lender, planted: Planted, day: number) {
  const number = random.between(0, EMPLOYERS - 1)
  const { failing_employer: failing } = planted
  const fails = failing.lender === lender.lender && failing.number === number
  if (!fails) return { employer: employerName(lender.pack, number), laid_off: false }
  if (day >= failing.fails_on - 30) return { employer: '', laid_off: false }
  return { employer: employerName(lender.pack, number), laid_off: random.chance(LAID_OFF) }
}

function incomeOf(random: Random, lender: Lender, factor: number): number {
  const step = lender.median_income / 50
  return Math.max(
    step * 10,
    Math.round((lender.median_income * factor * Math.exp(0.4 * random.normal())) / step) * step,
  )
}

/** Zones where the person may be: some Americans' area code tells another one than their address. */
function zonesOf(random: Random, lender: Lender, branch: Branch): { time_zone: string; mobile_zone: string } {
  if (lender.pack !== 'us' || !random.chance(0.08)) {
    return { time_zone: branch.time_zone, mobile_zone: branch.time_zone }
  }
  const other = random.pick(usZones)
  if (other === branch.time_zone) return { time_zone: other, mobile_zone: other }
  return { time_zone: `${branch.time_zone};${other}`, mobile_zone: other }
}

/** The bad branch looked away: part of its borrowers are of the types that pay badly. */
function typeFor(random: Random, bad: boolean): HiddenType {
  const unsound = bad && random.chance(effects.bad_branch_unsound)
  return random.pickByShare(unsound ? typeShares.filter(({ type }) => type !== 'reliable') : typeShares).type
}

/** Invents a borrower whose first loan is opened on `day`. */
export function inventBorrower(
  random: Random,
  about: { lender: Lender; number: number; day: number; planted: Planted; phones: PhoneBook },
): DemoBorrower {
  const { lender, number, day, planted, phones } = about
  const { pack } = lender
  const branch = random.pick(lender.branches)
  const firm = random.chance(0.03)
  const work = random.pickByShare(occupations)
  const { employer, laid_off } =
    work.employed && !firm ? employment(random, lender, planted, day) : { employer: '', laid_off: false }
  const monthly_income = incomeOf(random, lender, firm ? 4 : work.income)
  const born = day - Math.floor(365.25 * (22 + 45 * random.next() ** 1.3))
  const born_on = firm ? '' : dayText(born)
  const borrower_no = `${lender.prefix}B${`${number}`.padStart(7, '0')}`
  const { time_zone, mobile_zone } = zonesOf(random, lender, branch)
  const bad = branch.branch === planted.bad_branch
  const doublings = firm ? 0 : Math.log2(monthly_income / lender.median_income)
  return {
    borrower_no,
    lender,
    branch,
    name: firm ? firmName(random, pack) : personName(random, pack),
    kind: firm ? 'firm' : 'person',
    national_id: firm ? '' : nationalId(pack, born_on, number),
    born_on,
    occupation: firm ? '' : work.occupation,
    monthly_income,
    employer,
    language: random.chance(0.08) ? otherLanguages[pack]! : lender.language,
    time_zone,
    mobile: phones.take(pack, mobile_zone),
    phone: random.chance(0.15) ? phones.take(pack, branch.time_zone) : '',
    work_phone: employer && random.chance(0.25) ? phones.take(pack, branch.time_zone) : '',
    email: random.chance(0.75) ? `${borrower_no.toLowerCase()}@example.com` : '',
    address: addressOf(random, pack),
    vulnerable: !firm && random.chance(0.01) ? random.pick(vulnerabilities) : '',
    deceased_on: '',
    type: laid_off ? 'cannot_pay' : typeFor(random, bad),
    risk: (bad ? effects.bad_branch : 1) * (firm ? 1 : work.risk) * effects.income_doubling ** doublings,
    trouble_from: laid_off ? planted.failing_employer.fails_on : NEVER,
    trouble_to: NEVER,
    troubles: laid_off ? [[planted.failing_employer.fails_on, NEVER]] : [],
    early_days: random.pick([0, 0, 0, 1, 2, 3]),
    method: random.pickByShare(methods).method,
    left_alone: random.chance(routine.left_alone),
    loans: [],
  }
}

const parties: Readonly<Record<Lender['pack'], readonly { party: ContactPoint['party']; chance: number }[]>> =
  {
    cn: [
      { party: 'contact_person', chance: 0.6 },
      { party: 'guarantor', chance: 0.06 },
      { party: 'co_borrower', chance: 0.05 },
    ],
    tw: [
      { party: 'contact_person', chance: 0.4 },
      { party: 'guarantor', chance: 0.12 },
      { party: 'co_borrower', chance: 0.04 },
    ],
    us: [
      { party: 'co_borrower', chance: 0.15 },
      { party: 'guarantor', chance: 0.03 },
      { party: 'contact_person', chance: 0.2 },
    ],
  }

/** What the lender knows on `today` of how to reach the borrower and others, first asked on `day`. */
export function contactPointsOf(
  random: Random,
  borrower: DemoBorrower,
  day: number,
  today: number,
  phones: PhoneBook,
): ContactPoint[] {
  const { pack } = borrower.lender
  const consented_on = dayText(day)
  const own = { borrower, party: 'debtor', party_name: '', source: 'application' } as const
  const points: ContactPoint[] = [
    { ...own, kind: 'mobile', value: borrower.mobile, consented_on, opted_out_on: '' },
    { ...own, kind: 'address', value: borrower.address, consented_on: '', opted_out_on: '' },
  ]
  if (borrower.email) {
    const opted_out_on = day < today && random.chance(0.03) ? dayText(random.between(day, today)) : ''
    points.push({ ...own, kind: 'email', value: borrower.email, consented_on, opted_out_on })
  }
  for (const { party, chance } of parties[pack]) {
    if (!random.chance(chance)) continue
    const party_name = personName(random, pack)
    const value = phones.take(pack, borrower.branch.time_zone)
    points.push({ ...own, party, party_name, kind: 'mobile', value, consented_on: '', opted_out_on: '' })
  }
  if (borrower.work_phone) {
    const { employer: party_name, work_phone: value } = borrower
    points.push({
      ...own,
      party: 'employer',
      party_name,
      kind: 'work_phone',
      value,
      consented_on: '',
      opted_out_on: '',
    })
  }
  return points
}
