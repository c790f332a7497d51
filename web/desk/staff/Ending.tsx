import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StaffMember } from '#api/staff/people/people'
import { ask } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { Problem } from '../frame/Problem.tsx'

type Deed = 'departure' | 'sign-in-reset'
const words = { departure: 'leave', 'sign-in-reset': 'reset' } as const

function Asking({ member, deed, close }: { member: StaffMember; deed: Deed; close: () => void }) {
  const { t } = useTranslation()
  const [made, setMade] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const reason = new FormData(event.currentTarget).get('reason')
    setError(null)
    ask<{ first_password?: string }>('POST', `/staff/${member.staff_id}/${deed}`, { body: { reason } })
      .then(({ first_password }) => (first_password ? setMade(first_password) : close()))
      .catch(setError)
  }
  return (
    <Dialog title={`${t(`staff.${words[deed]}`)} · ${member.name}`} close={close}>
      {made ? (
        <div className="column">
          <p>{t('staff.first_password')}</p>
          <p className="big">{made}</p>
          <Button onClick={close}>{t('states.close')}</Button>
        </div>
      ) : (
        <form className="column" onSubmit={submit}>
          <p className="soft">{t(`staff.${words[deed]}_how`)}</p>
          <Field label={t('case.reason_logged')} name="reason" required minLength={3} />
          <Problem error={error} />
          <Button danger htmlType="submit">
            {t(`staff.${words[deed]}`)}
          </Button>
        </form>
      )}
    </Dialog>
  )
}

/** What ends: the ways in of somebody whose devices are lost, and the work of somebody who leaves. */
export function Ending({ member, changed }: { member: StaffMember; changed: () => void }) {
  const { t } = useTranslation()
  const [deed, setDeed] = useState<Deed | null>(null)
  const close = () => {
    setDeed(null)
    changed()
  }
  return (
    <>
      <Button size="small" onClick={() => setDeed('sign-in-reset')}>
        {t('staff.reset')}
      </Button>
      <Button size="small" danger onClick={() => setDeed('departure')}>
        {t('staff.leave')}
      </Button>
      {deed ? <Asking member={member} deed={deed} close={close} /> : null}
    </>
  )
}
