import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { Portfolio } from '#api/insight/portfolio/portfolio'
import type { LoadedStatement, LoadedStatements } from '#api/resolution/statements/statement'
import { Card } from '../../ui/Card.tsx'
import { ask, query, Refusal } from '../../ui/client.ts'
import { Mark } from '../../ui/Mark.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import { FileDrop } from '../imports/FileDrop.tsx'

/** Banks write UTF-8, or the older set of Western Europe: what is not the one is the other. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function Became({ statement, toSuspense }: { statement: LoadedStatement; toSuspense: () => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const { account_no, statement_no, lines, booked, waiting, ignored } = statement
  return (
    <div className="column">
      <Mark verdict="allowed">
        {t('money.loaded', { account_no, statement_no, count: lines, lines: figures.count(lines) })}
      </Mark>
      <span>
        {t('money.became', {
          booked: figures.count(booked),
          waiting: figures.count(waiting),
          ignored: figures.count(ignored),
        })}{' '}
        {waiting > 0 ? (
          <Button type="link" size="small" onClick={toSuspense}>
            {t('money.look')}
          </Button>
        ) : null}
      </span>
    </div>
  )
}

/** Why the file was not taken: the refusal in words, which of its statements it was, and what mends it. */
function NotTaken({ error }: { error: unknown }) {
  const { t, i18n } = useTranslation()
  if (!(error instanceof Refusal)) return <Problem error={error} />
  const statement = Number(error.figures['statement'] ?? 0)
  const mend = `money.mends.${error.refusal}`
  return (
    <>
      <Problem error={error} />
      {statement > 0 ? <p className="strong">{t('money.nth_statement', { statement })}</p> : null}
      {i18n.exists(mend) ? <p className="soft">{t(mend)}</p> : null}
    </>
  )
}

function useLenders(): string[] {
  const { data } = useQuery({
    queryKey: ['portfolio', ''],
    queryFn: () => ask<Portfolio>('GET', '/portfolio'),
  })
  return data?.lenders ?? []
}

/** A file of the bank is dropped or chosen, with whose account it is of; all of it is loaded, or nothing. */
export function SendStatement({ toSuspense }: { toSuspense: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const lenders = useLenders()
  const [file, setFile] = useState<File | null>(null)
  const [chosen, setLender] = useState('')
  const [busy, setBusy] = useState(false)
  const [loaded, setLoaded] = useState<readonly LoadedStatement[]>([])
  const [error, setError] = useState<unknown>(null)
  const lender = chosen || lenders[0] || ''
  const take = (taken: File) => {
    setFile(taken)
    setLoaded([])
    setError(null)
  }
  const load = async () => {
    setBusy(true)
    setError(null)
    await textOf(file!)
      .then((text) =>
        ask<z.infer<typeof LoadedStatements>>('POST', `/bank-statements${query({ lender })}`, { text }),
      )
      .then(({ statements }) => {
        setFile(null)
        setLoaded(statements)
        return queries.invalidateQueries()
      })
      .catch(setError)
    setBusy(false)
  }
  return (
    <Card title={t('money.send')} aside="camt.053, MT940">
      <div className="column">
        <FileDrop file={file} accept=".xml,.sta,.mt940,.940,.txt" how={t('money.send_how')} take={take} />
        <div className="row wrap">
          <label className="field">
            {t('money.account_of')}
            <select
              className="plain-select"
              value={lender}
              onChange={(event) => setLender(event.target.value)}
            >
              {lenders.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
          <Button
            type="primary"
            disabled={!file || !lender || busy}
            loading={busy}
            onClick={load}
            style={{ alignSelf: 'flex-end' }}
          >
            {t('imports.load')}
          </Button>
        </div>
        <div role="status" className="column">
          {loaded.map((statement) => (
            <Became key={statement.sha256} statement={statement} toSuspense={toSuspense} />
          ))}
        </div>
        <NotTaken error={error} />
      </div>
    </Card>
  )
}
