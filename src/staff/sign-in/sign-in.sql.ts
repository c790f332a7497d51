import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Role } from '../rights/permission.ts'

// Five wrong tries in a quarter of an hour lock an address until the oldest of them is that old.
const WRONG_TRIES_MAX = 5
const LOCK_MINUTES = 15

/** Until when an address may not be tried (ISO instant), or null. */
export async function lockedUntil(db: Db, email: string, at: string): Promise<string | null> {
  const { rows } = await sql<{ tries: number; until: string | null }>`
    select count(*) as tries, min(at) + make_interval(mins => ${LOCK_MINUTES}) as until
      from (select at
              from sign_in_attempts
             where email = ${email}
               and not succeeded
               and at > ${at}::timestamptz - make_interval(mins => ${LOCK_MINUTES})
               and at > coalesce((select max(at) from sign_in_attempts where email = ${email} and succeeded),
                                 '-infinity')
             order by at desc
             limit ${WRONG_TRIES_MAX}) wrong`.execute(db)
  const { tries, until } = rows[0]!
  return tries >= WRONG_TRIES_MAX ? until : null
}

export async function recordTry(
  db: Db,
  attempt: { email: string; at: string; succeeded: boolean; origin: string },
) {
  await sql`
    insert into sign_in_attempts (email, at, succeeded, origin)
    values (${attempt.email}, ${attempt.at}, ${attempt.succeeded}, ${attempt.origin})`.execute(db)
}

export type StaffRights = {
  staff_id: string
  name: string
  email: string
  language: string
  roles: Role[]
  lenders: string[]
  teams: string[]
  departed: boolean
  second_factor_missing: boolean
}

/** What a member of staff is and may see at this moment. */
export async function rightsOf(db: Db, staff_id: string): Promise<StaffRights | null> {
  const { rows } = await sql<StaffRights>`
    select s.id as staff_id, s.name, s.email, s.language,
           array(select role from staff_roles r
                  where r.staff_id = s.id and r.ended_at is null order by role collate "C") as roles,
           array(select distinct p.lender
                   from team_members m
                   join team_portfolios p using (team_id)
                  where m.staff_id = s.id and m.left_at is null
                  order by p.lender) as lenders,
           array(select m.team_id from team_members m
                  where m.staff_id = s.id and m.left_at is null order by m.team_id) as teams,
           exists (select from staff_departures d where d.staff_id = s.id) as departed,
           -- whoever comes through the lender's sign-on has shown a second factor there, or not, as the
           -- lender decides
           s.second_factor_required and not s.two_factor_enabled
             and not exists (select from sign_in_methods m
                              where m.staff_id = s.id and m.provider_id = 'single-sign-on')
           as second_factor_missing
      from staff s
     where s.id = ${staff_id}`.execute(db)
  return rows[0] ?? null
}

export type MachineRights = { token_id: string; name: string; permissions: string[]; lenders: string[] }

/** The machine whose token has this digest, while the token is in force. */
export async function machineOf(db: Db, sha256: string, at: string): Promise<MachineRights | null> {
  const { rows } = await sql<MachineRights>`
    select token_id, name, permissions, lenders
      from machine_tokens
     where sha256 = ${sha256}
       and ended_at is null
       and expires_at > ${at}`.execute(db)
  return rows[0] ?? null
}

/** Whether somebody comes through the lender's single sign-on: then a password is no way in any more. */
export async function hasSingleSignOn(db: Db, email: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from sign_in_methods m join staff s on s.id = m.staff_id
                    where s.email = ${email} and m.provider_id = 'single-sign-on') as has`.execute(db)
  return rows[0]!.has
}

/** Whether nobody works here yet. */
export async function nobodyYet(db: Db): Promise<boolean> {
  const { rows } = await sql<{ nobody: boolean }>`select not exists (select from staff) as nobody`.execute(db)
  return rows[0]!.nobody
}

export async function giveRole(
  db: Db,
  given: { staff_id: string; role: Role; at: string; given_by: string },
) {
  await sql`
    insert into staff_roles (staff_id, role, given_at, given_by)
    values (${given.staff_id}, ${given.role}, ${given.at}, ${given.given_by})
    on conflict (staff_id, role) where ended_at is null do nothing`.execute(db)
}
