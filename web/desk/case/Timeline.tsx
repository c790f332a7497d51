import { useInfiniteQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TimelineEntry } from '#api/insight/borrowers/borrower'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useToldReason } from './told.ts'

type Page = { rows: TimelineEntry[]; next_cursor: string | null }
const kinds = ['all', 'contact', 'money', 'promise', 'hold', 'notice', 'book'] as const
type Kind = (typeof kinds)[number]

function Entry({ entry }: { entry: TimelineEntry }) {
  const { t, i18n } = useTranslation()
  const figures = useFigures()
  const told = useToldReason()
  const named = (what: string) => {
    const key = `happened.${what}`
    return i18n.exists(key) ? t(key) : what.replaceAll('_', ' ')
  }
  const ended = /^released_(.+)/.exec(entry.what)?.[1]
  const words = ended ? t('happened.released', { what: named(`hold_${ended}`) }) : named(entry.what)
  const { outcome, reason, due_on, bucket, method } = entry.detail as Record<string, string | null>
  const details = [
    entry.loan_no,
    outcome ? t(`outcomes.${outcome}`, { defaultValue: outcome }) : null,
    due_on ? t('case.due', { day: figures.date(due_on) }) : null,
    bucket,
    method ? t(`methods.${method}`, { defaultValue: method.replaceAll('_', ' ') }) : null,
    reason ? told(reason) : null,
  ]
  // A day without a time stands at midnight of the book.
  const dated = entry.at.endsWith('T00:00:00.000Z')
  return (
    <li className="happening">
      <span className="when">
        <span>{figures.day(entry.at.slice(0, 10))}</span>
        {dated ? null : <span className="soft small">{figures.time(entry.at)}</span>}
      </span>
      <span>
        <span className="strong">{words}</span>
        <span className="small soft details">{details.filter(Boolean).join(' · ')}</span>
      </span>
      {entry.amount && entry.currency ? (
        <span className={`strong figures ${entry.kind === 'money' ? 'allowed' : ''}`}>
          {figures.money(entry.amount, entry.currency)}
        </span>
      ) : null}
    </li>
  )
}

/** Everything that happened, newest first. */
export function Timeline({ borrower_id }: { borrower_id: string }) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<Kind>('all')
  useKeys({ f: () => setKind(kinds[(kinds.indexOf(kind) + 1) % kinds.length]!) })
  const pages = useInfiniteQuery({
    queryKey: ['timeline', borrower_id, kind],
    queryFn: ({ pageParam }) => {
      const asked = query({ kind: kind === 'all' ? null : kind, cursor: pageParam, limit: 40 })
      return ask<Page>('GET', `/borrowers/${borrower_id}/timeline${asked}`, { reason: 'case' })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.rows) ?? []
  const choice = (
    <Segmented
      size="small"
      value={kind}
      onChange={setKind}
      options={kinds.map((each) => ({ value: each, label: t(`case.kinds.${each}`) }))}
    />
  )
  return (
    <Card title={t('case.happened')} aside={choice} flush className="timeline">
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} rows={10} /> : null}
      {data && rows.length === 0 ? <p className="soft body-text">{t('case.nothing_happened')}</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls is reached by key. */}
      <ol className="scrolls" tabIndex={0} aria-label={t('case.happened')}>
        {rows.map((entry) => (
          <Entry key={entry.entry} entry={entry} />
        ))}
      </ol>
      <More pages={pages} />
    </Card>
  )
}
