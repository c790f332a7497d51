import type { ReactNode } from 'react'

export type Verdict = 'allowed' | 'wait' | 'refused' | 'note'

const shapes: Record<Verdict, ReactNode> = {
  allowed: <path d="m4.5 8.2 2.3 2.3 4.7-4.9" />,
  wait: <path d="M8 4.5V8l2.2 1.6" />,
  refused: <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" />,
  note: <path d="M8 4.6v4M8 11v.3" />,
}

/** Colour never speaks alone: the sign and the words stand together. */
export function Mark({ verdict, children }: { verdict: Verdict; children?: ReactNode }) {
  const tone = verdict === 'note' ? 'wait' : verdict
  return (
    <span className={`mark ${tone}`}>
      <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="8" fill="currentColor" />
        <g fill="none" stroke="#fff" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round">
          {shapes[verdict]}
        </g>
      </svg>
      {children}
    </span>
  )
}
