import { useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StaffMember, Team } from '#api/staff/people/people'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Field } from '../../ui/Field.tsx'
import { Problem } from '../frame/Problem.tsx'

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

/** Roles and teams of a member, and the end of the work together. */
export function MemberForm({ member, teams }: { member: StaffMember; teams: Team[] }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [held, setHeld] = useState<string[]>(member.roles)
  const [inTeams, setInTeams] = useState<string[]>(member.teams)
  const [reason, setReason] = useState('')
  const [error, setError] = useState<unknown>(null)
  const path = `/staff/${member.staff_id}`
  const after = (done: Promise<unknown>) =>
    done.then(() => queries.invalidateQueries({ queryKey: ['staff'] })).catch(setError)
  const save = () =>
    after(
      ask('PUT', `${path}/rights`, {
        body: { roles: held, teams: inTeams },
        headers: { 'if-match': `"${member.version}"` },
      }),
    )
  const certify = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void after(
      ask('POST', `${path}/certificates`, { body: Object.fromEntries(new FormData(event.currentTarget)) }),
    )
  }
  const depart = () => after(ask('POST', `${path}/departure`, { body: { reason } }))
  return (
    <Card title={member.name}>
      <div className="column">
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
        <div className="row wrap">
          <Button type="primary" onClick={save} disabled={held.length === 0}>
            {t('staff.save')}
          </Button>
          <Input
            style={{ width: 280 }}
            aria-label={t('staff.leave_why')}
            placeholder={t('staff.leave_why')}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button danger onClick={depart} disabled={reason.trim().length < 3}>
            {t('staff.leave')}
          </Button>
        </div>
        <form className="row wrap" onSubmit={certify}>
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
        <Problem error={error} />
      </div>
    </Card>
  )
}
