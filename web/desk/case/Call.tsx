import { Button } from 'antd'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Mark } from '../../ui/Mark.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'
import { DayField } from './DayField.tsx'
import { sending, type Values, valuesOf } from './deeds.ts'
import { Fields, LoanChoice } from './Fields.tsx'

/** A contact that the server allowed, at work. */
export type Contact = { attempt_id: string; channel: string; at: string; address: string | null }

/** Who answered, and how that is recorded. */
const answers = [
  ['1', 'borrower', 'conversation'],
  ['2', 'somebody_else', 'dropped'],
  ['3', 'voicemail', 'voicemail'],
  ['4', 'no_answer', 'unanswered'],
] as const

/** What came of it. */
const results = [
  ['P', 'promise'],
  ['A', 'plan'],
  ['F', 'cannot_pay'],
  ['D', 'disputes'],
  ['B', 'call_back'],
  ['R', 'refuses'],
  ['Y', 'has_paid'],
  ['X', 'stop'],
] as const
type Result = (typeof results)[number][1]

function Lasting({ since }: { since: string }) {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const began = new Date(since).getTime()
    const timer = setInterval(() => setSeconds(Math.max(0, Math.round((Date.now() - began) / 1000))), 1000)
    return () => clearInterval(timer)
  }, [since])
  const two = (n: number) => `${n}`.padStart(2, '0')
  return (
    <span className="huge" role="timer">
      {two(Math.floor(seconds / 60))}:{two(seconds % 60)}
    </span>
  )
}

/** The bar of a call: how long, to whom, allowed when dialled, and what to say next with the own figures. */
export function CallBar({ contact, borrower }: { contact: Contact; borrower: Borrower }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const owed = borrower.ask_for[0]
  return (
    <section className="card call-bar" aria-label={t('call.on')}>
      <div>
        <div className="soft">{t('call.on')}</div>
        <Lasting since={contact.at} />
      </div>
      <div>
        <div className="strong figures">{contact.address ?? t(`channels.${contact.channel}`)}</div>
        <Mark verdict="allowed">{t('call.allowed_at', { time: figures.time(contact.at) })}</Mark>
      </div>
      <div className="say">
        <div className="soft">{t('call.say')}</div>
        <div>
          {owed
            ? t('call.script', {
                name: borrower.name ?? '',
                amount: figures.money(owed.ask_for, owed.currency),
              })
            : t('call.script_none', { name: borrower.name ?? '' })}
        </div>
      </div>
    </section>
  )
}

const isHold = { disputes: 'dispute', stop: 'cease', has_paid: 'balance_differs' } as const

/** Writes what came of a contact: its outcome first, then what was agreed or asked for. */
async function save(
  borrower: Borrower,
  contact: Contact,
  told: { answer: string; result: Result | null },
  values: Values,
  loan_no: string,
) {
  const { borrower_id } = borrower
  const loan = borrower.loans.find((each) => each.loan_no === loan_no)!
  const outcome = answers.find(([, name]) => name === told.answer)![2]
  // A deed that is refused leaves the outcome to be sent again: the same outcome twice changes nothing.
  if (told.result === 'promise') await sending.promise(borrower_id, loan, values)
  if (told.result === 'plan') await sending.plan(borrower_id, loan, values)
  await ask('PUT', `/borrowers/${borrower_id}/contacts/${contact.attempt_id}/outcome`, {
    body: { outcome, ...(values['note'] ? { note: values['note'] } : {}) },
  })
  if (told.result === 'cannot_pay') await sending.hardship(borrower_id, values)
  const kind = told.result && told.result in isHold ? isHold[told.result as keyof typeof isHold] : null
  if (kind) {
    const scope = kind === 'cease' ? 'all' : 'loan'
    await sending.hold(borrower_id, loan, { kind, scope, reason: values['reason'] ?? '' })
  }
  const later = told.result === 'call_back' ? values['back_on'] : null
  await ask('POST', `/worklists/items/${borrower_id}/leaving`, {
    body: later
      ? {
          how: 'later',
          reason: values['note'] || told.result,
          not_before: new Date(`${later}T09:00:00`).toISOString(),
        }
      : { how: 'worked', reason: told.result ?? told.answer },
  })
}

type Choice<Name extends string> = readonly (readonly [key: string, name: Name, ...rest: string[]])[]

function Choices<Name extends string>(props: {
  of: Choice<Name>
  words: string
  chosen: Name | null
  choose: (name: Name) => void
}) {
  const { t } = useTranslation()
  return (
    <div className="choices" role="radiogroup" aria-label={t(`call.${props.words}.title`)}>
      {props.of.map(([key, name]) => (
        // biome-ignore lint/a11y/useSemanticElements: a button with a key of its own, not a form's radio.
        <button
          type="button"
          role="radio"
          aria-checked={props.chosen === name}
          key={name}
          onClick={() => props.choose(name)}
        >
          <kbd>{key}</kbd> {t(`call.${props.words}.${name}`)}
        </button>
      ))}
    </div>
  )
}

function ResultFields({
  result,
  borrower,
  loan_no,
}: {
  result: Result
  borrower: Borrower
  loan_no: string
}) {
  const { t } = useTranslation()
  const loan = borrower.loans.find((each) => each.loan_no === loan_no)!
  const deed = { promise: 'promise', plan: 'plan', cannot_pay: 'hardship' } as const
  const fields = result in deed ? deed[result as keyof typeof deed] : null
  if (fields) return <Fields key={loan_no} deed={fields} borrower_id={borrower.borrower_id} loan={loan} />
  if (result === 'call_back') return <DayField label={t('call.back_on')} name="back_on" value="+1" />
  if (result === 'refuses') return null
  return (
    <label className="field">
      {t('case.own_words')}
      <input className="plain-input" name="reason" required minLength={3} />
    </label>
  )
}

type Props = { borrower: Borrower; contact: Contact; done: (next: boolean) => void }

/** The outcome of a contact, by keys alone: who answered, what came of it, note, save and next. */
export function Outcome({ borrower, contact, done }: Props) {
  const { t } = useTranslation()
  const kept = `amends.draft.${borrower.borrower_id}`
  const form = useRef<HTMLFormElement>(null)
  const [answer, setAnswer] = useState<(typeof answers)[number][1] | null>(null)
  const [result, setResult] = useState<Result | null>(null)
  const [loan_no, choose] = useState(borrower.loans[0]?.loan_no ?? '')
  const [note, setNote] = useState(sessionStorage.getItem(kept) ?? '')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const next = useRef(true)
  const spoke = answer === 'borrower'
  useKeys({
    ...Object.fromEntries(answers.map(([key, name]) => [key, () => setAnswer(name)])),
    ...Object.fromEntries(
      results.map(([key, name]) => [key.toLowerCase(), spoke ? () => setResult(name) : undefined]),
    ),
    'ctrl enter': () => {
      next.current = true
      form.current?.requestSubmit()
    },
  })
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!answer || busy) return
    setBusy(true)
    setError(null)
    try {
      await save(
        borrower,
        contact,
        { answer, result: spoke ? result : null },
        valuesOf(event.currentTarget),
        loan_no,
      )
      sessionStorage.removeItem(kept)
      done(next.current)
    } catch (refused) {
      setError(refused)
      setBusy(false)
    }
  }
  return (
    <Card title={t('call.outcome')} aside={t('call.saved_as_typed')} className="outcome">
      <form ref={form} className="column" onSubmit={submit}>
        <h3>{t('call.answer.title')}</h3>
        <Choices of={answers} words="answer" chosen={answer} choose={setAnswer} />
        {spoke ? (
          <>
            <h3>{t('call.result.title')}</h3>
            <Choices of={results} words="result" chosen={result} choose={setResult} />
          </>
        ) : null}
        {spoke && result && loan_no ? (
          <div className="result column">
            {borrower.loans.length > 1 ? (
              <LoanChoice
                loans={borrower.loans}
                loan={borrower.loans.find((l) => l.loan_no === loan_no)!}
                choose={choose}
              />
            ) : null}
            <ResultFields key={result} result={result} borrower={borrower} loan_no={loan_no} />
          </div>
        ) : null}
        <label className="field">
          {t('call.note')}
          <textarea
            className="plain-input"
            name="note"
            rows={3}
            value={note}
            onChange={(event) => {
              setNote(event.target.value)
              sessionStorage.setItem(kept, event.target.value)
            }}
          />
        </label>
        <Problem error={error} />
        <div className="row">
          <Button
            type="primary"
            htmlType="submit"
            disabled={!answer || (spoke && !result)}
            loading={busy}
            onClick={() => (next.current = true)}
          >
            <kbd>Ctrl Enter</kbd> {t('call.save_next')}
          </Button>
          <Button
            htmlType="submit"
            disabled={!answer || (spoke && !result) || busy}
            onClick={() => (next.current = false)}
          >
            {t('call.save_stay')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
