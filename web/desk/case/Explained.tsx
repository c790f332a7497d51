import { Button, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { type ChannelVerdict, mayBegin } from './asking.ts'
import { Refusals } from './VerdictMark.tsx'

type Props = {
  verdict: ChannelVerdict | null
  others: readonly ChannelVerdict[]
  contact: (verdict: ChannelVerdict) => void
  close: () => void
}

// What a person at the desk can do at once in place of what was refused.
const direct = ['call', 'sms', 'email', 'letter']

/** Why a contact is refused, by which clause and from when; and what is allowed in its place. */
export function Explained({ verdict, others, contact, close }: Props) {
  const { t } = useTranslation()
  const instead = others.find((other) => mayBegin(other) && direct.includes(other.channel))
  return (
    <Modal
      open={verdict !== null}
      title={verdict ? t(`channels.${verdict.channel}`) : ''}
      onCancel={close}
      footer={
        <div className="row">
          {instead ? (
            <Button onClick={() => contact(instead)}>
              {t('case.instead', { channel: t(`channels.${instead.channel}`) })}
            </Button>
          ) : null}
          <Button type="primary" onClick={close} autoFocus>
            <kbd>Esc</kbd> {t('states.close')}
          </Button>
        </div>
      }
    >
      {verdict ? <Refusals verdict={verdict} /> : null}
      <p className="soft small">{t('case.nobody_overrules')}</p>
    </Modal>
  )
}
