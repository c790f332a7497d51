import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Night, NightSteps } from '#api/insight/nights/night'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'
import { useWordList } from '../word-lists.ts'
import '../frame/figures.css'

function State({ night }: { night: Night }) {
  const { t } = useTranslation()
  if (night.failed_step) return <Mark verdict="refused">{t('nights.stopped')}</Mark>
  if (!night.finished_at) return <Mark verdict="wait">{t('nights.running')}</Mark>
  return <Mark verdict="allowed">{t('nights.done')}</Mark>
}

function Steps({ as_of }: { as_of: string }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const stepWords = useWordList('steps')
  const { data, error, refetch } = useQuery({
    queryKey: ['night', as_of],
    queryFn: () => ask<NightSteps>('GET', `/nights/${as_of}`),
  })
  const slowest = Math.max(...(data?.steps.map((step) => step.seconds) ?? []), 0.001)
  return (
    <Card
      title={t('nights.steps_of', { day: figures.date(as_of) })}
      aside={data ? figures.seconds(data.night.seconds) : ''}
      flush
    >
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} /> : null}
      {data?.night.failed_step ? (
        <div className="body">
          <div className="note refused" role="alert">
            <Mark verdict="refused">
              {t('nights.stopped_at', { step: stepWords(data.night.failed_step) })}
            </Mark>
            <p className="small softer">{data.night.failed_step}</p>
            <p>{data.night.error}</p>
            <p className="soft">{t('nights.what_now')}</p>
          </div>
        </div>
      ) : null}
      {data?.steps.length === 0 && !data.night.failed_step ? (
        <p className="soft body-text">{t('nights.opened_again')}</p>
      ) : null}
      <table className="figures-table">
        <thead>
          <tr>
            <th scope="col">{t('nights.step')}</th>
            <th scope="col" className="number">
              {t('nights.rows')}
            </th>
            <th scope="col" className="number">
              {t('nights.seconds')}
            </th>
            <th scope="col" style={{ width: '25%' }} aria-label={t('nights.seconds')} />
          </tr>
        </thead>
        <tbody>
          {data?.steps.map((step) => (
            <tr key={step.step}>
              <th scope="row" title={step.step} className="wraps">
                {stepWords(step.step)}
              </th>
              <td className="number">{figures.count(step.rows)}</td>
              <td className="number">{figures.seconds(step.seconds)}</td>
              <td style={{ minWidth: 110 }}>
                <span
                  className="bar"
                  style={{ display: 'block', width: `${(step.seconds / slowest) * 100}%` }}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}

/** What ran each night: steps, rows, seconds, and where one stopped. */
export function Nights() {
  const { t } = useTranslation()
  const figures = useFigures()
  const [chosen, choose] = useState<string | null>(null)
  usePage(t('places.nights'), [
    ['J', t('keys.down')],
    ['K', t('keys.up')],
  ])
  const { data, error, refetch } = useQuery({
    queryKey: ['nights'],
    queryFn: () => ask<{ rows: Night[] }>('GET', '/nights?limit=60'),
    refetchInterval: 15_000,
  })
  const rows = data?.rows ?? []
  const at = Math.max(
    rows.findIndex((night) => night.as_of === chosen),
    0,
  )
  useKeys({
    j: () => choose(rows[Math.min(at + 1, rows.length - 1)]?.as_of ?? null),
    k: () => choose(rows[Math.max(at - 1, 0)]?.as_of ?? null),
  })
  if (error) return <Problem error={error} again={refetch} />
  if (!data) return <Loading label={t('states.loading')} rows={12} />
  const shown = rows[at]
  if (!shown) return <p className="soft">{t('nights.none')}</p>
  return (
    <div className="halves by-their-own">
      <Card title={t('places.nights')} flush>
        <table className="figures-table">
          <thead>
            <tr>
              <th scope="col">{t('nights.night')}</th>
              <th scope="col">{t('nights.state')}</th>
              <th scope="col">{t('nights.began')}</th>
              <th scope="col" className="number">
                {t('nights.steps')}
              </th>
              <th scope="col" className="number">
                {t('nights.rows')}
              </th>
              <th scope="col" className="number">
                {t('nights.seconds')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((night) => (
              <tr
                key={night.as_of}
                className="clickable"
                aria-selected={night === shown}
                onClick={() => choose(night.as_of)}
              >
                <th scope="row">
                  <button type="button" className="cell" onClick={() => choose(night.as_of)}>
                    {figures.date(night.as_of)}
                  </button>
                </th>
                <td>
                  <State night={night} />
                </td>
                <td className="soft">{figures.moment(night.started_at)}</td>
                <td className="number">{figures.count(night.steps)}</td>
                <td className="number">{figures.count(night.rows)}</td>
                <td className="number">{figures.seconds(night.seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
      <Steps as_of={shown.as_of} />
    </div>
  )
}
