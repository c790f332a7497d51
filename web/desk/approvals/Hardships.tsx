import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { HardshipPage, OpenHardship } from '#api/resolution/hardship/hardship'
import { Card } from '../../ui/Card.tsx'
import { ask, query } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { todayHere } from '../../ui/typed.ts'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { listError, More } from '../frame/More.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'

const outcomes = ['granted', 'partly_granted', 'declined', 'withdrawn'] as const

/** What the borrower said and showed, and the answer with its reason: it ends the pause of collecting. */
function Answer({ request, close }: { request: OpenHardship; close: () => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const { borrower_id, request_no, name, loan_nos, evidence } = request
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = Object.fromEntries(new FormData(event.currentTarget))
    setError(null)
    ask('PUT', `/borrowers/${borrower_id}/hardships/${request_no}/decision`, { body })
      .then(() => queries.invalidateQueries())
      .then(close)
      .catch(setError)
  }
  const shown = evidence.map(({ what, reference }) => `${what}, ${reference}`).join('; ')
  const facts: [string, string][] = [
    [t('case.cause'), t(`causes.${request.cause}`)],
    [t('case.evidence'), shown || t('case.no_evidence')],
    [t('case.scope'), loan_nos?.join(', ') ?? t('case.all_loans')],
    [t('approvals.answer_by'), figures.date(request.decide_by)],
  ]
  return (
    <Dialog title={`${t('deeds.hardship')} · ${name ?? borrower_id}`} close={close}>
      <form className="column" onSubmit={submit}>
        <p>
          {t('case.told', {
            words: request.statement,
            day: figures.day(request.asked_on),
            channel: t(`channels.${request.channel}`),
          })}
        </p>
        <dl className="facts">
          {facts.map(([what, value]) => (
            <div key={what}>
              <dt className="soft">{what}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <Link to="/cases/$borrower_id" params={{ borrower_id }}>
          {t('conduct.case')}
        </Link>
        <p className="soft small">{t('approvals.answer_how')}</p>
        <label className="field">
          {t('approvals.answer_is')}
          <select className="plain-select" name="outcome" required defaultValue="">
            <option value="" disabled />
            {outcomes.map((each) => (
              <option key={each} value={each}>
                {t(`case.outcome.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <Field label={t('approvals.why')} name="decision" required minLength={3} maxLength={2000} />
        <Problem error={error} />
        <Button type="primary" htmlType="submit">
          {t('approvals.answer')}
        </Button>
      </form>
    </Dialog>
  )
}

/** Hardship requests that wait for an answer, the most urgent first; collecting pauses until there is one. */
export function Hardships() {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()('approvals.decide')
  const [open, setOpen] = useState<OpenHardship | null>(null)
  const pages = useInfiniteQuery({
    queryKey: ['hardships'],
    queryFn: ({ pageParam }) =>
      ask<z.infer<typeof HardshipPage>>(
        'GET',
        `/hardships${query({ due_by: '9999-12-31', cursor: pageParam, limit: 30 })}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const { data, refetch } = pages
  const error = listError(pages)
  const rows = data?.pages.flatMap((page) => page.requests) ?? []
  useKeys({ h: may ? () => setOpen(rows[0] ?? null) : undefined })
  return (
    <Card title={t('approvals.hardships')} aside={t('approvals.hardships_how')} flush>
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} rows={3} /> : null}
      <table className="figures-table">
        <thead>
          <tr>
            <th scope="col">{t('approvals.borrower')}</th>
            <th scope="col">{t('case.cause')}</th>
            <th scope="col">{t('approvals.answer_by')}</th>
            <th scope="col" aria-label={t('approvals.answer')} />
          </tr>
        </thead>
        <tbody>
          {rows.map((request, i) => (
            <tr key={`${request.borrower_id} ${request.request_no}`}>
              <th scope="row">{request.name ?? request.borrower_id}</th>
              <td>{t(`causes.${request.cause}`)}</td>
              <td>
                {request.decide_by < todayHere() ? (
                  <Mark verdict="refused">{figures.date(request.decide_by)}</Mark>
                ) : (
                  figures.date(request.decide_by)
                )}
              </td>
              <td className="number">
                {may ? (
                  <Button size="small" onClick={() => setOpen(request)}>
                    {i === 0 ? <kbd>H</kbd> : null} {t('approvals.answer')}
                  </Button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {data && rows.length === 0 ? <p className="soft body-text">{t('approvals.no_hardships')}</p> : null}
      <More pages={pages} />
      {open ? <Answer request={open} close={() => setOpen(null)} /> : null}
    </Card>
  )
}
