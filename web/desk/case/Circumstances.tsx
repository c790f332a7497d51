import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Circumstances as Known } from '#api/insight/borrowers/circumstances'
import { Card } from '../../ui/Card.tsx'
import { ask, fetchDocument } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Loading } from '../../ui/Loading.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { useNarrow } from '../frame/narrow.ts'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import { Affordability } from './Affordability.tsx'
import { useReadAgain } from './asking.ts'
import type { Loan } from './deeds.ts'

const useKnown = (borrower_id: string) =>
  useQuery({
    queryKey: ['circumstances', borrower_id],
    queryFn: () => ask<Known>('GET', `/borrowers/${borrower_id}/circumstances`, { reason: 'case' }),
  })

function Cause({ known }: { known: Known }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const cause = known.causes[0]
  if (!cause) return <p className="soft">{t('case.not_told')}</p>
  const channel = t(`channels.${cause.channel}`, { defaultValue: cause.channel })
  const shown = cause.evidence.map(({ what, reference }) => `${what}, ${reference}`).join('; ')
  return (
    <>
      <blockquote>
        {t('case.told', { words: cause.statement, day: figures.day(cause.told_on), channel })}
      </blockquote>
      <dl className="known">
        <dt>{t('case.stated')}</dt>
        <dd>{t(`causes.${cause.cause}`, { defaultValue: cause.cause })}</dd>
        <dt>{t('case.evidence')}</dt>
        <dd>{shown || t('case.no_evidence')}</dd>
        <dt>{t('case.request')}</dt>
        <dd>
          {cause.outcome
            ? t(`case.outcome.${cause.outcome}`)
            : t('case.looked_at', { day: figures.day(cause.decide_by) })}
        </dd>
      </dl>
    </>
  )
}

/** What comes in, what goes out and what is left, as the server adds it up; and how promises went. */
function Means({ known }: { known: Known }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const { can_pay: stated, promises } = known
  return (
    <dl className="known">
      {stated ? (
        <>
          <dt>{t('case.comes_in')}</dt>
          <dd className="figures">{figures.money(stated.income, stated.currency)}</dd>
          <dt>{t('case.goes_out')}</dt>
          <dd className="figures">{figures.money(stated.expenditure, stated.currency)}</dd>
          <dt>{t('case.left_over')}</dt>
          <dd className="figures">
            <span className="strong">{figures.money(stated.left_over, stated.currency)}</span>{' '}
            <span className="soft small">{t('case.stated_on', { day: figures.day(stated.stated_on) })}</span>
          </dd>
        </>
      ) : (
        <>
          <dt>{t('case.left_over')}</dt>
          <dd className="soft">{t('case.not_stated')}</dd>
        </>
      )}
      <dt>{t('case.promises_kept')}</dt>
      <dd>
        {promises.judged > 0
          ? t('case.kept_of', { kept: promises.kept, judged: promises.judged })
          : t('case.none_judged')}
      </dd>
    </dl>
  )
}

/** Why it is overdue: what was said, what shows it, and what can be paid, which may be stated anew. */
export function WhyLate({ borrower_id, loan }: { borrower_id: string; loan: Loan | null }) {
  const { t } = useTranslation()
  const may = useMay()
  const narrow = useNarrow()
  const [asking, setAsking] = useState(false)
  const again = useReadAgain(borrower_id)
  const asks = loan !== null && may('hardship.write') && !narrow
  useKeys({ i: asks ? () => setAsking(true) : undefined })
  const { data, error, refetch } = useKnown(borrower_id)
  return (
    <Card title={t('case.why_late')} className="why-late">
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} rows={4} /> : null}
      {data ? (
        <>
          <Cause known={data} />
          <Means known={data} />
          {asks ? (
            <Button size="small" style={{ marginTop: 8 }} onClick={() => setAsking(true)}>
              <kbd>I</kbd> {t('case.ask_means')}
            </Button>
          ) : null}
        </>
      ) : null}
      {asking && loan ? (
        <Dialog title={t('case.ask_means')} close={() => setAsking(false)}>
          <Affordability
            borrower_id={borrower_id}
            loan={loan}
            words={t('case.keep')}
            done={() => {
              setAsking(false)
              again()
            }}
          />
        </Dialog>
      ) : null}
    </Card>
  )
}

type Paper = Known['documents'][number]

function usePaperName() {
  const { t } = useTranslation()
  const figures = useFigures()
  return ({ kind, what }: Paper) => {
    if (kind === 'notice') return t(`happened.notice_${what}`, { defaultValue: what })
    if (kind === 'evidence') return `${t('case.paper.evidence')}: ${what}`
    if (kind === 'agreement' || kind === 'plan') return t(`case.paper.${kind}`)
    const [currency = '', amount = ''] = what.split(' ')
    return `${t(`case.paper.${kind}`)} ${figures.money(amount, currency)}`
  }
}

/** What may be done with a paper, its words and what it asks of the server. */
function useDeedOf(borrower_id: string) {
  const { t, i18n } = useTranslation()
  const may = useMay()
  return ({
    kind,
    document_no,
    loan_no,
    no,
  }: Paper): { words: string; work: () => Promise<unknown> } | null => {
    const loan = `/borrowers/${borrower_id}/loans/${encodeURIComponent(loan_no ?? '')}`
    if (kind === 'agreement') {
      const path = `/borrowers/${borrower_id}/agreements/${document_no}/document`
      return { words: t('case.fetch'), work: () => fetchDocument(path, 'agreement') }
    }
    if (kind === 'plan' && may('plans.write')) {
      const body = { language: i18n.language }
      return { words: t('case.draw'), work: () => ask('POST', `${loan}/plans/${no}/agreements`, { body }) }
    }
    if (kind === 'proposed_plan' && may('plans.write')) {
      const body = { how_agreed: 'recorded_call' }
      return {
        words: t('case.agrees_now'),
        work: () => ask('PUT', `${loan}/plans/${no}/agreement`, { body }),
      }
    }
    if (kind === 'offered_settlement' && may('settlements.write')) {
      return { words: t('case.accepts_now'), work: () => ask('PUT', `${loan}/settlements/${no}/acceptance`) }
    }
    return null
  }
}

/** The papers of the case: open an agreement, draw one, or record the borrower's word to an offer. */
export function Documents({ borrower_id }: { borrower_id: string }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const again = useReadAgain(borrower_id)
  const nameOf = usePaperName()
  const deedOf = useDeedOf(borrower_id)
  const [refused, setRefused] = useState<unknown>(null)
  const { data, error } = useKnown(borrower_id)
  const papers = data?.documents ?? []
  const act = (work: () => Promise<unknown>) => {
    setRefused(null)
    work().then(again).catch(setRefused)
  }
  return (
    <section>
      <h3>{t('case.papers')}</h3>
      <Problem error={refused ?? error} />
      {data && papers.length === 0 ? <p className="soft">{t('case.no_papers')}</p> : null}
      <ul className="papers">
        {papers.map((paper) => {
          const deed = deedOf(paper)
          return (
            <li key={`${paper.kind} ${paper.document_no}`}>
              <span>
                {nameOf(paper)}
                <span className="soft small">
                  {[paper.loan_no, paper.reference, figures.day(paper.on)].filter(Boolean).join(' · ')}
                </span>
              </span>
              {deed ? (
                <Button size="small" onClick={() => act(deed.work)}>
                  {deed.words}
                </Button>
              ) : null}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
