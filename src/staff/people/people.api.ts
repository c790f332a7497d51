import { z } from '@hono/zod-openapi'

const Role = z.enum([
  'collector',
  'team_lead',
  'manager',
  'compliance',
  'legal',
  'field',
  'agency',
  'auditor',
  'admin',
])

export const StaffMember = z
  .object({
    staff_id: z.string(),
    name: z.string(),
    email: z.string(),
    roles: z.array(Role),
    teams: z.array(z.string()),
    second_factor: z.enum(['set_up', 'required', 'not_required']),
    departed_at: z.string().nullable(),
    last_seen_at: z.string().nullable(),
    certificates: z.array(z.object({ certificate: z.string(), lapses_on: z.string() })),
    version: z.number().int(),
  })
  .openapi('StaffMember')

export const NewStaff = z
  .object({
    name: z.string().trim().min(1).max(100),
    email: z.email().max(200),
    roles: z.array(Role).min(1),
    teams: z.array(z.string().max(40)).default([]),
  })
  .openapi('NewStaff')

/** `first_password` is shown once; the person changes it and sets up a second factor. */
export const MadeStaff = z.object({ staff_id: z.string(), first_password: z.string() }).openapi('MadeStaff')

export const StaffChange = z
  .object({ roles: z.array(Role).min(1), teams: z.array(z.string().max(40)) })
  .openapi('StaffChange')

export const Departure = z.object({ reason: z.string().trim().min(3).max(300) }).openapi('Departure')

export const Certificate = z
  .object({
    certificate: z.string().trim().min(1).max(100),
    passed_on: z.iso.date(),
    lapses_on: z.iso.date(),
  })
  .openapi('Certificate')

/** The loans of a lender that are of one product, one branch, or both (empty: any). */
const Portfolio = z
  .object({
    lender: z.string().trim().min(1).max(100),
    product: z.string().trim().max(100).default(''),
    branch: z.string().trim().max(100).default(''),
  })
  .openapi('TeamPortfolio')

export const Team = z
  .object({
    team_id: z.string(),
    name: z.string(),
    /** the agency whose people they are; null: our own */
    agency: z.string().nullable(),
    /** with their whole books */
    lenders: z.array(z.string()),
    /** narrower than a lender's book: whoever has a loan in one is worked, with every loan */
    portfolios: z.array(Portfolio),
    members: z.number().int(),
    version: z.number().int(),
  })
  .openapi('Team')

/** Whoever is in an agency's team sees what is placed with it, and no lender's book. */
export const NewTeam = z
  .object({
    agency: z.string().trim().min(1).max(60).nullable().default(null),
    name: z.string().trim().min(1).max(100),
    lenders: z.array(z.string().max(100)),
    /** absent: as they are */
    portfolios: z
      .array(Portfolio.refine(({ product, branch }) => product !== '' || branch !== ''))
      .max(200)
      .optional(),
  })
  .openapi('NewTeam')

export const Token = z
  .object({
    token_id: z.string(),
    name: z.string(),
    permissions: z.array(z.string()),
    lenders: z.array(z.string()),
    created_at: z.string(),
    created_by: z.string(),
    expires_at: z.string(),
    ended_at: z.string().nullable(),
  })
  .openapi('Token')

export const NewToken = z
  .object({
    name: z.string().trim().min(1).max(100),
    permissions: z.array(z.string().max(60)).min(1),
    lenders: z.array(z.string().max(100)).default([]),
    days: z.number().int().min(1).max(366),
  })
  .openapi('NewToken')

/** `token` is shown once. */
export const MadeToken = z.object({ token_id: z.string(), token: z.string() }).openapi('MadeToken')

/** In months for plans, in whole units of the currency otherwise (empty: of any currency). */
const AuthorityLimit = z.object({
  what: z.enum(['plan_months', 'waiver', 'settlement']),
  currency: z.string().regex(/^([A-Z]{3})?$/),
  limit_units: z.number().int().min(0).max(1e12),
  from_on: z.iso.date(),
  /** the first day on which it is no more; null: open */
  to_on: z.iso.date().nullable(),
})

export const NewAuthorityLimit = AuthorityLimit.extend({
  currency: AuthorityLimit.shape.currency.default(''),
  to_on: AuthorityLimit.shape.to_on.default(null),
}).openapi('NewAuthorityLimit')

export const AuthorityLimits = z
  .object({
    rows: z.array(AuthorityLimit.extend({ given_by: z.string() })),
    /** what the next limit must name in if-match, once there is one */
    version: z.string(),
  })
  .openapi('AuthorityLimits')

export type AuthorityLimits = z.infer<typeof AuthorityLimits>
export type NewAuthorityLimit = z.infer<typeof NewAuthorityLimit>
export type StaffMember = z.infer<typeof StaffMember>
export type Team = z.infer<typeof Team>
export type Token = z.infer<typeof Token>
