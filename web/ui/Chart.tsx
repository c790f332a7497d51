import { BarChart, HeatmapChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent, VisualMapContinuousComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useLayoutEffect, useRef } from 'react'

use([
  BarChart,
  HeatmapChart,
  LineChart,
  GridComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
  SVGRenderer,
])

/** The letters of a chart's axes: those of the page, small and grey. */
export const axisFont = () => ({
  fontFamily: getComputedStyle(document.body).fontFamily,
  color: '#5d6778',
  fontSize: 11,
})

type Props = { option: EChartsCoreOption; label: string; height: number }

/** A chart with its words for those who cannot see it. It is drawn again when its option is another one. */
export function Chart({ option, label, height }: Props) {
  const place = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const chart = init(place.current!, null, { renderer: 'svg' })
    chart.setOption({ animation: false, ...option })
    const resized = new ResizeObserver(() => chart.resize())
    resized.observe(place.current!)
    return () => {
      resized.disconnect()
      chart.dispose()
    }
  }, [option])
  return <div ref={place} role="img" aria-label={label} style={{ height }} />
}
