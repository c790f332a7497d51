import { useQueryClient } from '@tanstack/react-query'
import { Button, Popover } from 'antd'
import { useTranslation } from 'react-i18next'
import { ask } from '../../ui/client.ts'
import { type Language, languages, ownNames, speak } from '../words.ts'
import { Passkeys } from './Passkeys.tsx'
import { useMe } from './session.ts'

const initials = (name: string) =>
  /^[\x20-\x7e]+$/.test(name)
    ? name
        .split(/\s+/)
        .map((word) => word[0])
        .join('')
        .slice(0, 2)
    : name.slice(0, 1)

/** Switches the language without loading the page again. */
export function Languages() {
  const { t, i18n } = useTranslation()
  return (
    <label className="field">
      {t('self.language')}
      <select
        className="plain-select"
        value={i18n.language}
        onChange={(event) => speak(event.target.value as Language)}
      >
        {languages.map((language) => (
          <option key={language} value={language} lang={language}>
            {ownNames[language]}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Whoever is signed in: language, and the way out. */
export function Self() {
  const { t } = useTranslation()
  const { data: me } = useMe()
  const queries = useQueryClient()
  if (!me) return null
  const leave = async () => {
    await ask('POST', '/auth/sign-out', { body: {} })
    queries.clear()
    location.assign('/')
  }
  const inside = (
    <div className="column" style={{ width: 260 }}>
      <div>
        <div className="strong">{me.name}</div>
        <div className="small soft">{me.email}</div>
        <div className="small soft">{me.roles.map((role) => t(`roles.${role}`)).join(', ')}</div>
      </div>
      <Languages />
      <Passkeys />
      <Button onClick={leave}>{t('self.sign_out')}</Button>
    </div>
  )
  return (
    <div className="self">
      <Popover content={inside} trigger="click" placement="rightBottom">
        <button type="button" aria-label={t('self.you', { name: me.name })}>
          {initials(me.name)}
        </button>
      </Popover>
    </div>
  )
}
