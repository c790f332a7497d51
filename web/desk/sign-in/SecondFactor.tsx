import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask } from '../../ui/client.ts'
import { Field } from '../../ui/Field.tsx'
import { Problem } from '../frame/Problem.tsx'
import { SignInCard } from './SignIn.tsx'

type Enabled = { totpURI: string; backupCodes: string[] }

/** The secret of a TOTP address in groups of four, to be typed into an authenticator. */
const secretOf = (uri: string) =>
  (new URL(uri).searchParams.get('secret') ?? '').replace(/(.{4})(?=.)/g, '$1 ')

function Confirm({ enabled, done }: { enabled: Enabled; done: () => void }) {
  const { t } = useTranslation()
  const [error, setError] = useState<unknown>(null)
  const confirm = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = `${new FormData(event.currentTarget).get('code')}`.replaceAll(' ', '')
    await ask('POST', '/auth/two-factor/verify-totp', { body: { code } }).then(done).catch(setError)
  }
  return (
    <form onSubmit={confirm}>
      <p>{t('second.add')}</p>
      <p>
        <a href={enabled.totpURI}>{t('second.open_app')}</a>
      </p>
      <p className="figures strong" data-secret={new URL(enabled.totpURI).searchParams.get('secret')}>
        {secretOf(enabled.totpURI)}
      </p>
      <p className="soft">{t('second.codes')}</p>
      <p className="figures">{enabled.backupCodes.join('  ')}</p>
      <Field label={t('sign_in.code')} name="code" autoComplete="one-time-code" required autoFocus />
      <Problem error={error} />
      <Button type="primary" htmlType="submit">
        {t('second.confirm')}
      </Button>
    </form>
  )
}

/** Sets up the second factor; until it stands nothing else may be done. */
export function SecondFactor() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [enabled, setEnabled] = useState<Enabled | null>(null)
  const [error, setError] = useState<unknown>(null)
  const enable = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const password = new FormData(event.currentTarget).get('password')
    await ask<Enabled>('POST', '/auth/two-factor/enable', { body: { password } })
      .then(setEnabled)
      .catch(setError)
  }
  return (
    <SignInCard title={t('second.title')}>
      {enabled ? (
        <Confirm enabled={enabled} done={() => queries.invalidateQueries()} />
      ) : (
        <form onSubmit={enable}>
          <p className="soft">{t('second.why')}</p>
          <Field
            label={t('sign_in.password')}
            name="password"
            type="password"
            autoComplete="current-password"
            required
            autoFocus
          />
          <Problem error={error} />
          <Button type="primary" htmlType="submit">
            {t('second.begin')}
          </Button>
        </form>
      )}
    </SignInCard>
  )
}
