import chineseDays from 'chinese-days'
import { addDays } from '../../book/interest/calendar-day.ts'

/**
 * Days on which nothing falls due, and where a due date goes then. Weekdays as ISO: 6 is Saturday, 7 Sunday.
 */
export type Calendar = {
  weekend: readonly number[]
  holidays: readonly string[]
  /** Weekend days that are worked. */
  workdays: readonly string[]
  move: 'following' | 'preceding' | 'modified_following' | 'none'
  /** Mainland China's published holidays and make-up days on top. */
  china?: boolean
}

// The package holds the State Council's notices up to this year; later years are plain weekends until it is
// renewed.
const CHINA_UNTIL = '2026-12-31'

export function isBusinessDay(on: string, calendar: Calendar): boolean {
  if (calendar.holidays.includes(on)) return false
  if (calendar.workdays.includes(on)) return true
  if (calendar.china && on <= CHINA_UNTIL) return chineseDays.isWorkday(on)
  return !calendar.weekend.includes(Temporal.PlainDate.from(on).dayOfWeek)
}

function step(on: string, calendar: Calendar, days: 1 | -1): string {
  // A calendar without a single business day in a month is a mistake in the calendar, and nothing is moved.
  for (let day = on, tries = 0; tries < 31; day = addDays(day, days), tries++) {
    if (isBusinessDay(day, calendar)) return day
  }
  return on
}

/**
 * Where a due date falls under `calendar`: itself on a business day, else the next or the last one before.
 */
export function movedTo(on: string, calendar: Calendar): string {
  if (calendar.move === 'none' || isBusinessDay(on, calendar)) return on
  if (calendar.move === 'preceding') return step(on, calendar, -1)
  const next = step(on, calendar, 1)
  const leavesMonth = next.slice(0, 7) !== on.slice(0, 7)
  return calendar.move === 'modified_following' && leavesMonth ? step(on, calendar, -1) : next
}
