// Days are whole numbers since 1970-01-01 while the book is played: millions are compared and added.

const EPOCH = Temporal.PlainDate.from('1970-01-01')
const FIRST_YEAR = 1990
const MONTHS = 12 * 130

/** First day of each month since FIRST_YEAR, and of the one after the last. */
const monthStarts = Array.from({ length: MONTHS + 1 }, (_, month) => {
  const date = new Temporal.PlainDate(FIRST_YEAR + Math.floor(month / 12), (month % 12) + 1, 1)
  return EPOCH.until(date).days
})

const texts = new Map<number, string>()

/** `'1970-01-02'` → 1. */
export const toDay = (date: string): number => EPOCH.until(Temporal.PlainDate.from(date)).days

/** 1 → `'1970-01-02'`. */
export function dayText(day: number): string {
  let text = texts.get(day)
  if (text === undefined) {
    text = EPOCH.add({ days: day }).toString()
    texts.set(day, text)
  }
  return text
}

/** Which month a day falls in, counted on through the years. */
export function monthOf(day: number): number {
  let month = Math.floor((day - monthStarts[0]!) / 30.44)
  while (monthStarts[month]! > day) month--
  while (monthStarts[month + 1]! <= day) month++
  return month
}

/** First day of a month of `monthOf`. */
export const monthStart = (month: number): number => monthStarts[month]!

/** January is 0. */
export const monthOfYear = (day: number): number => monthOf(day) % 12

/** The same day of the month `months` later; the month's last day where it is shorter. */
export function addMonths(day: number, months: number): number {
  const from = monthOf(day)
  const to = from + months
  const dayOfMonth = day - monthStarts[from]!
  return monthStarts[to]! + Math.min(dayOfMonth, monthStarts[to + 1]! - monthStarts[to]! - 1)
}

const newYears = new Map<number, number>()

/** First day of the Chinese year that begins in the calendar year `year`. */
function lunarNewYear(year: number): number {
  let day = newYears.get(year)
  if (day === undefined) {
    const date = Temporal.PlainDate.from({ calendar: 'chinese', year, monthCode: 'M01', day: 1 })
    day = toDay(date.withCalendar('iso8601').toString())
    newYears.set(year, day)
  }
  return day
}

/** Days since the Lunar New Year of the calendar year of `day`; negative before it. */
export const daysSinceLunarNewYear = (day: number): number =>
  day - lunarNewYear(FIRST_YEAR + Math.floor(monthOf(day) / 12))
