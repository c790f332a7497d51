import { Button } from 'antd'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { Dialog } from '../../ui/Dialog.tsx'
import { Mark } from '../../ui/Mark.tsx'
import type { ChannelVerdict } from './asking.ts'
import type { useContacting } from './contacting.ts'
import { type FilledText, fillText, languageName } from './texts.ts'

type Props = {
  verdict: ChannelVerdict
  borrower: Borrower
  send: (text: FilledText | null) => void
  close: () => void
}

/**
 * Which approved text goes out, read with the borrower's own figures before anything is recorded: arrows or
 * a digit choose, Enter records. Without a text only where the rules let one go without.
 */
function Choices({ verdict, borrower, send, close }: Props) {
  const { t, i18n } = useTranslation()
  const [chosen, choose] = useState(0)
  const { texts } = verdict
  const text = texts[chosen]
  const filled = text ? fillText(text, borrower) : null
  const unfit = filled !== null && filled.missing.length > 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!unfit) send(filled)
  }
  const choices = [
    ...texts.map(({ template, language }) => `${template} · ${languageName(i18n.language, language)}`),
    ...(verdict.allowed ? [t('case.text_none')] : []),
  ]
  // Of the whole page: a digit that comes before the question has the focus counts, too.
  const { length } = choices
  useEffect(() => {
    const pressed = ({ key }: KeyboardEvent) => {
      const place = Number(key) - 1
      if (Number.isInteger(place) && place >= 0 && place < length) choose(place)
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [length])
  return (
    <Dialog title={`${t(`channels.${verdict.channel}`)} · ${t('case.text_which')}`} close={close}>
      <form className="column choose-text" onSubmit={submit}>
        {choices.map((words, place) => (
          <label key={words} className="row">
            <input
              type="radio"
              name="text"
              checked={place === chosen}
              onChange={() => choose(place)}
              // The keys are of whoever chooses, wherever the focus was before.
              ref={(it) => {
                if (place === chosen) it?.focus()
              }}
            />
            <kbd>{place + 1}</kbd> {words}
          </label>
        ))}
        {filled && text ? (
          <p className="text" lang={text.language}>
            {filled.words}
          </p>
        ) : null}
        {unfit ? (
          <Mark verdict="refused">{t('case.text_misses', { places: filled.missing.join(', ') })}</Mark>
        ) : null}
        <p className="soft small">{t('case.text_again')}</p>
        <Button type="primary" htmlType="submit" disabled={unfit}>
          <kbd>Enter</kbd> {t('case.text_record')}
        </Button>
      </form>
    </Dialog>
  )
}

/** The question which text, while it is asked. */
export function ChooseText(props: { borrower: Borrower; contacting: ReturnType<typeof useContacting> }) {
  const { borrower, contacting } = props
  const { choosing, choose, make } = contacting
  if (!choosing) return null
  const send = (text: FilledText | null) => make(borrower, choosing, text)
  return <Choices verdict={choosing} borrower={borrower} send={send} close={() => choose(null)} />
}
