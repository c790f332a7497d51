import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Trend as Lines } from '#api/insight/portfolio/portfolio'
import { Card } from '../../ui/Card.tsx'
import { axisFont, Chart } from '../../ui/Chart.tsx'
import { ask, query } from '../../ui/client.ts'
import type { Figures } from '../../ui/figures.ts'
import { Loading } from '../../ui/Loading.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'

type Points = Lines['currencies'][number]['points']

/** One line with the amount and the loans of each week at the pointer. */
function lineOf(points: Points, figures: Figures) {
  const font = axisFont()
  const accent = '#2456c6'
  return {
    grid: { left: 8, right: 24, top: 16, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis',
      formatter: (shown: { dataIndex: number }[]) => {
        const point = points[shown[0]!.dataIndex]!
        const amount = `<b>${figures.amount(point.past_due)}</b>`
        return `${figures.date(point.on)}<br>${amount} · ${figures.count(point.loans)}`
      },
    },
    xAxis: {
      type: 'category',
      data: points.map((point) => figures.day(point.on)),
      boundaryGap: false,
      axisLabel: font,
      axisLine: { lineStyle: { color: '#8791a1' } },
    },
    yAxis: {
      type: 'value',
      axisLabel: { ...font, formatter: (value: number) => figures.short(value) },
      splitLine: { lineStyle: { color: '#eef1f5' } },
    },
    series: [
      {
        type: 'line',
        data: points.map((point) => Number(point.past_due)),
        symbolSize: 5,
        lineStyle: { width: 2, color: accent },
        itemStyle: { color: accent },
      },
    ],
  }
}

/** Whether the past-due amount of one currency grows. */
export function Trend({ currency, lender }: { currency: string; lender: string }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const { data, error, refetch } = useQuery({
    queryKey: ['trend', lender],
    queryFn: () => ask<Lines>('GET', `/portfolio/trend${query({ lender, every_days: 7, points: 13 })}`),
  })
  const points = useMemo(
    () => data?.currencies.find((line) => line.currency === currency)?.points ?? [],
    [data, currency],
  )
  const option = useMemo(() => lineOf(points, figures), [points, figures])
  const last = points.at(-1)
  const first = points[0]
  return (
    <Card title={t('portfolio.trend')} aside={t('portfolio.trend_how', { currency })}>
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} /> : null}
      {last && first ? (
        <Chart
          height={260}
          option={option}
          label={t('portfolio.trend_words', {
            from: figures.money(first.past_due, currency),
            from_day: figures.date(first.on),
            to: figures.money(last.past_due, currency),
            to_day: figures.date(last.on),
          })}
        />
      ) : null}
      {data && points.length === 0 ? <p className="soft">{t('portfolio.no_trend')}</p> : null}
    </Card>
  )
}
