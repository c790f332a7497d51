import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { AuditRow, AuditState } from '#api/staff/audit/audit'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import { useWordList } from '../word-lists.ts'

type Page = { rows: AuditRow[]; next_cursor: string | null }

function Seals() {
  const { t } = useTranslation()
  const figures = useFigures()
  const { data } = useQuery({ queryKey: ['seals'], queryFn: () => ask<AuditState>('GET', '/audit/seals') })
  if (!data) return null
  return data.ok ? (
    <Mark verdict="allowed">{t('audit.unbroken', { count: data.events })}</Mark>
  ) : (
    <Mark verdict="refused">{t('audit.broken', { day: figures.date(data.broken_from ?? '') })}</Mark>
  )
}

/** To whom or what it was done: the borrower by a way to the case, everything else by its name. */
function Subject({ subject, staff_id }: Pick<AuditRow, 'subject' | 'staff_id'>) {
  const { t } = useTranslation()
  const may = useMay()
  // What somebody did to themselves is said by who did it.
  const parts = [...subject.matchAll(/(\w+)=(.*?)(?= \w+=|$)/g)].filter(
    ([, name, value]) => name !== 'staff_id' || value !== staff_id,
  )
  return parts.map(([whole, name = '', value = '']) => (
    <span key={whole} className="part">
      {t(`audit.of.${name}`, { defaultValue: name.replaceAll('_', ' ') })}{' '}
      {name === 'borrower_id' && may('borrowers.read') ? (
        <Link to="/cases/$borrower_id" params={{ borrower_id: value }}>
          {value}
        </Link>
      ) : (
        value
      )}
    </span>
  ))
}

/** Who did what, to whom, why and from where; and whether the log stands as it was sealed. */
export function Audit() {
  const { t } = useTranslation()
  const figures = useFigures()
  const inWords = useWordList('actions')
  usePage(t('places.audit'))
  const pages = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => ask<Page>('GET', `/audit${query({ cursor: pageParam, limit: 50 })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.rows) ?? []
  // The desk gives the page as the reason of what it reads by itself; a person's own reason stands as it is.
  const why = (reason: string | null) => {
    // A browser that keeps a line open can send no reason; the server names the one that it is open for.
    if (reason === 'the case is open') return t('audit.open')
    const page = /^screen: (\w+)$/.exec(reason ?? '')?.[1]
    if (!page) return reason === 'case' ? t('audit.screen', { place: t('case.title') }) : reason
    const name = page === 'cases' ? t('case.title') : t(`places.${page}`, { defaultValue: page })
    return t('audit.screen', { place: name })
  }
  return (
    <Card title={t('audit.title')} aside={<Seals />} flush>
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} rows={12} /> : null}
      <table className="figures-table">
        <thead>
          <tr>
            <th scope="col">{t('audit.when')}</th>
            <th scope="col">{t('audit.who')}</th>
            <th scope="col">{t('audit.what')}</th>
            <th scope="col">{t('audit.whom')}</th>
            <th scope="col">{t('audit.why')}</th>
            <th scope="col">{t('audit.where')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.entry_no}>
              <td>{figures.moment(row.at)}</td>
              <th scope="row">{row.name ?? row.staff_id}</th>
              <td title={row.action}>{inWords(row.action)}</td>
              <td className="soft subject">
                <Subject {...row} />
              </td>
              <td>{why(row.reason)}</td>
              <td className="soft">{row.origin}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {data && rows.length === 0 ? <p className="soft body-text">{t('audit.none')}</p> : null}
      <More pages={pages} />
    </Card>
  )
}
