import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Team } from '#api/staff/people/people'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'

const listed = (text: FormDataEntryValue | null) =>
  `${text ?? ''}`
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)

/** A team's name and whose borrowers it works on. The short name stays as it was made. */
function TeamForm({ team, close }: { team: Team | null; close: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const team_id = team?.team_id ?? form.get('team_id')
    const body = {
      name: form.get('name'),
      lenders: listed(form.get('lenders')),
      agency: team?.agency ?? null,
    }
    const headers: Record<string, string> = team ? { 'if-match': `"${team.version}"` } : {}
    await ask('PUT', `/teams/${team_id}`, { body, headers })
      .then(() => queries.invalidateQueries({ queryKey: ['teams'] }))
      .then(close)
      .catch(setError)
  }
  return (
    <Dialog title={team?.name ?? t('staff.make_team')} close={close}>
      <form className="column" onSubmit={submit}>
        {team ? null : (
          <Field label={t('staff.team_id')} name="team_id" pattern="[a-z0-9\-]{1,40}" required autoFocus />
        )}
        <Field label={t('staff.team_name')} name="name" defaultValue={team?.name} required />
        <Field label={t('staff.lenders_how')} name="lenders" defaultValue={team?.lenders.join(', ')} />
        <Problem error={error} />
        <Button type="primary" htmlType="submit">
          {t('staff.save')}
        </Button>
      </form>
    </Dialog>
  )
}

/** The teams, whose borrowers they work on, and how many are in them. */
export function Teams({ teams }: { teams: Team[] }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()
  const [open, setOpen] = useState<Team | 'new' | null>(null)
  const aside = may('staff.write') ? (
    <Button size="small" onClick={() => setOpen('new')}>
      {t('staff.make_team')}
    </Button>
  ) : null
  return (
    <Card title={t('staff.teams')} aside={aside} flush>
      <table className="figures-table">
        <thead>
          <tr>
            <th scope="col">{t('staff.team')}</th>
            <th scope="col">{t('imports.lenders')}</th>
            <th scope="col" className="number">
              {t('staff.members')}
            </th>
            {aside ? <th scope="col" aria-label={t('staff.change_team')} /> : null}
          </tr>
        </thead>
        <tbody>
          {teams.map((team) => (
            <tr key={team.team_id}>
              <th scope="row">{team.name}</th>
              <td className="soft">{team.lenders.join(', ')}</td>
              <td className="number">{figures.count(team.members)}</td>
              {aside ? (
                <td className="number">
                  <Button size="small" onClick={() => setOpen(team)}>
                    {t('staff.change_team')}
                  </Button>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
      {teams.length === 0 ? <p className="soft body-text">{t('staff.no_teams')}</p> : null}
      {open ? <TeamForm team={open === 'new' ? null : open} close={() => setOpen(null)} /> : null}
    </Card>
  )
}
