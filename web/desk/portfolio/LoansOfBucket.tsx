import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { PortfolioLoan } from '#api/insight/portfolio/portfolio'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'

type Asked = { currency: string; bucket: string; lender: string; as_of: string }
type Page = { rows: PortfolioLoan[]; next_cursor: string | null }

/** The loans behind a figure, the largest past-due amount first. */
export function LoansOfBucket({ asked, close }: { asked: Asked; close: () => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()
  useKeys({ escape: close })
  const pages = useInfiniteQuery({
    queryKey: ['bucket', asked],
    queryFn: ({ pageParam }) =>
      ask<Page>('GET', `/portfolio/loans${query({ ...asked, cursor: pageParam, limit: 20 })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.rows) ?? []
  const bucket = asked.bucket === 'current' ? t('portfolio.current') : asked.bucket
  return (
    <Card
      title={t('portfolio.loans_in', { bucket, currency: asked.currency })}
      aside={
        <Button size="small" onClick={close}>
          {t('states.close')} <kbd>Esc</kbd>
        </Button>
      }
      flush
    >
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} /> : null}
      <div className="scrolls" style={{ maxHeight: 320 }}>
        <table className="figures-table">
          <thead>
            <tr>
              <th scope="col">{t('portfolio.loan')}</th>
              <th scope="col">{t('portfolio.lender')}</th>
              <th scope="col">{t('portfolio.product')}</th>
              <th scope="col">{t('portfolio.branch')}</th>
              <th scope="col">{t('portfolio.oldest_due')}</th>
              <th scope="col" className="number">
                {t('portfolio.days_past_due')}
              </th>
              <th scope="col" className="number">
                {t('portfolio.outstanding')}
              </th>
              <th scope="col" className="number">
                {t('portfolio.past_due')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((loan) => (
              <tr key={`${loan.borrower_id} ${loan.loan_no}`}>
                <th scope="row">
                  {may('borrowers.read') ? (
                    <Link to="/cases/$borrower_id" params={{ borrower_id: loan.borrower_id }}>
                      {loan.loan_no}
                    </Link>
                  ) : (
                    loan.loan_no
                  )}
                </th>
                <td>{loan.lender}</td>
                <td>{t(`products.${loan.product}`, { defaultValue: loan.product })}</td>
                <td>{loan.branch}</td>
                <td>{loan.oldest_due_on ? figures.date(loan.oldest_due_on) : ''}</td>
                <td className="number">{figures.count(loan.days_past_due)}</td>
                <td className="number">{figures.amount(loan.outstanding)}</td>
                <td className="number strong">{figures.amount(loan.past_due)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <More pages={pages} />
      </div>
    </Card>
  )
}
