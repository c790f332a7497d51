import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { Standings } from '#api/conduct/agencies/agency'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { daysBetween, todayHere } from '../../ui/typed.ts'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import '../frame/figures.css'
import { type Standing, StandingForm } from './StandingForm.tsx'

// A licence takes weeks to renew: what ends within this time is said before it ends.
const SOON_DAYS = 60

/** A paper and its last day; missing, over, or over soon stands out in words. */
function Until({ on }: { on: string | null }) {
  const { t } = useTranslation()
  const figures = useFigures()
  if (!on) return <Mark verdict="refused">{t('agencies.not_shown')}</Mark>
  const left = daysBetween(todayHere(), on)
  if (left < 0) return <Mark verdict="refused">{t('agencies.lapsed', { day: figures.date(on) })}</Mark>
  if (left > SOON_DAYS) return figures.date(on)
  return <Mark verdict="wait">{t('agencies.lapses_in', { day: figures.date(on), count: left })}</Mark>
}

function Evaluated({ on }: { on: string | null }) {
  const { t } = useTranslation()
  const figures = useFigures()
  return on ? figures.date(on) : <Mark verdict="refused">{t('agencies.not_evaluated')}</Mark>
}

function Row({ row, chosen, renew }: { row: Standing; chosen: boolean; renew: (() => void) | null }) {
  const { t } = useTranslation()
  const figures = useFigures()
  return (
    <tr aria-selected={chosen}>
      <th scope="row">{row.agency}</th>
      <td>
        <Mark verdict={row.in_good_standing ? 'allowed' : 'refused'}>
          {t(row.in_good_standing ? 'agencies.may_work' : 'agencies.may_not_work')}
        </Mark>
        {row.barred_reason ? <div className="small soft">{row.barred_reason}</div> : null}
      </td>
      <td>
        <Until on={row.licensed_until} />
      </td>
      <td>
        <Until on={row.secrecy_until} />
      </td>
      <td>
        <Evaluated on={row.evaluated_on} />
      </td>
      <td className="soft">{figures.moment(row.recorded_at)}</td>
      {renew ? (
        <td className="number">
          <Button size="small" onClick={renew}>
            {t('agencies.record')}
          </Button>
        </td>
      ) : null}
    </tr>
  )
}

/** Agencies: which of them may work today, what each showed, and which paper ends when. */
export function Agencies() {
  const { t } = useTranslation()
  const writes = useMay()('conduct.write')
  const [chosen, choose] = useState(0)
  const [open, setOpen] = useState<Standing | 'new' | null>(null)
  const { data, error, refetch } = useQuery({
    queryKey: ['agencies'],
    queryFn: () => ask<z.infer<typeof Standings>>('GET', '/conduct/agencies'),
  })
  usePage(t('places.agencies'), [
    ['J', t('keys.down')],
    ['K', t('keys.up')],
    ...(writes
      ? ([
          ['Enter', t('agencies.record')],
          ['N', t('agencies.add')],
        ] as const)
      : []),
  ])
  const rows = data?.standings ?? []
  const at = Math.min(chosen, rows.length - 1)
  useKeys({
    j: () => choose(Math.min(at + 1, rows.length - 1)),
    k: () => choose(Math.max(at - 1, 0)),
    enter: writes ? () => setOpen(rows[at] ?? null) : undefined,
    n: writes ? () => setOpen('new') : undefined,
  })
  if (error) return <Problem error={error} again={refetch} />
  if (!data) return <Loading label={t('states.loading')} rows={6} />
  const add = writes ? (
    <Button size="small" onClick={() => setOpen('new')}>
      <kbd>N</kbd> {t('agencies.add')}
    </Button>
  ) : null
  return (
    <Card title={t('agencies.title')} aside={add} flush>
      <table className="figures-table">
        <thead>
          <tr>
            <th scope="col">{t('case.agency')}</th>
            <th scope="col">{t('agencies.today')}</th>
            <th scope="col">{t('agencies.licence')}</th>
            <th scope="col">{t('agencies.secrecy')}</th>
            <th scope="col">{t('agencies.evaluation')}</th>
            <th scope="col">{t('agencies.recorded')}</th>
            {writes ? <th scope="col" aria-label={t('agencies.record')} /> : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <Row key={row.agency} row={row} chosen={i === at} renew={writes ? () => setOpen(row) : null} />
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <p className="soft body-text">{t('agencies.none')}</p> : null}
      {open ? <StandingForm standing={open === 'new' ? null : open} close={() => setOpen(null)} /> : null}
    </Card>
  )
}
