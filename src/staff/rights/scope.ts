import type { Role } from './permission.ts'

/** The loans of a lender that are of a product, a branch or both; '' is any. */
export type Portfolio = { lender: string; product: string; branch: string }

/** Whose borrowers somebody sees: everybody's, of lenders or portfolios, placed with agencies, handed. */
export type Scope = {
  sees_all: boolean
  lenders: readonly string[]
  /** narrower than a lender: whoever has a loan in one is seen, with every loan */
  portfolios: readonly Portfolio[]
  agencies: readonly string[]
  /** Sees what was handed over to them personally. */
  sees_handed: boolean
  /** Sees everybody who works here; otherwise, and beside themselves, the members of `teams`. */
  sees_colleagues: boolean
  teams: readonly string[]
}

export type ScopeFacts = {
  roles: readonly Role[]
  permissions: ReadonlySet<string>
  /** of the person's teams of our own */
  lenders: readonly string[]
  portfolios: readonly Portfolio[]
  /** of the person's teams that are an agency's, while it is in good standing */
  agencies: readonly string[]
  /** of an agency, whatever its standing */
  agency_teams: readonly string[]
}

/**
 * An agency's people see what is placed with it and a visitor sees what was handed over, whatever lenders
 * their teams have; every other role sees the borrowers of its teams' portfolios.
 */
export function scopeOf({
  roles,
  permissions,
  lenders,
  portfolios,
  agencies,
  agency_teams,
}: ScopeFacts): Scope {
  const works_a_portfolio = roles.some((role) => role !== 'agency' && role !== 'field')
  return {
    sees_all: permissions.has('book.read_all'),
    lenders: works_a_portfolio ? lenders : [],
    portfolios: works_a_portfolio ? portfolios : [],
    agencies: roles.includes('agency') ? agencies : [],
    sees_handed: roles.includes('field'),
    sees_colleagues: works_a_portfolio,
    teams: roles.includes('agency') ? agency_teams : [],
  }
}
