/** An address as it is compared: e-mail without regard to case, a number without its spaces and marks. */
export function contactAddress(text: string | undefined | null): string {
  if (!text) return ''
  const trimmed = text.trim()
  if (trimmed.includes('@')) return trimmed.toLowerCase()
  return /^[+\d\s().-]+$/.test(trimmed) ? trimmed.replaceAll(/[\s().-]/g, '') : trimmed
}

/**
 * Where a contact reaches the person when nobody says (rules.md 1.9): a letter or visit goes home, a call
 * to a mobile.
 */
export function defaultPlace(channel: string): string | null {
  if (channel === 'letter' || channel === 'visit') return 'home'
  return channel === 'call' ? 'mobile' : null
}
