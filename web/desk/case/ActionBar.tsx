import { useTranslation } from 'react-i18next'
import { useKeys } from '../frame/keys.ts'
import { useMay } from '../frame/session.ts'
import { useSourceWords } from '../rules.ts'
import { type ChannelVerdict, mayBegin, type Verdicts } from './asking.ts'
import { VerdictMark } from './VerdictMark.tsx'

/** Channels with their keys, in the order in which they stand. */
const channels = [
  ['call', 'C'],
  ['sms', 'M'],
  ['email', 'E'],
  ['letter', 'L'],
  ['visit', 'V'],
] as const

/** What else may be done, its key, and the permission that it needs. */
const deeds = [
  ['promise', 'P', 'promises.write'],
  ['plan', 'A', 'plans.write'],
  ['settlement', 'T', 'settlements.write'],
  ['hardship', 'S', 'hardship.write'],
  ['hold', 'H', 'holds.write'],
  ['pause', 'O', 'approvals.decide'],
] as const

/** `leave` has its place in the head of the case. */
export type Deed = (typeof deeds)[number][0] | 'leave'

type Props = {
  verdicts: Verdicts | undefined
  readOnly: boolean
  zone: string | undefined
  contact: (verdict: ChannelVerdict) => void
  explain: (verdict: ChannelVerdict) => void
  deed: (deed: Deed) => void
}

/**
 * The verdict stands above each button. A refused action keeps its place and its key: pressing it explains.
 */
export function ActionBar({ verdicts, readOnly, zone, contact, explain, deed }: Props) {
  const { t } = useTranslation()
  const may = useMay()
  const sourceWords = useSourceWords()
  const of = (channel: string) => verdicts?.channels.find((verdict) => verdict.channel === channel)
  const act = (channel: string) => {
    const verdict = of(channel)
    if (!verdict || readOnly) return
    if (mayBegin(verdict)) contact(verdict)
    else explain(verdict)
  }
  const isOpen = (channel: string) => verdicts?.channels.some((it) => it.channel === channel && mayBegin(it))
  const first = channels.find(([channel]) => isOpen(channel))?.[0]
  const allowedDeeds = deeds.filter(([, , permission]) => may(permission))
  useKeys({
    ...Object.fromEntries(channels.map(([channel, key]) => [key.toLowerCase(), () => act(channel)])),
    ...Object.fromEntries(
      allowedDeeds.map(([name, key]) => [key.toLowerCase(), () => (readOnly ? undefined : deed(name))]),
    ),
    w: () => {
      const refused = verdicts?.channels.find((verdict) => !mayBegin(verdict))
      if (refused) explain(refused)
    },
  })
  if (!may('contacts.write') && allowedDeeds.length === 0) return null
  return (
    <section className="card actions" aria-label={t('case.actions')}>
      {may('contacts.write')
        ? channels.map(([channel, key]) => {
            const verdict = of(channel)
            return (
              <div key={channel}>
                <div className="above">
                  {verdict ? (
                    <VerdictMark verdict={verdict} zone={zone} />
                  ) : (
                    <span className="skeleton asking" />
                  )}
                </div>
                <button
                  type="button"
                  className={`act ${channel === first ? 'primary' : ''} ${isOpen(channel) ? '' : 'not-now'}`}
                  disabled={readOnly || !verdict}
                  onClick={() => act(channel)}
                >
                  <kbd>{key}</kbd> {t(`channels.${channel}`)}
                </button>
                <div className="small soft below">
                  {isOpen(channel) ? null : sourceWords(verdict?.refusals[0]?.source ?? '')}
                </div>
              </div>
            )
          })
        : null}
      {allowedDeeds.map(([name, key]) => (
        <div key={name}>
          <div className="above soft">{t(`deeds.above.${name}`)}</div>
          <button type="button" className="act" disabled={readOnly} onClick={() => deed(name)}>
            <kbd>{key}</kbd> {t(`deeds.${name}`)}
          </button>
          <div className="small soft below">{t(`deeds.below.${name}`)}</div>
        </div>
      ))}
    </section>
  )
}
