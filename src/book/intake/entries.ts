import pg from 'pg'
import type { Check, FileKind } from './file-kinds.ts'
import { TOO_FINE, typeOf } from './file-kinds.ts'
import type { Staged } from './staging.sql.ts'

/** What a load was asked for. */
export type LoadOptions = {
  /** close of business that the file speaks of, YYYY-MM-DD */
  as_of: string
  mode: 'full' | 'delta'
  /** whose book it is where the file does not say */
  lender: string
  /** the file mends an earlier day: history from then on is derived anew */
  correct: boolean
  /** largest share of a lender's open loans that a full tape may lack */
  max_missing: number
}

/** How many rows did what. `moved` and others go into the record of the load as they are. */
export type Applied = { new: number; changed: number; closed: number; notes?: Record<string, unknown> }

/** SQL of a file's columns: absent ones read as null of their type, so that every query can name them all. */
export class Cells {
  /** Whether every row counts, without a look at digests: it mends an earlier day, or the lender is new. */
  everything = false
  /** Nothing to compare with: staging.entries is then a view of the rows, and not written a second time. */
  bookIsEmpty = false
  private readonly kind: FileKind
  /** What the lines of the whole file said, where not all of them were staged. */
  readonly lines: Staged['lines']
  private readonly header: Staged['header']
  private readonly options: LoadOptions

  constructor(kind: FileKind, { header, lines }: Staged, options: LoadOptions) {
    this.kind = kind
    this.header = header
    this.lines = lines
    this.options = options
  }

  /** The value of a column of staging.rows s. */
  of(name: string): string {
    const column = this.kind.columns.find((c) => c.name === name)!
    return this.header.names.includes(name) ? `s.${name}` : `null::${typeOf(column)}`
  }

  /** Whether the file says anything of a column; `extra`: of any that the contract does not know. */
  has(name: string): boolean {
    return name === 'extra' ? this.header.extras.length > 0 : this.header.names.includes(name)
  }

  get lender(): string {
    return this.header.names.includes('lender') ? `coalesce(s.lender, ${this.lenderText})` : this.lenderText
  }

  /** Whether the file says whose loans it holds; otherwise all are of one lender. */
  get namesLenders(): boolean {
    return this.header.names.includes('lender')
  }

  get lenderText(): string {
    return pg.escapeLiteral(this.options.lender)
  }

  get ownLender(): string {
    return this.options.lender
  }

  get asOf(): string {
    return `date '${this.options.as_of}'`
  }

  /** Columns that the contract does not know, kept with the row. */
  get extra(): string {
    const { extras } = this.header
    if (extras.length === 0) return 'null::jsonb'
    const names = extras.map(({ name }) => pg.escapeLiteral(name)).join(', ')
    const cells = extras.map(({ column }) => `s.${column}`).join(', ')
    return `nullif(jsonb_strip_nulls(jsonb_object(array[${names}], array[${cells}])), '{}')`
  }

  /** A digest of all that the row says, whatever the order of the columns: equal digests, nothing changed. */
  get digest(): string {
    const all = this.kind.columns.map((column) => this.of(column.name))
    return `hash_record_extended(row(${all.join(', ')}, ${this.extra}), 0)`
  }

  /** The digest of the line as it stands in the file; null where no lines are known. */
  get lineDigest(): string {
    return this.lines ? '((s.line_a::bigint << 32) | (s.line_b::bigint & 4294967295))' : 'null::bigint'
  }

  /** How many rows of the file were not staged, because the book says already what they say. */
  get heldBack(): number {
    return this.lines?.skipped ?? 0
  }

  /** Share of empty cells of a column over the whole file; null where the staged rows must be asked. */
  emptyShare(name: string): number | null {
    if (!this.lines) return null
    const at = this.header.names.indexOf(name)
    return at < 0 || this.lines.rows === 0 ? 1 : this.lines.empty[at]! / this.lines.rows
  }

  /** Whole minor units of an amount; c is the row's currency. */
  minor(name: string): string {
    return `(${this.of(name)} / c.ten_thousandths)`
  }

  /** The number of the first check that a row fails, or null. */
  fault(checks: readonly Check[]): string {
    return `case ${checks.map((check, i) => `when ${this.fill(check.when)} then ${i}`).join('\n      ')} end`
  }

  /** Fills `{column}` with the column's SQL, and :as_of, :lender. */
  fill(sql: string): string {
    return sql
      .replace(/\{([a-z]\w*)\}/g, (_, name: string) => this.of(name))
      .replaceAll(':as_of', this.asOf)
      .replaceAll(':lender', this.lenderText)
  }

  /** The text of a column, for the rejects file. */
  text(name: string): string {
    return name ? `(${this.of(name)})::text` : 'null'
  }

  /** Key of a row among the rows of the file, as SQL. */
  get key(): string[] {
    const parts = this.namesLenders ? this.kind.key : this.kind.key.slice(1)
    return parts.map((part) =>
      part
        .replace(/coalesce\(s\.lender, :lender\)/, this.lender)
        .replace(/\bs\.(\w+)/g, (_, name: string) => this.of(name)),
    )
  }
}

/** A choice that the contract does not know. */
export const choiceChecks = (kind: FileKind): Check[] =>
  kind.columns
    .filter((column) => column.choices)
    .map((column) => ({
      column: column.name,
      when: `{${column.name}} not in (${column.choices!.map((value) => `'${value}'`).join(', ')})`,
      reason: `is none of ${column.choices!.join(', ')}`,
    }))

/** Required cells: the fast path lets an empty one pass as null. */
export const requiredChecks = (kind: FileKind): Check[] =>
  kind.columns
    .filter((column) => column.required)
    .map((column) => ({ column: column.name, when: `{${column.name}} is null`, reason: 'is empty' }))

/** What every amount must be in the row's currency; that it is not absurdly large, the readers see. */
export const amountChecks = (kind: FileKind): Check[] =>
  kind.columns
    .filter((column) => column.kind === 'amount')
    .map(({ name }) => ({
      column: name,
      when: `{${name}} % c.ten_thousandths <> 0`,
      reason: TOO_FINE,
    }))
