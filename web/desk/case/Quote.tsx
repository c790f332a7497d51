import { Button } from 'antd'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PayOff } from '#api/book/quotes/quote'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { Dialog } from '../../ui/Dialog.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { decimalOf, digitsOf } from '../../ui/typed.ts'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import type { Language } from '../words.ts'
import { useReadAgain } from './asking.ts'
import { DayField } from './DayField.tsx'
import { type Loan, quotePayOff, valuesOf } from './deeds.ts'
import { LoanChoice } from './Fields.tsx'

/** As it is told to the borrower: each step of the sum to its total, and until when it is good. */
function useTold(quote: PayOff, loan: Loan): { steps: string[]; after: string[] } {
  const { t, i18n } = useTranslation()
  const figures = useFigures()
  const aDay = decimalOf(quote.per_day_minor, digitsOf(loan.outstanding))
  const later = t('case.quote.per_day', { amount: figures.money(aDay, quote.currency) })
  return {
    steps: quote.steps.map(({ words }) => words[i18n.language as Language]),
    after: [
      t('case.quote.good_until', { day: figures.date(quote.good_until) }),
      ...(quote.per_day_minor > 0 ? [later] : []),
    ],
  }
}

/** A quote, to be read out or copied. What the book is not sure of is for the desk alone. */
function Told({ quote, loan }: { quote: PayOff; loan: Loan }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const text = useRef<HTMLDivElement>(null)
  const [copied, setCopied] = useState<'copied' | 'marked' | null>(null)
  const { steps, after } = useTold(quote, loan)
  const total = decimalOf(quote.total_minor, digitsOf(loan.outstanding))
  const copy = async () => {
    // Without an encrypted line a browser gives the clipboard to nobody: the marked text is copied by hand.
    if (text.current) getSelection()?.selectAllChildren(text.current)
    const written =
      navigator.clipboard?.writeText([quote.loan_no, ...steps, ...after].join('\n')) ?? Promise.reject()
    await written.then(
      () => setCopied('copied'),
      () => setCopied('marked'),
    )
  }
  return (
    <div className="column quote">
      <div className="spread">
        <span className="soft">{t('case.quote.total', { day: figures.date(quote.for_on) })}</span>
        <span className="big">{figures.money(total, quote.currency)}</span>
      </div>
      {quote.doubts.map((doubt) => (
        <Mark key={doubt} verdict="wait">
          {t(`case.quote.${doubt}`)}
        </Mark>
      ))}
      <div ref={text} className="text small">
        <ol>
          {steps.map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: it never changes, and two steps may read alike.
            <li key={i}>{line}</li>
          ))}
        </ol>
        {after.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <div className="row">
        <Button type="primary" onClick={copy} autoFocus>
          {t('case.quote.copy')}
        </Button>
        <span className="small" role="status">
          {copied ? t(`case.quote.${copied}`) : null}
        </span>
      </div>
    </div>
  )
}

/** What pays a loan off on a day, every step of the sum in words. Each answer is kept as it was told. */
export function PayOffQuote({ borrower, close }: { borrower: Borrower; close: () => void }) {
  const { t } = useTranslation()
  const again = useReadAgain(borrower.borrower_id)
  const [loan_no, choose] = useState(borrower.loans[0]?.loan_no)
  const [quote, setQuote] = useState<PayOff | null>(null)
  const [error, setError] = useState<unknown>(null)
  const loan = borrower.loans.find((each) => each.loan_no === loan_no)
  if (!loan) return null
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setError(null)
    setQuote(null)
    try {
      setQuote(await quotePayOff(borrower.borrower_id, loan, valuesOf(event.currentTarget)))
      again()
    } catch (refused) {
      setError(refused)
    }
  }
  return (
    <Dialog title={`${t('case.quote.title')} · ${borrower.name ?? borrower.borrower_no}`} close={close}>
      <form className="column" onSubmit={submit}>
        <div className="row wrap fields">
          <DayField label={t('case.quote.for_on')} name="for_on" value="+0" />
          <LoanChoice
            loans={borrower.loans}
            loan={loan}
            choose={(next) => {
              choose(next)
              setQuote(null)
            }}
          />
        </div>
        <Problem error={error} />
        <Button type={quote ? 'default' : 'primary'} htmlType="submit">
          {t('case.quote.make')}
        </Button>
      </form>
      {quote ? <Told key={quote.quote_no} quote={quote} loan={loan} /> : null}
    </Dialog>
  )
}
