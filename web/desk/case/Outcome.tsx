import { Button, Checkbox } from 'antd'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { Card } from '../../ui/Card.tsx'
import { NoConnection } from '../../ui/client.ts'
import { FirstField } from '../../ui/FirstField.tsx'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'
import { useRuleWords } from '../rules.ts'
import { DayField } from './DayField.tsx'
import { valuesOf } from './deeds.ts'
import { Fields, LoanChoice } from './Fields.tsx'
import { Note } from './Note.tsx'
import {
  type Answer,
  answersOf,
  type Contact,
  isWritten,
  type Result,
  results,
  type Saved,
  saveOutcome,
} from './outcomes.ts'

// What was not saved for want of a connection is tried again by itself.
const AGAIN_MS = 5_000

type Choice<Name extends string> = readonly (readonly [key: string, name: Name, ...rest: string[]])[]

function Choices<Name extends string>(props: {
  of: Choice<Name>
  words: string
  title?: string
  chosen: Name | null
  choose: (name: Name) => void
}) {
  const { t } = useTranslation()
  return (
    <div
      className={`choices ${props.words}`}
      role="radiogroup"
      aria-label={props.title ?? t(`call.${props.words}.title`)}
    >
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

/** What the rules want said on this contact; each is ticked off as it is said. */
function MustSay({ says }: { says: Contact['says'] }) {
  const { t } = useTranslation()
  const ruleWords = useRuleWords()
  if (says.length === 0) return null
  return (
    <fieldset className="plain must-say">
      <legend className="soft small">{t('call.must_say')}</legend>
      {says.map((each) => (
        <Checkbox key={each.rule_id}>
          {ruleWords(`${each.later ? 'later' : 'says'} ${each.rule_id}`, each.says)}{' '}
          <span className="soft small">{each.rule_id}</span>
        </Checkbox>
      ))}
    </fieldset>
  )
}

const deedOf = {
  promise: 'promise',
  plan: 'plan',
  settlement: 'settlement',
  cannot_pay: 'hardship',
  hold: 'hold',
} as const

function ResultFields(props: { result: Result; borrower: Borrower; loan_no: string }) {
  const { result, borrower, loan_no } = props
  const { t } = useTranslation()
  const loan = borrower.loans.find((each) => each.loan_no === loan_no)!
  const deed = result in deedOf ? deedOf[result as keyof typeof deedOf] : null
  if (deed) return <Fields key={loan_no} deed={deed} borrower_id={borrower.borrower_id} loan={loan} />
  if (result === 'call_back') return <DayField label={t('call.back_on')} name="back_on" value="+1" />
  return (
    <label className="field">
      {t('case.own_words')}
      <input className="plain-input" name="reason" required minLength={3} />
    </label>
  )
}

type Props = { borrower: Borrower; contact: Contact; packs: readonly string[]; done: (next: boolean) => void }

/** Sends the form; when there is no connection it is sent again every few seconds until there is. */
function useSaving({ borrower, contact, done }: Omit<Props, 'packs'>) {
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const saved = useRef<Saved>({ agreed: false, told: false, stopped: false })
  const form = useRef<HTMLFormElement>(null)
  const next = useRef(true)
  useEffect(() => {
    if (!(error instanceof NoConnection)) return
    const timer = setTimeout(() => form.current?.requestSubmit(), AGAIN_MS)
    return () => clearTimeout(timer)
  }, [error])
  const save = async (told: Parameters<typeof saveOutcome>[2]) => {
    if (busy) return
    setBusy(true)
    try {
      await saveOutcome(borrower, contact, told, valuesOf(form.current!), saved.current)
      sessionStorage.removeItem(draftOf(borrower))
      done(next.current)
    } catch (refused) {
      setError(refused)
      setBusy(false)
    }
  }
  return { form, next, save, error, busy }
}

const draftOf = (borrower: Borrower) => `amends.draft.${borrower.borrower_id}`

/** The outcome of a contact, by keys alone: who answered, what came of it, note, save and next. */
export function Outcome({ borrower, contact, packs, done }: Props) {
  const { t } = useTranslation()
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [result, setResult] = useState<Result | null>(null)
  const [loan_no, choose] = useState(borrower.loans[0]?.loan_no ?? '')
  const [note, setNote] = useState(sessionStorage.getItem(draftOf(borrower)) ?? '')
  const { form, next, save, error, busy } = useSaving({ borrower, contact, done })
  const answers: Choice<Answer> = answersOf(contact.channel)
  const asking = t(isWritten(contact.channel) ? 'call.answer.went_out' : 'call.answer.title')
  const spoke = answer === 'borrower'
  const incomplete = !answer || (spoke && !result)
  useKeys({
    ...Object.fromEntries(answers.map(([key, name]) => [key, () => setAnswer(name)])),
    ...Object.fromEntries(
      results.map(([key, name]) => [key.toLowerCase(), spoke ? () => setResult(name) : undefined]),
    ),
    // In a field, Esc gives the keys back.
    escape: () => (document.activeElement as HTMLElement | null)?.blur(),
    'ctrl enter': () => {
      next.current = true
      form.current?.requestSubmit()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (answer && !incomplete) void save({ answer, result: spoke ? result : null, loan_no })
  }
  const loan = borrower.loans.find((each) => each.loan_no === loan_no)
  return (
    <Card title={t('call.outcome')} aside={t('call.saved_as_typed')} className="outcome">
      <form ref={form} className="column" onSubmit={submit}>
        <MustSay says={contact.says} />
        <h3>{asking}</h3>
        <Choices of={answers} words="answer" title={asking} chosen={answer} choose={setAnswer} />
        {spoke ? (
          <>
            <h3>{t('call.result.title')}</h3>
            <Choices of={results} words="result" chosen={result} choose={setResult} />
          </>
        ) : null}
        {spoke && result && result !== 'refuses' && loan ? (
          <div className="result column">
            {borrower.loans.length > 1 ? (
              <LoanChoice loans={borrower.loans} loan={loan} choose={choose} />
            ) : null}
            <FirstField key={result}>
              <ResultFields result={result} borrower={borrower} loan_no={loan_no} />
            </FirstField>
          </div>
        ) : null}
        <Note
          name="note"
          label={t('call.note')}
          packs={packs}
          value={note}
          change={(text) => {
            setNote(text)
            sessionStorage.setItem(draftOf(borrower), text)
          }}
        />
        <div className="save">
          <Problem error={error} />
          {error instanceof NoConnection ? <p className="soft small">{t('call.not_saved')}</p> : null}
          <div className="row">
            <Button
              type="primary"
              htmlType="submit"
              disabled={incomplete}
              loading={busy}
              onClick={() => (next.current = true)}
            >
              <kbd>Ctrl Enter</kbd> {t('call.save_next')}
            </Button>
            <Button htmlType="submit" disabled={incomplete || busy} onClick={() => (next.current = false)}>
              {t('call.save_stay')}
            </Button>
          </div>
        </div>
      </form>
    </Card>
  )
}
