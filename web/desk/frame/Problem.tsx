import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { NoConnection, Refusal, Unfinished } from '../../ui/client.ts'
import { Mark } from '../../ui/Mark.tsx'
import { NoPasskey } from '../sign-in/passkey.ts'

/** What the server refused, with its reason; or that it cannot be reached, with a way to try again. */
export function Problem({ error, again }: { error: unknown; again?: () => void }) {
  const { t, i18n } = useTranslation()
  if (!error) return null
  if (error instanceof Unfinished) {
    return (
      <div className="note" role="alert">
        <Mark verdict="note">{t(error.message)}</Mark>
      </div>
    )
  }
  if (error instanceof NoPasskey) {
    return (
      <div className="note" role="alert">
        <Mark verdict="note">{t('self.passkey_failed')}</Mark>
      </div>
    )
  }
  const down = error instanceof NoConnection
  const refused = error instanceof Refusal && error.status < 500
  const key = refused ? `refusals.${error.refusal}` : ''
  const words = down
    ? t('states.no_connection')
    : refused
      ? i18n.exists(key)
        ? t(key)
        : error.message
      : t('states.broken')
  return (
    <div className={`note ${refused ? '' : 'refused'}`} role="alert">
      <div className="spread wrap">
        <Mark verdict={refused ? 'note' : 'refused'}>{words}</Mark>
        {again ? (
          <Button size="small" onClick={again}>
            {t('states.again')}
          </Button>
        ) : null}
      </div>
      {refused ? <div className="small softer">{error.refusal}</div> : null}
    </div>
  )
}
