import type { Role } from './permission.ts'

/** Whose borrowers somebody sees: everybody's, of some lenders, placed with some agencies, handed to them. */
export type Scope = {
  sees_all: boolean
  lenders: readonly string[]
  agencies: readonly string[]
  /** Sees what was handed over to them personally. */
  sees_handed: boolean
}

export type ScopeFacts = {
  roles: readonly Role[]
  permissions: ReadonlySet<string>
  /** of the person's teams of our own */
  lenders: readonly string[]
  /** of the person's teams that are an agency's, while it is in good standing */
  agencies: readonly string[]
}

/**
 * An agency's people see what is placed with it and a visitor sees what was handed over, whatever lenders
 * their teams have; every other role sees the borrowers of the lenders of its teams.
 */
export function scopeOf({ roles, permissions, lenders, agencies }: ScopeFacts): Scope {
  const works_a_portfolio = roles.some((role) => role !== 'agency' && role !== 'field')
  return {
    sees_all: permissions.has('book.read_all'),
    lenders: works_a_portfolio ? lenders : [],
    agencies: roles.includes('agency') ? agencies : [],
    sees_handed: roles.includes('field'),
  }
}
