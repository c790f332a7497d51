import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rolls } from '#api/insight/portfolio/portfolio'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'
import { type Measure, RollMap, shareOf } from './RollMap.tsx'

type Row = Rolls['rows'][number]

const daysBefore = (date: string, days: number) => {
  const day = new Date(`${date}T12:00:00Z`)
  day.setUTCDate(day.getUTCDate() - days)
  return day.toISOString().slice(0, 10)
}

function Line({ row, i, measure }: { row: Row; i: number; measure: Measure }) {
  const { t } = useTranslation()
  const figures = useFigures()
  return (
    <tr>
      <th scope="row">{row.bucket === 'current' ? t('portfolio.current') : row.bucket}</th>
      <td className="number soft">{figures.count(row.loans)}</td>
      <td className="number soft">{figures.amount(row.outstanding)}</td>
      {row.cells.map((cell, j) => (
        <td key={cell.bucket} className={`number ${i === j ? 'stayed' : ''}`}>
          {cell.loans === 0 ? '' : figures.percent(shareOf(cell, measure)).replace(/\s?%/, '')}
        </td>
      ))}
    </tr>
  )
}

function Table({ rolls, measure }: { rolls: Rolls; measure: Measure }) {
  const { t } = useTranslation()
  return (
    <div className="scrolls">
      <table className="figures-table matrix">
        <thead>
          <tr>
            <th scope="col">{t('portfolio.from')}</th>
            <th scope="col" className="number">
              {t('portfolio.loans')}
            </th>
            <th scope="col" className="number">
              {t('portfolio.outstanding')}
            </th>
            {[...rolls.buckets, 'closed'].map((bucket) => (
              <th scope="col" key={bucket} className="number">
                {bucket === 'current' || bucket === 'closed' ? t(`portfolio.${bucket}`) : bucket}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rolls.rows.map((row, i) => (
            <Line key={row.bucket} row={row} i={i} measure={measure} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/**
 * Where the loans of each bucket went between two days; every row adds up to what stood there. A map first,
 * and a key that turns it into its table.
 */
export function RollMatrix(props: { currency: string; lender: string; as_of: string; measure: Measure }) {
  const { currency, lender, as_of, measure } = props
  const { t } = useTranslation()
  const figures = useFigures()
  const [back, setBack] = useState(1)
  const [asTable, setAsTable] = useState(false)
  useKeys({
    arrowleft: () => setBack(Math.min(back + 1, 24)),
    arrowright: () => setBack(Math.max(back - 1, 1)),
    t: () => setAsTable(!asTable),
  })
  const to = daysBefore(as_of, (back - 1) * 30)
  const from = daysBefore(to, 30)
  const { data, error, refetch } = useQuery({
    queryKey: ['rolls', currency, lender, from, to],
    queryFn: () => ask<Rolls>('GET', `/portfolio/rolls${query({ from, to, currency, lender })}`),
  })
  const title = t('portfolio.went', { from: figures.day(from), to: figures.day(to) })
  const aside = (
    <span className="row">
      {t('portfolio.went_how', { currency })}
      <Button size="small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
        <kbd>T</kbd> {asTable ? t('portfolio.as_map') : t('portfolio.as_table')}
      </Button>
    </span>
  )
  return (
    <Card title={title} aside={aside} flush>
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} rows={9} /> : null}
      {data?.rows.every((row) => row.loans === 0) ? (
        <p className="soft body-text">{t('portfolio.no_book', { day: figures.date(from) })}</p>
      ) : data && asTable ? (
        <Table rolls={data} measure={measure} />
      ) : data ? (
        <RollMap rolls={data} measure={measure} />
      ) : null}
    </Card>
  )
}
