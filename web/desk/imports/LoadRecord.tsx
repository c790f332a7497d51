import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Load, LoadJob, Reject } from '#api/book/intake/load'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Mark } from '../../ui/Mark.tsx'
import { digitsOf } from '../../ui/typed.ts'
import { useFigures } from '../frame/figures.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import { useWordList } from '../word-lists.ts'
import { follow } from './sending.ts'

/** `outstanding USD` and `empty product` are figures with a name and what it is of. */
function useFigureName() {
  const { t } = useTranslation()
  return (name: string) => {
    const [what = '', of = ''] = name.split(' ')
    return t(`imports.figure.${what}`, { of, defaultValue: name })
  }
}

function Comparison({ load }: { load: Load }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const nameOf = useFigureName()
  // What holds the load stands first.
  const rows = Object.entries(load.comparison).toSorted(
    ([, a], [, b]) => Number(b.beyond_limit) - Number(a.beyond_limit),
  )
  if (rows.length === 0) return <p className="soft body-text">{t('imports.first_of_kind')}</p>
  // The decimals of a currency are those of the totals that the server wrote.
  const digits = (currency: string) =>
    digitsOf(load.totals.find((total) => total.currency === currency)?.outstanding ?? '')
  const value = (name: string, n: number) => {
    const [what, of = ''] = name.split(' ')
    if (what === 'empty') return figures.percent(n)
    return what === 'rows' ? figures.count(n) : figures.amount(n.toFixed(digits(of)))
  }
  return (
    <table className="figures-table tight">
      <thead>
        <tr>
          <th scope="col">{t('imports.measure')}</th>
          <th scope="col" className="number">
            {t('imports.before')}
          </th>
          <th scope="col" className="number">
            {t('imports.now')}
          </th>
          <th scope="col" className="number">
            {t('imports.moved')}
          </th>
          <th scope="col">{t('imports.limit')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, figure]) => (
          <tr key={name}>
            <th scope="row">{nameOf(name)}</th>
            <td className="number">{value(name, figure.before)}</td>
            <td className="number">{value(name, figure.now)}</td>
            <td className="number">{figures.percent(figure.moved)}</td>
            <td>
              {figure.limit === null ? (
                <span className="soft one-line">{t('imports.no_limit')}</span>
              ) : (
                <Mark verdict={figure.beyond_limit ? 'wait' : 'allowed'}>
                  {figures.percent(figure.limit)}
                </Mark>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Rejects({ load_id }: { load_id: string }) {
  const { t } = useTranslation()
  const figures = useFigures()
  type Page = { rows: Reject[]; next_cursor: string | null }
  const pages = useInfiniteQuery({
    queryKey: ['rejects', load_id],
    queryFn: ({ pageParam }) =>
      ask<Page>('GET', `/loads/${load_id}/rejects${query({ cursor: pageParam, limit: 50 })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.rows) ?? []
  const reasonWords = useWordList('rejects')
  return (
    <div className="scrolls" style={{ maxHeight: 260 }}>
      <Problem error={error} />
      <table className="figures-table">
        <thead>
          <tr>
            <th scope="col" className="number">
              {t('imports.line')}
            </th>
            <th scope="col">{t('imports.column')}</th>
            <th scope="col">{t('imports.value')}</th>
            <th scope="col">{t('imports.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((reject) => (
            <tr key={`${reject.line} ${reject.column_name}`}>
              <td className="number">{figures.count(reject.line)}</td>
              <th scope="row">{reject.column_name}</th>
              <td>{reject.value}</td>
              <td>{reasonWords(reject.reason)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More pages={pages} />
    </div>
  )
}

/** Accept or withdraw a load that waits for a person. */
function Decision({ load }: { load: Load }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const [said, say] = useState('')
  const again = () => queries.invalidateQueries()
  const accept = async () => {
    const job = await ask<LoadJob>('POST', `/loads/${load.load_id}/acceptance`)
    const ended = await follow(job, load.file_name, ({ state }) => say(t(`imports.${state}`)))
    if (ended.state === 'refused') say(ended.detail ?? t('imports.refused'))
    await again()
  }
  const withdraw = () => ask('POST', `/loads/${load.load_id}/withdrawal`).then(again)
  return (
    <div className="body">
      <div className="note column">
        <Mark verdict="wait">{t('imports.held_why')}</Mark>
        <div className="row">
          <Button type="primary" onClick={() => accept().catch(setError)}>
            {t('imports.accept')}
          </Button>
          <Button danger onClick={() => withdraw().catch(setError)}>
            {t('imports.withdraw')}
          </Button>
          <span role="status">{said}</span>
        </div>
        <Problem error={error} />
      </div>
    </div>
  )
}

/** Everything about one load: counts, totals, the comparison with the load before, and its rejects. */
export function LoadRecord({ load }: { load: Load }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()
  const counts = ['rows', 'new', 'changed', 'unchanged', 'closed', 'rejected'] as const
  const title = `${load.file_name} · ${figures.date(load.as_of)}`
  return (
    <div className="column">
      <Card
        title={title}
        aside={`${figures.seconds(load.seconds)} · sha256 ${load.sha256.slice(0, 12)}`}
        flush
      >
        {load.state === 'held' && may('loads.accept') ? <Decision load={load} /> : null}
        <dl className="counts">
          {counts.map((name) => (
            <div key={name}>
              <dt className="soft small">{t(`imports.count.${name}`)}</dt>
              <dd className={`big ${name === 'rejected' && load.rejected > 0 ? 'wait' : ''}`}>
                {figures.count(load[name])}
              </dd>
            </div>
          ))}
        </dl>
        {load.totals.map((total) => (
          <p key={total.currency} className="body-text">
            <span className="strong">{total.currency}</span>{' '}
            {total.amount !== undefined ? figures.money(total.amount, total.currency) : null}
            {total.outstanding !== undefined
              ? t('imports.totals', {
                  outstanding: figures.money(total.outstanding, total.currency),
                  past_due: figures.money(total.past_due ?? '0', total.currency),
                  loans: figures.count(total.loans ?? 0),
                })
              : null}
          </p>
        ))}
        {load.dpd_differs > 0 ? (
          <p className="body-text">
            <Mark verdict="note">{t('imports.dpd_differs', { count: load.dpd_differs })}</Mark>
          </p>
        ) : null}
      </Card>
      {load.rejected > 0 && may('loads.write') ? (
        <Card title={t('imports.rejects')} aside={t('imports.rejects_how', { count: load.rejected })} flush>
          <Rejects load_id={load.load_id} />
        </Card>
      ) : null}
      <Card title={t('imports.comparison')} aside={t('imports.comparison_how')} flush>
        <Comparison load={load} />
      </Card>
    </div>
  )
}
