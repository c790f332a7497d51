// What a person types, understood: amounts as minor units, days by short names.

/** `270`, `270.5` → 27000, 27050 with two digits; null when it is no plain amount of that many decimals. */
export function minorOf(text: string, digits: number): number | null {
  const parts = /^(\d{1,13})(?:\.(\d*))?$/.exec(text.trim().replaceAll(',', ''))
  if (!parts) return null
  const [, whole = '0', decimals = ''] = parts
  if (decimals.length > digits) return null
  return Number(whole + decimals.padEnd(digits, '0'))
}

/** Minor units as the decimal text that one types: 27050 with two digits → `270.50`. */
export function decimalOf(minor: number, digits: number): string {
  const text = `${Math.abs(minor)}`.padStart(digits + 1, '0')
  const sign = minor < 0 ? '-' : ''
  return sign + (digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`)
}

/** How many decimals the server writes for a currency: those of an amount that it sent. */
export const digitsOf = (decimal: string) => decimal.split('.')[1]?.length ?? 0

const weekdays = ['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa']

const iso = (day: Date) =>
  `${day.getFullYear()}-${`${day.getMonth() + 1}`.padStart(2, '0')}-${`${day.getDate()}`.padStart(2, '0')}`

/** The calendar day of this browser. */
export const todayHere = () => iso(new Date())

/** Whole days from one calendar day to another; fewer than none when it is before. */
export const daysBetween = (from: string, to: string) =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

/**
 * `fr` the next Friday, `+3` in three days, `25` the next 25th, or a date; null when it is none of them. Days
 * are counted from `today` (YYYY-MM-DD).
 */
export function dayOf(text: string, today: string): string | null {
  const said = text.trim().toLowerCase()
  const day = new Date(`${today}T12:00:00`)
  if (/^\d{4}-\d{2}-\d{2}$/.test(said)) return said
  if (/^\+\d{1,3}$/.test(said)) {
    day.setDate(day.getDate() + Number(said))
    return iso(day)
  }
  const weekday = weekdays.indexOf(said.slice(0, 2))
  if (/^[a-z]{2,9}$/.test(said) && weekday >= 0) {
    day.setDate(day.getDate() + ((weekday - day.getDay() + 7) % 7 || 7))
    return iso(day)
  }
  if (!/^\d{1,2}$/.test(said)) return null
  const wanted = Number(said)
  for (let months = 0; months < 3; months++) {
    const next = new Date(day.getFullYear(), day.getMonth() + months, wanted, 12)
    if (next.getDate() === wanted && next > day) return iso(next)
  }
  return null
}
