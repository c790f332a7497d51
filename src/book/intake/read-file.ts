import { createReadStream, statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import ExcelJS from 'exceljs'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { Refused } from '../../platform/refusal.ts'

export type Format = 'csv' | 'xlsx' | 'parquet'

/**
 * A row of any format: the line (of the file, or the row of the sheet) where it begins, and its cells as
 * text.
 */
export type Row = { line: number; cells: (string | null)[] }

export const formatOf = (file: string): Format => {
  const end = extname(file.replace(/\.gz$/i, '')).toLowerCase()
  return end === '.xlsx' ? 'xlsx' : end === '.parquet' ? 'parquet' : 'csv'
}

/** `loans.csv.gz` → `loans`: what the rejects file is named for. */
export const stemOf = (file: string) => basename(file).replace(/(\.csv)?(\.gz)?$|\.xlsx$|\.parquet$/i, '')

export function refuseMissingFile(file: string) {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat || stat.isDirectory()) throw new Refused('no_such_file', `There is no file ${file}.`)
}

function cutShort(file: string, error: unknown): never {
  const code = (error as { code?: string }).code
  if (code?.startsWith('Z_')) {
    throw new Refused(
      'file_is_cut_short',
      `${file} is damaged or cut short (gzip: ${code}); send it again. Nothing changed.`,
    )
  }
  throw error
}

/**
 * The bytes of a CSV file (gunzipped, brought to UTF-8 from `encoding`, byte order mark removed), chunk by
 * chunk; each chunk of the file itself goes to `seen` first, for the digest and the progress bar.
 */
export async function* csvBytes(file: string, encoding: string, seen: (chunk: Buffer) => void) {
  const raw = createReadStream(file, { highWaterMark: 1 << 18 })
  raw.on('data', (chunk) => seen(chunk as Buffer))
  const source = /\.gz$/i.test(file) ? raw.pipe(createGunzip({ chunkSize: 1 << 18 })) : raw
  raw.on('error', (error) => source.destroy(error))
  const utf8 = /^utf-?8$/i.test(encoding)
  const decoder = utf8 ? null : new TextDecoder(encoding, { fatal: true })
  let first = true
  try {
    for await (const part of source) {
      let chunk = part as Buffer
      if (first) {
        first = false
        refuseOtherEncodings(chunk, file, utf8)
        if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3)
      }
      yield decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk
    }
    // Complains of a character that was begun and cut off.
    decoder?.decode()
  } catch (error) {
    if (decoder && (error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new Refused(
        'file_is_not_in_that_encoding',
        `${file} is not ${encoding}; name the encoding it is in.`,
      )
    }
    cutShort(file, error)
  }
}

function refuseOtherEncodings(head: Buffer, file: string, utf8: boolean) {
  if (!utf8) return
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  if (utf16) {
    throw new Refused('file_is_not_utf8', `${file} is UTF-16; save it as UTF-8, or say --encoding utf-16le.`)
  }
  if (head.subarray(0, 4).toString('latin1') === 'PK\x03\x04') {
    throw new Refused('file_is_another_format', `${file} is a spreadsheet or zip; name it .xlsx.`)
  }
  if (head[0] === 0x1f && head[1] === 0x8b) {
    throw new Refused('file_is_another_format', `${file} is gzip; name it .csv.gz.`)
  }
}

/** Splits the header line off a stream of bytes: its text, and the rest. */
export async function splitHeader(
  bytes: AsyncGenerator<Buffer>,
): Promise<{ header: string; rest: AsyncGenerator<Buffer> }> {
  let head: Buffer = Buffer.alloc(0)
  for (;;) {
    const { value, done } = await bytes.next()
    if (!done) head = head.length ? Buffer.concat([head, value]) : value
    const at = head.indexOf(10)
    if (at < 0 && !done && head.length < 1 << 20) continue
    const end = at < 0 ? head.length : at
    const body = head.subarray(at < 0 ? head.length : at + 1)
    async function* rest() {
      if (body.length) yield body
      yield* bytes
    }
    return { header: head.subarray(0, end).toString('utf8').replace(/\r$/, ''), rest: rest() }
  }
}

/** What is told of a file while its rows are read: `ends` hears the last bytes so far, unpacked. */
export type Telling = { seen: (chunk: Buffer) => void; ends: (byte: number) => void }

/** The rows of a CSV file, whatever their length, header first. */
async function* csvRows(file: string, encoding: string, { seen, ends }: Telling): AsyncGenerator<Row> {
  const parser = parse({ relax_column_count: true, info: true, skip_empty_lines: true, relax_quotes: true })
  const feed = async () => {
    for await (const chunk of csvBytes(file, encoding, seen)) {
      if (chunk.length) ends(chunk.at(-1)!)
      if (!parser.write(chunk)) await new Promise((go) => parser.once('drain', go))
    }
    parser.end()
  }
  feed().catch((error) => parser.destroy(error as Error))
  let before = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[]
      info: { lines: number }
    }>) {
      yield { line: before + 1, cells: record.map((cell) => (cell === '' ? null : cell)) }
      before = info.lines
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'CSV_QUOTE_NOT_CLOSED') {
      throw new Refused(
        'file_is_cut_short',
        `${file} ends inside a quoted cell; it is cut short. Nothing changed.`,
      )
    }
    throw error
  }
}

/** A number as the plain decimal that a person typed: doubles carry at most fifteen digits of it. */
const plainNumber = (value: number): string => {
  const text = String(Number(value.toPrecision(15)))
  return text.includes('e') ? value.toFixed(15).replace(/\.?0+$/, '') : text
}

function cellText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'number') return plainNumber(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? 'a date beyond all calendars' : value.toISOString().slice(0, 10)
  }
  return typeof value === 'object' ? objectText(value) : String(value)
}

/** Of a sheet: an error, text in several looks, a link. Of parquet: a list or a record. */
function objectText(value: object): string | null {
  const cell = value as { error?: string; richText?: { text: string }[]; text?: unknown }
  if (cell.error) return cell.error
  if (cell.richText) return cell.richText.map((part) => part.text).join('')
  if ('text' in cell) return cellText(cell.text)
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part))
}

// Days from the first of a sheet's calendar to 1970.
const SHEET_EPOCH = 25_569

/** A cell of a sheet as text; of a formula what it came to: the reader leaves a number where it is a day. */
function sheetCell(cell: ExcelJS.Cell): string | null {
  if (cell.type !== ExcelJS.ValueType.Formula) return cellText(cell.value)
  const { result, numFmt = '' } = cell
  // A formula that nobody has calculated says nothing, which is not the same as an empty cell.
  if (result === undefined) return 'a formula without its value'
  const isDay = typeof result === 'number' && /[yd]/i.test(numFmt.replace(/\[[^\]]*\]|"[^"]*"/g, ''))
  return cellText(isDay ? new Date(Math.round((result - SHEET_EPOCH) * 86_400_000)) : result)
}

/** Whether a sheet is the first of its book: the file may hold them in another order. */
function isFirst(book: unknown, sheet: unknown): boolean {
  const { sheets } = (book as { model?: { sheets?: { name: string }[] } }).model ?? {}
  return !sheets?.length || (sheet as { name?: string }).name === sheets[0]!.name
}

async function* sheetRows(file: string): AsyncGenerator<Row> {
  const book = new ExcelJS.stream.xlsx.WorkbookReader(file, { sharedStrings: 'cache', styles: 'cache' })
  try {
    for await (const sheet of book) {
      if (!isFirst(book, sheet)) continue
      for await (const row of sheet) {
        const cells = Array.from({ length: row.cellCount }, (_, i) => sheetCell(row.getCell(i + 1)))
        if (cells.some((cell) => cell !== null)) yield { line: row.number, cells }
      }
      return
    }
  } catch (error) {
    if (error instanceof Refused) throw error
    const reason = (error as Error).message
    throw new Refused(
      'file_is_cut_short',
      `${file} cannot be read as a spreadsheet (${reason}). Nothing changed.`,
    )
  }
}

async function* parquetRows(file: string): AsyncGenerator<Row> {
  const source = await asyncBufferFromFile(file)
  const notWhole = (error: Error) => {
    throw new Refused(
      'file_is_cut_short',
      `${file} (${source.byteLength} bytes) is not a whole parquet file: ${error.message}. Nothing changed.`,
    )
  }
  const metadata = await parquetMetadataAsync(source).catch(notWhole)
  const names = parquetSchema(metadata).children.map(({ element }) => element.name)
  yield { line: 1, cells: names }
  let start = 0
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows)
    const rows = await parquetReadObjects({
      file: source,
      metadata,
      compressors,
      rowStart: start,
      rowEnd: end,
    }).catch(notWhole)
    for (const [i, row] of rows.entries()) {
      yield { line: start + i + 2, cells: names.map((name) => cellText(row[name])) }
    }
    start = end
  }
}

/** The rows of a file of any format, header first. */
export function fileRows(file: string, encoding: string, telling: Telling): AsyncGenerator<Row> {
  const format = formatOf(file)
  if (format === 'csv') return csvRows(file, encoding, telling)
  return format === 'xlsx' ? sheetRows(file) : parquetRows(file)
}
