import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Passkey } from '#api/staff/sign-in/sign-in'
import { ask } from '../../ui/client.ts'
import { knowsPasskeys, makePasskey } from '../sign-in/passkey.ts'
import { useFigures } from './figures.ts'
import { Problem } from './Problem.tsx'

/** The passkeys of whoever is signed in: make one, remove one. */
export function Passkeys() {
  const { t } = useTranslation()
  const figures = useFigures()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const { data } = useQuery({
    queryKey: ['passkeys'],
    queryFn: () => ask<{ rows: Passkey[] }>('GET', '/me/passkeys'),
  })
  const change = (work: Promise<unknown>) => {
    setError(null)
    work.then(() => queries.invalidateQueries({ queryKey: ['passkeys'] })).catch(setError)
  }
  const rows = data?.rows ?? []
  const nameOf = ({ name, created_at }: Passkey) =>
    name ??
    (created_at ? t('self.made_on', { day: figures.date(created_at.slice(0, 10)) }) : t('self.passkeys'))
  return (
    <div className="column">
      <div className="strong">{t('self.passkeys')}</div>
      {data && rows.length === 0 ? <div className="small soft">{t('self.no_passkeys')}</div> : null}
      {rows.map((each) => (
        <div key={each.passkey_id} className="spread">
          <span className="small">{nameOf(each)}</span>
          <Button
            size="small"
            onClick={() =>
              change(ask('POST', '/auth/passkey/delete-passkey', { body: { id: each.passkey_id } }))
            }
          >
            {t('self.remove')}
          </Button>
        </div>
      ))}
      <Problem error={error} />
      {knowsPasskeys() ? (
        <Button onClick={() => change(makePasskey(navigator.platform || t('self.passkeys')))}>
          {t('self.add_passkey')}
        </Button>
      ) : null}
    </div>
  )
}
