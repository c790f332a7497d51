const LAST = 4

/** All but the last four signs hidden; short values entirely. */
export const masked = (value: string): string =>
  value.length <= LAST
    ? '•'.repeat(value.length)
    : `${'•'.repeat(Math.min(value.length - LAST, 8))}${value.slice(-LAST)}`

/** A mailbox keeps its first letter and its domain; an address keeps nothing but its end. */
export function maskedPoint(kind: string, value: string): string {
  const at = value.indexOf('@')
  if (kind === 'email' && at > 0) return `${value[0]}•••${value.slice(at)}`
  return masked(value.trim())
}
