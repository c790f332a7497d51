import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { ContactHours } from '#api/conduct/verdicts/contact-hours'
import { ask } from '../../ui/client.ts'
import { cityOf, useFigures } from '../frame/figures.ts'
import type { Verdicts } from './asking.ts'
import { VerdictMark } from './VerdictMark.tsx'

export type Hours = z.infer<typeof ContactHours>

/** What the rules allow over the rest of the borrower's day, and the packs that say so. */
export const useHours = (borrower_id: string, wanted: boolean) =>
  useQuery({
    queryKey: ['hours', borrower_id],
    queryFn: () => ask<Hours>('GET', `/borrowers/${borrower_id}/contact-hours`, { reason: 'case' }),
    enabled: wanted,
    refetchInterval: 300_000,
  })

const ms = (instant: string) => new Date(instant).getTime()
const ticks = [6, 12, 18]

/** A day from midnight to midnight with the allowed stretches, and a line where it is now. */
function Bar({ hours, channel }: { hours: Hours; channel: string }) {
  const figures = useFigures()
  const from = ms(hours.day_from)
  const whole = ms(hours.day_to) - from
  const at = (instant: string) => `${((ms(instant) - from) / whole) * 100}%`
  const wide = (a: string, b: string) => `${((ms(b) - ms(a)) / whole) * 100}%`
  const allowed = hours.channels.find((each) => each.channel === channel)?.allowed ?? []
  const words = allowed.map(
    (each) => `${figures.timeIn(each.from, hours.zone)}–${figures.timeIn(each.to, hours.zone)}`,
  )
  return (
    <span className="hour-bar" role="img" aria-label={words.join(', ') || '–'}>
      {allowed.map((each) => (
        <span
          key={each.from}
          className="open"
          style={{ left: at(each.from), width: wide(each.from, each.to) }}
        />
      ))}
      <span className="now" style={{ left: at(hours.at) }} />
    </span>
  )
}

/** Each channel: what the rest of the day allows as a bar, and the verdict of this moment beside it. */
export function HourBars({ verdicts, hours }: { verdicts: Verdicts; hours: Hours | undefined }) {
  const { t } = useTranslation()
  const zone = hours?.zone
  return (
    <section>
      <div className="bars">
        <h3>{t('case.now')}</h3>
        <span className="hour-ticks" aria-hidden="true">
          {ticks.map((hour) => (
            <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
              {hour}
            </span>
          ))}
        </span>
        <span className="soft small end">{zone ? cityOf(zone) : ''}</span>
        {verdicts.channels.map((verdict) => (
          <div className="bar-row" key={verdict.channel}>
            <span>{t(`channels.${verdict.channel}`)}</span>
            {hours?.channels.some(({ channel }) => channel === verdict.channel) ? (
              <Bar hours={hours} channel={verdict.channel} />
            ) : (
              <span />
            )}
            <span className="end">
              <VerdictMark verdict={verdict} zone={zone} />
            </span>
          </div>
        ))}
      </div>
    </section>
  )
}
