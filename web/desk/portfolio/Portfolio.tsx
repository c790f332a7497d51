import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Portfolio as Book, CurrencyBook } from '#api/insight/portfolio/portfolio'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import { BucketBars } from './BucketBars.tsx'
import { LoansOfBucket } from './LoansOfBucket.tsx'
import { RollMatrix } from './RollMatrix.tsx'
import { Trend } from './Trend.tsx'
import '../frame/figures.css'

type Chosen = { currency: string | null; bucket: string | null }

/** What one currency's past-due book is, with its parts. */
function CurrencyTile({ book, chosen, choose }: { book: CurrencyBook; chosen: boolean; choose: () => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  return (
    <button type="button" className="card tile" aria-pressed={chosen} onClick={choose}>
      <span className="soft">{t('portfolio.past_due_in', { currency: book.currency })}</span>
      <span className="big">{figures.money(book.past_due, book.currency)}</span>
      <span className="soft small">
        {t('portfolio.of_outstanding', { amount: figures.money(book.outstanding, book.currency) })}
      </span>
      <span className="soft small">
        {t('portfolio.late_of_loans', {
          late: figures.count(book.past_due_loans),
          loans: figures.count(book.loans),
          share: figures.percent(book.past_due_loans_share),
        })}
      </span>
    </button>
  )
}

function Buckets({
  book,
  chosen,
  choose,
}: {
  book: CurrencyBook
  chosen: string | null
  choose: (bucket: string) => void
}) {
  const { t } = useTranslation()
  const figures = useFigures()
  const span = (from: number | null, to: number | null) =>
    from === null ? '' : to === null ? t('portfolio.from_days', { from }) : t('portfolio.days', { from, to })
  return (
    <Card title={t('portfolio.buckets')} aside={t('portfolio.amounts_in', { currency: book.currency })} flush>
      <table className="figures-table">
        <thead>
          <tr>
            <th scope="col">{t('portfolio.bucket')}</th>
            <th scope="col">{t('portfolio.days_past_due')}</th>
            <th scope="col" className="number">
              {t('portfolio.loans')}
            </th>
            <th scope="col" className="number">
              {t('portfolio.outstanding')}
            </th>
            <th scope="col" className="number">
              {t('portfolio.past_due')}
            </th>
            <th scope="col" style={{ width: '24%' }}>
              {t('portfolio.share')}
            </th>
          </tr>
        </thead>
        <tbody>
          {book.buckets.map((row) => (
            <tr
              key={row.bucket}
              className="clickable"
              aria-selected={row.bucket === chosen}
              onClick={() => choose(row.bucket)}
            >
              <th scope="row">
                <button type="button" className="cell" onClick={() => choose(row.bucket)}>
                  {row.bucket === 'current' ? t('portfolio.current') : row.bucket}
                </button>
              </th>
              <td className="soft">{span(row.from_days, row.to_days)}</td>
              <td className="number">{figures.count(row.loans)}</td>
              <td className="number">{figures.amount(row.outstanding)}</td>
              <td className="number strong">{figures.amount(row.past_due)}</td>
              <td>
                {row.share === null || row.bucket === 'current' ? null : (
                  <span className="bar-cell">
                    <span className="bar" style={{ width: `${row.share * 100}%` }} />
                    <span className="small soft">{figures.percent(row.share)}</span>
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {t('portfolio.all')}
            </th>
            <td className="number">{figures.count(book.loans)}</td>
            <td className="number">{figures.amount(book.outstanding)}</td>
            <td className="number">{figures.amount(book.past_due)}</td>
            <td />
          </tr>
        </tfoot>
      </table>
    </Card>
  )
}

/** The past-due book at a glance: how much by bucket, whether it grows, and where it went. */
export function Portfolio() {
  const { t } = useTranslation()
  const figures = useFigures()
  const [lender, setLender] = useState('')
  const [chosen, setChosen] = useState<Chosen>({ currency: null, bucket: null })
  const [measure, setMeasure] = useState<'loans' | 'outstanding'>('loans')
  usePage(t('places.portfolio'), [
    ['G', t('keys.go')],
    ['Enter', t('portfolio.open_bucket')],
    ['← →', t('portfolio.month')],
    ['T', t('portfolio.as_table')],
  ])
  const { data, error, refetch } = useQuery({
    queryKey: ['portfolio', lender],
    queryFn: () => ask<Book>('GET', `/portfolio${query({ lender })}`),
  })
  if (error) return <Problem error={error} again={refetch} />
  if (!data) return <Loading label={t('states.loading')} rows={12} />
  const book = data.currencies.find(({ currency }) => currency === chosen.currency) ?? data.currencies[0]
  if (!book) return <p className="soft">{t('portfolio.empty')}</p>
  return (
    <div className="grid">
      <div className="spread wrap">
        <p className="soft">{t('portfolio.close_of', { day: figures.date(data.as_of) })}</p>
        <div className="row">
          <label className="row soft">
            {t('portfolio.lender')}
            <select
              className="plain-select"
              value={lender}
              onChange={(event) => setLender(event.target.value)}
            >
              <option value="">{t('portfolio.all_lenders')}</option>
              {data.lenders.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <Segmented
            value={measure}
            onChange={setMeasure}
            options={[
              { value: 'loans', label: t('portfolio.loans') },
              { value: 'outstanding', label: t('portfolio.money') },
            ]}
          />
        </div>
      </div>
      <div className="tiles">
        {data.currencies.map((each) => (
          <CurrencyTile
            key={each.currency}
            book={each}
            chosen={each === book}
            choose={() => setChosen({ currency: each.currency, bucket: null })}
          />
        ))}
      </div>
      <div className="halves">
        <Buckets
          book={book}
          chosen={chosen.bucket}
          choose={(bucket) => setChosen({ currency: book.currency, bucket })}
        />
        <Trend currency={book.currency} lender={lender} />
      </div>
      {chosen.bucket ? (
        <LoansOfBucket
          asked={{ currency: book.currency, bucket: chosen.bucket, lender, as_of: data.as_of }}
          close={() => setChosen({ ...chosen, bucket: null })}
        />
      ) : null}
      <div className="halves">
        <RollMatrix currency={book.currency} lender={lender} as_of={data.as_of} measure={measure} />
        <BucketBars book={book} measure={measure} />
      </div>
    </div>
  )
}
