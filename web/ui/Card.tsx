import { type ReactNode, useId } from 'react'

type Props = {
  title: ReactNode
  aside?: ReactNode
  children: ReactNode
  /** the body touches the edges: for tables and lists */
  flush?: boolean
  className?: string
}

/** A part of a page with its heading. */
export function Card({ title, aside, children, flush, className }: Props) {
  const id = useId()
  return (
    <section className={`card ${className ?? ''}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside ? <div className="soft small">{aside}</div> : null}
      </header>
      {flush ? children : <div className="body">{children}</div>}
    </section>
  )
}
