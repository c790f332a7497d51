import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { Refused } from './refusal.ts'

/** What stands in `file`. Refused: `file_cannot_be_read`, `file_is_not_json`; `what` names what it holds. */
export async function readJson(file: string, what: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    throw new Refused('file_cannot_be_read', `${file} cannot be read; name a file of ${what}.`)
  }
  try {
    // A byte order mark is accepted, as in a lender's files.
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw new Refused('file_is_not_json', `${file} is not JSON: ${(error as Error).message}.`)
  }
}

/**
 * The JSON array in `file`. Refused: `file_cannot_be_read`, `file_is_not_json`, `file_is_not_a_list`; `what`
 * names the things that should be in it.
 */
export async function readJsonList(file: string, what: string): Promise<unknown[]> {
  const list = await readJson(file, what)
  if (Array.isArray(list)) return list
  throw new Refused('file_is_not_a_list', `${file} must hold a JSON array of ${what}.`)
}

/** Refuses a file with everything that is wrong with it, each with its place: `file_is_wrong`. */
export function refuseFile(wrong: readonly string[]): never {
  throw new Refused('file_is_wrong', `The file was not taken:\n  ${wrong.join('\n  ')}`, { wrong })
}

/**
 * The JSON document of this shape in `file`. Refused: `file_cannot_be_read`, `file_is_not_json`,
 * `file_is_wrong` with the place of every fault.
 */
export async function readDocument<Shape extends z.ZodType>(
  file: string,
  what: string,
  shape: Shape,
): Promise<z.infer<Shape>> {
  const read = shape.safeParse(await readJson(file, what))
  if (read.success) return read.data
  return refuseFile(
    read.error.issues.map(({ path, message }) => {
      const words = message.replace(/^Invalid .*, received undefined$/, 'is missing')
      return `${path.join('.') || 'file'}: ${words}`
    }),
  )
}

/** The places of rows that say again what an earlier one is about, as faults of `list`. */
export const repeated = <Row>(list: string, rows: readonly Row[], keyOf: (row: Row) => unknown[]) => {
  const keys = rows.map((row) => JSON.stringify(keyOf(row)))
  return keys.flatMap((key, i) =>
    keys.indexOf(key) < i
      ? [`${list}.${i}: is about the same as ${list}.${keys.indexOf(key)}; keep one`]
      : [],
  )
}
