/** `[month, day]`, or `[month, weekday, which]`: Monday is 1, the last of a month -1. */
const HOLIDAYS: readonly (readonly [number, number] | readonly [number, number, number])[] = [
  [1, 1],
  [1, 1, 3],
  [2, 1, 3],
  [5, 1, -1],
  [6, 19],
  [7, 4],
  [9, 1, 1],
  [10, 1, 2],
  [11, 11],
  [11, 4, 4],
  [12, 25],
]

function dayOf(year: number, month: number, weekday: number, which: number): Temporal.PlainDate {
  const first = Temporal.PlainDate.from({ year, month, day: 1 })
  const met = first.add({ days: (weekday - first.dayOfWeek + 7) % 7 })
  const days = Array.from({ length: 5 }, (_, i) => met.add({ weeks: i })).filter((it) => it.month === month)
  return days.at(which > 0 ? which - 1 : which)!
}

/** The legal public holidays of the United States in a year, by the list of today's 5 USC 6103(a). */
export const federalHolidays = (year: number): string[] =>
  HOLIDAYS.map(([month, day, which]) =>
    (which === undefined
      ? Temporal.PlainDate.from({ year, month, day })
      : dayOf(year, month, day, which)
    ).toString(),
  )
