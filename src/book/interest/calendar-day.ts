/** Days from `from_on` to `to_on` (YYYY-MM-DD), negative when `to_on` is earlier. */
export const daysBetween = (from_on: string, to_on: string): number =>
  Temporal.PlainDate.from(from_on).until(Temporal.PlainDate.from(to_on), { largestUnit: 'day' }).days

export const addDays = (on: string, days: number): string =>
  Temporal.PlainDate.from(on).add({ days }).toString()

export const yearOf = (on: string): number => Number(on.slice(0, 4))

/** A real calendar date written YYYY-MM-DD. */
export function isDay(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text
  } catch {
    return false
  }
}

export const earlier = (a: string, b: string): string => (a <= b ? a : b)
export const later = (a: string, b: string): string => (a >= b ? a : b)
