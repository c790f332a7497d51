import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { CurrencyBook } from '#api/insight/portfolio/portfolio'
import { Card } from '../../ui/Card.tsx'
import { axisFont, Chart } from '../../ui/Chart.tsx'
import type { Figures } from '../../ui/figures.ts'
import { useFigures } from '../frame/figures.ts'

type Bars = { name: string; value: number; words: string }[]

/** One bar for each bucket, its figure written beside it. */
function barsOf(bars: Bars) {
  const font = axisFont()
  return {
    grid: { left: 8, right: 96, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ name }) => name),
      axisLabel: { ...font, fontSize: 12 },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: '#8791a1' } },
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 14,
        data: bars.map(({ value }) => value),
        itemStyle: { color: '#2456c6', borderRadius: 2 },
        label: {
          show: true,
          position: 'right',
          ...font,
          fontSize: 12,
          formatter: ({ dataIndex }: { dataIndex: number }) => bars[dataIndex]!.words,
        },
      },
    ],
  }
}

const barsFrom = (book: CurrencyBook, measure: 'loans' | 'outstanding', figures: Figures): Bars =>
  book.buckets
    .filter(({ bucket }) => bucket !== 'current')
    .map((row) =>
      measure === 'loans'
        ? { name: row.bucket, value: row.loans, words: figures.count(row.loans) }
        : { name: row.bucket, value: Number(row.past_due), words: figures.amount(row.past_due) },
    )

/** The buckets beside each other, by count or by money. */
export function BucketBars({ book, measure }: { book: CurrencyBook; measure: 'loans' | 'outstanding' }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const bars = useMemo(() => barsFrom(book, measure, figures), [book, measure, figures])
  const option = useMemo(() => barsOf(bars), [bars])
  const title = measure === 'loans' ? t('portfolio.loans_by_bucket') : t('portfolio.money_by_bucket')
  const label = bars.map(({ name, words }) => `${name} ${words}`).join(', ')
  return (
    <Card title={title} aside={book.currency}>
      {bars.length > 0 ? (
        <Chart height={Math.max(bars.length * 28, 120)} option={option} label={label} />
      ) : (
        <p className="soft">{t('portfolio.no_trend')}</p>
      )}
    </Card>
  )
}
