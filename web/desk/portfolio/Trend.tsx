import { useQuery } from '@tanstack/react-query'
import { LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Trend as Lines } from '#api/insight/portfolio/portfolio'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'

use([LineChart, GridComponent, TooltipComponent, SVGRenderer])

type Points = Lines['currencies'][number]['points']

/** One line with its last value written beside it. */
function Chart({ points, label }: { points: Points; label: string }) {
  const place = useRef<HTMLDivElement>(null)
  const figures = useFigures()
  useEffect(() => {
    const chart = init(place.current!, null, { renderer: 'svg' })
    const compact = new Intl.NumberFormat(document.documentElement.lang, { notation: 'compact' })
    const font = { fontFamily: getComputedStyle(document.body).fontFamily, color: '#5d6778', fontSize: 11 }
    chart.setOption({
      animation: false,
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
        axisLabel: { ...font, formatter: (value: number) => compact.format(value) },
        splitLine: { lineStyle: { color: '#eef1f5' } },
      },
      series: [
        {
          type: 'line',
          data: points.map((point) => Number(point.past_due)),
          symbolSize: 5,
          lineStyle: { width: 2, color: '#2456c6' },
          itemStyle: { color: '#2456c6' },
        },
      ],
    })
    const resized = new ResizeObserver(() => chart.resize())
    resized.observe(place.current!)
    return () => {
      resized.disconnect()
      chart.dispose()
    }
  }, [points, figures])
  return <div ref={place} role="img" aria-label={label} style={{ height: 260 }} />
}

/** Whether the past-due amount of one currency grows. */
export function Trend({ currency, lender }: { currency: string; lender: string }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const { data, error } = useQuery({
    queryKey: ['trend', lender],
    queryFn: () => ask<Lines>('GET', `/portfolio/trend${query({ lender, every_days: 7, points: 13 })}`),
  })
  const points = data?.currencies.find((line) => line.currency === currency)?.points ?? []
  const last = points.at(-1)
  const first = points[0]
  return (
    <Card title={t('portfolio.trend')} aside={t('portfolio.trend_how', { currency })}>
      <Problem error={error} />
      {!data && !error ? <Loading label={t('states.loading')} /> : null}
      {last && first ? (
        <Chart
          points={points}
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
