import { toDecimal } from '../../platform/money.ts'
import type { CurrencyBook, Rolls, Trend } from './portfolio.api.ts'
import type { BucketSum, RollSum, TrendPoint } from './portfolio.sql.ts'

const share = (part: bigint, whole: bigint) =>
  whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 1_000_000

const total = (texts: readonly string[]) => texts.reduce((sum, text) => sum + BigInt(text), 0n)

const groups = <Row, Key>(rows: readonly Row[], key: (row: Row) => Key) => [...Map.groupBy(rows, key)]

/** Sums by currency and bucket as the page shows them. Currencies stay apart. */
export function currencyBooks(sums: readonly BucketSum[]): CurrencyBook[] {
  return groups(sums, (row) => row.currency)
    .map(([currency, rows]) => {
      const past_due_minor = total(rows.map((row) => row.past_due_minor))
      const late = rows.filter((row) => row.bucket !== 'current')
      const count = (some: readonly BucketSum[]) => some.reduce((sum, row) => sum + row.loans, 0)
      return {
        currency,
        loans: count(rows),
        outstanding: toDecimal(total(rows.map((row) => row.outstanding_minor)), currency),
        past_due: toDecimal(past_due_minor, currency),
        past_due_loans: count(late),
        past_due_loans_share: share(BigInt(count(late)), BigInt(count(rows))),
        past_due_borrowers: late.reduce((sum, row) => sum + row.borrowers, 0),
        buckets: rows.map((row) => ({
          bucket: row.bucket,
          from_days: row.from_days,
          to_days: row.to_days,
          loans: row.loans,
          outstanding: toDecimal(BigInt(row.outstanding_minor), currency),
          past_due: toDecimal(BigInt(row.past_due_minor), currency),
          share: past_due_minor === 0n ? null : share(BigInt(row.past_due_minor), past_due_minor),
        })),
      }
    })
    .toSorted((a, b) => b.loans - a.loans)
}

export const trendOf = (points: readonly TrendPoint[]): Trend => ({
  currencies: groups(points, (point) => point.currency).map(([currency, rows]) => ({
    currency,
    points: rows.map(({ on, loans, past_due_minor }) => ({
      on,
      loans,
      past_due: toDecimal(BigInt(past_due_minor), currency),
    })),
  })),
})

/** The roll matrix in the order of `names`; every row's cells add up to the row. */
export function rollsOf(
  sums: readonly RollSum[],
  asked: { from: string; to: string; currency: string },
  names: readonly string[],
): Rolls {
  const { currency } = asked
  const unnamed = sums.flatMap((sum) => [sum.from_bucket, sum.to_bucket]).filter((name) => name !== 'closed')
  const buckets = [...new Set([...names, ...unnamed])]
  const cell = (from: string, to: string) =>
    sums.find((sum) => sum.from_bucket === from && sum.to_bucket === to) ?? {
      loans: 0,
      outstanding_minor: '0',
    }
  const rows = buckets.map((bucket) => {
    const mine = sums.filter((sum) => sum.from_bucket === bucket)
    const loans = mine.reduce((sum, row) => sum + row.loans, 0)
    const minor = total(mine.map((row) => row.outstanding_minor))
    return {
      bucket,
      loans,
      outstanding: toDecimal(minor, currency),
      cells: [...buckets, 'closed'].map((to) => {
        const found = cell(bucket, to)
        const outstanding = BigInt(found.outstanding_minor)
        return {
          bucket: to,
          loans: found.loans,
          outstanding: toDecimal(outstanding, currency),
          loans_share: share(BigInt(found.loans), BigInt(loans)),
          outstanding_share: share(outstanding, minor),
        }
      }),
    }
  })
  return { ...asked, buckets, rows }
}
