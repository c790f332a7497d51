import { Refused } from '../../platform/refusal.ts'
import type { FileKind } from './file-kinds.ts'

/** The columns of a file in its order: the contract's names, and others, which are kept with the row. */
export type Header = { names: string[]; extras: string[] }

/**
 * Reads the header's cells. Refused: `header_is_missing` (none of the contract's names stands there),
 * `column_is_missing`, `column_stands_twice`, `separator_is_not_a_comma`.
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
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new Refused(
      'column_stands_twice',
      `The column ${twice || '(without a name)'} stands twice in the first line.`,
    )
  }
  return { names, extras: names.filter((name) => !known.has(name)) }
}

/** Cells of a CSV header line (its quotes taken off). */
export const headerCells = (line: string): string[] =>
  line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
