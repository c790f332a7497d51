import { useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StaffMember, Team } from '#api/staff/people/people'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Field } from '../../ui/Field.tsx'
import { todayHere } from '../../ui/typed.ts'
import { Problem } from '../frame/Problem.tsx'
import { Ending } from './Ending.tsx'
import { Held } from './Held.tsx'
import { Limits } from './Limits.tsx'

export const roles = [
  'collector',
  'team_lead',
  'manager',
  'compliance',
  'legal',
  'field',
  'agency',
  'auditor',
  'admin',
] as const

// Any that is in date lets its holder contact; the names say what was passed.
const certificates = ['conduct', 'visits', 'data_protection'] as const

/** Records what a member passed, and until when it holds. */
function Certify({ path, after }: { path: string; after: (done: Promise<unknown>) => Promise<unknown> }) {
  const { t } = useTranslation()
  const certify = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void after(
      ask('POST', `${path}/certificates`, { body: Object.fromEntries(new FormData(event.currentTarget)) }),
    )
  }
  return (
    <form className="row wrap fields" onSubmit={certify}>
      <label className="field">
        {t('staff.certificate')}
        <select className="plain-select" name="certificate">
          {certificates.map((certificate) => (
            <option key={certificate} value={certificate}>
              {t(`staff.of.${certificate}`)}
            </option>
          ))}
        </select>
      </label>
      <Field label={t('staff.passed_on')} name="passed_on" type="date" required />
      <Field label={t('staff.lapses_on')} name="lapses_on" type="date" required />
      <Button htmlType="submit" style={{ alignSelf: 'flex-end' }}>
        {t('staff.certify')}
      </Button>
    </form>
  )
}

/** Roles, teams, certificates and limits of a member, and the end of the work together. */
export function MemberForm({ member, teams }: { member: StaffMember; teams: Team[] }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [held, setHeld] = useState<string[]>(member.roles)
  const [inTeams, setInTeams] = useState<string[]>(member.teams)
  const [error, setError] = useState<unknown>(null)
  const path = `/staff/${member.staff_id}`
  const changed = () => queries.invalidateQueries({ queryKey: ['staff'] })
  const after = (done: Promise<unknown>) => {
    setError(null)
    return done.then(changed).catch(setError)
  }
  const save = () =>
    after(
      ask('PUT', `${path}/rights`, {
        body: { roles: held, teams: inTeams },
        headers: { 'if-match': `"${member.version}"` },
      }),
    )
  return (
    <div className="column">
      <Card
        title={member.name}
        aside={
          <span className="row">
            <Ending member={member} changed={changed} />
          </span>
        }
      >
        <div className="column">
          <fieldset className="plain">
            <legend className="soft small">{t('staff.roles')}</legend>
            <Checkbox.Group
              value={held}
              onChange={setHeld}
              options={roles.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
            />
          </fieldset>
          {teams.length > 0 ? (
            <fieldset className="plain">
              <legend className="soft small">{t('staff.teams')}</legend>
              <Checkbox.Group
                value={inTeams}
                onChange={setInTeams}
                options={teams.map((team) => ({ value: team.team_id, label: team.name }))}
              />
            </fieldset>
          ) : null}
          <Problem error={error} />
          <div className="row">
            <Button type="primary" onClick={save} disabled={held.length === 0}>
              {t('staff.save')}
            </Button>
          </div>
        </div>
      </Card>
      <Card title={t('staff.certificates')}>
        <div className="column">
          <Held member={member} />
          <Certify path={path} after={after} />
        </div>
      </Card>
      <Limits staff_id={member.staff_id} today={todayHere()} />
    </div>
  )
}
