import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { ask } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'

type Point = Borrower['contact_points'][number]

/** The reason for which a value is shown in full; it is logged with it. */
function Reason({
  asked,
  close,
  show,
}: {
  asked: boolean
  close: () => void
  show: (why: string) => Promise<void>
}) {
  const { t } = useTranslation()
  const [error, setError] = useState<unknown>(null)
  return (
    <Dialog open={asked} title={t('case.show_why')} close={close}>
      <form
        className="column"
        onSubmit={(event) => {
          event.preventDefault()
          setError(null)
          show(`${new FormData(event.currentTarget).get('reason')}`).catch(setError)
        }}
      >
        <Field label={t('case.reason_logged')} name="reason" required minLength={3} autoFocus />
        <Problem error={error} />
        <Button type="primary" htmlType="submit">
          {t('case.show')}
        </Button>
      </form>
    </Dialog>
  )
}

/** Whoever has to do with the case, each with the ways to reach them; third parties never hear of a debt. */
export function Points({ borrower }: { borrower: Borrower }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()
  const [asking, askFor] = useState<string | null>(null)
  const [shown, setShown] = useState<Record<string, string>>({})
  const first = borrower.contact_points.find(({ party }) => party === 'debtor') ?? borrower.contact_points[0]
  useKeys({ u: may('borrowers.unmask') && first ? () => askFor(first.point) : undefined })
  const show = async (reason: string) => {
    const point = asking!
    const path = `/borrowers/${borrower.borrower_id}/disclosures`
    const { value } = await ask<{ value: string | null }>('POST', path, {
      body: { what: 'contact_point', point },
      reason,
    })
    setShown({ ...shown, [point]: value ?? '' })
    askFor(null)
  }
  // The borrower first, then whoever else belongs to the case.
  const points = borrower.contact_points.toSorted(
    (a, b) => Number(b.party === 'debtor') - Number(a.party === 'debtor'),
  )
  const people = Map.groupBy(points, ({ party, party_name }) => `${party} ${party_name}`)
  const nameOf = ({ party, party_name }: Point) =>
    party === 'debtor' ? (borrower.name ?? borrower.borrower_no) : party_name || t(`parties.${party}`)
  return (
    <>
      {[...people].map(([who, points]) => (
        <div key={who} className="person">
          <div className="strong">
            {nameOf(points[0]!)}{' '}
            <span className="soft small">
              {points[0]!.party === 'debtor' ? t('parties.debtor') : t(`parties.${points[0]!.party}`)}
            </span>
          </div>
          <dl className="points">
            {points.map((point) => (
              <div key={point.point}>
                <dt className="soft">{t(`points.${point.kind}`)}</dt>
                <dd className="figures">
                  {shown[point.point] ?? point.masked}
                  {point.consented_on ? (
                    <span className="soft small">
                      {' '}
                      {t('case.consented', { day: figures.day(point.consented_on) })}
                    </span>
                  ) : null}
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
        </div>
      ))}
      <Reason asked={asking !== null} close={() => askFor(null)} show={show} />
    </>
  )
}
