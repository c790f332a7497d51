import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Load } from '#api/book/intake/load'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark, type Verdict } from '../../ui/Mark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import '../frame/figures.css'
import './imports.css'
import { LoadRecord } from './LoadRecord.tsx'
import { SendFile } from './SendFile.tsx'

type Page = { rows: Load[]; next_cursor: string | null }

const verdicts: Record<Load['state'], Verdict> = {
  applied: 'allowed',
  accepted: 'allowed',
  held: 'wait',
  withdrawn: 'refused',
}

/** The files that lenders sent, what became of each, and a place to send one. */
export function Imports() {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()
  const [chosen, choose] = useState<string | null>(null)
  usePage(t('places.imports'), [
    ['J', t('keys.down')],
    ['K', t('keys.up')],
  ])
  const pages = useInfiniteQuery({
    queryKey: ['loads'],
    queryFn: ({ pageParam }) => ask<Page>('GET', `/loads${query({ cursor: pageParam, limit: 30 })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.rows) ?? []
  const at = Math.max(
    rows.findIndex((load) => load.load_id === chosen),
    0,
  )
  useKeys({
    j: () => choose(rows[Math.min(at + 1, rows.length - 1)]?.load_id ?? null),
    k: () => choose(rows[Math.max(at - 1, 0)]?.load_id ?? null),
  })
  // A load that has just come may stand further down than the list reaches.
  const apart = chosen !== null && !rows.some((load) => load.load_id === chosen)
  const alone = useQuery({
    queryKey: ['load', chosen],
    queryFn: () => ask<Load>('GET', `/loads/${chosen}`),
    enabled: apart,
  })
  const shown = apart ? alone.data : rows[at]
  return (
    <div className="halves">
      <div className="column">
        {may('loads.write') ? <SendFile sent={choose} /> : null}
        <Problem error={error} again={refetch} />
        <Card title={t('imports.files')} flush>
          {!data && !error ? <Loading label={t('states.loading')} rows={10} /> : null}
          <table className="figures-table">
            <thead>
              <tr>
                <th scope="col">{t('imports.as_of')}</th>
                <th scope="col">{t('imports.kind')}</th>
                <th scope="col">{t('imports.lenders')}</th>
                <th scope="col">{t('imports.state')}</th>
                <th scope="col" className="number">
                  {t('imports.count.rows')}
                </th>
                <th scope="col" className="number">
                  {t('imports.count.rejected')}
                </th>
                <th scope="col" className="number">
                  {t('nights.seconds')}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((load) => (
                <tr
                  key={load.load_id}
                  className="clickable"
                  aria-selected={load === shown}
                  onClick={() => choose(load.load_id)}
                >
                  <th scope="row">
                    <button type="button" className="cell" onClick={() => choose(load.load_id)}>
                      {figures.date(load.as_of)}
                    </button>
                  </th>
                  <td>{t(`imports.of.${load.kind}`)}</td>
                  <td className="soft">{load.lenders.join(', ')}</td>
                  <td>
                    <Mark verdict={verdicts[load.state]}>{t(`imports.states.${load.state}`)}</Mark>
                  </td>
                  <td className="number">{figures.count(load.rows)}</td>
                  <td className={`number ${load.rejected > 0 ? 'wait strong' : ''}`}>
                    {figures.count(load.rejected)}
                  </td>
                  <td className="number">{figures.seconds(load.seconds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {data && rows.length === 0 ? <p className="soft body-text">{t('imports.none')}</p> : null}
          <More pages={pages} />
        </Card>
      </div>
      {shown ? <LoadRecord load={shown} /> : null}
    </div>
  )
}
