import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { BankStatement, LineOfStatement } from '#api/resolution/statements/statement'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { useFigures } from '../frame/figures.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useWhyItWaits } from './waits.ts'

type Page = { rows: LineOfStatement[]; next_cursor: string | null }

/** What became of a line: the loan it was booked on and how that was known, why it waits, who cleared it. */
function Outcome({ line }: { line: LineOfStatement }) {
  const { t } = useTranslation()
  const whyItWaits = useWhyItWaits()
  const { outcome, borrower_id, loan_no, matched_by, confidence, cleared_by, note } = line
  if (outcome === null) return <Mark verdict="wait">{whyItWaits(line.waits_because)}</Mark>
  const how = cleared_by
    ? [t('money.by_person', { name: cleared_by }), note]
    : [
        matched_by && t(`money.matched_by.${matched_by}`),
        confidence && t('money.sure', { percent: confidence }),
      ]
  return (
    <>
      <div className="row">
        {outcome === 'booked' ? (
          <Mark verdict="allowed">{t('money.outcome.booked')}</Mark>
        ) : (
          <span className="chip">{t(`money.outcome.${outcome}`)}</span>
        )}
        {borrower_id && loan_no ? (
          <Link to="/cases/$borrower_id" params={{ borrower_id }}>
            {loan_no}
          </Link>
        ) : null}
      </div>
      <div className="small soft">{how.filter(Boolean).join(' · ')}</div>
    </>
  )
}

function Lines({ sha256 }: { sha256: string }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const pages = useInfiniteQuery({
    queryKey: ['bank-statement-lines', sha256],
    queryFn: ({ pageParam }) =>
      ask<Page>('GET', `/bank-statements/${sha256}/lines${query({ cursor: pageParam, limit: 50 })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  return (
    <>
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} rows={6} /> : null}
      <table className="figures-table wraps">
        <thead>
          <tr>
            <th scope="col">{t('money.payer')}</th>
            <th scope="col" className="number">
              {t('approvals.amount')}
            </th>
            <th scope="col">{t('money.became_of')}</th>
          </tr>
        </thead>
        <tbody>
          {data?.pages
            .flatMap((page) => page.rows)
            .map((line) => (
              <tr key={line.line_no}>
                <th scope="row">
                  {line.payer ?? t('money.no_payer')}
                  <div className="small softer token">
                    {figures.day(line.booked_on)} · {line.reference}
                  </div>
                </th>
                <td className="number">{figures.money(line.amount, line.currency)}</td>
                <td>
                  <Outcome line={line} />
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      <More pages={pages} />
    </>
  )
}

/** One statement: its sum from balance to balance, how many lines ended how, and each line. */
export function StatementRecord({ statement }: { statement: BankStatement }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const counts = ['booked', 'waiting', 'ignored', 'returned', 'not_ours'] as const
  const sums = ['opening', 'money_in', 'money_out', 'closing'] as const
  const { account_no, statement_no, lender, format, currency, loaded_by, loaded_at } = statement
  return (
    <Card title={`${account_no} · ${statement_no}`} aside={`${lender} · ${format}`} flush>
      <p className="body-text soft small">
        {t('money.loaded_by', { name: loaded_by, time: figures.moment(loaded_at) })}
      </p>
      <dl className="facts body-text">
        {sums.map((name) => (
          <div key={name}>
            <dt className="soft">{t(`money.sum.${name}`)}</dt>
            <dd className="figures">{figures.money(statement[name], currency)}</dd>
          </div>
        ))}
      </dl>
      <dl className="counts">
        {counts.map((name) => (
          <div key={name}>
            <dt className="soft small">{t(`money.outcome.${name}`)}</dt>
            <dd className={`big ${name === 'waiting' && statement.waiting > 0 ? 'wait' : ''}`}>
              {figures.count(statement[name])}
            </dd>
          </div>
        ))}
      </dl>
      <Lines sha256={statement.sha256} />
    </Card>
  )
}
