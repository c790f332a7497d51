import { Modal } from 'antd'
import { type ReactNode, useRef } from 'react'

type Props = { title: ReactNode; open?: boolean; close: () => void; children: ReactNode }

/**
 * A question in front of the page. Its first field has the focus as soon as it is seen: Ant Design gives it
 * to the cross, and Enter would then close what was asked. Whoever was quicker stays where they type.
 */
export function Dialog({ title, open = true, close, children }: Props) {
  const body = useRef<HTMLDivElement>(null)
  const focus = (seen: boolean) => {
    if (!seen || body.current?.contains(document.activeElement)) return
    body.current?.querySelector<HTMLElement>('input, select, textarea')?.focus()
  }
  return (
    <Modal
      open={open}
      title={<div className="beside-cross">{title}</div>}
      onCancel={close}
      footer={null}
      destroyOnHidden
      transitionName=""
      afterOpenChange={focus}
    >
      <div ref={body}>{children}</div>
    </Modal>
  )
}
