import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

export const columns = [
  ...['loan_no', 'borrower_no', 'currency', 'outstanding', 'past_due', 'oldest_due_on', 'status', 'product'],
  ...['branch', 'opened_on', 'matures_on', 'original_amount', 'term_months', 'rate', 'principal', 'interest'],
  ...['penalty', 'fees', 'instalment', 'next_due_on', 'days_past_due', 'secured'],
]

const decimal = (minor: number) => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`

/**
 * A number from 0 to n − 1 that depends on the two alone (a multiplicative hash; good enough to spread
 * values).
 */
function spread(seed: number, salt: number, n: number): number {
  let x = Math.imul(seed ^ (salt * 0x9e3779b1), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 15), 0xc2b2ae35)
  return ((x ^ (x >>> 16)) >>> 0) % n
}

const PAST_DUE_PERCENT = 8

/**
 * The row of loan `i` on day 0 or day 1 (interest and penalty of a late loan grow from the one to the other).
 */
function row(i: number, day: 0 | 1, date: (offset: number) => string): string {
  const principal = 100_000 + spread(i, 1, 9_000_000)
  const late = spread(i, 2, 100) < PAST_DUE_PERCENT
  const days = late ? 1 + spread(i, 3, 240) : 0
  const interest = late ? 1_000 + spread(i, 4, 50_000) + day * 137 : spread(i, 5, 9_000)
  const penalty = late ? days * 50 + day * 50 : 0
  const pastDue = late ? Math.min(principal, 5_000 + spread(i, 6, 90_000)) + interest + penalty : 0
  const opened = -400 - spread(i, 7, 600)
  return [
    `L${String(i).padStart(9, '0')}`,
    `B${String(Math.floor(i / 1.1)).padStart(9, '0')}`,
    'USD',
    decimal(principal + interest + penalty),
    decimal(pastDue),
    late ? date(-days) : '',
    'active',
    ['card', 'personal', 'auto', 'micro'][spread(i, 8, 4)],
    `BR${spread(i, 9, 200)}`,
    date(opened),
    date(opened + 1080),
    decimal(principal * 2),
    '36',
    `0.${String(900 + spread(i, 10, 900)).padStart(4, '0')}`,
    decimal(principal),
    decimal(interest),
    decimal(penalty),
    '0.00',
    decimal(4_000 + spread(i, 11, 90_000)),
    date(1 + spread(i, 12, 28)),
    String(days + (late ? day : 0)),
    spread(i, 13, 4) ? 'no' : 'yes',
  ].join(',')
}

/**
 * Writes the tape of `asOf` (day 0), or of the day after (day 1: every late row changed, 1 % of the loans
 * gone and 1 % new). Always the same bytes for the same arguments.
 */
export async function writeTape(file: string, loans: number, day: 0 | 1, asOf: string) {
  const start = Temporal.PlainDate.from(asOf)
  const dates = new Map<number, string>()
  const date = (offset: number) => {
    if (!dates.has(offset)) dates.set(offset, start.add({ days: offset }).toString())
    return dates.get(offset)!
  }
  const out = createWriteStream(file, { highWaterMark: 1 << 20 })
  const percent = Math.floor(loans / 100)
  let lines = [columns.join(',')]
  for (let i = day * percent; i < loans + day * percent; i++) {
    lines.push(row(i, day, date))
    if (lines.length === 4_000) {
      if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain')
      lines = []
    }
  }
  out.end(lines.length ? `${lines.join('\n')}\n` : '')
  await finished(out)
}
