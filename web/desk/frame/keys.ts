import { useEffect, useRef } from 'react'

const isField = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) &&
  !/^(checkbox|radio|button)$/.test((target as HTMLInputElement).type ?? '')

/** The name of a key in small letters: `c`, `enter`, `ctrl enter`, `]`. */
const nameOf = (event: KeyboardEvent): string =>
  `${event.ctrlKey || event.metaKey ? 'ctrl ' : ''}${event.key.toLowerCase()}`

/** A dialog keeps the keys to itself: what stands behind it waits. */
const inDialog = () =>
  [...document.querySelectorAll('.ant-modal')].some((each) => each.getClientRects().length > 0)

/**
 * Single keys do things while no field has the focus; `Esc` and those with Ctrl do so always. `keys` maps the
 * name of a key to what it does.
 */
export function useKeys(keys: Readonly<Record<string, (() => void) | undefined>>, active = true) {
  const current = useRef(keys)
  current.current = keys
  useEffect(() => {
    if (!active) return
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return
      const name = nameOf(event)
      const always = name.startsWith('ctrl ') || name === 'escape'
      if (isField(event.target) && !always) return
      if (inDialog() && name !== 'escape') return
      // A button that has the focus answers Enter by itself.
      if (name === 'enter' && event.target instanceof HTMLElement && event.target.closest('button, a')) return
      const act = current.current[name]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [active])
}

// As long as one looks for the second key.
const SECOND_KEY_MS = 1500

/**
 * One key and then another, however quickly. The second is heard before the page hears it and means nothing
 * else: `G` `C` goes to Conduct, and calls nobody where `C` calls.
 */
export function useKeysAfter(first: string, keys: Readonly<Record<string, () => void>>) {
  const current = useRef(keys)
  current.current = keys
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined
    const pressed = (event: KeyboardEvent) => {
      if (event.altKey || event.isComposing || isField(event.target) || inDialog()) return
      const name = nameOf(event)
      if (/^(shift|control|meta)$/.test(event.key.toLowerCase())) return
      const second = waiting !== undefined
      clearTimeout(waiting)
      waiting = undefined
      if (!second && name !== first) return
      event.preventDefault()
      event.stopImmediatePropagation()
      if (second) current.current[name]?.()
      else
        waiting = setTimeout(() => {
          waiting = undefined
        }, SECOND_KEY_MS)
    }
    document.addEventListener('keydown', pressed, true)
    return () => {
      clearTimeout(waiting)
      document.removeEventListener('keydown', pressed, true)
    }
  }, [first])
}
