import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rolls } from '#api/insight/portfolio/portfolio'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'

type Measure = 'loans' | 'outstanding'
type Row = Rolls['rows'][number]

const daysBefore = (date: string, days: number) => {
  const day = new Date(`${date}T12:00:00Z`)
  day.setUTCDate(day.getUTCDate() - days)
  return day.toISOString().slice(0, 10)
}

/** Bluer: better than before; browner: worse. The share stands in the cell in any case. */
function tint(from: number, to: number, share: number, closed: boolean): string | undefined {
  if (closed || share === 0 || from === to) return undefined
  const strength = Math.round(Math.min(share * 70 + 8, 60))
  return `color-mix(in srgb, var(${to < from ? '--accent' : '--worse'}) ${strength}%, white)`
}

function Line({ row, i, measure, buckets }: { row: Row; i: number; measure: Measure; buckets: number }) {
  const { t } = useTranslation()
  const figures = useFigures()
  return (
    <tr>
      <th scope="row">{row.bucket === 'current' ? t('portfolio.current') : row.bucket}</th>
      <td className="number soft">{figures.count(row.loans)}</td>
      <td className="number soft">{figures.amount(row.outstanding)}</td>
      {row.cells.map((cell, j) => {
        const share = measure === 'loans' ? cell.loans_share : cell.outstanding_share
        const background = tint(i, j, share, j === buckets)
        const whole = `${figures.count(cell.loans)} / ${figures.amount(cell.outstanding)}`
        return (
          <td
            key={cell.bucket}
            className={`number ${i === j ? 'stayed' : ''}`}
            style={background ? { background } : undefined}
            title={whole}
          >
            {cell.loans === 0 ? '' : figures.percent(share).replace(/\s?%/, '')}
          </td>
        )
      })}
    </tr>
  )
}

/** Where the loans of each bucket went between two days; every row adds up to what stood there. */
export function RollMatrix(props: { currency: string; lender: string; as_of: string; measure: Measure }) {
  const { currency, lender, as_of, measure } = props
  const { t } = useTranslation()
  const figures = useFigures()
  const [back, setBack] = useState(1)
  useKeys({
    arrowleft: () => setBack(Math.min(back + 1, 24)),
    arrowright: () => setBack(Math.max(back - 1, 1)),
  })
  const to = daysBefore(as_of, (back - 1) * 30)
  const from = daysBefore(to, 30)
  const { data, error } = useQuery({
    queryKey: ['rolls', currency, lender, from, to],
    queryFn: () => ask<Rolls>('GET', `/portfolio/rolls${query({ from, to, currency, lender })}`),
  })
  const title = t('portfolio.went', { from: figures.day(from), to: figures.day(to) })
  return (
    <Card title={title} aside={t('portfolio.went_how', { currency })} flush>
      <Problem error={error} />
      {!data && !error ? <Loading label={t('states.loading')} rows={9} /> : null}
      {data?.rows.every((row) => row.loans === 0) ? (
        <p className="soft body-text">{t('portfolio.no_book', { day: figures.date(from) })}</p>
      ) : data ? (
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
                {[...data.buckets, 'closed'].map((bucket) => (
                  <th scope="col" key={bucket} className="number">
                    {bucket === 'current' || bucket === 'closed' ? t(`portfolio.${bucket}`) : bucket}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.rows.map((row, i) => (
                <Line key={row.bucket} row={row} i={i} measure={measure} buckets={data.buckets.length} />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </Card>
  )
}
