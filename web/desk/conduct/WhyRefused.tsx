import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { RefusedVerdicts } from '#api/conduct/verdicts/verdict'
import { Card } from '../../ui/Card.tsx'
import { axisFont, Chart } from '../../ui/Chart.tsx'
import { useFigures } from '../frame/figures.ts'
import { useRuleWords } from '../rules.ts'

type ByRule = z.infer<typeof RefusedVerdicts>['by_rule']

const SHOWN = 7
const ROW_PX = 44

/** One bar for each rule with its words above it and its count at its end. */
function barsOf(bars: readonly { words: string; contacts: number; count: string }[]) {
  const font = axisFont()
  return {
    grid: { left: 4, right: 40, top: 0, bottom: 0 },
    xAxis: { type: 'value', show: false },
    yAxis: { type: 'category', inverse: true, show: false, data: bars.map(({ words }) => words) },
    series: [
      {
        type: 'bar',
        barWidth: 10,
        barGap: '-100%',
        data: bars.map(({ contacts }) => contacts),
        itemStyle: { color: '#2456c6', borderRadius: 2 },
        label: {
          show: true,
          position: 'right',
          ...font,
          fontSize: 12,
          color: '#18212e',
          formatter: ({ dataIndex }: { dataIndex: number }) => bars[dataIndex]!.count,
        },
      },
      {
        // No bar of its own: it carries the words, which start where the bars do.
        type: 'bar',
        barWidth: 10,
        data: bars.map(() => 0),
        label: {
          show: true,
          position: [0, -16],
          ...font,
          fontSize: 12,
          width: 440,
          overflow: 'truncate',
          formatter: ({ dataIndex }: { dataIndex: number }) => bars[dataIndex]!.words,
        },
      },
    ],
  }
}

/** Which rules refuse most: the same figures stand in its words for those who cannot see it. */
export function WhyRefused({ by_rule }: { by_rule: ByRule | undefined }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const ruleWords = useRuleWords()
  const shown = by_rule?.slice(0, SHOWN) ?? []
  const bars = shown.map(({ rule_id, rule, contacts }) => ({
    words: `${rule_id}  ${ruleWords(rule_id, rule)}`,
    contacts,
    count: figures.count(contacts),
  }))
  const label = bars.map(({ words, count }) => `${words}: ${count}`).join('; ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the label is all that the bars are made of.
  const option = useMemo(() => barsOf(bars), [label])
  return (
    <Card title={t('conduct.why_refused')} aside={t('conduct.why_refused_how')}>
      {bars.length > 0 ? (
        <Chart height={bars.length * ROW_PX + 4} option={option} label={label} />
      ) : by_rule ? (
        <p className="soft">{t('conduct.none_refused')}</p>
      ) : null}
    </Card>
  )
}
