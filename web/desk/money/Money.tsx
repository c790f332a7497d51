import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from '../frame/keys.ts'
import '../frame/figures.css'
import './money.css'
import { Differences } from './Differences.tsx'
import { Statements } from './Statements.tsx'
import { Suspense } from './Suspense.tsx'

const parts = ['suspense', 'differences', 'statements'] as const
export type Part = (typeof parts)[number]

/** Money that a person must look at: lines that wait, balances that differ, and the statements themselves. */
export function Money() {
  const { t } = useTranslation()
  const [part, show] = useState<Part>('suspense')
  useKeys(Object.fromEntries(parts.map((each, i) => [`${i + 1}`, () => show(each)])))
  const title = (
    <Segmented
      value={part}
      onChange={show}
      options={parts.map((each) => ({ value: each, label: t(`money.part.${each}`) }))}
    />
  )
  if (part === 'suspense') return <Suspense title={title} />
  if (part === 'differences') return <Differences title={title} />
  return <Statements title={title} toSuspense={() => show('suspense')} />
}
