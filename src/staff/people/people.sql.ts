import { sql } from 'kysely'
import { type Db, LEAST_UUID } from '../../platform/database.ts'
import type { Role } from '../rights/permission.ts'
import type { Portfolio } from '../rights/scope.ts'
import type { AuthorityLimits, NewAuthorityLimit, StaffMember, Team, Token } from './people.api.ts'

/** Staff in the order of their names, from after `after` on; one of them when `staff_id` is given. */
export async function staffPage(
  db: Db,
  asked: { after: string | null; limit: number; staff_id: string | null; own: Db },
): Promise<StaffMember[]> {
  const { rows } = await sql<StaffMember>`
    select s.id as staff_id, s.name, s.email, s.version,
           array(select role from staff_roles r
                  where r.staff_id = s.id and r.ended_at is null order by role collate "C") as roles,
           array(select team_id from team_members m
                  where m.staff_id = s.id and m.left_at is null order by team_id) as teams,
           case when s.two_factor_enabled then 'set_up'
                when s.second_factor_required then 'required'
                else 'not_required' end as second_factor,
           d.at as departed_at,
           null::text as last_seen_at,
           coalesce((select jsonb_agg(jsonb_build_object('certificate', certificate, 'lapses_on', lapses_on)
                                      order by certificate)
                       from (select certificate, max(lapses_on) as lapses_on
                               from training_certificates t where t.staff_id = s.id
                                  group by certificate) held),
                    '[]') as certificates
      from staff s
      left join staff_departures d on d.staff_id = s.id
     where (${asked.staff_id}::text is null or s.id = ${asked.staff_id})
       and (${asked.after}::text is null or (lower(s.name),
          s.id) > (lower(split_part(${asked.after}, E'\n', 1)),
                                                                     split_part(${asked.after}, E'\n', 2)))
     order by lower(s.name), s.id
     limit ${asked.limit + 1}`.execute(db)
  // When somebody was last here stands with the sessions, which are not read for a person.
  const seen = await sql<{ staff_id: string; at: string }>`
    select staff_id, max(updated_at) as at from sign_in_sessions
     where staff_id = any (${rows.map((row) => row.staff_id)}) group by 1`.execute(asked.own)
  const last = new Map(seen.rows.map((row) => [row.staff_id, row.at]))
  return rows.map((row) => ({ ...row, last_seen_at: last.get(row.staff_id) ?? null }))
}

export type Change = { staff_id: string; roles: Role[]; teams: string[]; at: string; by: string }

/**
 * Makes roles and teams of a member what is given: what is new begins, what is gone ends. Answers false when
 * `version` is not the newest.
 */
export async function changeStaff(tx: Db, change: Change, version: number): Promise<boolean> {
  const { staff_id, roles, teams, at, by } = change
  const locked = await sql`
    update staff set version = version + 1, updated_at = ${at}
     where id = ${staff_id} and version = ${version}`.execute(tx)
  if (locked.numAffectedRows !== 1n) return false
  await sql`
    update staff_roles set ended_at = ${at}, ended_by = ${by}
     where staff_id = ${staff_id} and ended_at is null and role <> all (${roles})`.execute(tx)
  await sql`
    insert into staff_roles (staff_id, role, given_at, given_by)
    select ${staff_id}, role, ${at}, ${by} from unnest(${roles}::text[]) role
    on conflict (staff_id, role) where ended_at is null do nothing`.execute(tx)
  await sql`
    update team_members set left_at = ${at}
     where staff_id = ${staff_id} and left_at is null and team_id <> all (${teams})`.execute(tx)
  await sql`
    insert into team_members (team_id, staff_id, joined_at)
    select team_id, ${staff_id}, ${at} from teams where team_id = any (${teams})
    on conflict (team_id, staff_id) where left_at is null do nothing`.execute(tx)
  return true
}

/** How many others hold the role admin and still work here. */
export async function otherAdmins(db: Db, staff_id: string): Promise<number> {
  const { rows } = await sql<{ others: number }>`
    select count(*) as others
      from staff_roles r
     where role = 'admin' and ended_at is null and staff_id <> ${staff_id}
       and not exists (select from staff_departures d where d.staff_id = r.staff_id)`.execute(db)
  return rows[0]!.others
}

export async function recordDeparture(
  db: Db,
  departure: { staff_id: string; at: string; by: string; reason: string },
) {
  await sql`
    insert into staff_departures (staff_id, at, recorded_by, reason)
    values (${departure.staff_id}, ${departure.at}, ${departure.by}, ${departure.reason})
    on conflict do nothing`.execute(db)
}

/** Who works here and signs in with this address (in lower case); null when nobody does. */
export async function staffOfAddress(own: Db, email: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select id from staff s
     where email = ${email}
       and not exists (select from staff_departures d where d.staff_id = s.id)`.execute(own)
  return rows[0]?.id ?? null
}

/** Ends every session of a person at once. */
export async function endSessions(own: Db, staff_id: string) {
  await sql`delete from sign_in_sessions where staff_id = ${staff_id}`.execute(own)
}

/** Ends whatever somebody could sign in with, and gives them a first password (its digest). */
export async function forgetDevices(own: Db, staff_id: string, password: string) {
  await own.transaction().execute(async (tx) => {
    await sql`delete from sign_in_passkeys where staff_id = ${staff_id}`.execute(tx)
    await sql`delete from sign_in_second_factors where staff_id = ${staff_id}`.execute(tx)
    await sql`update staff set two_factor_enabled = false where id = ${staff_id}`.execute(tx)
    await sql`
      update sign_in_methods set password = ${password}
       where staff_id = ${staff_id} and provider_id = 'credential'`.execute(tx)
    await endSessions(tx, staff_id)
  })
}

export async function recordCertificate(
  db: Db,
  held: {
    staff_id: string
    certificate: string
    passed_on: string
    lapses_on: string
    by: string
    at: string
  },
) {
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by,
                                       recorded_at)
    values (${held.staff_id}, ${held.certificate}, ${held.passed_on}, ${held.lapses_on}, ${held.by},
            ${held.at})
    on conflict do nothing`.execute(db)
}

/** Teams in the order of their ids, from after `after` on; one of them when `team_id` is given. */
export async function teamPage(
  db: Db,
  asked: { after: string | null; limit: number; team_id: string | null },
): Promise<Team[]> {
  const { rows } = await sql<Team>`
    select team_id, name, agency, version,
           array(select lender from team_portfolios p
                  where p.team_id = t.team_id and (product, branch) = ('', '') order by lender) as lenders,
           (select coalesce(jsonb_agg(to_jsonb(p) - 'team_id' order by lender, product, branch), '[]')
              from team_portfolios p
             where p.team_id = t.team_id and (p.product, p.branch) <> ('', '')) as portfolios,
           (select count(*) from team_members m where m.team_id = t.team_id and m.left_at is null) as members
      from teams t
     where (${asked.team_id}::text is null or team_id = ${asked.team_id})
       and team_id collate "C" > coalesce(${asked.after}, '')
     order by team_id collate "C"
     limit ${asked.limit + 1}`.execute(db)
  return rows
}

export type WantedTeam = {
  team_id: string
  name: string
  /** with their whole books */
  lenders: string[]
  /** narrower ones; undefined: as they are */
  portfolios?: Portfolio[] | undefined
  agency?: string | null
}

/** Makes a team (`version` 0), or changes one. False: it is not of this version any more. */
export async function saveTeam(tx: Db, team: WantedTeam, version = 0): Promise<boolean> {
  const { team_id, name, lenders, portfolios, agency = null } = team
  const saved = version
    ? await sql`
        update teams set name = ${name}, agency = ${agency}, version = version + 1
         where team_id = ${team_id} and version = ${version}`.execute(tx)
    : await sql`
        insert into teams (team_id, name, agency) values (${team_id}, ${name}, ${agency})
        on conflict do nothing`.execute(tx)
  if (saved.numAffectedRows !== 1n) return false
  await sql`
    delete from team_portfolios
     where team_id = ${team_id} and ((product, branch) = ('', '') or ${portfolios !== undefined})`.execute(tx)
  const whole = lenders.map((lender) => ({ lender, product: '', branch: '' }))
  await sql`
    insert into team_portfolios (team_id, lender, product, branch)
    select ${team_id}, lender, product, branch
      from jsonb_to_recordset(${JSON.stringify([...whole, ...(portfolios ?? [])])}::jsonb)
           as p (lender text, product text, branch text)
    on conflict do nothing`.execute(tx)
  return true
}

/** Limits of a member, the newest first. */
export async function limitsOf(db: Db, staff_id: string): Promise<AuthorityLimits['rows']> {
  const { rows } = await sql<AuthorityLimits['rows'][number]>`
    select what, currency, limit_units, from_on, nullif(to_on, 'infinity') as to_on, given_by
      from authority_limits
     where staff_id = ${staff_id}
     order by from_on desc, what, currency`.execute(db)
  return rows
}

/** Keeps others from changing a member until the transaction ends. False: nobody of that number. */
export async function lockMember(tx: Db, staff_id: string): Promise<boolean> {
  const { rows } = await sql`select from staff where id = ${staff_id} for update`.execute(tx)
  return rows.length === 1
}

/** Gives a limit to a locked member; an earlier one of the same kind ends where it begins. */
export async function giveLimit(tx: Db, limit: NewAuthorityLimit & { staff_id: string; by: string }) {
  const { staff_id, what, currency, limit_units, from_on, to_on, by } = limit
  await sql`
    update authority_limits set to_on = ${from_on}
     where staff_id = ${staff_id} and what = ${what} and currency = ${currency}
       and from_on < ${from_on} and to_on > ${from_on}`.execute(tx)
  await sql`
    insert into authority_limits (staff_id, what, currency, limit_units, from_on, to_on, given_by)
    values (${staff_id}, ${what}, ${currency}, ${limit_units}, ${from_on},
            coalesce(${to_on}::date, 'infinity'), ${by})
    on conflict (staff_id, what, currency, from_on) do update
       set limit_units = excluded.limit_units, to_on = excluded.to_on, given_by = excluded.given_by`.execute(
    tx,
  )
}

/** Tokens, the newest first. */
export async function tokenPage(
  db: Db,
  asked: { after: readonly [string, string] | null; limit: number },
): Promise<Token[]> {
  const [at, token_id] = asked.after ?? ['infinity', LEAST_UUID]
  const { rows } = await sql<Token>`
    select token_id, name, permissions, lenders, created_at, created_by, expires_at, ended_at
      from machine_tokens
     where (date_trunc('milliseconds', created_at), token_id) < (${at}::timestamptz, ${token_id}::uuid)
     order by date_trunc('milliseconds', created_at) desc, token_id desc
     limit ${asked.limit + 1}`.execute(db)
  return rows
}

type NewToken = { name: string; permissions: string[]; lenders: string[]; sha256: string }

export async function keepToken(
  db: Db,
  token: NewToken & { at: string; by: string; days: number },
): Promise<string> {
  const { rows } = await sql<{ token_id: string }>`
    insert into machine_tokens (name, sha256, permissions, lenders, created_at, created_by, expires_at)
    values (${token.name}, ${token.sha256}, ${token.permissions}, ${token.lenders}, ${token.at}, ${token.by},
            ${token.at}::timestamptz + make_interval(days => ${token.days}))
    returning token_id`.execute(db)
  return rows[0]!.token_id
}

/** False when there is no such token in force. */
export async function endToken(
  db: Db,
  token: { token_id: string; at: string; by: string },
): Promise<boolean> {
  const ended = await sql`
    update machine_tokens set ended_at = ${token.at}, ended_by = ${token.by}
     where token_id = ${token.token_id} and ended_at is null`.execute(db)
  return ended.numAffectedRows === 1n
}

/** Demo staff need no second factor. */
export async function waiveSecondFactor(db: Db, staff_id: string) {
  await sql`update staff set second_factor_required = false where id = ${staff_id}`.execute(db)
}

/** The lenders of the book, in order. */
export async function lendersOfBook(db: Db): Promise<string[]> {
  const { rows } = await sql<{ lender: string }>`
    select distinct lender from loan_kinds order by lender`.execute(db)
  return rows.map((row) => row.lender)
}
