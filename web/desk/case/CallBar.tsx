import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import type { WorklistItem } from '#api/strategy/worklists/worklist'
import { Mark } from '../../ui/Mark.tsx'
import { useFigures } from '../frame/figures.ts'
import type { Contact } from './outcomes.ts'

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

/** What to say next: who it is first, then the borrower's own figures, thanks before what is missing. */
function useScript(borrower: Borrower, item: WorklistItem | null) {
  const { t } = useTranslation()
  const figures = useFigures()
  const name = borrower.name ?? ''
  const owed = borrower.ask_for[0]
  if (!owed) return t('call.script_none', { name })
  const amount = figures.money(owed.ask_for, owed.currency)
  const broken = item?.reasons.find(({ reason }) => reason === 'promise_broken')
  const { promised, paid, currency, due_on } = broken ?? {}
  if (!promised || !currency || !due_on || !paid || Number(paid) === 0)
    return t('call.script', { name, amount })
  return t('call.script_promise', {
    ...{ name, amount, due_on: figures.day(due_on) },
    promised: figures.money(promised, currency),
    paid: figures.money(paid, currency),
  })
}

/** The bar of a call: how long, to whom, allowed when dialled, and what to say next with the own figures. */
export function CallBar(props: { contact: Contact; borrower: Borrower; item: WorklistItem | null }) {
  const { contact, borrower, item } = props
  const { t } = useTranslation()
  const figures = useFigures()
  const script = useScript(borrower, item)
  return (
    <section className="card call-bar" aria-label={t('call.on')}>
      <div>
        <div className="soft">
          {contact.channel === 'call' ? t('call.on') : t(`channels.${contact.channel}`)}
        </div>
        <Lasting since={contact.at} />
      </div>
      <div>
        <div className="strong figures">{contact.address ?? t(`channels.${contact.channel}`)}</div>
        <Mark verdict="allowed">{t('call.allowed_at', { time: figures.time(contact.at) })}</Mark>
      </div>
      <div className="say">
        <div className="soft">
          {contact.text ? t('call.goes_out', { template: contact.text.template }) : t('call.say')}
        </div>
        <div className={contact.text ? 'text' : ''}>{contact.text?.words ?? script}</div>
      </div>
    </section>
  )
}
