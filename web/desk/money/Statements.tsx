import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { BankStatement } from '#api/resolution/statements/statement'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import { useChosen } from './chosen.ts'
import { SendStatement } from './SendStatement.tsx'
import { StatementRecord } from './StatementRecord.tsx'

type Page = { rows: BankStatement[]; next_cursor: string | null }

/** The bank statements that were loaded, what became of each, and a place to send one. */
export function Statements({ title, toSuspense }: { title: ReactNode; toSuspense: () => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()
  usePage(t('places.money'), [
    ['1–3', t('money.parts')],
    ['J', t('keys.down')],
    ['K', t('keys.up')],
  ])
  const pages = useInfiniteQuery({
    queryKey: ['bank-statements'],
    queryFn: ({ pageParam }) =>
      ask<Page>('GET', `/bank-statements${query({ cursor: pageParam, limit: 30 })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.rows) ?? []
  const { shown, choose } = useChosen(rows, ({ sha256 }) => sha256)
  return (
    <div className="halves by-their-own">
      <div className="column">
        <Problem error={error} again={refetch} />
        <Card title={title} flush>
          {!data && !error ? <Loading label={t('states.loading')} rows={10} /> : null}
          <table className="figures-table">
            <thead>
              <tr>
                <th scope="col">{t('imports.as_of')}</th>
                <th scope="col">{t('money.account')}</th>
                <th scope="col">{t('portfolio.lender')}</th>
                <th scope="col" className="number">
                  {t('money.lines')}
                </th>
                <th scope="col" className="number">
                  {t('money.outcome.booked')}
                </th>
                <th scope="col">{t('money.outcome.waiting')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr
                  key={row.sha256}
                  className="clickable"
                  aria-selected={row === shown}
                  onClick={() => choose(row)}
                >
                  <th scope="row">
                    <button type="button" className="cell" onClick={() => choose(row)}>
                      {figures.date(row.closed_on)}
                    </button>
                  </th>
                  <td className="token">
                    {row.account_no} <span className="soft">{row.statement_no}</span>
                  </td>
                  <td className="soft">{row.lender}</td>
                  <td className="number">{figures.count(row.lines)}</td>
                  <td className="number">{figures.count(row.booked)}</td>
                  <td>
                    <Mark verdict={row.waiting > 0 ? 'wait' : 'allowed'}>{figures.count(row.waiting)}</Mark>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {data && rows.length === 0 ? <p className="soft body-text">{t('money.no_statement')}</p> : null}
          <More pages={pages} />
        </Card>
        {may('payments.write') ? <SendStatement toSuspense={toSuspense} /> : null}
      </div>
      {shown ? <StatementRecord key={shown.sha256} statement={shown} /> : null}
    </div>
  )
}
