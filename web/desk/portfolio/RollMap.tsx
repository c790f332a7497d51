import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rolls } from '#api/insight/portfolio/portfolio'
import { axisFont, Chart } from '../../ui/Chart.tsx'
import type { Figures } from '../../ui/figures.ts'
import { useFigures } from '../frame/figures.ts'

export type Measure = 'loans' | 'outstanding'
type Cell = Rolls['rows'][number]['cells'][number]

export const shareOf = (cell: Cell, measure: Measure) =>
  measure === 'loans' ? cell.loans_share : cell.outstanding_share

const INK = '#18212e'
const ROW_PX = 28

// The root of a share: so that a few loans of a hundred are seen too, beside the half of them.
/** How strongly a cell is coloured: bluer below nothing, better than before; browner above it, worse. */
function colourOf(from: number, to: number, share: number, closed: boolean) {
  // What stayed and what was closed is neither: it has a grey of its own, and no place on the scale.
  if (closed || from === to) return { visualMap: false, itemStyle: { color: '#eef1f5' } }
  return { share: Math.sqrt(share) * (to < from ? -1 : 1) }
}

/** The bucket at the left edge, and at the right how many loans its row adds up from. */
function rowLabel(rolls: Rolls, figures: Figures) {
  const font = { ...axisFont(), fontSize: 12 }
  return {
    ...font,
    formatter: (name: string, i: number) => `{name|${name}}{loans|${figures.count(rolls.rows[i]!.loans)}}`,
    rich: {
      name: { ...font, color: INK, fontWeight: 600, width: 56, align: 'left' },
      loans: { ...font, width: 52, align: 'right' },
    },
  }
}

/** One coloured cell for each bucket and where its loans went; what nobody went to stays white. */
function mapOf(
  rolls: Rolls,
  measure: Measure,
  names: { rows: string[]; columns: string[] },
  figures: Figures,
) {
  const font = axisFont()
  const words = (n: number) => figures.percent(n).replace(/\s?%/, '')
  const cells = rolls.rows.flatMap((row, y) =>
    row.cells.flatMap((cell, x) => {
      if (cell.loans === 0) return []
      const share = shareOf(cell, measure)
      const { share: signed = 0, ...look } = colourOf(y, x, share, x === rolls.buckets.length)
      return [{ value: [x, y, signed], words: words(share), cell, ...look }]
    }),
  )
  const axis = { type: 'category', axisTick: { show: false }, axisLine: { show: false } }
  return {
    grid: { left: 8, right: 8, top: 4, bottom: 4, containLabel: true },
    tooltip: {
      formatter: ({ data }: { data: (typeof cells)[number] }) =>
        `${names.rows[data.value[1]!]} → ${names.columns[data.value[0]!]}<br><b>${data.words} %</b> · ` +
        `${figures.count(data.cell.loans)} · ${figures.amount(data.cell.outstanding)}`,
    },
    visualMap: {
      show: false,
      min: -1,
      max: 1,
      dimension: 2,
      inRange: { color: ['#7c9ce0', '#ffffff', '#d6a24e'] },
    },
    xAxis: {
      ...axis,
      position: 'top',
      data: names.columns,
      axisLabel: { ...font, fontSize: 12, interval: 0 },
    },
    yAxis: { ...axis, inverse: true, data: names.rows, axisLabel: rowLabel(rolls, figures) },
    series: [
      {
        type: 'heatmap',
        data: cells,
        itemStyle: { borderColor: '#ffffff', borderWidth: 1 },
        label: {
          show: true,
          ...font,
          fontSize: 12,
          color: INK,
          formatter: ({ data }: { data: (typeof cells)[number] }) => data.words,
        },
      },
    ],
  }
}

/** Where the loans went, as a map. Its words are the largest movement; the table says every figure. */
export function RollMap({ rolls, measure }: { rolls: Rolls; measure: Measure }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const option = useMemo(() => {
    const nameOf = (bucket: string) =>
      bucket === 'current' || bucket === 'closed' ? t(`portfolio.${bucket}`) : bucket
    const rows = rolls.rows.map(({ bucket }) => nameOf(bucket))
    return mapOf(rolls, measure, { rows, columns: [...rolls.buckets, 'closed'].map(nameOf) }, figures)
  }, [rolls, measure, figures, t])
  return <Chart height={rolls.rows.length * ROW_PX + 28} option={option} label={t('portfolio.map_words')} />
}
