import { useNavigate, useParams } from '@tanstack/react-router'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { ask } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useKeys } from '../frame/keys.ts'
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
import { CallBar, type Contact, Outcome } from './Call.tsx'
import { ConductPanel, Refusals } from './ConductPanel.tsx'
import { DeedForm } from './DeedForm.tsx'
import { Owed } from './Owed.tsx'
import { Timeline } from './Timeline.tsx'
import '../frame/figures.css'
import './case.css'

function Head({
  borrower,
  item,
}: {
  borrower: Borrower
  item: Parameters<typeof Reasons>[0]['item'] | null
}) {
  const { t } = useTranslation()
  const worst = borrower.loans[0]
  const facts = [
    t('case.borrower_no', { no: borrower.borrower_no }),
    borrower.lender,
    borrower.national_id_masked ? t('case.id', { id: borrower.national_id_masked }) : null,
    borrower.language,
    borrower.time_zones.join(', '),
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
    </section>
  )
}

/** What changed underneath, and who else is here. */
function Banners(props: { others: boolean; taken_by: string | null; people: Person[]; stop: Stop | null }) {
  const { t } = useTranslation()
  const { data: me } = useMe()
  const elsewhere = props.people.filter((person) => person.staff_id !== me?.staff_id)
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

/** Makes the contact: the number first (logged), then the verdict under the borrower's lock. */
async function makeContact(borrower: Borrower, channel: string): Promise<Contact> {
  const { borrower_id } = borrower
  const wanted = { call: /mobile|phone/, sms: /mobile/, email: /email/ }[channel]
  const point = borrower.contact_points.find(
    (each) =>
      wanted?.test(each.kind) && each.party === 'debtor' && !each.opted_out_on && each.kind !== 'work_phone',
  )
  const shown = point
    ? await ask<{ value: string | null }>('POST', `/borrowers/${borrower_id}/disclosures`, {
        body: { what: 'contact_point', point: point.point },
        reason: `contact: ${channel}`,
      })
    : null
  const asked = borrower.loans
    .filter((loan) => !loan.disputed && loan.days_past_due > 0)
    .map((loan) => loan.loan_no)
  const { attempt_id } = await ask<{ attempt_id: string }>('POST', `/borrowers/${borrower_id}/contacts`, {
    body: {
      channel,
      ...(asked.length > 0 ? { debts: asked } : {}),
      ...(shown?.value ? { address: shown.value } : {}),
    },
  })
  return { attempt_id, channel, at: new Date().toISOString(), address: shown?.value ?? null }
}

/** One borrower, from why now to what came of it, without a change of page. */
export function Case() {
  const { t } = useTranslation()
  const { borrower_id = '' } = useParams({ strict: false })
  return <CaseOf key={borrower_id} borrower_id={borrower_id} title={t('case.title')} />
}

function CaseOf({ borrower_id, title }: { borrower_id: string; title: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const may = useMay()
  const { borrower, item, verdicts } = useCase(borrower_id)
  const others = useTaking(borrower_id)
  const { people, stop } = useLive(borrower_id)
  const again = useReadAgain(borrower_id)
  const { takeNext, error: nextError } = useNext()
  const [explained, explain] = useState<ChannelVerdict | null>(null)
  const [contact, setContact] = useState<Contact | null>(null)
  const [deed, setDeed] = useState<Deed | null>(null)
  const [error, setError] = useState<unknown>(null)
  usePage(
    title,
    contact
      ? [
          ['1–4', t('call.answer.title')],
          ['P A F D', t('call.result.title')],
          ['Ctrl Enter', t('call.save_next')],
        ]
      : [
          ['C', t('channels.call')],
          ['P', t('deeds.promise')],
          ['A', t('deeds.plan')],
          ['H', t('deeds.hold')],
          ['W', t('case.why_not')],
          ['U', t('case.show')],
          [']', t('case.next')],
        ],
  )
  useKeys(
    {
      ']': may('worklist.work') ? takeNext : undefined,
      '[': () => navigate({ to: '/worklist' }),
      escape: explained ? () => explain(null) : undefined,
    },
    !contact,
  )
  if (borrower.error) return <Problem error={borrower.error} again={borrower.refetch} />
  if (!borrower.data) return <Loading label={t('states.loading')} rows={12} />
  const person = borrower.data
  const begin = (verdict: ChannelVerdict) => {
    setError(null)
    setDeed(null)
    makeContact(person, verdict.channel).then(setContact).catch(setError).then(again)
  }
  const done = (next: boolean) => {
    setContact(null)
    if (next) takeNext()
    else void again()
  }
  const stopped = stop !== null && contact !== null
  return (
    <div className="case">
      <Head borrower={person} item={item.data?.item ?? null} />
      <Banners
        others={others}
        taken_by={item.data?.item?.taken_by_name ?? null}
        people={people}
        stop={stop}
      />
      <Problem error={error ?? verdicts.error ?? nextError} />
      {contact ? (
        <CallBar contact={contact} borrower={person} />
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
      <div className={`columns ${stopped ? 'stopped' : ''}`}>
        <Owed borrower={person} />
        {contact ? (
          <Outcome borrower={person} contact={contact} done={done} />
        ) : deed ? (
          <DeedForm
            borrower={person}
            deed={deed}
            close={(saved) => {
              setDeed(null)
              if (saved) void again()
            }}
          />
        ) : (
          <Timeline borrower_id={borrower_id} />
        )}
        <ConductPanel borrower={person} verdicts={verdicts.data} />
      </div>
      <Modal
        open={explained !== null}
        title={explained ? t(`channels.${explained.channel}`) : ''}
        onCancel={() => explain(null)}
        footer={
          <Button type="primary" onClick={() => explain(null)}>
            {t('states.close')}
          </Button>
        }
      >
        {explained ? <Refusals verdict={explained} /> : null}
        <p className="soft small">{t('case.nobody_overrules')}</p>
      </Modal>
    </div>
  )
}
