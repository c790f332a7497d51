import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { Card } from '../../ui/Card.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { useFigures } from '../frame/figures.ts'
import { type ChannelVerdict, mayBegin, type Verdicts } from './asking.ts'
import { Documents } from './Circumstances.tsx'
import { HourBars, type Hours } from './HourBars.tsx'
import { Points } from './Points.tsx'
import { useToldReason } from './told.ts'
import { Refusals } from './VerdictMark.tsx'
import { WithWhom } from './WithWhom.tsx'

function Holds({ borrower }: { borrower: Borrower }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const told = useToldReason()
  return (
    <section>
      <h3>{t('case.holds')}</h3>
      {borrower.holds.length === 0 ? <p className="soft">{t('case.no_holds')}</p> : null}
      {borrower.holds.map((hold) => (
        <p key={hold.hold_id}>
          <Mark verdict="wait">{t(`happened.hold_${hold.kind}`, { defaultValue: hold.kind })}</Mark>{' '}
          <span className="soft small">
            {[hold.debts?.join(', '), figures.moment(hold.at), told(hold.reason)].filter(Boolean).join(' · ')}
          </span>
        </p>
      ))}
    </section>
  )
}

/** What is refused for the same reasons until the same time is told once. */
const sameWhy = ({ refusals, warnings }: ChannelVerdict) =>
  JSON.stringify([
    ...new Set([...refusals, ...warnings].map((each) => `${each.rule_id} ${each.next_allowed_at}`)),
  ])

type Props = { borrower: Borrower; verdicts: Verdicts | undefined; hours: Hours | undefined }

/** What the rules say to each channel now and over the day, and why not; holds, people and papers. */
export function ConductPanel({ borrower, verdicts, hours }: Props) {
  const { t } = useTranslation()
  const refused = verdicts?.channels.filter((verdict) => !mayBegin(verdict)) ?? []
  const packs = hours?.packs.map(({ pack_version }) => pack_version).join(' + ')
  return (
    <Card
      title={t('places.conduct')}
      aside={packs ?? borrower.time_zones.join(', ')}
      flush
      className="conduct"
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls is reached by key. */}
      <section className="scrolls" tabIndex={0} aria-label={t('case.panel')}>
        {verdicts ? <HourBars verdicts={verdicts} hours={hours} /> : null}
        {refused.length > 0 ? (
          <section>
            <h3>{t('case.refused_why')}</h3>
            {[...Map.groupBy(refused, sameWhy)].map(([why, verdicts]) => (
              <div key={why}>
                <div className="soft small">
                  {verdicts.map(({ channel }) => t(`channels.${channel}`)).join(' · ')}
                </div>
                <Refusals verdict={verdicts[0]!} />
              </div>
            ))}
          </section>
        ) : null}
        <Holds borrower={borrower} />
        <section>
          <h3>{t('case.people')}</h3>
          <Points borrower={borrower} />
        </section>
        <Documents borrower_id={borrower.borrower_id} />
        <WithWhom borrower_id={borrower.borrower_id} />
      </section>
    </Card>
  )
}
