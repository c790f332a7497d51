import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { Card } from '../../ui/Card.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { Disputes } from './Disputes.tsx'
import { PayOffQuote } from './Quote.tsx'

type Loan = Borrower['loans'][number]

function LoanSum({ loan }: { loan: Loan }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const parts = ['principal', 'interest', 'penalty', 'fees'] as const
  return (
    <div className="loan">
      <div className="spread">
        <span>
          <span className="strong">{loan.loan_no}</span>{' '}
          <span className="soft">{t(`products.${loan.product}`, { defaultValue: loan.product })}</span>{' '}
          {loan.rate ? (
            <span className="soft">{t('case.a_year', { rate: figures.percent(Number(loan.rate)) })}</span>
          ) : null}
        </span>
        {loan.disputed ? (
          <span className="chip wait">{t('case.disputed')}</span>
        ) : (
          <span className="chip">{loan.bucket === 'current' ? t('portfolio.current') : loan.bucket}</span>
        )}
      </div>
      <div className="small soft">
        {[
          loan.oldest_due_on
            ? t('case.oldest', { day: figures.date(loan.oldest_due_on) })
            : t('case.not_late'),
          loan.days_past_due > 0 ? t('case.days', { count: loan.days_past_due }) : null,
          loan.paused?.until ? t('case.paused_until', { day: figures.day(loan.paused.until) }) : null,
          loan.paused && !loan.paused.until ? t('case.paused') : null,
          loan.instalment ? t('case.instalment', { amount: figures.amount(loan.instalment) }) : null,
          loan.next_due_on ? t('case.next_due', { day: figures.day(loan.next_due_on) }) : null,
        ]
          .filter(Boolean)
          .join(' · ')}
      </div>
      <table className="figures-table sums">
        <tbody>
          {parts.map((part) =>
            loan[part] === null ? null : (
              <tr key={part}>
                <td>{t(`case.part.${part}`)}</td>
                <td className="number">{figures.amount(loan[part])}</td>
              </tr>
            ),
          )}
          <tr>
            <td>
              {loan.adds_up === false ? (
                <Mark verdict="wait">{t('case.does_not_add_up')}</Mark>
              ) : (
                t('case.outstanding')
              )}
            </td>
            <td className="number">{figures.amount(loan.outstanding)}</td>
          </tr>
          <tr className="strong">
            <td>{t('case.past_due')}</td>
            <td className="number">{figures.amount(loan.past_due)}</td>
          </tr>
          {loan.disputed_sum && !loan.disputed ? (
            <tr>
              <td>
                <Mark verdict="wait">{t('case.disputed')}</Mark>
              </td>
              <td className="number">{figures.amount(loan.disputed_sum)}</td>
            </tr>
          ) : null}
        </tbody>
      </table>
    </div>
  )
}

/** What ends the debt, and what of it is contested: asked in front of the page, on a call, too. */
function Asked({ borrower }: { borrower: Borrower }) {
  const { t } = useTranslation()
  const [asked, ask] = useState<'quote' | 'dispute' | null>(null)
  useKeys({ q: () => ask('quote'), n: () => ask('dispute') })
  const close = () => ask(null)
  return (
    <div className="row wrap asked">
      <Button size="small" onClick={() => ask('quote')}>
        <kbd>Q</kbd> {t('case.quote.title')}
      </Button>
      <Button size="small" onClick={() => ask('dispute')}>
        <kbd>N</kbd> {t('case.dispute.title')}
      </Button>
      {asked === 'quote' ? <PayOffQuote borrower={borrower} close={close} /> : null}
      {asked === 'dispute' ? <Disputes borrower={borrower} close={close} /> : null}
    </div>
  )
}

/** All loans with the sum of what is owed, and at the end what may be asked for. */
export function Owed({ borrower }: { borrower: Borrower }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const agrees = borrower.loans.every((loan) => loan.adds_up !== false)
  const aside = agrees ? (
    <span className="allowed">✓ {t('case.agrees')}</span>
  ) : (
    <span className="wait">{t('case.does_not_add_up')}</span>
  )
  return (
    <Card title={t('case.owed')} aside={aside} flush className="owed">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls is reached by key. */}
      <section className="scrolls" tabIndex={0} aria-label={t('case.owed')}>
        {borrower.loans.map((loan) => (
          <LoanSum key={loan.loan_no} loan={loan} />
        ))}
      </section>
      {borrower.ask_for.map((sum) => (
        <div key={sum.currency} className="ask-for spread">
          <div>
            <div className="soft">
              {t('case.ask_for')}{' '}
              {sum.parts.length > 1
                ? `(${sum.parts
                    .filter((part) => part.asked)
                    .map((part) => figures.amount(part.amount))
                    .join(' + ')})`
                : null}
            </div>
            <div className="small soft">
              {t('case.of_outstanding', {
                past_due: figures.money(sum.past_due, sum.currency),
                outstanding: figures.money(sum.outstanding, sum.currency),
              })}
            </div>
          </div>
          <span className="big">{figures.money(sum.ask_for, sum.currency)}</span>
        </div>
      ))}
      {borrower.loans.length > 0 ? <Asked borrower={borrower} /> : null}
    </Card>
  )
}
