import { useSyncExternalStore } from 'react'

// Under this width the desk is read only: a verdict and its button no longer stand side by side.
const narrow = matchMedia('(max-width: 899px)')

const watch = (changed: () => void) => {
  narrow.addEventListener('change', changed)
  return () => narrow.removeEventListener('change', changed)
}

/** Whether the window is too narrow to work in. */
export const useNarrow = () => useSyncExternalStore(watch, () => narrow.matches)
