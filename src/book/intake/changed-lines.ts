import type { PlainCsv } from './plain-csv.ts'

const COMMA = 44
const QUOTE = 34
const NEWLINE = 10
const RETURN = 13

/** 64 bits over a line's bytes, in two halves: enough for a book of ten million lines. */
export type LineDigest = { a: number; b: number }

/** What a digest begins with: lines of another header, or of another lender's file, say something else. */
export function digestOf(bytes: Uint8Array, { a, b }: LineDigest = { a: 0x6a09e667, b: 0xbb67ae85 }) {
  let [one, two] = [a | 0, b | 0]
  for (let i = 0; i < bytes.length; i++) {
    one = Math.imul(one ^ bytes[i]!, 0x9e3779b1)
    two = Math.imul(two ^ bytes[i]!, 0x5f356495)
  }
  return finish(one, two)
}

function finish(one: number, two: number): LineDigest {
  const a = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(two ^ (two >>> 13), 0xc2b2ae35)
  return { a: a | 0, b: Math.imul(two ^ (two >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35) }
}

/** A line of the file says again what another line of it has said. */
export class LineStandsTwice extends Error {}

const HELD = 1
const MET = 2

/** The digests of the lines that the book was made from, and which of them the file says again. */
export class KnownLines {
  size = 0
  private a: Int32Array
  private b: Int32Array
  private state: Uint8Array

  /** Room for `expected` lines at once: a table that grows stands in memory twice while it does. */
  constructor(expected = 0) {
    const places = 2 ** Math.max(12, Math.ceil(Math.log2(expected * 1.5 + 1)))
    this.a = new Int32Array(places)
    this.b = new Int32Array(places)
    this.state = new Uint8Array(places)
  }

  /** Keeps the digest of a line that the book holds. */
  add(a: number, b: number) {
    if (this.size * 3 >= this.state.length * 2) this.grow()
    const at = this.find(a, b)
    if (this.state[at] !== 0) return
    this.a[at] = a
    this.b[at] = b
    this.state[at] = HELD
    this.size++
  }

  /** The same for digests one after the other, eight bytes each. */
  addPacket(digests: Buffer) {
    for (let at = 0; at < digests.length; at += 8)
      this.add(digests.readInt32BE(at), digests.readInt32BE(at + 4))
  }

  /** Whether the book holds the line. Throws `LineStandsTwice` when it was met before. */
  meet(a: number, b: number): boolean {
    const at = this.find(a, b)
    const state = this.state[at]
    if (state === MET) throw new LineStandsTwice()
    if (state === HELD) this.state[at] = MET
    return state === HELD
  }

  /** The lines that were not met, as the bytes of a binary COPY of one bigint column. */
  *unmet(): Generator<Buffer> {
    yield Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
    const rows = 4096
    let [out, at] = [Buffer.alloc(rows * 14), 0]
    for (let i = 0; i < this.state.length; i++) {
      if (this.state[i] !== HELD) continue
      out.writeInt16BE(1, at)
      out.writeInt32BE(8, at + 2)
      out.writeInt32BE(this.a[i]!, at + 6)
      out.writeInt32BE(this.b[i]!, at + 10)
      at += 14
      if (at < out.length) continue
      yield out
      out = Buffer.alloc(rows * 14)
      at = 0
    }
    yield out.subarray(0, at)
    yield Buffer.from([0xff, 0xff])
  }

  private find(a: number, b: number): number {
    const mask = this.state.length - 1
    let at = (a ^ Math.imul(b, 0x9e3779b1)) & mask
    while (this.state[at] !== 0 && (this.a[at] !== a || this.b[at] !== b)) at = (at + 1) & mask
    return at
  }

  private grow() {
    const { a, b, state } = this
    this.a = new Int32Array(a.length * 2)
    this.b = new Int32Array(b.length * 2)
    this.state = new Uint8Array(state.length * 2)
    this.size = 0
    for (let i = 0; i < state.length; i++) if (state[i] !== 0) this.add(a[i]!, b[i]!)
  }
}

/**
 * Takes the lines of a plain CSV file on their way to COPY and lets those pass that the book does not hold
 * already, each with its number and its digest in front (`line_no, line_a, line_b`). What the whole file
 * says, lines held back included, is counted here: `rows`, and the empty cells of each column.
 */
export class ChangedLines {
  rows = 0
  skipped = 0
  readonly empty: number[]
  private rest: Buffer = Buffer.alloc(0)
  private readonly out: PlainCsv
  private readonly known: KnownLines
  private readonly seed: LineDigest

  constructor(out: PlainCsv, columns: number, known: KnownLines, seed: LineDigest) {
    this.out = out
    this.known = known
    this.seed = seed
    this.empty = Array.from({ length: columns }, () => 0)
  }

  /** The next bytes of the file, header left out. */
  add(chunk: Buffer) {
    let from = 0
    // Only the line that two chunks share is copied: copies of whole chunks would be most of the memory that
    // a small file takes, and clearing it away a quarter of the reading.
    if (this.rest.length) {
      from = chunk.indexOf(NEWLINE) + 1
      const shared = Buffer.concat([this.rest, from ? chunk.subarray(0, from) : chunk])
      if (from) this.line(shared, 0, shared.length)
      this.rest = from ? Buffer.alloc(0) : shared
      if (from === 0) return
    }
    for (let end = chunk.indexOf(NEWLINE, from); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      this.line(chunk, from, end + 1)
      from = end + 1
    }
    this.rest = chunk.subarray(from)
  }

  /** The file has ended; a last line without its line end counts. */
  end() {
    const last = Buffer.concat([this.rest, Buffer.from([NEWLINE])])
    if (this.rest.length) this.line(last, 0, last.length)
  }

  // No view of each line: a million of them cost more than what is read in them.
  private line(bytes: Buffer, from: number, to: number) {
    let one = this.seed.a
    let two = this.seed.b
    let column = 0
    let start = from
    let quotes = false
    const end = to - (to - from > 1 && bytes[to - 2] === RETURN ? 2 : 1)
    const { empty } = this
    for (let i = from; i < end; i++) {
      const byte = bytes[i]!
      one = Math.imul(one ^ byte, 0x9e3779b1)
      two = Math.imul(two ^ byte, 0x5f356495)
      if (byte === COMMA && !quotes) {
        if (i === start) empty[column]!++
        column++
        start = i + 1
      } else if (byte === QUOTE) {
        quotes = !quotes
        // A cell of two quotes is empty as well.
        if (i === start + 1 && !quotes && (i + 1 === end || bytes[i + 1] === COMMA)) empty[column]!++
      }
    }
    if (start === end) empty[column]!++
    this.rows++
    const digest = finish(one, two)
    if (this.known.meet(digest.a, digest.b)) {
      this.skipped++
      return
    }
    if (this.known.size) this.out.addNumber(this.rows + 1)
    else this.out.addComma()
    this.out.addNumber(digest.a)
    this.out.addNumber(digest.b)
    this.out.add(bytes, from, to)
  }
}
