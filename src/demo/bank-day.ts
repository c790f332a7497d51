import { saveSettings } from '../book/settings/setting.sql.ts'
import { readSettings } from '../book/settings/setting.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/database.ts'
import { loadStatements } from '../resolution/statements/load-statement.sql.ts'
import { bankStatementCame, lastPayment, nearlyPaid, type PayingLoan } from './demo.sql.ts'

const LENDER = 'demo-us'
const OPENING_MINOR = 1_000_000

type Line = { sign: 'C' | 'D' | 'RC'; minor: number; said: string }

/** Two lines that name their loans, two that do not, a bounce and the bank's own fee. */
function linesFrom(loans: readonly PayingLoan[], bounced: PayingLoan): Line[] {
  const [first, second, third, fourth] = loans as [PayingLoan, PayingLoan, PayingLoan, PayingLoan]
  return [
    { sign: 'C', minor: first.minor, said: `?20instalment ${first.loan_no}?32${first.name}` },
    { sign: 'C', minor: second.minor, said: `?20loan ${second.loan_no}?32${second.name}` },
    { sign: 'C', minor: third.minor, said: `?20this month?32${third.name}` },
    // An amount that nobody expects of this payer.
    { sign: 'C', minor: fourth.minor + 137, said: `?20what I owe?32${fourth.name}` },
    { sign: 'RC', minor: bounced.minor, said: `?20RETURNED ${bounced.loan_no}?32${bounced.name}` },
    { sign: 'D', minor: 350, said: 'account fee' },
  ]
}

const amount = (minor: number) => (minor / 100).toFixed(2).replace('.', ',')

/** The MT940 statement of these lines, all of one day. */
function mt940(as_of: string, lines: readonly Line[]): string {
  const day = as_of.slice(2).replaceAll('-', '')
  const closing = lines.reduce((sum, { sign, minor }) => sum + (sign === 'C' ? minor : -minor), OPENING_MINOR)
  return [
    ':20:DEMO',
    ':25:DEMO-BANK/0001',
    ':28C:1/1',
    `:60F:C${day}USD${amount(OPENING_MINOR)}`,
    ...lines.map(
      ({ sign, minor, said }) => `:61:${day}${day.slice(2)}${sign}${amount(minor)}NTRFNONREF\n:86:${said}`,
    ),
    `:62F:C${day}USD${amount(closing)}`,
    '-',
  ].join('\n')
}

/**
 * What the desk shows of money on the last day: the American lender's bank sends a statement, and the day's
 * tape knows nothing of what it brings. The night finds those balances, and nobody is called about them.
 */
export async function bringStatement(db: Db, clock: Clock, as_of: string): Promise<void> {
  const loans = await nearlyPaid(db, LENDER, as_of)
  const bounced = await lastPayment(db, LENDER, as_of)
  if (loans.length < 4 || !bounced || (await bankStatementCame(db, LENDER))) return
  const limit = { balance_difference_limit: { minor: 2_000, bps: 1_000 } }
  const read = readSettings({ lender: LENDER, effective_from: as_of, ...limit })
  if ('wrong' in read) throw new RangeError(read.wrong.join('; '))
  await db.transaction().execute((tx) => saveSettings(tx, read))
  const about = { lender: LENDER, as_of, at: clock.now().toString(), staff_id: 'demo' }
  await loadStatements(db, about, mt940(as_of, linesFrom(loans, bounced)))
}
