import { useQueryClient } from '@tanstack/react-query'
import { Progress as Bar, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../../ui/Card.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { Problem } from '../frame/Problem.tsx'
import { FileDrop } from './FileDrop.tsx'
import { type Progress, send } from './sending.ts'

const kinds = ['loans', 'borrowers', 'contact-points', 'payments', 'instalments'] as const

/** A file's name often says what it holds and of which day: taken as a first guess that a person sees. */
function guess(name: string): { kind?: string; as_of?: string } {
  const as_of = /(\d{4})[-_]?(\d{2})[-_]?(\d{2})/.exec(name)
  const kind =
    kinds.find((each) => name.toLowerCase().includes(each)) ?? (/tape/i.test(name) ? 'loans' : undefined)
  return { ...(kind ? { kind } : {}), ...(as_of ? { as_of: `${as_of[1]}-${as_of[2]}-${as_of[3]}` } : {}) }
}

function HowFar({ progress }: { progress: Progress }) {
  const { t, i18n } = useTranslation()
  const { state, share, name, job } = progress
  const why = `refusals.${job?.refusal}`
  return (
    <div className="column" role="status">
      <div className="spread">
        <span className="strong">{name}</span>
        {state === 'loaded' ? <Mark verdict="allowed">{t('imports.loaded')}</Mark> : null}
        {state === 'held' ? <Mark verdict="wait">{t('imports.held')}</Mark> : null}
        {state === 'refused' ? <Mark verdict="refused">{t('imports.refused')}</Mark> : null}
        {state === 'sending' || state === 'loading' ? (
          <span className="soft">{t(`imports.${state}`)}</span>
        ) : null}
      </div>
      {state === 'sending' || state === 'loading' ? (
        <Bar
          percent={Math.round(share * 100)}
          size="small"
          showInfo={false}
          aria-label={t(`imports.${state}`)}
        />
      ) : null}
      {state === 'refused' && i18n.exists(why) ? <p>{t(why)}</p> : null}
      {job?.detail && state !== 'held' ? <p className="soft">{job.detail}</p> : null}
    </div>
  )
}

/** Drag a file in, say of which day it is, and watch it load. */
export function SendFile({ sent }: { sent: (load_id: string | null) => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [kind, setKind] = useState('loans')
  const [mode, setMode] = useState('full')
  const [as_of, setAsOf] = useState('')
  const [progress, setProgress] = useState<Progress | null>(null)
  const [error, setError] = useState<unknown>(null)
  const take = (taken: File) => {
    const guessed = guess(taken.name)
    setFile(taken)
    setProgress(null)
    setError(null)
    if (guessed.kind) setKind(guessed.kind)
    if (guessed.as_of) setAsOf(guessed.as_of)
  }
  const go = async () => {
    setError(null)
    await send({ file: file!, kind, as_of, mode }, setProgress)
      .then((job) => {
        setFile(null)
        sent(job.load_id)
        return queries.invalidateQueries()
      })
      .catch((refused: unknown) => {
        setProgress(null)
        setError(refused)
      })
  }
  const busy = progress?.state === 'sending' || progress?.state === 'loading'
  return (
    <Card title={t('imports.send')} aside={t('imports.kinds')}>
      <div className="column">
        <FileDrop file={file} accept=".csv,.gz,.xlsx,.parquet" how={t('imports.drop_how')} take={take} />
        <div className="row wrap">
          <label className="field">
            {t('imports.kind')}
            <select className="plain-select" value={kind} onChange={(event) => setKind(event.target.value)}>
              {kinds.map((each) => (
                <option key={each} value={each}>
                  {t(`imports.of.${each}`)}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            {t('imports.as_of')}
            <input
              className="plain-select"
              type="date"
              value={as_of}
              onChange={(event) => setAsOf(event.target.value)}
            />
          </label>
          <label className="field">
            {t('imports.mode')}
            <select className="plain-select" value={mode} onChange={(event) => setMode(event.target.value)}>
              <option value="full">{t('imports.full')}</option>
              <option value="delta">{t('imports.delta')}</option>
            </select>
          </label>
          <Button
            type="primary"
            disabled={!file || !as_of || busy}
            onClick={go}
            style={{ alignSelf: 'flex-end' }}
          >
            {t('imports.load')}
          </Button>
        </div>
        {progress ? <HowFar progress={progress} /> : null}
        <Problem error={error} />
      </div>
    </Card>
  )
}
