import { useTranslation } from 'react-i18next'
import type { StaffMember } from '#api/staff/people/people'
import { useFigures } from '../frame/figures.ts'

/** The certificates that somebody holds, each with its last day. */
export function Held({ member }: { member: StaffMember }) {
  const { t } = useTranslation()
  const figures = useFigures()
  if (member.certificates.length === 0) return <span className="wait">{t('staff.no_certificate')}</span>
  return (
    <span className="soft">
      {member.certificates
        .map(({ certificate, lapses_on }) =>
          t('staff.holds_until', {
            what: t(`staff.of.${certificate}`, { defaultValue: certificate }),
            day: figures.date(lapses_on),
          }),
        )
        .join('; ')}
    </span>
  )
}
