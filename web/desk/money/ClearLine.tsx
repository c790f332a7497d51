import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StatementLine } from '#api/resolution/statements/statement'
import { Card } from '../../ui/Card.tsx'
import { Field } from '../../ui/Field.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { useMay } from '../frame/session.ts'
import { type Loan, OtherLoan } from './OtherLoan.tsx'
import { PositionSum } from './PositionSum.tsx'
import { type Deed, Sure } from './Sure.tsx'
import { useWhyItWaits } from './waits.ts'

type Choices = {
  line: StatementLine
  loan: Loan | null
  choose: (loan: Loan, reverses: string) => void
  reverses: string
}

/** Loans that the line may be meant for, the surest first. */
function Suggestions({ line, loan, choose }: Choices) {
  const { t } = useTranslation()
  const figures = useFigures()
  return line.suggestions.map((one) => (
    <label key={`${one.borrower_id} ${one.loan_no}`} className="suggestion">
      <input
        type="radio"
        name="loan"
        checked={one.borrower_id === loan?.borrower_id && one.loan_no === loan.loan_no}
        onChange={() => choose(one, '')}
      />
      <span>
        <span className="strong">{one.name ?? one.loan_no}</span> {one.name ? one.loan_no : null}
        <span className="small soft">
          {t('money.sure', { percent: one.confidence })} · {t(`money.matched_by.${one.matched_by}`)}
          {one.currency && one.past_due
            ? ` · ${t('money.past_due', { amount: figures.money(one.past_due, one.currency) })}`
            : null}
          {one.currency && one.instalment
            ? ` · ${t('case.instalment', { amount: figures.money(one.instalment, one.currency) })}`
            : null}
        </span>
      </span>
    </label>
  ))
}

/** Of money that went out: the payments of its sum that it may take back. */
function TakesBack({ line, reverses, choose }: Choices) {
  const { t } = useTranslation()
  const figures = useFigures()
  const nameOf = ({ borrower_id }: { borrower_id: string }) =>
    line.suggestions.find((one) => one.borrower_id === borrower_id)?.name ?? null
  return line.may_take_back.map((payment) => (
    <label key={payment.payment_no} className="suggestion">
      <input
        type="radio"
        name="reverses"
        checked={payment.payment_no === reverses}
        onChange={() => choose({ ...payment, name: nameOf(payment) }, payment.payment_no)}
      />
      <span>
        <span className="strong">{t('money.paid_on', { day: figures.date(payment.paid_on) })}</span>
        <span className="small soft">
          {payment.loan_no} · {payment.payment_no}
        </span>
      </span>
    </label>
  ))
}

/** Chosen from the start only where one loan fits better than all others. */
function bestOf({ suggestions: [first, second] }: StatementLine): Loan | null {
  return first && first.confidence > (second?.confidence ?? 0) ? first : null
}

/** One line that waits: what the bank said, whose it may be, and what a person may do about it. */
export function ClearLine({ line, cleared }: { line: StatementLine; cleared: (said: string) => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const whyItWaits = useWhyItWaits()
  const may = useMay()('payments.write')
  const [loan, setLoan] = useState<Loan | null>(() => bestOf(line))
  const [reverses, setReverses] = useState('')
  const [deed, ask] = useState<Deed | null>(null)
  const out = line.amount.startsWith('-')
  const choose = (chosen: Loan, payment_no: string) => {
    setLoan(chosen)
    setReverses(payment_no)
  }
  const ready = may && loan !== null && (!out || reverses !== '')
  useKeys({
    'ctrl enter': ready ? () => ask('booked') : undefined,
    r: may ? () => ask('returned') : undefined,
    x: may ? () => ask('not_ours') : undefined,
    i: may ? () => ask('ignored') : undefined,
  })
  const facts: [string, string][] = [
    [t('money.payer'), line.payer ?? t('money.no_payer')],
    [t('money.reference'), line.reference || '–'],
    [t('portfolio.lender'), line.lender],
    [t('money.why'), whyItWaits(line.waits_because)],
  ]
  const choices = { line, loan, choose, reverses }
  return (
    <Card
      className="chosen"
      title={figures.money(line.amount, line.currency)}
      aside={`${t(out ? 'money.went_out' : 'money.came_in')} ${figures.date(line.booked_on)}`}
    >
      <div className="column">
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt className="soft">{name}</dt>
              <dd className="token">{value}</dd>
            </div>
          ))}
        </dl>
        <fieldset className="plain">
          <legend className="strong">{t(out ? 'money.takes_back' : 'money.whose')}</legend>
          {out ? <TakesBack {...choices} /> : <Suggestions {...choices} />}
          {(out ? line.may_take_back : line.suggestions).length === 0 ? (
            <p className="soft small">{t('money.nobody_suggested')}</p>
          ) : null}
        </fieldset>
        {may ? <OtherLoan lender={line.lender} choose={(other) => choose(other, '')} /> : null}
        {out && may && loan ? (
          <Field
            label={t('money.payment_no')}
            value={reverses}
            onChange={(event) => setReverses(event.target.value.trim())}
          />
        ) : null}
        {loan ? <PositionSum loan={loan} line={line} /> : null}
        {may ? (
          <div className="row wrap">
            <Button type="primary" disabled={!ready} onClick={() => ask('booked')}>
              <kbd>Ctrl Enter</kbd> {t(out ? 'money.deed.taken_back' : 'money.deed.booked')}
            </Button>
            <Button onClick={() => ask('returned')}>
              <kbd>R</kbd> {t('money.deed.returned')}
            </Button>
            <Button onClick={() => ask('not_ours')}>
              <kbd>X</kbd> {t('money.deed.not_ours')}
            </Button>
            <Button onClick={() => ask('ignored')}>
              <kbd>I</kbd> {t('money.deed.ignored')}
            </Button>
          </div>
        ) : null}
      </div>
      {deed ? (
        <Sure
          line={line}
          deed={deed === 'booked' && out ? 'taken_back' : deed}
          loan={loan}
          reverses={reverses}
          close={() => ask(null)}
          cleared={cleared}
        />
      ) : null}
    </Card>
  )
}
