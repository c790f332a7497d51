import { expect, test } from 'vitest'
import { addMonths, daysSinceLunarNewYear, dayText, monthOf, monthStart, toDay } from './calendar.ts'

test('a day is a number and comes back as the same date', () => {
  for (const date of ['1995-12-31', '2000-02-29', '2024-02-29', '2025-03-01', '2099-12-31']) {
    expect(dayText(toDay(date))).toBe(date)
    expect(dayText(monthStart(monthOf(toDay(date))))).toBe(`${date.slice(0, 7)}-01`)
  }
})

test('a loan opened on the 31st falls due on the last day of shorter months', () => {
  const opened = toDay('2025-01-31')
  const due = [1, 2, 3, 13].map((months) => dayText(addMonths(opened, months)))
  expect(due).toEqual(['2025-02-28', '2025-03-31', '2025-04-30', '2026-02-28'])
})

test('the Lunar New Year is where the calendar of the years 2023 to 2026 has it', () => {
  const eves = ['2023-01-21', '2024-02-09', '2025-01-28', '2026-02-16']
  expect(eves.map((eve) => daysSinceLunarNewYear(toDay(eve)))).toEqual([-1, -1, -1, -1])
})
