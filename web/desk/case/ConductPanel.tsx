import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Field } from '../../ui/Field.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import type { ChannelVerdict, Verdicts } from './asking.ts'

/** The calendar day where the borrower is, YYYY-MM-DD. */
function todayIn(zone: string | undefined): string {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  return new Intl.DateTimeFormat('en-CA', { ...parts, ...(zone ? { timeZone: zone } : {}) }).format(
    new Date(),
  )
}

/** Allowed, not until a time, or refused: what the server decided, in words. */
export function VerdictMark({ verdict, zone }: { verdict: ChannelVerdict; zone: string | undefined }) {
  const { t } = useTranslation()
  const figures = useFigures()
  if (verdict.allowed) return <Mark verdict="allowed">{t('case.allowed')}</Mark>
  const next = verdict.next_allowed_at
  if (!next) return <Mark verdict="refused">{t('case.refused')}</Mark>
  // The time is the borrower's own, as the rule told it: today without the day, a later day without the time.
  const day = next.slice(0, 10)
  const when = day === todayIn(zone) && next.length > 10 ? next.slice(11, 16) : figures.day(day)
  return <Mark verdict="wait">{t('case.not_until', { when })}</Mark>
}

/** The refusals of one channel: fact, clause, force, and when it ends. */
export function Refusals({ verdict }: { verdict: ChannelVerdict }) {
  const { t } = useTranslation()
  return (
    <div className="column">
      {[...verdict.refusals, ...verdict.warnings].map((refusal) => (
        <div key={`${refusal.rule_id} ${refusal.next_allowed_at}`} className="refusal">
          <div className="spread">
            <Mark verdict={refusal.next_allowed_at ? 'wait' : 'refused'}>{refusal.rule}</Mark>
            <span className="small strong figures when">{refusal.next_allowed_at?.replace('T', ' ')}</span>
          </div>
          <div className="small soft">
            {refusal.source} · {t(`force.${refusal.force}`)} · {refusal.rule_id} · {refusal.pack_version}
            {refusal.for_counsel ? ` · ${t('case.unconfirmed')}` : ''}
          </div>
        </div>
      ))}
    </div>
  )
}

/** A masked value and the way to see it: a reason first, and a line in the log. */
function Points({ borrower }: { borrower: Borrower }) {
  const { t } = useTranslation()
  const may = useMay()
  const [asking, askFor] = useState<string | null>(null)
  const [shown, setShown] = useState<Record<string, string>>({})
  const [error, setError] = useState<unknown>(null)
  const first = borrower.contact_points[0]
  useKeys({ u: may('borrowers.unmask') && first ? () => askFor(first.point) : undefined })
  const show = async (reason: string) => {
    const point = asking!
    const body = { what: 'contact_point', point }
    await ask<{ value: string | null }>('POST', `/borrowers/${borrower.borrower_id}/disclosures`, {
      body,
      reason,
    })
      .then(({ value }) => setShown({ ...shown, [point]: value ?? '' }))
      .then(() => askFor(null))
      .catch(setError)
  }
  return (
    <>
      <dl className="points">
        {borrower.contact_points.map((point) => (
          <div key={point.point}>
            <dt className="soft">
              {t(`points.${point.kind}`)}
              {point.party === 'debtor' ? '' : ` · ${t(`parties.${point.party}`)}`}
            </dt>
            <dd className="figures">
              {shown[point.point] ?? point.masked}
              {point.opted_out_on ? <span className="chip refused">{t('case.opted_out')}</span> : null}
              {may('borrowers.unmask') && shown[point.point] === undefined ? (
                <Button type="link" size="small" onClick={() => askFor(point.point)}>
                  {t('case.show')}
                </Button>
              ) : null}
            </dd>
          </div>
        ))}
      </dl>
      <Modal
        open={asking !== null}
        title={t('case.show_why')}
        footer={null}
        onCancel={() => askFor(null)}
        destroyOnHidden
      >
        <form
          className="column"
          onSubmit={(event) => {
            event.preventDefault()
            void show(`${new FormData(event.currentTarget).get('reason')}`)
          }}
        >
          <Field label={t('case.reason_logged')} name="reason" required minLength={3} autoFocus />
          <Problem error={error} />
          <Button type="primary" htmlType="submit">
            {t('case.show')}
          </Button>
        </form>
      </Modal>
    </>
  )
}

/** What the rules say to each channel now, and why not; the person's points and open holds. */
export function ConductPanel({ borrower, verdicts }: { borrower: Borrower; verdicts: Verdicts | undefined }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const refused = verdicts?.channels.filter((verdict) => !verdict.allowed) ?? []
  return (
    <Card title={t('places.conduct')} aside={borrower.time_zones.join(', ')} flush className="conduct">
      <div className="scrolls">
        {verdicts ? (
          <section>
            <h3>{t('case.now')}</h3>
            <dl className="points">
              {verdicts.channels.map((verdict) => (
                <div key={verdict.channel}>
                  <dt>{t(`channels.${verdict.channel}`)}</dt>
                  <dd>
                    <VerdictMark verdict={verdict} zone={borrower.time_zones[0]} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ) : null}
        {refused.length > 0 ? (
          <section>
            <h3>{t('case.refused_why')}</h3>
            {refused.map((verdict) => (
              <div key={verdict.channel}>
                <div className="soft small">{t(`channels.${verdict.channel}`)}</div>
                <Refusals verdict={verdict} />
              </div>
            ))}
          </section>
        ) : null}
        <section>
          <h3>{t('case.points')}</h3>
          <Points borrower={borrower} />
        </section>
        <section>
          <h3>{t('case.holds')}</h3>
          {borrower.holds.length === 0 ? <p className="soft">{t('case.no_holds')}</p> : null}
          {borrower.holds.map((hold) => (
            <p key={hold.hold_id}>
              <Mark verdict="wait">{t(`happened.hold_${hold.kind}`, { defaultValue: hold.kind })}</Mark>{' '}
              <span className="soft small">
                {hold.debts?.join(', ')} {figures.moment(hold.at)} · {hold.reason}
              </span>
            </p>
          ))}
        </section>
      </div>
    </Card>
  )
}
