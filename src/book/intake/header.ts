import { parse } from 'csv-parse/sync'
import { Refused } from '../../platform/refusal.ts'
import type { FileKind } from './file-kinds.ts'

/**
 * The columns of a file in its order, by their names in staging: the contract's, and numbers for others,
 * which may be called anything (`ctid`, seventy letters). `extras`: what those are called, kept with the row.
 */
export type Header = { names: string[]; extras: { name: string; column: string }[] }

// More columns than a table of PostgreSQL holds, with those that staging adds.
const MOST_COLUMNS = 1_500

/**
 * Reads the header's cells. A column without a name is called by its place. Refused: `header_is_missing`
 * (none of the contract's names stands there), `column_is_missing`, `column_stands_twice`,
 * `separator_is_not_a_comma`, `too_many_columns`.
 */
export function readHeader(cells: readonly (string | null)[], kind: FileKind): Header {
  const names = cells.map((cell) => (cell ?? '').trim().toLowerCase())
  const known = new Set(kind.columns.map((column) => column.name))
  const only = names.length === 1 ? /[;\t|]/.exec(names[0]!) : null
  if (only) {
    const which = only[0] === '\t' ? 'tabs' : `“${only[0]}”`
    throw new Refused(
      'separator_is_not_a_comma',
      `The cells of the first line are separated by ${which}; use commas.`,
    )
  }
  if (!names.some((name) => known.has(name))) {
    const seen = names.slice(0, 5).join(', ') || '(empty)'
    throw new Refused(
      'header_is_missing',
      `The first line must name the columns (${kind.columns[0]!.name}, …); it reads: ${seen}.`,
    )
  }
  const missing = kind.columns.filter((column) => column.required && !names.includes(column.name))
  if (missing.length) {
    const which = missing.map((column) => column.name).join(', ')
    throw new Refused('column_is_missing', `The file lacks the required column ${which}.`, {
      columns: missing.map((column) => column.name),
    })
  }
  if (names.length > MOST_COLUMNS)
    throw new Refused('too_many_columns', `The file has ${names.length} columns; ${MOST_COLUMNS} are read.`)
  const called = names.map((name, i) => name || `column ${i + 1}`)
  if (new Set(called).size < called.length) {
    const twice = called.find((name, i) => called.indexOf(name) !== i)
    throw new Refused('column_stands_twice', `The column ${twice} stands twice in the first line.`)
  }
  const columns = called.map((name, i) => (known.has(name) ? name : `other_${i + 1}`))
  const extras = called.flatMap((name, i) => (known.has(name) ? [] : [{ name, column: columns[i]! }]))
  return { names: columns, extras }
}

/** Cells of a CSV header line, its quotes taken off; null when the header goes on in the next line. */
export function headerCells(line: string): string[] | null {
  try {
    const lines: string[][] = parse(line, { relax_quotes: true, trim: true })
    return lines.length > 1 ? null : (lines[0] ?? [])
  } catch {
    return null
  }
}
