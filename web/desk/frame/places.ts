import type { IconName } from './icons.tsx'

/** The places of the desk, who may go there, and the letter after `G`. */
export const places: readonly { to: string; name: IconName; permission: string; letter: string }[] = [
  { to: '/worklist', name: 'worklist', permission: 'worklist.work', letter: 'W' },
  { to: '/portfolio', name: 'portfolio', permission: 'book.read', letter: 'P' },
  { to: '/approvals', name: 'approvals', permission: 'approvals.decide', letter: 'A' },
  { to: '/imports', name: 'imports', permission: 'book.read', letter: 'I' },
  { to: '/money', name: 'money', permission: 'payments.write', letter: 'M' },
  { to: '/nights', name: 'nights', permission: 'book.read', letter: 'N' },
  { to: '/conduct', name: 'conduct', permission: 'conduct.read', letter: 'C' },
  { to: '/agencies', name: 'agencies', permission: 'conduct.read', letter: 'E' },
  { to: '/staff', name: 'staff', permission: 'staff.read', letter: 'S' },
  { to: '/audit', name: 'audit', permission: 'audit.read', letter: 'L' },
]
