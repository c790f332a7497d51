import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { Standings } from '#api/conduct/agencies/agency'
import { ask } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { todayHere } from '../../ui/typed.ts'
import { Problem } from '../frame/Problem.tsx'

export type Standing = z.infer<typeof Standings>['standings'][number]

/** What an agency shows now, in place of all that it showed before: what is empty it has not. */
export function StandingForm({ standing, close }: { standing: Standing | null; close: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const told = (name: string) => `${form.get(name) ?? ''}`.trim() || null
    const agency = encodeURIComponent(standing?.agency ?? told('agency') ?? '')
    const body = {
      licensed_until: told('licensed_until'),
      secrecy_until: told('secrecy_until'),
      evaluated_on: told('evaluated_on'),
      barred_reason: told('barred_reason'),
    }
    setError(null)
    ask('POST', `/conduct/agencies/${agency}/standings`, { body })
      .then(() => queries.invalidateQueries({ queryKey: ['agencies'] }))
      .then(close)
      .catch(setError)
  }
  const day = (name: 'licensed_until' | 'secrecy_until' | 'evaluated_on', label: string) => (
    <Field
      label={label}
      name={name}
      type="date"
      defaultValue={standing?.[name] ?? ''}
      {...(name === 'evaluated_on' ? { max: todayHere() } : {})}
    />
  )
  return (
    <Dialog title={standing?.agency ?? t('agencies.add')} close={close}>
      <form className="column" onSubmit={submit}>
        <p className="soft">{t('agencies.form_how')}</p>
        {standing ? null : <Field label={t('case.agency')} name="agency" maxLength={80} required />}
        {day('licensed_until', t('agencies.licence'))}
        {day('secrecy_until', t('agencies.secrecy'))}
        {day('evaluated_on', t('agencies.evaluation'))}
        <Field
          label={t('agencies.barred_how')}
          name="barred_reason"
          minLength={3}
          maxLength={1000}
          defaultValue={standing?.barred_reason ?? ''}
        />
        <Problem error={error} />
        <Button type="primary" htmlType="submit">
          {t('agencies.record')}
        </Button>
      </form>
    </Dialog>
  )
}
