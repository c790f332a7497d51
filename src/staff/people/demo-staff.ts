import { createHmac } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import type { Role } from '../rights/permission.ts'
import { createStaff, type SignIn } from '../sign-in/sign-in.ts'
import { changeStaff, lendersOfBook, recordCertificate, saveTeam, waiveSecondFactor } from './people.sql.ts'

const people: readonly { name: string; email: string; roles: Role[]; in_team: boolean }[] = [
  { name: 'Demo collector', email: 'collector@example.com', roles: ['collector'], in_team: true },
  { name: 'Demo collector 2', email: 'collector-2@example.com', roles: ['collector'], in_team: true },
  { name: '示范组长', email: 'lead@example.com', roles: ['team_lead'], in_team: true },
  { name: 'Demo manager', email: 'manager@example.com', roles: ['manager'], in_team: true },
  { name: 'Demo compliance officer', email: 'compliance@example.com', roles: ['compliance'], in_team: false },
  { name: '示範法務', email: 'legal@example.com', roles: ['legal'], in_team: false },
  { name: 'Demo auditor', email: 'auditor@example.com', roles: ['auditor'], in_team: false },
  { name: 'Demo admin', email: 'admin@example.com', roles: ['admin'], in_team: false },
]

/** The one password of the demo's staff: of this home only, and the same whenever it is asked for. */
export const demoPassword = (secret: string) =>
  `amends-${createHmac('sha256', secret).update('demo').digest('hex').slice(0, 10)}`

/** Address and role of everybody who can sign in to the demo. */
export const demoSignIns = people.map(({ email, roles }) => ({ email, role: roles.join(', ') }))

/** Staff of the demo book: one for each role, one team that works on all its lenders. */
export async function makeDemoStaff(db: Db, signIn: SignIn, clock: Clock, password: string) {
  const at = clock.now().toString()
  const today = clock.today('UTC')
  await saveTeam(db, { team_id: 'first', name: 'First team', lenders: await lendersOfBook(db) })
  for (const { name, email, roles, in_team } of people) {
    const staff_id = await createStaff(signIn, { name, email, password })
    await waiveSecondFactor(db, staff_id)
    await changeStaff(db, { staff_id, roles, teams: in_team ? ['first'] : [], at, by: 'demo' }, 1)
    const passed = Temporal.PlainDate.from(today).subtract({ days: 30 })
    const [passed_on, lapses_on] = [passed.toString(), passed.add({ years: 1 }).toString()]
    const told = { by: 'demo', at }
    await recordCertificate(db, { staff_id, certificate: 'conduct', passed_on, lapses_on, ...told })
  }
}
