import { createHash } from 'node:crypto'

/**
 * The id of the hold (or its release) that a thing of ours places: derived from it, so that the button and
 * the night place the same one. The night derives it the same way (conduct/facts/follow-resolution).
 */
export function factIdOf(...names: (string | number)[]): string {
  const hex = createHash('md5').update(names.join(' ')).digest('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
