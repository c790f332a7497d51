/** The one place that asks what time it is. Everything else is given the instant or the date. */
export type Clock = {
  /** The present instant. */
  now(): Temporal.Instant
  /** The calendar date in `zone` (IANA; the server's own when absent), YYYY-MM-DD. */
  today(zone?: string): string
}

const from = (now: () => Temporal.Instant): Clock => ({
  now,
  today: (zone = Temporal.Now.timeZoneId()) => now().toZonedDateTimeISO(zone).toPlainDate().toString(),
})

/** A clock that stands still at `iso` (an instant such as `2025-03-01T10:00:00Z`). */
export const fixedClock = (iso: string): Clock => from(() => Temporal.Instant.from(iso))

/** The machine's clock, or the instant in AMENDS_CLOCK, with which a past day can be rehearsed. */
export const systemClock = (): Clock => {
  const rehearsed = process.env['AMENDS_CLOCK']
  return rehearsed ? fixedClock(rehearsed) : from(() => Temporal.Now.instant())
}
