/** What a product's loans look like; amounts in whole units of the currency. */
export type Product = {
  product: 'card' | 'personal' | 'auto' | 'microloan'
  /** of the lender's open loans */
  share: number
  terms: readonly number[]
  amount: readonly [least: number, most: number, step: number]
  rate: readonly [least: number, most: number]
  /** how much more often its borrowers miss an instalment than others */
  risk: number
}

export type Branch = { branch: string; time_zone: string }

/** Whose book it is. One currency each; the charges are what its market knows. */
export type Lender = {
  lender: string
  pack: 'cn' | 'tw' | 'us'
  prefix: string
  currency: string
  country: string
  language: string
  share: number
  /** smallest amount that is charged, in minor units: Taiwan counts whole dollars */
  unit_minor: number
  median_income: number
  /** yearly penalty on what is past due, as a share of the loan's rate */
  penalty_of_rate: number
  late_fee: { after_days: number; fee_minor: number }
  bounce_fee_minor: number
  branches: readonly Branch[]
  products: readonly Product[]
}

const branches = (prefix: string, time_zone: string, ...places: string[]): Branch[] =>
  places.map((place) => ({ branch: `${prefix}-${place}`, time_zone }))

// Rates stay below what the market's rules allow: 24 % a year in mainland China, 16 % (cards 15 %) in Taiwan.
const cn: Lender = {
  lender: 'demo-cn',
  pack: 'cn',
  prefix: 'C',
  currency: 'CNY',
  country: 'CN',
  language: 'zh-Hans',
  share: 0.45,
  unit_minor: 1,
  median_income: 7_000,
  penalty_of_rate: 1.5,
  late_fee: { after_days: 0, fee_minor: 0 },
  bounce_fee_minor: 0,
  branches: branches(
    'cn',
    'Asia/Shanghai',
    'east-1',
    'east-2',
    'south-1',
    'south-2',
    'north-1',
    'west-1',
    'west-2',
  ),
  products: [
    product('card', 0.3, [12, 18, 24], [3_000, 60_000, 100], [0.1485, 0.1825], 1.2),
    product('personal', 0.35, [12, 24, 36], [5_000, 200_000, 1_000], [0.075, 0.2388], 1),
    product('auto', 0.1, [36, 48, 60], [60_000, 300_000, 1_000], [0.04, 0.075], 0.6),
    product('microloan', 0.25, [6, 9, 12], [500, 8_000, 100], [0.18, 0.2388], 1.4),
  ],
}

const tw: Lender = {
  lender: 'demo-tw',
  pack: 'tw',
  prefix: 'T',
  currency: 'TWD',
  country: 'TW',
  language: 'zh-Hant',
  share: 0.3,
  unit_minor: 100,
  median_income: 45_000,
  penalty_of_rate: 0.1,
  late_fee: { after_days: 6, fee_minor: 30_000 },
  bounce_fee_minor: 10_000,
  branches: branches('tw', 'Asia/Taipei', 'north-1', 'north-2', 'centre', 'south', 'east'),
  products: [
    product('card', 0.35, [12, 18, 24], [10_000, 200_000, 1_000], [0.0688, 0.1499], 1.2),
    product('personal', 0.4, [24, 36, 60], [50_000, 1_000_000, 10_000], [0.025, 0.1588], 1),
    product('auto', 0.2, [36, 48, 60], [200_000, 1_200_000, 10_000], [0.03, 0.075], 0.6),
    product('microloan', 0.05, [6, 12], [10_000, 60_000, 1_000], [0.1, 0.1588], 1.4),
  ],
}

const us: Lender = {
  lender: 'demo-us',
  pack: 'us',
  prefix: 'U',
  currency: 'USD',
  country: 'US',
  language: 'en',
  share: 0.25,
  unit_minor: 1,
  median_income: 4_500,
  penalty_of_rate: 0,
  late_fee: { after_days: 15, fee_minor: 2_900 },
  bounce_fee_minor: 2_500,
  branches: [
    ...branches('us', 'America/New_York', 'north-east', 'south-east'),
    ...branches('us', 'America/Chicago', 'lakes', 'plains'),
    ...branches('us', 'America/Denver', 'mountain'),
    ...branches('us', 'America/Phoenix', 'desert'),
    ...branches('us', 'America/Los_Angeles', 'coast'),
  ],
  products: [
    product('card', 0.4, [12, 18, 24], [500, 15_000, 50], [0.1799, 0.2899], 1.2),
    product('personal', 0.3, [24, 36, 60], [2_000, 35_000, 500], [0.0899, 0.2799], 1),
    product('auto', 0.2, [48, 60, 72], [8_000, 45_000, 500], [0.0549, 0.1799], 0.6),
    product('microloan', 0.1, [6, 9, 12], [300, 1_500, 50], [0.3, 0.3599], 1.4),
  ],
}

export const lenders: readonly Lender[] = [cn, tw, us]

function product(
  name: Product['product'],
  share: number,
  terms: readonly number[],
  amount: Product['amount'],
  rate: Product['rate'],
  risk: number,
): Product {
  return { product: name, share, terms, amount, rate, risk }
}
