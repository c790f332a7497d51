import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Role } from '../rights/permission.ts'
import type { Portfolio } from '../rights/scope.ts'
import type { Passkey } from './sign-in.api.ts'

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
  portfolios: Portfolio[]
  agencies: string[]
  agency_teams: string[]
  second_factor_missing: boolean
}

/** Whoever holds this session, with their rights on a day; null when it has ended. */
export async function holderOfSession(
  db: Db,
  token: string,
  { made_since, used_since, on }: { made_since: string; used_since: string; on: string },
): Promise<(StaffRights & { used_at: string }) | null> {
  const { rows } = await sql<StaffRights & { used_at: string }>`
    select s.id as staff_id, s.name, s.email, s.language, x.updated_at as used_at,
           array(select role from staff_roles r
                  where r.staff_id = s.id and r.ended_at is null order by role collate "C") as roles,
           array(select distinct p.lender
                   from team_members m
                   join teams t on t.team_id = m.team_id and t.agency is null
                   join team_portfolios p on p.team_id = t.team_id
                  where m.staff_id = s.id and m.left_at is null and p.product = '' and p.branch = ''
                  order by p.lender) as lenders,
           (select coalesce(jsonb_agg(distinct jsonb_build_object(
                     'lender', p.lender, 'product', p.product, 'branch', p.branch)), '[]')
              from team_members m
              join teams t on t.team_id = m.team_id and t.agency is null
              join team_portfolios p on p.team_id = t.team_id
             where m.staff_id = s.id and m.left_at is null
               and (p.product, p.branch) <> ('', '')) as portfolios,
           array(select t.team_id
                   from team_members m
                   join teams t on t.team_id = m.team_id and t.agency is not null
                  where m.staff_id = s.id and m.left_at is null
                  order by t.team_id) as agency_teams,
           -- an agency without licence or secrecy agreement in date, or barred, sees nothing any more
           array(select distinct t.agency
                   from team_members m
                   join teams t on t.team_id = m.team_id
                  cross join lateral (
                    select licensed_until, secrecy_until, barred_reason
                      from agency_standings g
                     where g.agency = t.agency
                     order by coalesce(at, recorded_at) desc, recorded_at desc
                     limit 1) standing
                  where m.staff_id = s.id and m.left_at is null
                    and standing.barred_reason is null
                    and standing.licensed_until >= ${on}::date
                    and standing.secrecy_until >= ${on}::date
                  order by t.agency) as agencies,
           -- a passkey and the lender's sign-on have shown what they must; a password needs its second factor
           s.second_factor_required and not s.two_factor_enabled and x.came_by = 'password'
             as second_factor_missing
      from sign_in_sessions x
      join staff s on s.id = x.staff_id
     where x.token = ${token}
       and x.created_at > ${made_since}
       and x.updated_at > ${used_since}
       and not exists (select from staff_departures d where d.staff_id = s.id)`.execute(db)
  return rows[0] ?? null
}

/** Notes that a session is in use, so that it does not end as an idle one. */
export async function noteUse(db: Db, token: string, at: string) {
  await sql`update sign_in_sessions set updated_at = ${at} where token = ${token}`.execute(db)
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

/** Whether somebody comes through the lender's single sign-on: then no other way is one any more. */
export async function hasSingleSignOn(db: Db, email: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from sign_in_methods m join staff s on s.id = m.staff_id
                    where s.email = ${email} and m.provider_id = 'single-sign-on') as has`.execute(db)
  return rows[0]!.has
}

/**
 * Whether somebody has a passkey and no second factor for a password: then a password alone is no way in,
 * or whoever learnt it could go around the passkey.
 */
export async function hasOnlyPasskeys(db: Db, email: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from sign_in_passkeys p join staff s on s.id = p.staff_id
                    where s.email = ${email} and not s.two_factor_enabled) as has`.execute(db)
  return rows[0]!.has
}

/** The passkeys of a person, the oldest first. */
export async function passkeysOf(db: Db, staff_id: string): Promise<Passkey[]> {
  const { rows } = await sql<Passkey>`
    select id as passkey_id, name, created_at from sign_in_passkeys
     where staff_id = ${staff_id} order by created_at, id`.execute(db)
  return rows
}

/** Who holds a passkey by the number that the device gave it, or null. */
export async function holderOf(db: Db, credential_id: string): Promise<{ email: string } | null> {
  const { rows } = await sql<{ email: string }>`
    select s.email from sign_in_passkeys p join staff s on s.id = p.staff_id
     where p.credential_id = ${credential_id}`.execute(db)
  return rows[0] ?? null
}

/** Ends the session that was just made, before anybody holds its cookie. */
export async function dropSession(db: Db, token: string) {
  await sql`delete from sign_in_sessions where token = ${token}`.execute(db)
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
