/** What the cells of a column may look like on the fast path. */
export type CellShape = 'text' | 'date' | 'decimal' | 'integer'

/** An amount of ten trillion units or more is a mistake of the file, not a loan. */
export const WHOLE_DIGITS = 13

const COMMA = 44
const QUOTE = 34
const NEWLINE = 10
const RETURN = 13
const DOT = 46
const DASH = 45
const ZERO = 48
const NINE = 57

const DATE = 1
const NUMBER = 2
const WHOLE = 3
/** Each shape as a number: the loop below sees every byte of a tape. */
const codes: Readonly<Record<CellShape, number>> = { text: 0, date: DATE, decimal: NUMBER, integer: WHOLE }

/**
 * Watches the bytes of a CSV file on their way to COPY. PostgreSQL reads more into a date or a number than
 * the contract allows (`1e5`, `today`, `2025/01/31`), so a file goes the fast path only while every cell is
 * shaped as the contract says, every line has all its cells and none spans lines; otherwise `plain` turns
 * false and the strict path decides.
 */
export class PlainCsv {
  plain = true
  rows = 0
  private readonly shapes: Uint8Array
  private column = 0
  /** bytes of the cell so far */
  private length = 0
  private dots = 0
  private last = 0
  private quoted = false
  private closed = false

  constructor(shapes: readonly CellShape[]) {
    this.shapes = Uint8Array.from(shapes, (shape) => codes[shape])
  }

  /**
   * Looks at the next bytes of the file, header left out: all of `bytes`, or those from `from` to before
   * `to`. What it remembers stands in variables meanwhile: in fields it takes five times as long.
   */
  watch(bytes: Uint8Array, from = 0, to = bytes.length) {
    const { shapes } = this
    let { plain, column, length, dots, last, quoted, closed } = this
    let shape = shapes[column]
    for (let i = from; plain && i < to; i++) {
      const byte = bytes[i]!
      // Every byte that means something to CSV stands before the digits and the letters.
      if (byte <= COMMA && (!quoted || closed || byte !== COMMA)) {
        if (quoted && !closed) {
          if (byte === QUOTE) {
            closed = true
            continue
          }
          if (byte === NEWLINE || byte === RETURN) plain = false
        } else if (byte === COMMA || byte === NEWLINE) {
          plain = endsWell(shape, length, last)
          column++
          if (byte === NEWLINE) {
            if (column !== shapes.length) plain = false
            column = 0
            this.rows++
          }
          shape = shapes[column]
          length = dots = 0
          quoted = closed = false
          continue
        } else if (byte === QUOTE) {
          // A quote that follows a closing one stands for itself: the text goes on.
          if (quoted) closed = false
          else if (length === 0) quoted = true
          else plain = false
          continue
        } else if (byte === RETURN) {
          closed = true
          continue
        }
      }
      if (closed) plain = false
      const at = length++
      last = byte
      if (shape === 0) continue
      if (byte >= ZERO && byte <= NINE) {
        if (
          shape === DATE
            ? at === 4 || at === 7 || at >= 10 || (at === 0 && byte === ZERO)
            : at >= WHOLE_DIGITS && dots === 0
        )
          plain = false
      } else if (shape === DATE) {
        if ((at !== 4 && at !== 7) || byte !== DASH) plain = false
      } else if (shape !== NUMBER || byte !== DOT || at === 0 || ++dots > 1) plain = false
    }
    this.plain = plain
    this.column = column
    this.length = length
    this.dots = dots
    this.last = last
    this.quoted = quoted
    this.closed = closed
  }

  /** The file has ended; a last line without its line end counts. */
  end() {
    if (this.column > 0 || this.length > 0) this.watch(Uint8Array.of(NEWLINE))
  }
}

/** Whether a cell of that many bytes may end with `last`. */
function endsWell(shape: number | undefined, length: number, last: number): boolean {
  if (length === 0 || shape === 0) return true
  if (shape === DATE) return length === 10
  return shape !== NUMBER || (last >= ZERO && last <= NINE)
}
