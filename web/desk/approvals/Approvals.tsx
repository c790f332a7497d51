import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WaitingApproval, WaitingApprovals } from '#api/insight/approvals/approval'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Field } from '../../ui/Field.tsx'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'
import { useHeld } from '../frame/session.ts'
import '../frame/figures.css'
import { Hardships } from './Hardships.tsx'

const nameOf = (row: WaitingApproval) => `${row.kind} ${row.borrower_id} ${row.loan_no} ${row.no}`

const pathOf = (row: WaitingApproval) =>
  `/borrowers/${row.borrower_id}/loans/${encodeURIComponent(row.loan_no)}/${row.kind}s/${row.no}/approvals`

/** What is asked for, by whom and why; the word of another person, with its reason. */
function Decide({ row }: { row: WaitingApproval }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const decide = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { submitter } = event.nativeEvent as SubmitEvent
    const approved = (submitter as HTMLButtonElement | null)?.value !== 'no'
    const reason = `${new FormData(event.currentTarget).get('reason')}`
    setError(null)
    await ask('POST', pathOf(row), { body: { approved, reason } })
      .then(() => queries.invalidateQueries({ queryKey: ['approvals'] }))
      .catch(setError)
  }
  const { instalments, last_due_on, pay_by, expires_on, part, kind } = row.detail as Record<
    string,
    string | number | null
  >
  const facts: [string, string | null][] = [
    [t('approvals.amount'), figures.money(row.amount, row.currency)],
    [t(`approvals.of.${row.kind}`), figures.money(row.of, row.currency)],
    [t('case.instalments'), instalments ? `${instalments}` : null],
    [t('approvals.last_due'), last_due_on ? figures.date(`${last_due_on}`) : null],
    [t('case.pay_by'), pay_by ? figures.date(`${pay_by}`) : null],
    [t('case.offer_until'), expires_on ? figures.date(`${expires_on}`) : null],
    [t('approvals.what'), kind ? t(`approvals.kinds.${kind}`) : null],
    [t('approvals.part'), part ? t(`approvals.parts.${part}`) : null],
    [t('approvals.proposed'), `${row.proposed_by_name ?? row.proposed_by}, ${figures.date(row.proposed_on)}`],
    [t('approvals.level'), t(`levels.${row.level_needed}`)],
    [t('case.reason'), row.reason],
  ]
  return (
    <Card title={`${t(`approvals.kind.${row.kind}`)} · ${row.loan_no}`} aside={row.lender}>
      <div className="column">
        <Link to="/cases/$borrower_id" params={{ borrower_id: row.borrower_id }}>
          {row.name ?? row.borrower_no}
        </Link>
        <dl className="facts">
          {facts.map(([name, value]) =>
            value ? (
              <div key={name}>
                <dt className="soft">{name}</dt>
                <dd>{value}</dd>
              </div>
            ) : null,
          )}
        </dl>
        {row.may_decide ? (
          <form className="column" onSubmit={decide}>
            <Field label={t('approvals.why')} name="reason" required minLength={3} />
            <Problem error={error} />
            <div className="row">
              <Button type="primary" htmlType="submit" value="yes">
                {t('approvals.approve')}
              </Button>
              <Button danger htmlType="submit" value="no">
                {t('approvals.refuse')}
              </Button>
            </div>
          </form>
        ) : (
          <Mark verdict="wait">{t('approvals.not_own')}</Mark>
        )}
      </div>
    </Card>
  )
}

/** Plans, settlements, waivers and movements that wait for another person's word. */
export function Approvals() {
  const { t } = useTranslation()
  const figures = useFigures()
  const held = useHeld()
  const [chosen, choose] = useState<string | null>(null)
  usePage(t('places.approvals'), [
    ['J', t('keys.down')],
    ['K', t('keys.up')],
    ['H', t('approvals.answer')],
  ])
  const { data, error, refetch } = useQuery({
    queryKey: ['approvals'],
    queryFn: () => ask<WaitingApprovals>('GET', '/approvals?limit=200'),
    refetchInterval: 30_000,
  })
  const rows = data?.rows ?? []
  const at = Math.max(
    rows.findIndex((row) => nameOf(row) === chosen),
    0,
  )
  const go = (to: number) => choose(rows[to] ? nameOf(rows[to]) : null)
  useKeys({ j: () => go(Math.min(at + 1, rows.length - 1)), k: () => go(Math.max(at - 1, 0)) })
  if (error) return <Problem error={error} again={refetch} />
  if (!data) return <Loading label={t('states.loading')} rows={8} />
  const shown = rows[at]
  return (
    <div className="halves by-their-own">
      <div className="column">
        <Card title={t('approvals.waiting')} flush>
          <table className="figures-table">
            <thead>
              <tr>
                <th scope="col">{t('approvals.what')}</th>
                <th scope="col">{t('approvals.borrower')}</th>
                <th scope="col" className="number">
                  {t('approvals.amount')}
                </th>
                <th scope="col">{t('approvals.proposed')}</th>
                <th scope="col">{t('approvals.level')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, i) => (
                <tr
                  key={nameOf(row)}
                  className="clickable"
                  aria-selected={row === shown}
                  onClick={() => go(i)}
                >
                  <th scope="row">
                    <button type="button" className="cell" onClick={() => go(i)}>
                      {t(`approvals.kind.${row.kind}`)}
                    </button>
                  </th>
                  <td>{row.name ?? row.borrower_no}</td>
                  <td className="number strong">{figures.money(row.amount, row.currency)}</td>
                  <td className="soft">
                    {row.proposed_by_name ?? row.proposed_by} · {figures.day(row.proposed_on)}
                  </td>
                  <td>{t(`levels.${row.level_needed}`)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length === 0 ? <p className="soft body-text">{t('approvals.none')}</p> : null}
        </Card>
        {held('hardship.write') ? <Hardships /> : null}
      </div>
      {shown ? <Decide key={nameOf(shown)} row={shown} /> : null}
    </div>
  )
}
