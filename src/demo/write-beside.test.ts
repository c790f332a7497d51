import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { toDay } from './calendar.ts'
import { writeBeside } from './write-beside.ts'
import { type DayFiles, settingsIn, writeBook } from './write-files.ts'

const temporary = mkdtempSync(join(tmpdir(), 'amends-demo-'))
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

const last = toDay('2025-03-10')
const shape = { loans: 50, first: last - 9, last, seed: 3 }

test('a book comes day by day in files that can be read, the same as one that is written alone', async () => {
  const [alone, beside] = [join(temporary, 'alone'), join(temporary, 'beside')]
  const read = ({ as_of, rows, files }: DayFiles) => ({
    ...{ as_of, rows },
    files: Object.entries(files).map(([kind, path]) => [kind, readFileSync(path, 'utf8')]),
  })
  const before = writeBook(alone, shape, { to: () => {}, end: () => {} })
  const coming = writeBeside(beside, shape)
  expect(coming.whole).toThrow('is not written to its end')
  const came = []
  for await (const day of coming.days) {
    came.push(read(day))
    // A demo that is broken off now must still be known for what it is.
    expect(JSON.parse(readFileSync(join(beside, 'truth', 'truth.json'), 'utf8'))).toMatchObject({ seed: 3 })
  }
  expect(came).toEqual(before.days.map(read))
  const { days: _, ...figures } = before
  expect(coming.whole().book).toMatchObject({ ...figures, settings: settingsIn(beside) })
})

test('where the files cannot be written, whoever waits for them hears it', async () => {
  const folder = join(temporary, 'file')
  writeFileSync(folder, '')
  const coming = writeBeside(folder, shape)
  await expect(Array.fromAsync(coming.days)).rejects.toThrow(/ENOTDIR|EEXIST/)
  await coming.stop()
})
