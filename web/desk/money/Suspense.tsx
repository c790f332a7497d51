import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { StatementLine, SuspenseList } from '#api/resolution/statements/statement'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { ClearLine } from './ClearLine.tsx'
import { useChosen } from './chosen.ts'
import { useWhyItWaits } from './waits.ts'

const keyOf = ({ sha256, line_no }: StatementLine) => `${sha256} ${line_no}`

function Row({ line, chosen, choose }: { line: StatementLine; chosen: boolean; choose: () => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const whyItWaits = useWhyItWaits()
  const best = line.suggestions[0]
  return (
    <tr className="clickable two-lines" aria-selected={chosen} onClick={choose}>
      <td className="one-line">
        {figures.day(line.booked_on)}
        <div className="small softer">{line.lender}</div>
      </td>
      <th scope="row" className="wraps">
        <button type="button" className="cell" onClick={choose}>
          {line.payer ?? t('money.no_payer')}
        </button>
        <div className="small softer">{line.reference}</div>
      </th>
      <td className="number strong">{figures.money(line.amount, line.currency)}</td>
      <td className="wraps">
        <Mark verdict="wait">{whyItWaits(line.waits_because)}</Mark>
        {best ? (
          <div className="small soft">
            {best.loan_no} · {t('money.sure', { percent: best.confidence })}
          </div>
        ) : null}
      </td>
    </tr>
  )
}

/** The suspense list: lines of bank statements that wait for a person, and what may be done about one. */
export function Suspense({ title }: { title: ReactNode }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const [said, say] = useState<string | null>(null)
  usePage(t('places.money'), [
    ['1–3', t('money.parts')],
    ['J', t('keys.down')],
    ['K', t('keys.up')],
    ['Enter', t('money.whose')],
    ['Ctrl Enter', t('money.deed.booked')],
    ['R', t('money.deed.returned')],
    ['X', t('money.deed.not_ours')],
    ['I', t('money.deed.ignored')],
  ])
  const pages = useInfiniteQuery({
    queryKey: ['suspense'],
    queryFn: ({ pageParam }) =>
      ask<z.infer<typeof SuspenseList>>('GET', `/suspense${query({ cursor: pageParam, limit: 50 })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.lines) ?? []
  const { shown, choose } = useChosen(rows, keyOf)
  return (
    <div className="halves by-their-own">
      <div className="column">
        <Problem error={error} again={refetch} />
        <Card
          title={title}
          aside={data ? `${figures.count(rows.length)}${pages.hasNextPage ? ' +' : ''}` : null}
          flush
        >
          {!data && !error ? <Loading label={t('states.loading')} rows={10} /> : null}
          <p className="body-text allowed" role="status">
            {said}
          </p>
          <table className="figures-table">
            <thead>
              <tr>
                <th scope="col">{t('money.day')}</th>
                <th scope="col">{t('money.payer')}</th>
                <th scope="col" className="number">
                  {t('approvals.amount')}
                </th>
                <th scope="col">{t('money.why')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((line) => (
                <Row key={keyOf(line)} line={line} chosen={line === shown} choose={() => choose(line)} />
              ))}
            </tbody>
          </table>
          {data && rows.length === 0 ? <p className="allowed body-text">{t('money.none_waits')}</p> : null}
          <More pages={pages} />
        </Card>
      </div>
      {shown ? <ClearLine key={keyOf(shown)} line={shown} cleared={say} /> : null}
    </div>
  )
}
