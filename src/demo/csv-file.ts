import { closeSync, openSync, writeSync } from 'node:fs'

const CHUNK = 1 << 20

/** A CSV file that is written row by row in large pieces, so that its size does not matter. */
export class CsvFile {
  rows = 0
  private readonly file: number
  private text: string

  constructor(path: string, columns: readonly string[]) {
    this.file = openSync(path, 'w')
    this.text = `${columns.join(',')}\n`
  }

  /** Adds a row that is ready: cells quoted where needed, without the line end. */
  add(row: string) {
    this.text += `${row}\n`
    this.rows++
    if (this.text.length >= CHUNK) this.write()
  }

  close() {
    this.write()
    closeSync(this.file)
  }

  private write() {
    writeSync(this.file, this.text)
    this.text = ''
  }
}

/** A cell, quoted where RFC 4180 asks for it. */
export const cell = (value: string | number | null): string => {
  const text = value === null ? '' : `${value}`
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const line = (...values: (string | number | null)[]): string => values.map(cell).join(',')
