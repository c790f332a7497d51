import type { RecoveryRow, RollCell } from './report.sql.ts'

export type RollRates = {
  from: string
  to: string
  /** the rows; the columns are the same and `closed` */
  buckets: string[]
  loans: number[][]
  /** of one currency; null where the book has several, which do not add up to one number */
  outstanding: string[][] | null
  by_currency: Record<string, { loans: number[][]; outstanding: string[][] }>
}

const zeroOf = (cells: readonly RollCell[]) => {
  const decimals = cells[0]?.outstanding.split('.')[1]?.length ?? 2
  return decimals ? `0.${'0'.repeat(decimals)}` : '0'
}

function matrices(buckets: readonly string[], cells: readonly RollCell[]) {
  const columns = [...buckets, 'closed']
  const find = (from: string, to: string) =>
    cells.find((cell) => cell.from_bucket === from && cell.to_bucket === to)
  const zero = zeroOf(cells)
  return {
    loans: buckets.map((from) => columns.map((to) => find(from, to)?.loans ?? 0)),
    outstanding: buckets.map((from) => columns.map((to) => find(from, to)?.outstanding ?? zero)),
  }
}

/**
 * Lays the cells out as matrices: rows are the bucket at `from`, columns the bucket at `to`, the last one
 * `closed`.
 */
export function rollRates(
  from: string,
  to: string,
  buckets: string[],
  cells: readonly RollCell[],
): RollRates {
  const currencies = [...new Set(cells.map((cell) => cell.currency))].sort()
  const by_currency = Object.fromEntries(
    currencies.map((currency) => [
      currency,
      matrices(
        buckets,
        cells.filter((cell) => cell.currency === currency),
      ),
    ]),
  )
  const each = Object.values(by_currency)
  const loans = buckets.map((_, row) =>
    [...buckets, 'closed'].map((_, column) => each.reduce((sum, one) => sum + one.loans[row]![column]!, 0)),
  )
  const outstanding = each.length > 1 ? null : (each[0] ?? matrices(buckets, [])).outstanding
  return { from, to, buckets, loans, outstanding, by_currency }
}

export type Recovery = {
  from: string
  to: string
  currency: string | null
  past_due_at_start: string | null
  recovered: string | null
  recovery_rate: number | null
  collection_days_median: number | null
  collection_episodes: number
  by_currency: RecoveryRow[]
}

/** The recovery rate with its numerator and denominator; of several currencies each for itself. */
export function recovery(
  from: string,
  to: string,
  rows: RecoveryRow[],
  days: { episodes: number; median: number | null },
): Recovery {
  const one = rows.length === 1 ? rows[0]! : null
  return {
    ...{ from, to, currency: one?.currency ?? null },
    past_due_at_start: one?.past_due_at_start ?? (rows.length ? null : '0.00'),
    recovered: one?.recovered ?? (rows.length ? null : '0.00'),
    recovery_rate: one?.recovery_rate ?? null,
    collection_days_median: days.median,
    collection_episodes: days.episodes,
    by_currency: rows,
  }
}
