import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower, FoundBorrower } from '#api/insight/borrowers/borrower'
import { ask, query } from '../../ui/client.ts'
import { Field } from '../../ui/Field.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'

export type Loan = { borrower_id: string; loan_no: string; name: string | null }

/** The loans of a borrower that was found; one that is closed or sold takes no money. */
function LoansOf({ borrower_id, choose }: { borrower_id: string; choose: (loan: Loan) => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const { data, error } = useQuery({
    queryKey: ['borrower', borrower_id],
    queryFn: () => ask<Borrower>('GET', `/borrowers/${borrower_id}`),
  })
  return (
    <>
      <Problem error={error} />
      {data?.loans.map(({ loan_no, past_due, currency }) => (
        <label key={loan_no} className="suggestion">
          <input
            type="radio"
            name="loan"
            onChange={() => choose({ borrower_id, loan_no, name: data.name })}
          />
          <span>
            <span className="strong">{data.name ?? data.borrower_no}</span> {loan_no}
            <span className="small soft">
              {t('money.past_due', { amount: figures.money(past_due, currency) })}
            </span>
          </span>
        </label>
      ))}
      {data?.loans.length === 0 ? <p className="soft small">{t('money.no_open_loan')}</p> : null}
    </>
  )
}

/** A loan that nobody suggested: its borrower is searched for, then one of their loans is chosen. */
export function OtherLoan({ lender, choose }: { lender: string; choose: (loan: Loan) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [borrower_id, setBorrower] = useState<string | null>(null)
  const q = useDeferredValue(text.trim())
  const { data, error } = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => ask<{ rows: FoundBorrower[] }>('GET', `/borrowers${query({ q })}`, { signal }),
    enabled: q.length >= 2,
  })
  const found = q.length >= 2 ? data?.rows.filter((row) => row.lender === lender) : undefined
  return (
    <div className="other-loan">
      <Field
        label={t('money.other_loan')}
        placeholder={t('search.what')}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setBorrower(null)
        }}
      />
      <Problem error={error} />
      {borrower_id ? (
        <LoansOf borrower_id={borrower_id} choose={choose} />
      ) : (
        found?.map((row) => (
          <button
            key={row.borrower_id}
            type="button"
            className="found-borrower"
            onClick={() => setBorrower(row.borrower_id)}
          >
            <span className="strong">{row.name ?? row.borrower_no}</span>{' '}
            <span className="soft small">
              {row.borrower_no} · {t(`search.by.${row.matched}`)}
            </span>
          </button>
        ))
      )}
      {found?.length === 0 ? <p className="soft small">{t('money.nobody_of_lender', { lender })}</p> : null}
    </div>
  )
}
