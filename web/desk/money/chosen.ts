import { useRef, useState } from 'react'
import { useKeys } from '../frame/keys.ts'

/**
 * The row of a list that `J` and `K`, or the pointer, have chosen: the first until then. A row that is gone
 * leaves its place to the next. `Enter` goes on to what is asked about the row, in the part `chosen`.
 */
export function useChosen<Row>(rows: readonly Row[], keyOf: (row: Row) => string) {
  const [chosen, choose] = useState<string | null>(null)
  const place = useRef(0)
  const found = rows.findIndex((row) => keyOf(row) === chosen)
  const at = found >= 0 ? found : Math.max(Math.min(place.current, rows.length - 1), 0)
  place.current = at
  const go = (to: number) => {
    const row = rows[Math.max(Math.min(to, rows.length - 1), 0)]
    choose(row === undefined ? null : keyOf(row))
  }
  useKeys({
    j: () => go(at + 1),
    k: () => go(at - 1),
    enter: () => document.querySelector<HTMLElement>('.chosen input, .chosen textarea')?.focus(),
  })
  return { shown: rows[at], choose: (row: Row) => choose(keyOf(row)) }
}
