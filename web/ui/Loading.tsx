import { useEffect, useState } from 'react'

const widths = [90, 73, 56, 79, 62, 85, 68, 51, 74, 57, 80, 63]

/** Grey rows of the height that is to come, after 300 ms only, so that nothing jumps or flickers. */
export function Loading({ rows = 6, label }: { rows?: number; label: string }) {
  const [shown, show] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => show(true), 300)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div role="status" aria-label={label} style={{ padding: 12, visibility: shown ? 'visible' : 'hidden' }}>
      {widths.slice(0, rows).map((width) => (
        <div key={width} style={{ height: 28, paddingTop: 9 }}>
          <div className="skeleton" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}
