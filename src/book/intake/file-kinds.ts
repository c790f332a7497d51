import type { CellShape } from './plain-csv.ts'

/** Why an amount is refused that the currency cannot hold. */
export const TOO_FINE = 'has more decimals than the currency'

/** What a cell means; each has its PostgreSQL type in staging and its test on the strict path. */
export type CellKind = 'text' | 'date' | 'amount' | 'integer' | 'fraction' | 'choice'

export type Column = {
  name: string
  kind: CellKind
  required?: true
  /** the only values of a `choice` */
  choices?: readonly string[]
}

/**
 * A row is refused at `column` when `when` holds; SQL over s (the staged row) and what the kind joins to it.
 */
export type Check = { column: string; when: string; reason: string }

export type KindName = 'loans' | 'borrowers' | 'contact-points' | 'payments' | 'instalments'

/** One kind of file of the contract. */
export type FileKind = {
  kind: KindName
  columns: readonly Column[]
  /** SQL expressions over s that together name a row: the second row of a name is refused */
  key: readonly string[]
  keyColumn: string
  /** a row that stands twice and says the same is no fault: it changes nothing the second time */
  repeats?: boolean
}

const text = (...names: string[]): Column[] => names.map((name) => ({ name, kind: 'text' }))
const dates = (...names: string[]): Column[] => names.map((name) => ({ name, kind: 'date' }))
const amounts = (...names: string[]): Column[] => names.map((name) => ({ name, kind: 'amount' }))
const must = (columns: Column[]): Column[] => columns.map((column) => ({ ...column, required: true }))
const choice = (name: string, ...choices: string[]): Column => ({ name, kind: 'choice', choices })

const lender = 'coalesce(s.lender, :lender)'

const loans: FileKind = {
  kind: 'loans',
  columns: [
    ...must(text('loan_no', 'borrower_no', 'currency')),
    ...must(amounts('outstanding', 'past_due')),
    ...dates('oldest_due_on'),
    ...text('lender'),
    choice('status', 'active', 'closed', 'charged_off', 'sold'),
    ...text('product', 'branch'),
    ...dates('opened_on', 'matures_on'),
    ...amounts('original_amount'),
    { name: 'term_months', kind: 'integer' },
    { name: 'rate', kind: 'fraction' },
    ...amounts('principal', 'interest', 'penalty', 'fees', 'instalment'),
    ...dates('next_due_on', 'last_paid_on'),
    ...amounts('last_paid'),
    choice('secured', 'yes', 'no'),
    ...text('collateral'),
    { name: 'days_past_due', kind: 'integer' },
  ],
  key: [lender, 's.loan_no'],
  keyColumn: 'loan_no',
}

const borrowers: FileKind = {
  kind: 'borrowers',
  columns: [
    ...must(text('borrower_no')),
    ...text('lender', 'name'),
    choice('kind', 'person', 'firm'),
    ...text('national_id'),
    ...dates('born_on'),
    ...text('occupation'),
    { name: 'monthly_income', kind: 'fraction' },
    ...text('employer', 'language', 'country', 'time_zone'),
    ...text('mobile', 'phone', 'work_phone', 'email', 'address', 'vulnerable'),
    ...dates('deceased_on'),
  ],
  key: [lender, 's.borrower_no'],
  keyColumn: 'borrower_no',
}

const contactPoints: FileKind = {
  kind: 'contact-points',
  columns: [
    ...must(text('borrower_no')),
    ...text('lender'),
    choice('party', 'debtor', 'co_borrower', 'guarantor', 'contact_person', 'employer'),
    ...text('party_name'),
    { ...choice('kind', 'mobile', 'phone', 'work_phone', 'email', 'address'), required: true },
    ...must(text('value')),
    ...text('source'),
    ...dates('consented_on', 'opted_out_on'),
  ],
  key: [
    lender,
    's.borrower_no',
    "coalesce(s.party, 'debtor')",
    "coalesce(s.party_name, '')",
    's.kind',
    's.value',
  ],
  keyColumn: 'value',
}

const payments: FileKind = {
  kind: 'payments',
  columns: [
    ...must(text('payment_no', 'loan_no')),
    ...must(dates('paid_on')),
    ...must(amounts('amount')),
    ...text('lender', 'currency', 'method'),
    choice('kind', 'payment', 'reversal'),
    ...text('reverses', 'reference'),
  ],
  key: [lender, 's.payment_no'],
  keyColumn: 'payment_no',
  repeats: true,
}

const instalments: FileKind = {
  kind: 'instalments',
  columns: [
    ...must(text('loan_no')),
    { name: 'instalment_no', kind: 'integer', required: true },
    ...must(dates('due_on')),
    ...text('lender'),
    ...amounts('principal', 'interest', 'fees'),
  ],
  key: [lender, 's.loan_no', 's.instalment_no'],
  keyColumn: 'instalment_no',
}

export const fileKinds: Readonly<Record<KindName, FileKind>> = {
  loans,
  borrowers,
  'contact-points': contactPoints,
  payments,
  instalments,
}

/** How the cells of a column must look for the fast path. */
export const shapeOf = (column: Column | undefined): CellShape => {
  if (column?.kind === 'fraction') return 'decimal'
  return column === undefined || column.kind === 'choice' ? 'text' : column.kind
}

/** Type of a column in staging. Amounts stand there in ten-thousandths of the currency's unit. */
export const typeOf = (column: Column): string =>
  ({ text: 'text', choice: 'text', date: 'date', amount: 'bigint', fraction: 'numeric', integer: 'int' })[
    column.kind
  ]
