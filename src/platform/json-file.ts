import { readFile } from 'node:fs/promises'
import { Refused } from './refusal.ts'

/**
 * The JSON array in `file`. Refused: `file_cannot_be_read`, `file_is_not_json`, `file_is_not_a_list`; `what`
 * names the things that should be in it.
 */
export async function readJsonList(file: string, what: string): Promise<unknown[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    throw new Refused('file_cannot_be_read', `${file} cannot be read; name a file of ${what}.`)
  }
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (error) {
    throw new Refused('file_is_not_json', `${file} is not JSON: ${(error as Error).message}.`)
  }
  if (Array.isArray(list)) return list
  throw new Refused('file_is_not_a_list', `${file} must hold a JSON array of ${what}.`)
}
