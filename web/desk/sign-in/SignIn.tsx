import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignInState } from '#api/staff/sign-in/sign-in'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Field } from '../../ui/Field.tsx'
import { Problem } from '../frame/Problem.tsx'
import { Languages } from '../frame/Self.tsx'
import { knowsPasskeys, showPasskey } from './passkey.ts'

type Step = 'password' | 'code' | 'recovery'

/** What a form sends, once, with the refusal shown above its button. */
function useSending(send: (values: Record<string, string>) => Promise<void>) {
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    setBusy(true)
    setError(null)
    await send(values).catch(setError)
    setBusy(false)
  }
  return { submit, error, busy }
}

/** The card in the middle of the page, with the choice of language under it. */
export function SignInCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="sign-in">
      <div className="column">
        <div className="row">
          <img src="/icon.svg" alt="" width="32" height="32" />
          <span className="big">Amends</span>
        </div>
        <Card title={title}>{children}</Card>
        <Languages />
      </div>
    </main>
  )
}

function Password({ done, singleSignOn }: { done: (next: 'code' | null) => void; singleSignOn: boolean }) {
  const { t } = useTranslation()
  const { submit, error, busy } = useSending(async ({ email, password }) => {
    const answer = await ask<{ twoFactorRedirect?: boolean }>('POST', '/auth/sign-in/email', {
      body: { email, password },
    })
    done(answer.twoFactorRedirect ? 'code' : null)
  })
  const [refused, setRefused] = useState<unknown>(null)
  const byPasskey = () => {
    setRefused(null)
    showPasskey()
      .then(() => done(null))
      .catch(setRefused)
  }
  const elsewhere = async () => {
    const { url } = await ask<{ url: string }>('POST', '/auth/sign-in/social', {
      body: { provider: 'single-sign-on', callbackURL: '/' },
    })
    location.assign(url)
  }
  return (
    <form onSubmit={submit}>
      <Field
        label={t('sign_in.email')}
        name="email"
        type="email"
        autoComplete="username"
        required
        autoFocus
      />
      <Field
        label={t('sign_in.password')}
        name="password"
        type="password"
        autoComplete="current-password"
        required
      />
      <Problem error={error ?? refused} />
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('sign_in.sign_in')}
      </Button>
      {knowsPasskeys() ? <Button onClick={byPasskey}>{t('sign_in.passkey')}</Button> : null}
      {singleSignOn ? <Button onClick={elsewhere}>{t('sign_in.single_sign_on')}</Button> : null}
    </form>
  )
}

function Code({ done, recovery, other }: { done: () => void; recovery: boolean; other: () => void }) {
  const { t } = useTranslation()
  const { submit, error, busy } = useSending(async ({ code }) => {
    const path = recovery ? '/auth/two-factor/verify-backup-code' : '/auth/two-factor/verify-totp'
    await ask('POST', path, { body: { code: code?.replaceAll(' ', '') } })
    done()
  })
  return (
    <form onSubmit={submit}>
      <p className="soft">{t(recovery ? 'sign_in.recovery_how' : 'sign_in.code_how')}</p>
      <Field
        key={`${recovery}`}
        label={t(recovery ? 'sign_in.recovery' : 'sign_in.code')}
        name="code"
        autoComplete="one-time-code"
        required
        autoFocus
      />
      <Problem error={error} />
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('sign_in.go_on')}
      </Button>
      <Button type="link" onClick={other}>
        {t(recovery ? 'sign_in.use_code' : 'sign_in.use_recovery')}
      </Button>
    </form>
  )
}

function FirstAdmin({ done }: { done: () => void }) {
  const { t } = useTranslation()
  const { submit, error, busy } = useSending(async (values) => {
    await ask('POST', '/first-admin', { body: values })
    const { email, password } = values
    await ask('POST', '/auth/sign-in/email', { body: { email, password } })
    done()
  })
  return (
    <form onSubmit={submit}>
      <p className="soft">{t('sign_in.first_how')}</p>
      <Field label={t('sign_in.name')} name="name" autoComplete="name" required autoFocus />
      <Field label={t('sign_in.email')} name="email" type="email" autoComplete="username" required />
      <Field
        label={t('sign_in.new_password')}
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
      />
      <Problem error={error} />
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('sign_in.make_admin')}
      </Button>
    </form>
  )
}

/** The way in: the first admin of a new installation, then e-mail, password and second factor. */
export function SignIn() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [step, setStep] = useState<Step>('password')
  const { data: state, error } = useQuery({
    queryKey: ['sign-in'],
    queryFn: () => ask<SignInState>('GET', '/sign-in'),
  })
  const signedIn = () => queries.invalidateQueries()
  if (!state)
    return <SignInCard title={t('sign_in.sign_in')}>{error ? <Problem error={error} /> : null}</SignInCard>
  if (state.first_run) {
    return (
      <SignInCard title={t('sign_in.first')}>
        <FirstAdmin done={signedIn} />
      </SignInCard>
    )
  }
  const title = step === 'password' ? t('sign_in.sign_in') : t('sign_in.second')
  return (
    <SignInCard title={title}>
      {step === 'password' ? (
        <Password done={(next) => (next ? setStep(next) : signedIn())} singleSignOn={state.single_sign_on} />
      ) : (
        <Code
          done={signedIn}
          recovery={step === 'recovery'}
          other={() => setStep(step === 'code' ? 'recovery' : 'code')}
        />
      )}
    </SignInCard>
  )
}
