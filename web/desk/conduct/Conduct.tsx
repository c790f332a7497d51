import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { Incidents as IncidentsShape } from '#api/conduct/incidents/incident'
import type { Packs as PacksShape } from '#api/conduct/packs/pack'
import type { OpenStops as StopsShape } from '#api/conduct/stops/stop'
import type { RefusedVerdicts as RefusedShape } from '#api/conduct/verdicts/verdict'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { useLocalMoment } from '../case/VerdictMark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import { useClauseWords, useRuleWords, useSourceWords } from '../rules.ts'
import '../frame/figures.css'
import { Rules } from './Rules.tsx'
import { WhyRefused } from './WhyRefused.tsx'

type Incident = z.infer<typeof IncidentsShape>['incidents'][number]

function ToBorrower({ borrower_id }: { borrower_id: string }) {
  const { t } = useTranslation()
  const may = useMay()
  if (!may('borrowers.read')) return <span className="soft">{borrower_id}</span>
  return (
    <Link to="/cases/$borrower_id" params={{ borrower_id }}>
      {t('conduct.case')}
    </Link>
  )
}

function Refused() {
  const { t } = useTranslation()
  const moment = useLocalMoment()
  const ruleWords = useRuleWords()
  const clauseWords = useClauseWords()
  const figures = useFigures()
  const pages = useInfiniteQuery({
    queryKey: ['refusals'],
    queryFn: ({ pageParam }) =>
      ask<z.infer<typeof RefusedShape>>('GET', `/conduct/refusals${query({ cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.verdicts) ?? []
  return (
    <div className="halves">
      <Card title={t('conduct.refused')} aside={t('conduct.refused_how')} flush>
        <Problem error={error} again={refetch} />
        {!data && !error ? <Loading label={t('states.loading')} rows={4} /> : null}
        <div className="scrolls" style={{ maxHeight: 300 }}>
          <table className="figures-table">
            <thead>
              <tr>
                <th scope="col">{t('audit.when')}</th>
                <th scope="col">{t('audit.what')}</th>
                <th scope="col">{t('conduct.why')}</th>
                <th scope="col">{t('conduct.clause')}</th>
                <th scope="col">{t('conduct.from')}</th>
                <th scope="col">{t('audit.whom')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => {
                const first = row.refusals[0]
                return (
                  <tr key={row.verdict_id}>
                    <td>{figures.moment(row.decided_at)}</td>
                    <td>{t(`channels.${row.channel}`, { defaultValue: row.channel })}</td>
                    <th scope="row">{first ? ruleWords(first.rule_id, first.rule) : ''}</th>
                    <td className="soft">{first ? clauseWords(first) : ''}</td>
                    <td className="figures">{moment(first?.next_allowed_at ?? null)}</td>
                    <td>
                      <ToBorrower borrower_id={row.borrower_id} />
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
        {data && rows.length === 0 ? <p className="soft body-text">{t('conduct.none_refused')}</p> : null}
        <More pages={pages} />
      </Card>
      <WhyRefused by_rule={data?.pages[0]?.by_rule} />
    </div>
  )
}

function CloseIncident({ incident, close }: { incident: Incident; close: () => void }) {
  const { t } = useTranslation()
  const ruleWords = useRuleWords()
  const sourceWords = useSourceWords()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const note = new FormData(event.currentTarget).get('note')
    const { borrower_id, contact_id, rule_id } = incident
    await ask('POST', `/borrowers/${borrower_id}/incident-closures`, { body: { contact_id, rule_id, note } })
      .then(() => queries.invalidateQueries({ queryKey: ['incidents'] }))
      .then(close)
      .catch(setError)
  }
  return (
    <Dialog title={ruleWords(incident.rule_id, incident.rule)} close={close}>
      <form className="column" onSubmit={submit}>
        <p className="soft">{sourceWords(incident.source)}</p>
        <Field label={t('conduct.close_note')} name="note" required minLength={3} autoFocus />
        <Problem error={error} />
        <Button type="primary" htmlType="submit">
          {t('conduct.close')}
        </Button>
      </form>
    </Dialog>
  )
}

function Incidents() {
  const { t } = useTranslation()
  const ruleWords = useRuleWords()
  const sourceWords = useSourceWords()
  const figures = useFigures()
  const may = useMay()
  const [closing, setClosing] = useState<Incident | null>(null)
  const pages = useInfiniteQuery({
    queryKey: ['incidents'],
    queryFn: ({ pageParam }) =>
      ask<z.infer<typeof IncidentsShape>>('GET', `/conduct/incidents${query({ cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.incidents) ?? []
  return (
    <Card
      title={t('conduct.incidents')}
      aside={`${figures.count(rows.length)}${pages.hasNextPage ? ' +' : ''}`}
      flush
    >
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} rows={4} /> : null}
      <table className="figures-table wraps">
        <tbody>
          {rows.map((incident) => (
            <tr key={`${incident.contact_id} ${incident.rule_id}`}>
              <th scope="row">
                <Mark verdict="refused">{ruleWords(incident.rule_id, incident.rule)}</Mark>
                <div className="small soft">
                  {sourceWords(incident.source)} · {t(`conduct.cause.${incident.cause}`)}
                </div>
              </th>
              <td className="one-line">{figures.moment(incident.found_at)}</td>
              <td>
                <ToBorrower borrower_id={incident.borrower_id} />
              </td>
              <td>
                {may('conduct.write') ? (
                  <Button size="small" onClick={() => setClosing(incident)}>
                    {t('conduct.close')}
                  </Button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {data && rows.length === 0 ? <p className="allowed body-text">{t('conduct.no_incidents')}</p> : null}
      <More pages={pages} />
      {closing ? <CloseIncident incident={closing} close={() => setClosing(null)} /> : null}
    </Card>
  )
}

type Stop = z.infer<typeof StopsShape>['stops'][number]

function Stops() {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()
  const queries = useQueryClient()
  const [refused, setRefused] = useState<unknown>(null)
  const acknowledge = ({ borrower_id, stop_id, worked_by }: Stop) => {
    setRefused(null)
    ask('POST', `/borrowers/${borrower_id}/stops/${stop_id}/acknowledgements`, { body: { worked_by } })
      .then(() => queries.invalidateQueries({ queryKey: ['stops'] }))
      .catch(setRefused)
  }
  const pages = useInfiniteQuery({
    queryKey: ['stops'],
    queryFn: ({ pageParam }) =>
      ask<z.infer<typeof StopsShape>>('GET', `/conduct/stops${query({ cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 10_000,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.stops) ?? []
  return (
    <Card
      title={t('conduct.stops')}
      aside={`${figures.count(rows.length)}${pages.hasNextPage ? ' +' : ''}`}
      flush
    >
      <Problem error={refused} />
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} rows={4} /> : null}
      <table className="figures-table">
        <tbody>
          {rows.map((stop) => (
            <tr key={`${stop.stop_id} ${stop.worked_by}`}>
              <th scope="row">{t(`happened.hold_${stop.cause}`, { defaultValue: stop.cause })}</th>
              <td>{stop.worked_by}</td>
              <td className="soft">{figures.moment(stop.at)}</td>
              <td>
                <ToBorrower borrower_id={stop.borrower_id} />
              </td>
              {may('contacts.write') ? (
                <td className="number">
                  <Button size="small" onClick={() => acknowledge(stop)}>
                    {t('conduct.acknowledge')}
                  </Button>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
      {data && rows.length === 0 ? <p className="allowed body-text">{t('conduct.no_stops')}</p> : null}
      <More pages={pages} />
    </Card>
  )
}

function Packs() {
  const { t } = useTranslation()
  const figures = useFigures()
  const [open, setOpen] = useState<string | null>(null)
  const { data, error, refetch } = useQuery({
    queryKey: ['packs'],
    queryFn: () => ask<z.infer<typeof PacksShape>>('GET', '/conduct/packs'),
  })
  return (
    <Card title={t('conduct.packs')} aside={t('conduct.packs_how')} flush>
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} rows={4} /> : null}
      <table className="figures-table">
        <thead>
          <tr>
            <th scope="col">{t('conduct.pack')}</th>
            <th scope="col">{t('conduct.applies_from')}</th>
            <th scope="col" className="number">
              {t('conduct.rules')}
            </th>
            <th scope="col">{t('conduct.counsel')}</th>
          </tr>
        </thead>
        <tbody>
          {data?.packs.map((pack) => (
            <tr key={pack.pack_version} className="clickable" onClick={() => setOpen(pack.pack_version)}>
              <th scope="row">
                <button type="button" className="cell" onClick={() => setOpen(pack.pack_version)}>
                  {pack.pack_version}
                </button>{' '}
                <span className="soft">{t(`packs.${pack.pack}`, { defaultValue: pack.title })}</span>
              </th>
              <td className="soft">
                {pack.applies_from.startsWith('-') ? t('conduct.always') : figures.date(pack.applies_from)}
              </td>
              <td className="number">{figures.count(pack.rules)}</td>
              <td>
                {pack.unconfirmed > 0 ? (
                  <Mark verdict="wait">{t('conduct.unconfirmed', { count: pack.unconfirmed })}</Mark>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {open ? <Rules pack_version={open} close={() => setOpen(null)} /> : null}
    </Card>
  )
}

/** What was refused and by which clause, incidents, stops that nobody acknowledged, and the packs. */
export function Conduct() {
  const { t } = useTranslation()
  usePage(t('places.conduct'))
  return (
    <div className="grid">
      <div className="halves">
        <Incidents />
        <Stops />
      </div>
      <Refused />
      <Packs />
    </div>
  )
}
