import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { BalanceDifference, BalanceDifferences } from '#api/resolution/differences/difference'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import { useChosen } from './chosen.ts'

const keyOf = ({ borrower_id, loan_no, as_of }: BalanceDifference) => `${borrower_id} ${loan_no} ${as_of}`

/** What was expected and what the tape states, line by line. */
function Arithmetic({ row }: { row: BalanceDifference }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const lines = ['before', 'moved', 'expected', 'stated', 'differs'] as const
  const sums = ['expected', 'differs']
  return (
    <table className="figures-table tight">
      <tbody>
        {lines.map((line) => (
          <tr key={line} className={sums.includes(line) ? 'sum' : ''}>
            <th scope="row">{t(`money.difference.${line}`, { day: figures.date(row.as_of) })}</th>
            <td className="number">{figures.money(row[line], row.currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Explain({ row, explained }: { row: BalanceDifference; explained: (said: string) => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [error, setError] = useState<unknown>(null)
  useKeys({ 'ctrl enter': () => form.current?.requestSubmit() })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const explanation = `${new FormData(event.currentTarget).get('explanation')}`
    const { borrower_id, loan_no, as_of } = row
    setError(null)
    ask('PUT', `/balance-differences/${borrower_id}/${encodeURIComponent(loan_no)}/${as_of}/explanation`, {
      body: { explanation },
    })
      .then(() => {
        explained(t('money.explained', { loan_no }))
        return queries.invalidateQueries()
      })
      .catch(setError)
  }
  return (
    <form ref={form} className="column" onSubmit={submit}>
      <label className="field">
        {t('money.explanation')}
        <textarea
          className="plain-input"
          name="explanation"
          rows={3}
          required
          minLength={3}
          maxLength={1000}
        />
      </label>
      <Problem error={error} />
      <div className="row">
        <Button type="primary" htmlType="submit">
          <kbd>Ctrl Enter</kbd> {t('money.explain')}
        </Button>
      </div>
    </form>
  )
}

function Chosen({ row, explained }: { row: BalanceDifference; explained: (said: string) => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()('payments.write')
  return (
    <Card className="chosen" title={row.loan_no} aside={`${row.lender} · ${figures.date(row.as_of)}`}>
      <div className="column">
        <Link to="/cases/$borrower_id" params={{ borrower_id: row.borrower_id }}>
          {row.name ?? row.loan_no}
        </Link>
        <Arithmetic row={row} />
        <p className="small soft">
          {t('money.difference.limit', { amount: figures.money(row.limit, row.currency) })}
        </p>
        <Mark verdict="wait">{t('money.held')}</Mark>
        {may ? <Explain row={row} explained={explained} /> : null}
      </div>
    </Card>
  )
}

/** Loans whose tape states another balance than was expected: no contact about them until it is explained. */
export function Differences({ title }: { title: ReactNode }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const [said, say] = useState<string | null>(null)
  usePage(t('places.money'), [
    ['1–3', t('money.parts')],
    ['J', t('keys.down')],
    ['K', t('keys.up')],
    ['Enter', t('money.explanation')],
    ['Ctrl Enter', t('money.explain')],
  ])
  const pages = useInfiniteQuery({
    queryKey: ['balance-differences'],
    queryFn: ({ pageParam }) =>
      ask<z.infer<typeof BalanceDifferences>>(
        'GET',
        `/balance-differences${query({ cursor: pageParam, limit: 50 })}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.differences) ?? []
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
                <th scope="col">{t('approvals.borrower')}</th>
                <th scope="col">{t('imports.as_of')}</th>
                <th scope="col" className="number">
                  {t('money.expected')}
                </th>
                <th scope="col" className="number">
                  {t('money.stated')}
                </th>
                <th scope="col" className="number">
                  {t('money.differs')}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr
                  key={keyOf(row)}
                  className="clickable two-lines"
                  aria-selected={row === shown}
                  onClick={() => choose(row)}
                >
                  <th scope="row">
                    <button type="button" className="cell" onClick={() => choose(row)}>
                      {row.name ?? row.loan_no}
                    </button>
                    <div className="small softer">
                      {row.lender} · {row.loan_no}
                    </div>
                  </th>
                  <td>{figures.date(row.as_of)}</td>
                  <td className="number">{figures.money(row.expected, row.currency)}</td>
                  <td className="number">{figures.money(row.stated, row.currency)}</td>
                  <td className="number strong">{figures.money(row.differs, row.currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {data && rows.length === 0 ? <p className="allowed body-text">{t('money.none_differs')}</p> : null}
          <More pages={pages} />
        </Card>
      </div>
      {shown ? <Chosen key={keyOf(shown)} row={shown} explained={say} /> : null}
    </div>
  )
}
