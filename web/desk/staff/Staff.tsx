import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StaffMember, Team } from '#api/staff/people/people'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { usePage } from '../frame/Frame.tsx'
import { useFigures } from '../frame/figures.ts'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'
import { useMay } from '../frame/session.ts'
import '../frame/figures.css'
import { Held } from './Held.tsx'
import { MemberForm } from './MemberForm.tsx'
import { NewMember } from './NewMember.tsx'
import { Teams } from './Teams.tsx'
import { Tokens } from './Tokens.tsx'

function Factor({ member }: { member: StaffMember }) {
  const { t } = useTranslation()
  const verdict = { set_up: 'allowed', required: 'wait', not_required: 'note' } as const
  return <Mark verdict={verdict[member.second_factor]}>{t(`staff.factor.${member.second_factor}`)}</Mark>
}

function Members({
  rows,
  teams,
  shown,
  choose,
}: {
  rows: StaffMember[]
  teams: Team[]
  shown?: StaffMember | undefined
  choose: (id: string) => void
}) {
  const { t } = useTranslation()
  const figures = useFigures()
  const names = new Map(teams.map((team) => [team.team_id, team.name]))
  return (
    <table className="figures-table">
      <thead>
        <tr>
          <th scope="col">{t('sign_in.name')}</th>
          <th scope="col">{t('staff.roles')}</th>
          <th scope="col">{t('staff.teams')}</th>
          <th scope="col">{t('staff.second_factor')}</th>
          {shown ? null : (
            <>
              <th scope="col">{t('staff.certificates')}</th>
              <th scope="col">{t('staff.last_seen')}</th>
            </>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((member) => (
          <tr
            key={member.staff_id}
            className="clickable"
            aria-selected={member === shown}
            onClick={() => choose(member.staff_id)}
          >
            <th scope="row">
              <button type="button" className="cell" onClick={() => choose(member.staff_id)}>
                {member.name}
              </button>
              <div className="small softer">{member.email}</div>
            </th>
            <td>
              {member.departed_at
                ? t('staff.left', { day: figures.moment(member.departed_at) })
                : member.roles.map((role) => t(`roles.${role}`)).join(', ')}
            </td>
            <td className="soft">{member.teams.map((team) => names.get(team) ?? team).join(', ')}</td>
            <td>
              <Factor member={member} />
            </td>
            {shown ? null : (
              <>
                <td>
                  <Held member={member} />
                </td>
                <td className="soft">{member.last_seen_at ? figures.moment(member.last_seen_at) : ''}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Who works here, in which role and team, and until when their certificates hold. */
export function Staff() {
  const { t } = useTranslation()
  const may = useMay()
  const [chosen, choose] = useState<string | null>(null)
  const [adding, add] = useState(false)
  usePage(t('places.staff'), [
    ['J', t('keys.down')],
    ['K', t('keys.up')],
  ])
  const { data, error, refetch } = useQuery({
    queryKey: ['staff'],
    queryFn: () => ask<{ rows: StaffMember[] }>('GET', '/staff?limit=200'),
  })
  const teams = useQuery({
    queryKey: ['teams'],
    queryFn: () => ask<{ rows: Team[] }>('GET', '/teams?limit=200'),
  })
  const rows = data?.rows ?? []
  const at = rows.findIndex((member) => member.staff_id === chosen)
  useKeys({
    j: () => choose(rows[Math.min(at + 1, rows.length - 1)]?.staff_id ?? null),
    k: () => choose(rows[Math.max(at - 1, 0)]?.staff_id ?? null),
  })
  if (error) return <Problem error={error} again={refetch} />
  if (!data) return <Loading label={t('states.loading')} rows={10} />
  const shown = data.rows.find((member) => member.staff_id === chosen)
  const known = teams.data?.rows ?? []
  const aside = may('staff.write') ? (
    <Button size="small" onClick={() => add(true)}>
      {t('staff.add')}
    </Button>
  ) : null
  const writes = may('staff.write')
  const form = shown && writes && !shown.departed_at ? shown : null
  return (
    <div className="grid">
      <div className={form ? 'halves by-their-own' : 'grid'}>
        <Card title={t('staff.title')} aside={aside} flush>
          <Members teams={known} rows={data.rows} shown={form ?? undefined} choose={choose} />
          {data.rows.length === 0 ? <p className="soft body-text">{t('staff.none')}</p> : null}
        </Card>
        {form ? (
          <MemberForm key={`${form.staff_id} ${form.version}`} member={form} teams={known} />
        ) : writes ? (
          <p className="soft small">{t('staff.chosen_how')}</p>
        ) : null}
      </div>
      <Problem error={teams.error} again={teams.refetch} />
      <Teams teams={known} />
      {may('tokens.write') ? <Tokens /> : null}
      {adding ? <NewMember teams={known} close={() => add(false)} /> : null}
    </div>
  )
}
