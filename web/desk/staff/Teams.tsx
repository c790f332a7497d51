import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Team } from '#api/staff/people/people'
import { Card } from '../../ui/Card.tsx'
import { useFigures } from '../frame/figures.ts'
import { useMay } from '../frame/session.ts'
import { TeamForm } from './TeamForm.tsx'

/** A part of a lender's book in words: `demo-us · card · branch N12`. */
function usePart() {
  const { t } = useTranslation()
  return ({ lender, product, branch }: Team['portfolios'][number]) =>
    [
      lender,
      product ? t(`products.${product}`, { defaultValue: product }) : '',
      branch ? t('staff.branch', { branch }) : '',
    ]
      .filter(Boolean)
      .join(' · ')
}

/** The teams, whose borrowers they work on, and how many are in them. */
export function Teams({ teams }: { teams: Team[] }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const may = useMay()
  const part = usePart()
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
            <th scope="col">{t('staff.works_on')}</th>
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
              <td className="soft">
                {team.agency
                  ? t('staff.agency_team', { agency: team.agency })
                  : [...team.lenders, ...team.portfolios.map(part)].join(', ')}
              </td>
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
