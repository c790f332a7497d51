import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { Standings } from '#api/conduct/agencies/agency'
import type { Placement } from '#api/enforcement/placements/placement'
import type { StaffMember } from '#api/staff/people/people'
import type { Handover } from '#api/strategy/worklists/worklist'
import { ask, Refusal } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import type { ChannelVerdict } from './asking.ts'
import { Refusals } from './VerdictMark.tsx'

type Deed = 'place' | 'recall' | 'hand_over' | { take_back: Handover }
type Choice = { value: string; words: string }

/** The rules that refused a placement, each with its clause; any other refusal in words. */
function Refused({ error }: { error: unknown }) {
  const verdict =
    error instanceof Refusal ? (error.figures['verdict'] as ChannelVerdict | undefined) : undefined
  return (
    <>
      <Problem error={error} />
      {verdict ? <Refusals verdict={verdict} /> : null}
    </>
  )
}

/** To whom, and why; the reason stands in the log and with the placement. */
function Asking(props: {
  title: string
  to: { label: string; choices: readonly Choice[]; none: string } | null
  send: (to: string, reason: string) => Promise<unknown>
  close: () => void
}) {
  const { title, to, send, close } = props
  const { t } = useTranslation()
  const [error, setError] = useState<unknown>(null)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setError(null)
    send(`${form.get('to') ?? ''}`, `${form.get('reason')}`)
      .then(close)
      .catch(setError)
  }
  if (to && to.choices.length === 0) {
    return (
      <Dialog title={title} close={close}>
        <p className="soft">{to.none}</p>
      </Dialog>
    )
  }
  return (
    <Dialog title={title} close={close}>
      <form className="column" onSubmit={submit}>
        {to ? (
          <label className="field">
            {to.label}
            <select className="plain-select" name="to">
              {to.choices.map(({ value, words }) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <Field label={t('case.reason_logged')} name="reason" required minLength={3} />
        <Refused error={error} />
        <Button type="primary" htmlType="submit">
          {title}
        </Button>
      </form>
    </Dialog>
  )
}

/** Agencies as they stand today; one that may not work says so, and the server refuses it. */
function useAgencies(wanted: boolean): Choice[] {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['agencies'],
    queryFn: () => ask<z.infer<typeof Standings>>('GET', '/conduct/agencies'),
    enabled: wanted,
  })
  return (data?.standings ?? []).map(({ agency, in_good_standing }) => ({
    value: agency,
    words: in_good_standing ? agency : t('case.not_in_good_standing', { agency }),
  }))
}

function useVisitors(wanted: boolean): Choice[] {
  const { data } = useQuery({
    queryKey: ['staff'],
    queryFn: () => ask<{ rows: StaffMember[] }>('GET', '/staff?limit=200'),
    enabled: wanted,
  })
  return (data?.rows ?? [])
    .filter(({ roles, departed_at }) => roles.includes('field') && !departed_at)
    .map(({ staff_id, name }) => ({ value: staff_id, words: name }))
}

const Line = ({ words, small, deed }: { words: ReactNode; small: string; deed: ReactNode }) => (
  <li>
    <span>
      {words}
      <span className="soft small">{small}</span>
    </span>
    {deed}
  </li>
)

/** Who else works on the case: an agency that it is placed with, visitors to whom it was handed over. */
export function WithWhom({ borrower_id }: { borrower_id: string }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()
  const queries = useQueryClient()
  const [deed, setDeed] = useState<Deed | null>(null)
  const path = `/borrowers/${borrower_id}`
  const agencies = useAgencies(deed === 'place')
  const visitors = useVisitors(deed === 'hand_over')
  const placements = useQuery({
    queryKey: ['placements', borrower_id],
    queryFn: () => ask<{ rows: Placement[] }>('GET', `${path}/placements`),
  })
  const handovers = useQuery({
    queryKey: ['handovers', borrower_id],
    queryFn: () => ask<{ rows: Handover[] }>('GET', `${path}/handovers`),
  })
  const places = may('placements.write')
  const leads = may('worklist.lead')
  const placed = placements.data?.rows.find(({ recalled_at }) => recalled_at === null)
  const handed = handovers.data?.rows ?? []
  const error = placements.error ?? handovers.error
  const read = () =>
    Promise.all(
      ['placements', 'handovers'].map((what) => queries.invalidateQueries({ queryKey: [what, borrower_id] })),
    )
  const send = (to: string, reason: string) => {
    if (deed === 'place') return ask('POST', `${path}/placement`, { body: { agency: to, reason } }).then(read)
    if (deed === 'recall') return ask('POST', `${path}/placement/recall`, { body: { reason } }).then(read)
    if (deed === 'hand_over')
      return ask('POST', `${path}/handovers`, { body: { staff_id: to, reason } }).then(read)
    const { staff_id } = (deed as { take_back: Handover }).take_back
    return ask('DELETE', `${path}/handovers/${staff_id}`, { reason }).then(read)
  }
  const name = deed !== null && typeof deed === 'object' ? 'take_back' : deed
  const to =
    deed === 'place'
      ? { label: t('case.agency'), choices: agencies, none: t('case.no_agency') }
      : deed === 'hand_over'
        ? { label: t('case.visitor'), choices: visitors, none: t('case.no_visitor') }
        : null
  const button = (next: Deed, words: string) => (
    <Button size="small" onClick={() => setDeed(next)}>
      {words}
    </Button>
  )
  return (
    <section>
      <h3>{t('case.with_whom')}</h3>
      <Problem error={error} />
      <ul className="papers">
        {placed ? (
          <Line
            words={t('case.placed_with', { agency: placed.agency })}
            small={`${figures.moment(placed.placed_at)} · ${placed.reason}`}
            deed={places ? button('recall', t('case.deed.recall')) : null}
          />
        ) : (
          <Line
            words={t('case.with_us')}
            small=""
            deed={places ? button('place', t('case.deed.place')) : null}
          />
        )}
        {handed.map((each) => (
          <Line
            key={each.handover_id}
            words={t('case.visited_by', { name: each.name })}
            small={`${figures.moment(each.handed_at)} · ${each.reason}`}
            deed={leads ? button({ take_back: each }, t('case.deed.take_back')) : null}
          />
        ))}
        {leads ? (
          <Line
            words={handed.length === 0 ? t('case.no_visit') : ''}
            small=""
            deed={button('hand_over', t('case.deed.hand_over'))}
          />
        ) : null}
      </ul>
      {name ? (
        <Asking title={t(`case.deed.${name}`)} to={to} send={send} close={() => setDeed(null)} />
      ) : null}
    </section>
  )
}
