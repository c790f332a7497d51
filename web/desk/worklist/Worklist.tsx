import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Worklist as List, WorklistItem } from '#api/strategy/worklists/worklist'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { cityOf, useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useReason } from './Reasons.tsx'
import { useNext } from './useNext.ts'
import '../frame/figures.css'
import './worklist.css'

const tabs = ['to_do', 'not_yet', 'done'] as const
type Tab = (typeof tabs)[number]
const countOf = { to_do: 'to_do', not_yet: 'not_yet', done: 'done_by_me' } as const

/** The hours that the packs allow for a call today: a hint; the verdict is asked when the case is open. */
function Hours({ item }: { item: WorklistItem }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const { call_from, call_until } = item
  if (!call_from || !call_until) return <Mark verdict="note">{t('worklist.hours_unknown')}</Mark>
  const now = Date.now()
  if (now < new Date(call_from).getTime()) {
    return <Mark verdict="wait">{t('worklist.call_from', { time: figures.time(call_from) })}</Mark>
  }
  if (now >= new Date(call_until).getTime()) return <Mark verdict="wait">{t('worklist.call_over')}</Mark>
  return <Mark verdict="allowed">{t('worklist.call_until', { time: figures.time(call_until) })}</Mark>
}

/** The reader's day from midnight to midnight: the hours of a call, and a line where it is now. */
function DayBar({ item }: { item: WorklistItem }) {
  if (!item.call_from || !item.call_until) return null
  const midnight = new Date().setHours(0, 0, 0, 0)
  const share = (instant: number) => Math.min(Math.max((instant - midnight) / 864_000, 0), 100)
  const from = share(new Date(item.call_from).getTime())
  const until = share(new Date(item.call_until).getTime())
  return (
    <span className="hour-bar" aria-hidden="true">
      <span className="open" style={{ left: `${from}%`, width: `${until - from}%` }} />
      <span className="now" style={{ left: `${share(Date.now())}%` }} />
    </span>
  )
}

function Counts({ counts }: { counts: List['counts'] }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const tiles: [string, number, string][] = [
    ['done_by_me', counts.done_by_me, t('worklist.left', { count: counts.to_do })],
    ['conversations', counts.conversations, t('worklist.of_attempts', { count: counts.attempts })],
    ['promises', counts.promises, t('worklist.taken_today')],
    ['not_yet', counts.not_yet, t('worklist.come_back')],
    ['with_others', counts.with_others, t('worklist.now')],
  ]
  return (
    <section className="card day" aria-label={t('worklist.my_day')}>
      {tiles.map(([name, n, below]) => (
        <div key={name}>
          <div className="soft">{t(`worklist.count.${name}`)}</div>
          <div className="big">{figures.count(n)}</div>
          <div className="small soft">{below}</div>
        </div>
      ))}
    </section>
  )
}

function Rows({
  rows,
  shown,
  choose,
}: {
  rows: WorklistItem[]
  shown: WorklistItem | undefined
  choose: (id: string) => void
}) {
  const { t } = useTranslation()
  const figures = useFigures()
  const say = useReason()
  return (
    <table className="figures-table">
      <thead>
        <tr>
          <th scope="col">{t('worklist.borrower')}</th>
          <th scope="col">{t('case.why_now')}</th>
          <th scope="col" className="number">
            {t('portfolio.past_due')}
          </th>
          <th scope="col">{t('worklist.may_call')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((item) => (
          <tr
            key={item.borrower_id}
            className="clickable two-lines"
            aria-selected={item === shown}
            onClick={() => choose(item.borrower_id)}
          >
            <th scope="row">
              <button type="button" className="cell" onClick={() => choose(item.borrower_id)}>
                {item.name ?? item.borrower_no}
              </button>
              <div className="small softer">{item.zones.map(cityOf).join(', ')}</div>
            </th>
            <td>
              <div className="strong">{item.reasons[0] ? say(item.reasons[0]) : ''}</div>
              <div className="small soft">
                {item.put_off_reason ?? (item.reasons[1] ? say(item.reasons[1]) : '')}
              </div>
            </td>
            <td className="number">
              <div className="strong">{figures.money(item.past_due, item.currency)}</div>
              <div className="small soft">
                {item.bucket} · {t('case.days', { count: item.days_past_due })}
              </div>
            </td>
            <td>
              {item.not_before ? (
                <Mark verdict="wait">{figures.moment(item.not_before)}</Mark>
              ) : (
                <>
                  <Hours item={item} />
                  <DayBar item={item} />
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Chosen({ item, open }: { item: WorklistItem; open: () => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const say = useReason()
  return (
    <Card
      title={item.name ?? item.borrower_no}
      aside={
        <span className="chip">
          {item.bucket} · {t('case.days', { count: item.days_past_due })}
        </span>
      }
    >
      <div className="column">
        <div>
          <div className="soft">{t('case.past_due')}</div>
          <div className="big">{figures.money(item.past_due, item.currency)}</div>
          <div className="small soft">
            {item.lender} · {item.loan_no}
          </div>
        </div>
        <div>
          <div className="soft strong">{t('case.why_now')}</div>
          <ul className="why-list">
            {item.reasons.map((reason) => (
              <li key={reason.reason}>{say(reason)}</li>
            ))}
          </ul>
        </div>
        <Hours item={item} />
        <Button type="primary" onClick={open}>
          <kbd>Enter</kbd> {t('worklist.open')}
        </Button>
      </div>
    </Card>
  )
}

type Part = { rows: WorklistItem[]; next_cursor: string | null }

/** The rows of a tab: those that came with the list, and further ones when they are asked for. */
function useRows(list: List | undefined, tab: Tab) {
  const [further, askFurther] = useState<Tab | null>(null)
  const cursor = list?.next_cursors[tab] ?? null
  const pages = useInfiniteQuery({
    queryKey: ['worklist', tab, cursor],
    queryFn: ({ pageParam }) =>
      ask<Part>('GET', `/worklists/mine/items${query({ part: tab, cursor: pageParam })}`),
    initialPageParam: cursor,
    getNextPageParam: (page) => page.next_cursor,
    enabled: further === tab && cursor !== null,
  })
  const asked = further === tab && cursor !== null
  return {
    rows: [...(list?.[tab] ?? []), ...(pages.data?.pages.flatMap((page) => page.rows) ?? [])],
    // The first further page is one of its own: it is asked for, and asked for again, like any other.
    more: {
      error: pages.error,
      hasNextPage: pages.data ? pages.hasNextPage : cursor !== null,
      isFetchingNextPage: asked && pages.isFetching,
      isFetchNextPageError: pages.isError,
      fetchNextPage: () => {
        if (pages.data) void pages.fetchNextPage()
        else if (asked) void pages.refetch()
        else askFurther(tab)
      },
    },
  }
}

/** The day in the right order: who is next and why now, until when, and how the day goes. */
export function Worklist() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const figures = useFigures()
  const [tab, setTab] = useState<Tab>('to_do')
  const [chosen, choose] = useState<string | null>(null)
  const { takeNext, error: nextError } = useNext()
  usePage(t('places.worklist'), [
    ['N', t('worklist.next')],
    ['J', t('keys.down')],
    ['K', t('keys.up')],
    ['Enter', t('worklist.open')],
    ['1–3', t('worklist.tabs')],
  ])
  const { data, error, refetch } = useQuery({
    queryKey: ['worklist'],
    queryFn: () => ask<List>('GET', '/worklists/mine'),
    refetchInterval: 30_000,
  })
  const { rows, more } = useRows(data, tab)
  const at = Math.max(
    rows.findIndex((item) => item.borrower_id === chosen),
    0,
  )
  const shown = rows[at]
  const open = () =>
    shown && navigate({ to: '/cases/$borrower_id', params: { borrower_id: shown.borrower_id } })
  useKeys({
    n: takeNext,
    j: () => choose(rows[Math.min(at + 1, rows.length - 1)]?.borrower_id ?? null),
    k: () => choose(rows[Math.max(at - 1, 0)]?.borrower_id ?? null),
    enter: open,
    '1': () => setTab('to_do'),
    '2': () => setTab('not_yet'),
    '3': () => setTab('done'),
  })
  if (error) return <Problem error={error} again={refetch} />
  if (!data) return <Loading label={t('states.loading')} rows={12} />
  return (
    <div className="grid">
      <Problem error={nextError} />
      <Counts counts={data.counts} />
      <div className="list-and-chosen">
        <Card
          title={
            <Segmented
              value={tab}
              onChange={setTab}
              options={tabs.map((each) => ({
                value: each,
                label: `${t(`worklist.tab.${each}`)} ${figures.count(data.counts[countOf[each]])}`,
              }))}
            />
          }
          aside={
            <Button type="primary" size="small" onClick={takeNext}>
              <kbd>N</kbd> {t('worklist.next')}
            </Button>
          }
          flush
        >
          <Rows rows={rows} shown={shown} choose={choose} />
          <More pages={more} />
          {rows.length === 0 ? (
            <div className="body">
              <p className="strong">{t('worklist.nothing')}</p>
              <p className="soft">{t('worklist.nothing_why', { count: data.counts.not_yet })}</p>
            </div>
          ) : null}
        </Card>
        {shown ? <Chosen item={shown} open={open} /> : null}
      </div>
    </div>
  )
}
