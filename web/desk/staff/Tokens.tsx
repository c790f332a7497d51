import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Token } from '#api/staff/people/people'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'

// What machines are given tokens for; the server knows the whole list and refuses what it does not know.
const scopes = [
  'book.read',
  'book.read_all',
  'loads.write',
  'loads.accept',
  'borrowers.read',
  'borrowers.search',
  'contacts.write',
  'holds.write',
  'promises.write',
  'payments.write',
  'conduct.read',
  'audit.read',
] as const

/** Gives a machine a token; it is shown once. */
function NewToken({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [permissions, setPermissions] = useState<string[]>([])
  const [made, setMade] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { name, days, lenders } = Object.fromEntries(new FormData(event.currentTarget))
    const body = {
      ...{ name, permissions, days: Number(days) },
      lenders: `${lenders}`
        .split(',')
        .map((each) => each.trim())
        .filter(Boolean),
    }
    await ask<{ token: string }>('POST', '/tokens', { body })
      .then(({ token }) => setMade(token))
      .then(() => queries.invalidateQueries({ queryKey: ['tokens'] }))
      .catch(setError)
  }
  return (
    <Dialog title={t('staff.issue')} close={close}>
      {made ? (
        <div className="column">
          <p>{t('staff.token_once')}</p>
          <p className="strong figures token">{made}</p>
          <Button onClick={close}>{t('states.close')}</Button>
        </div>
      ) : (
        <form className="column" onSubmit={submit}>
          <Field label={t('staff.token_name')} name="name" required autoFocus />
          <Field
            label={t('staff.days')}
            name="days"
            type="number"
            min={1}
            max={366}
            defaultValue={90}
            required
          />
          <Field label={t('staff.lenders_how')} name="lenders" />
          <fieldset className="plain">
            <legend className="soft small">{t('staff.permissions')}</legend>
            <Checkbox.Group value={permissions} onChange={setPermissions} options={[...scopes]} />
          </fieldset>
          <Problem error={error} />
          <Button type="primary" htmlType="submit" disabled={permissions.length === 0}>
            {t('staff.issue')}
          </Button>
        </form>
      )}
    </Dialog>
  )
}

function Row({ token, end }: { token: Token; end: () => void }) {
  const { t } = useTranslation()
  const figures = useFigures()
  return (
    <tr>
      <th scope="row">{token.name}</th>
      <td className="soft">{token.permissions.join(', ')}</td>
      <td className="soft">
        {token.permissions.includes('book.read_all') ? t('staff.all_lenders') : token.lenders.join(', ')}
      </td>
      <td>{figures.date(token.expires_at.slice(0, 10))}</td>
      <td className="number">
        {token.ended_at ? (
          <Mark verdict="refused">{t('staff.ended', { day: figures.day(token.ended_at.slice(0, 10)) })}</Mark>
        ) : (
          <Button size="small" danger onClick={end}>
            {t('staff.end_token')}
          </Button>
        )}
      </td>
    </tr>
  )
}

/** The tokens of machines: what each may do, until when, and the end of it. */
export function Tokens() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [issuing, issue] = useState(false)
  const [refused, setRefused] = useState<unknown>(null)
  const { data, error, refetch } = useQuery({
    queryKey: ['tokens'],
    queryFn: () => ask<{ rows: Token[] }>('GET', '/tokens?limit=200'),
  })
  const end = ({ token_id }: Token) =>
    ask('DELETE', `/tokens/${token_id}`)
      .then(() => queries.invalidateQueries({ queryKey: ['tokens'] }))
      .catch(setRefused)
  const aside = (
    <Button size="small" onClick={() => issue(true)}>
      {t('staff.issue')}
    </Button>
  )
  return (
    <Card title={t('staff.tokens')} aside={aside} flush>
      <Problem error={refused ?? error} again={refetch} />
      {data && data.rows.length > 0 ? (
        <table className="figures-table">
          <thead>
            <tr>
              <th scope="col">{t('staff.token_name')}</th>
              <th scope="col">{t('staff.permissions')}</th>
              <th scope="col">{t('imports.lenders')}</th>
              <th scope="col">{t('staff.expires')}</th>
              <th scope="col" aria-label={t('staff.end_token')} />
            </tr>
          </thead>
          <tbody>
            {data.rows.map((token) => (
              <Row key={token.token_id} token={token} end={() => end(token)} />
            ))}
          </tbody>
        </table>
      ) : null}
      {data && data.rows.length === 0 ? <p className="soft body-text">{t('staff.no_tokens')}</p> : null}
      {issuing ? <NewToken close={() => issue(false)} /> : null}
    </Card>
  )
}
