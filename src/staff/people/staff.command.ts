import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { databaseCommand } from '../../platform/command.ts'
import { Refused } from '../../platform/refusal.ts'
import { auditInsert } from '../audit/audit.sql.ts'
import { forgetDevices, staffOfAddress } from './people.sql.ts'

/**
 * `amends staff reset`: the way in for whoever owns the machine, when no admin can sign in any more: every
 * admin's device is lost, or a backup was restored without the secret under which second factors are kept.
 */
export function staffCommands(program: Command) {
  const staff = program.command('staff').description('Staff, for whoever owns the machine.')
  databaseCommand(
    staff
      .command('reset')
      .description(
        'Let a member in anew: passkeys, second factor and sessions end, a first password is made.',
      )
      .argument('<email>'),
    async ({ db, url, clock }, email: string) => {
      const staff_id = await staffOfAddress(db, email.toLowerCase())
      if (!staff_id) throw new Refused('staff_is_not_found', `Nobody who works here signs in as ${email}.`)
      const first_password = randomBytes(12).toString('base64url')
      // Read here and not above: every other command would wait for the sign-in's libraries.
      const { createSignIn, passwordDigest } = await import('../sign-in/sign-in.ts')
      // What signs sessions is of no account here: nobody is signed in.
      const signIn = createSignIn({ url, secret: randomBytes(32).toString('hex') })
      const digest = await passwordDigest(signIn, first_password).finally(signIn.close)
      await forgetDevices(db, staff_id, digest)
      const at = clock.now().toString()
      const entry = { at, staff_id: 'command line', action: 'staff reset', subject: `staff_id=${staff_id}` }
      await db.executeQuery(
        auditInsert(db, { ...entry, reason: null, origin: 'command line', borrowers: [] }),
      )
      return { staff_id, email, first_password }
    },
    ({ email, first_password }) => `${email} signs in with the first password ${first_password}`,
  )
}
