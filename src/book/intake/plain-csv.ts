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

const isDigit = (byte: number) => byte >= ZERO && byte <= NINE

/**
 * Watches the bytes of a CSV file on their way to COPY. PostgreSQL reads more into a date or a number than
 * the contract allows (`1e5`, `today`, `2025/01/31`), so a file goes the fast path only while every cell is
 * shaped as the contract says, every line has all its cells and none spans lines; otherwise `plain` turns
 * false and the strict path decides.
 */
export class PlainCsv {
  plain = true
  rows = 0
  private readonly shapes: readonly CellShape[]
  private column = 0
  private length = 0
  private dots = 0
  private last = 0
  private quoted = false
  private closed = false

  constructor(shapes: readonly CellShape[]) {
    this.shapes = shapes
  }

  /** Looks at the next bytes of the file, header left out. */
  watch(bytes: Uint8Array) {
    for (let i = 0; this.plain && i < bytes.length; i++) {
      const byte = bytes[i]!
      if (this.quoted && !this.closed) this.insideQuotes(byte)
      else if (byte === COMMA) this.endCell()
      else if (byte === NEWLINE) this.endLine()
      else if (byte === QUOTE) this.quote()
      else if (byte === RETURN) this.closed = true
      else if (this.closed) this.plain = false
      else this.cellByte(byte)
    }
  }

  /** The file has ended; a last line without its line end counts. */
  end() {
    if (this.column > 0 || this.length > 0) this.endLine()
  }

  private quote() {
    // A quote that follows a closing one stands for itself: the text goes on.
    if (this.quoted) this.closed = false
    else if (this.length === 0) this.quoted = true
    else this.plain = false
  }

  private insideQuotes(byte: number) {
    if (byte === QUOTE) this.closed = true
    else if (byte === NEWLINE || byte === RETURN) this.plain = false
    else this.cellByte(byte)
  }

  private cellByte(byte: number) {
    const at = this.length++
    this.last = byte
    const shape = this.shapes[this.column]
    if (shape === 'text') return
    if (shape === 'date') {
      this.plain = at === 4 || at === 7 ? byte === DASH : isDigit(byte) && at < 10
    } else if (!isDigit(byte)) {
      this.plain = shape === 'decimal' && byte === DOT && at > 0 && ++this.dots === 1
    } else if (this.dots === 0 && at >= WHOLE_DIGITS) {
      this.plain = false
    }
  }

  private endCell() {
    const shape = this.shapes[this.column]
    if (shape === 'date' && this.length !== 0 && this.length !== 10) this.plain = false
    if (shape === 'decimal' && this.length !== 0 && !isDigit(this.last)) this.plain = false
    this.column++
    this.length = 0
    this.dots = 0
    this.quoted = false
    this.closed = false
  }

  private endLine() {
    this.endCell()
    if (this.column !== this.shapes.length) this.plain = false
    this.column = 0
    this.rows++
  }
}
