import type { InputHTMLAttributes } from 'react'

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, 'className'> & { label: string }

/** A field under its label. */
export const Field = ({ label, ...input }: Props) => (
  <label className="field">
    {label}
    <input className="plain-input" onFocus={(event) => event.target.select()} {...input} />
  </label>
)
