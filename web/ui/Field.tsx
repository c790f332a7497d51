import type { InputHTMLAttributes } from 'react'

/** `wide`: a sentence, which has a line of its own. */
type Props = Omit<InputHTMLAttributes<HTMLInputElement>, 'className'> & { label: string; wide?: boolean }

/** A field under its label. */
export const Field = ({ label, wide, ...input }: Props) => (
  <label className={`field ${wide ? 'wide' : ''}`}>
    {label}
    <input className="plain-input" onFocus={(event) => event.target.select()} {...input} />
  </label>
)
