import { type ReactNode, useEffect, useRef } from 'react'

/** Fields that have just been asked for by a key: the first of them takes the focus. */
export function FirstField({ children, className }: { children: ReactNode; className?: string }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    place.current?.querySelector<HTMLElement>('input:not([type=hidden]), select, textarea')?.focus()
  }, [])
  return (
    <div ref={place} className={className ?? 'column'}>
      {children}
    </div>
  )
}
