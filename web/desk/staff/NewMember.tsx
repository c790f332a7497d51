import { useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Team } from '#api/staff/people/people'
import { ask } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { Problem } from '../frame/Problem.tsx'
import { roles } from './MemberForm.tsx'

/** Takes somebody on; the first password is shown once. */
export function NewMember({ teams, close }: { teams: Team[]; close: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [held, setHeld] = useState<string[]>(['collector'])
  const [inTeams, setInTeams] = useState<string[]>([])
  const [made, setMade] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { name, email } = Object.fromEntries(new FormData(event.currentTarget))
    await ask<{ first_password: string }>('POST', '/staff', {
      body: { name, email, roles: held, teams: inTeams },
    })
      .then(({ first_password }) => setMade(first_password))
      .then(() => queries.invalidateQueries({ queryKey: ['staff'] }))
      .catch(setError)
  }
  return (
    <Dialog title={t('staff.add')} close={close}>
      {made ? (
        <div className="column">
          <p>{t('staff.first_password')}</p>
          <p className="big">{made}</p>
          <Button onClick={close}>{t('states.close')}</Button>
        </div>
      ) : (
        <form className="column" onSubmit={submit}>
          <Field label={t('sign_in.name')} name="name" required autoFocus />
          <Field label={t('sign_in.email')} name="email" type="email" required />
          <fieldset className="plain">
            <legend className="soft small">{t('staff.roles')}</legend>
            <Checkbox.Group
              value={held}
              onChange={setHeld}
              options={roles.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
            />
          </fieldset>
          <fieldset className="plain">
            <legend className="soft small">{t('staff.teams')}</legend>
            <Checkbox.Group
              value={inTeams}
              onChange={setInTeams}
              options={teams.map((team) => ({ value: team.team_id, label: team.name }))}
            />
          </fieldset>
          <Problem error={error} />
          <Button type="primary" htmlType="submit" disabled={held.length === 0}>
            {t('staff.add')}
          </Button>
        </form>
      )}
    </Dialog>
  )
}
