import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { type Hint, useFocusBack, usePage } from '../frame/Frame.tsx'
import { cityOf, useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { useNarrow } from '../frame/narrow.ts'
import { Problem } from '../frame/Problem.tsx'
import { useMay, useMe } from '../frame/session.ts'
import { Reasons } from '../worklist/Reasons.tsx'
import { useNext } from '../worklist/useNext.ts'
import { ActionBar, type Deed } from './ActionBar.tsx'
import {
  type ChannelVerdict,
  type Person,
  type Stop,
  useCase,
  useLive,
  useReadAgain,
  useTaking,
} from './asking.ts'
import { CallBar } from './CallBar.tsx'
import { ChooseText } from './ChooseText.tsx'
import { WhyLate } from './Circumstances.tsx'
import { ConductPanel } from './ConductPanel.tsx'
import { useContacting } from './contacting.ts'
import { DeedForm } from './DeedForm.tsx'
import { Explained } from './Explained.tsx'
import { useHours } from './HourBars.tsx'
import { Outcome } from './Outcome.tsx'
import { Owed } from './Owed.tsx'
import { Timeline } from './Timeline.tsx'
import { languageName } from './texts.ts'
import '../frame/figures.css'
import './case.css'

type HeadProps = {
  borrower: Borrower
  item: Parameters<typeof Reasons>[0]['item'] | null
  leave: (() => void) | undefined
  next: (() => void) | undefined
}

function Head({ borrower, item, leave, next }: HeadProps) {
  const { t, i18n } = useTranslation()
  const figures = useFigures()
  const now = new Date().toISOString()
  const places = borrower.time_zones.map(
    (zone) => `${cityOf(zone)}, ${t('case.there', { time: figures.timeIn(now, zone) })}`,
  )
  const worst = borrower.loans[0]
  const facts = [
    t('case.borrower_no', { no: borrower.borrower_no }),
    borrower.lender,
    borrower.national_id_masked ? t('case.id', { id: borrower.national_id_masked }) : null,
    languageName(i18n.language, borrower.language),
    ...places,
  ]
  return (
    <section className="card head">
      <div>
        <div className="row">
          <h2 className="big">{borrower.name ?? borrower.borrower_no}</h2>
          {worst && worst.days_past_due > 0 ? (
            <span className="chip">
              {worst.bucket} · {t('case.days', { count: worst.days_past_due })}
            </span>
          ) : null}
          {borrower.vulnerable ? <span className="chip wait">{t('happened.hold_vulnerable')}</span> : null}
        </div>
        <div className="small soft">{facts.filter(Boolean).join(' · ')}</div>
      </div>
      <div className="why">
        <div className="soft">{t('case.why_now')}</div>
        {item ? <Reasons item={item} /> : <span>{t('case.nobody_needed')}</span>}
      </div>
      <div className="column end">
        {next ? (
          <button type="button" className="quiet" onClick={next}>
            <kbd>]</kbd> {t('case.next')}
          </button>
        ) : null}
        {leave ? (
          <button type="button" className="quiet" onClick={leave}>
            <kbd>Z</kbd> {t('case.later')}
          </button>
        ) : null}
      </div>
    </section>
  )
}

/** What changed underneath, and who else is here. */
function Banners(props: { others: boolean; taken_by: string | null; people: Person[]; stop: Stop | null }) {
  const { t } = useTranslation()
  const { data: me } = useMe()
  // Whoever works on the case is named once.
  const elsewhere = props.people.filter(
    ({ staff_id, name }) => staff_id !== me?.staff_id && !(props.others && name === props.taken_by),
  )
  return (
    <>
      {props.stop ? (
        <div className="note refused" role="alert">
          <Mark verdict="refused">
            {t('case.stopped', {
              cause: t(`happened.hold_${props.stop.cause}`, { defaultValue: props.stop.cause }),
            })}
          </Mark>
        </div>
      ) : null}
      {props.others ? (
        <div className="note" role="status">
          <Mark verdict="wait">{t('case.taken_by', { name: props.taken_by ?? '' })}</Mark>
        </div>
      ) : null}
      {elsewhere.length > 0 ? (
        <div className="note" role="status">
          <Mark verdict="note">
            {t('case.also_here', { names: elsewhere.map((person) => person.name).join(', ') })}
          </Mark>
        </div>
      ) : null}
    </>
  )
}

/** One borrower, from why now to what came of it, without a change of page. */
export function Case() {
  const { t } = useTranslation()
  const { borrower_id = '' } = useParams({ strict: false })
  return <CaseOf key={borrower_id} borrower_id={borrower_id} title={t('case.title')} />
}

/** The keys of the moment: on a call those of its outcome, otherwise those of the case. */
function useHints(onCall: boolean): Hint[] {
  const { t } = useTranslation()
  if (onCall) {
    return [
      ['1–4', t('call.answer.title')],
      ['P A T F D B R Y X H', t('call.result.title')],
      ['Q', t('case.quote.title')],
      ['N', t('case.dispute.title')],
      ['Ctrl Enter', t('call.save_next')],
    ]
  }
  return [
    ['C', t('channels.call')],
    ['M', t('channels.sms')],
    ['P', t('deeds.promise')],
    ['A', t('deeds.plan')],
    ['T', t('deeds.settlement')],
    ['S', t('deeds.hardship')],
    ['H', t('deeds.hold')],
    ['Q', t('case.quote.title')],
    ['N', t('case.dispute.title')],
    ['W', t('case.why_not')],
    ['U', t('case.show')],
    ['D', t('case.panel')],
    ['Z', t('case.later')],
    ['[', t('places.worklist')],
    [']', t('case.next')],
  ]
}

function CaseOf({ borrower_id, title }: { borrower_id: string; title: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const may = useMay()
  const again = useReadAgain(borrower_id)
  const contacting = useContacting(again)
  const { contact, setContact, onCall } = contacting
  const { borrower, item, verdicts } = useCase(borrower_id, onCall)
  const hours = useHours(borrower_id, may('contacts.write') && !onCall)
  const others = useTaking(borrower_id)
  const { people, stop } = useLive(borrower_id)
  const { takeNext, error: nextError } = useNext()
  const [explained, explain] = useState<ChannelVerdict | null>(null)
  const [deed, setDeed] = useState<Deed | null>(null)
  const [panel, showPanel] = useState(false)
  const narrow = useNarrow()
  const hints = useHints(contact !== null)
  usePage(title, narrow ? [] : hints)
  const next = may('worklist.work') && !narrow ? takeNext : undefined
  const leave = next && item.data?.item && !others && !contact ? () => setDeed('leave') : undefined
  useKeys(
    {
      ']': next,
      z: leave,
      d: () => {
        showPanel(!panel)
        // In a wide window it stands there already: the key goes to it.
        requestAnimationFrame(() => document.querySelector<HTMLElement>('.conduct .scrolls')?.focus())
      },
      '[': () => navigate({ to: '/worklist' }),
      escape: explained ? () => explain(null) : undefined,
    },
    !contact,
  )
  useFocusBack(deed !== null || contact !== null)
  if (borrower.error) return <Problem error={borrower.error} again={borrower.refetch} />
  if (!borrower.data) return <Loading label={t('states.loading')} rows={12} />
  const person = borrower.data
  const begin = (verdict: ChannelVerdict) => {
    explain(null)
    setDeed(null)
    contacting.begin(person, verdict)
  }
  const done = (onward: boolean) => {
    // The call bar stays until the next case is there: this one is not asked about again.
    if (onward) void takeNext().finally(() => setContact(null))
    else {
      setContact(null)
      again()
    }
  }
  const closeDeed = (saved: boolean) => {
    setDeed(null)
    if (saved && deed === 'leave') void takeNext()
    else if (saved) again()
  }
  const packs = hours.data?.packs.map(({ pack }) => pack) ?? []
  const stopped = stop !== null && contact !== null
  return (
    <div className="case">
      <Head
        borrower={person}
        item={item.data?.item ?? null}
        leave={leave}
        next={contact ? undefined : next}
      />
      <Banners
        others={others}
        taken_by={item.data?.item?.taken_by_name ?? null}
        people={people}
        stop={stop}
      />
      <Problem error={contacting.error ?? verdicts.error ?? nextError} />
      {contact ? (
        <CallBar contact={contact} borrower={person} item={item.data?.item ?? null} />
      ) : (
        <ActionBar
          verdicts={verdicts.data}
          readOnly={others}
          zone={person.time_zones[0]}
          contact={begin}
          explain={explain}
          deed={setDeed}
        />
      )}
      <div className={`columns ${stopped ? 'stopped' : ''} ${panel ? 'panel-open' : ''}`}>
        <div className="left">
          <Owed borrower={person} />
          <WhyLate borrower_id={borrower_id} loan={person.loans[0] ?? null} />
        </div>
        {contact ? (
          <Outcome borrower={person} contact={contact} packs={packs} done={done} />
        ) : deed ? (
          <DeedForm key={deed} borrower={person} deed={deed} close={closeDeed} />
        ) : (
          <Timeline borrower_id={borrower_id} />
        )}
        <ConductPanel borrower={person} verdicts={verdicts.data} hours={hours.data} />
      </div>
      <Explained
        verdict={explained}
        others={verdicts.data?.channels ?? []}
        contact={begin}
        close={() => explain(null)}
      />
      <ChooseText borrower={person} contacting={contacting} />
    </div>
  )
}
