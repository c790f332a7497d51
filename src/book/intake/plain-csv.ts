/** What the cells of a column may look like on the fast path. */
export type CellShape = 'text' | 'date' | 'amount' | 'decimal' | 'integer'

/** An amount of ten trillion units or more is a mistake of the file, not a loan. */
export const WHOLE_DIGITS = 13

/** No currency of ISO 4217 has more decimals. */
export const MOST_DECIMALS = 4

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
const AMOUNT = 4
/** Each shape as a number: the loop below sees every byte of a tape. */
const codes: Readonly<Record<CellShape, number>> = {
  ...{ text: 0, date: DATE, decimal: NUMBER, integer: WHOLE, amount: AMOUNT },
}

/**
 * Takes the bytes of a CSV file on their way to COPY. PostgreSQL reads more into a date or a number than the
 * contract allows (`1e5`, `today`, `2025/01/31`), so a file goes the fast path only while every cell is
 * shaped as the contract says, every line has all its cells and none spans lines; otherwise `plain` turns
 * false and the strict path decides. An amount goes out in ten-thousandths, `1234.5` as `12345000`: the
 * server reads a whole number in a quarter of the time, and reckons with it in less.
 */
export class PlainCsv {
  plain = true
  private readonly shapes: Uint8Array
  private column = 0
  /** bytes of the cell so far */
  private length = 0
  private dots = 0
  /** digits after the point so far */
  private decimals = 0
  private last = 0
  private quoted = false
  private closed = false
  private out = Buffer.allocUnsafe(1 << 19)
  private written = 0

  constructor(shapes: readonly CellShape[]) {
    this.shapes = Uint8Array.from(shapes, (shape) => codes[shape])
  }

  /**
   * Takes the next bytes of the file, header left out: all of `bytes`, or those from `from` to before `to`.
   * What it remembers stands in variables meanwhile: in fields it takes five times as long.
   */
  add(bytes: Uint8Array, from = 0, to = bytes.length) {
    // Of an amount's every digit four noughts may come.
    this.makeRoom((to - from) * (1 + MOST_DECIMALS))
    const { shapes, out } = this
    let { plain, column, length, dots, decimals, last, quoted, closed, written } = this
    let shape = shapes[column]
    for (let i = from; plain && i < to; i++) {
      const byte = bytes[i]!
      // Every byte that means something to CSV stands before the digits and the letters.
      if (byte <= COMMA && (!quoted || closed || byte !== COMMA)) {
        if (quoted && !closed) {
          if (byte === QUOTE) {
            closed = true
            if (shape !== AMOUNT) out[written++] = byte
            continue
          }
          if (byte === NEWLINE || byte === RETURN) plain = false
        } else if (byte === COMMA || byte === NEWLINE) {
          plain = endsWell(shape, length, last)
          if (shape === AMOUNT && length > 0) {
            plain &&= decimals <= MOST_DECIMALS
            while (decimals++ < MOST_DECIMALS) out[written++] = ZERO
          }
          column++
          if (byte === NEWLINE) {
            plain &&= column === shapes.length
            column = 0
          }
          out[written++] = byte
          shape = shapes[column]
          length = dots = decimals = 0
          quoted = closed = false
          continue
        } else if (byte === QUOTE) {
          // A quote that follows a closing one stands for itself: the text goes on.
          plain = quoted ? shape !== AMOUNT : length === 0
          quoted = true
          closed = false
          if (shape !== AMOUNT) out[written++] = byte
          continue
        } else if (byte === RETURN) {
          closed = true
          continue
        }
      }
      if (closed) plain = false
      const at = length++
      last = byte
      if (shape !== AMOUNT || byte !== DOT) out[written++] = byte
      if (shape === 0) continue
      if (byte >= ZERO && byte <= NINE) {
        if (dots > 0) decimals++
        if (shape === DATE ? noPartOfDate(at, byte) : at >= WHOLE_DIGITS && dots === 0) plain = false
      } else if (shape === DATE) {
        if ((at !== 4 && at !== 7) || byte !== DASH) plain = false
      } else if (shape === WHOLE || byte !== DOT || at === 0 || ++dots > 1) plain = false
    }
    this.plain = plain
    this.column = column
    this.length = length
    this.dots = dots
    this.decimals = decimals
    this.last = last
    this.quoted = quoted
    this.closed = closed
    this.written = written
  }

  /** A cell of COPY that the file does not have, in front of the line that comes next. */
  addNumber(n: number) {
    this.makeRoom(12)
    const { out } = this
    // Unsigned 32 bits throughout: as a fraction, each digit would cost a division of doubles.
    let left = (n < 0 ? -n : n) >>> 0
    if (n < 0) out[this.written++] = DASH
    let digits = 1
    for (let bound = 10; left >= bound && digits < 10; bound *= 10) digits++
    for (let i = this.written + digits - 1; i >= this.written; i--) {
      const tenth = (left / 10) >>> 0
      out[i] = ZERO + left - tenth * 10
      left = tenth
    }
    this.written += digits
    this.addComma()
  }

  /** The same for a cell that is empty. */
  addComma() {
    this.makeRoom(1)
    this.out[this.written++] = COMMA
  }

  /** The file has ended; a last line without its line end counts. */
  end() {
    if (this.column > 0 || this.length > 0) this.add(Uint8Array.of(NEWLINE))
  }

  /** What was gathered for COPY since the last time. */
  take(): Buffer {
    const taken = Buffer.from(this.out.subarray(0, this.written))
    this.written = 0
    return taken
  }

  private makeRoom(more: number) {
    const most = this.written + more
    if (most > this.out.length) this.out = Buffer.concat([this.out.subarray(0, this.written)], most * 2)
  }
}

/** Whether no date of the contract has that digit there: no year begins with a nought. */
const noPartOfDate = (at: number, digit: number) =>
  at === 4 || at === 7 || at >= 10 || (at === 0 && digit === ZERO)

/** Whether a cell of that many bytes may end with `last`. */
function endsWell(shape: number | undefined, length: number, last: number): boolean {
  if (length === 0 || shape === 0) return true
  if (shape === DATE) return length === 10
  return shape === WHOLE || (last >= ZERO && last <= NINE)
}
