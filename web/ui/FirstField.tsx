import { type ReactNode, useEffect, useRef } from 'react'

/** Fields that have just been asked for by a key: the first of them, or a button, takes the focus. */
export function FirstField({ children, className }: { children: ReactNode; className?: string }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const first = (what: string) => place.current?.querySelector<HTMLElement>(what)
    const field = first('input:not([type=hidden]), select, textarea') ?? first('button')
    field?.focus()
  }, [])
  return (
    <div ref={place} className={className ?? 'column'}>
      {children}
    </div>
  )
}
