/** What may be done, each once. A route names the one that it needs. */
export const permissions = [
  // the book
  'book.read', // portfolio, buckets, nights, loads
  'book.read_all', // of every lender, not only of the team's
  'loads.write', // send a file
  'loads.accept', // accept or withdraw a held load
  // borrowers
  'borrowers.read', // a case, masked
  'borrowers.unmask', // a full number or identity, with a reason
  'borrowers.search',
  // work
  'worklist.work',
  'worklist.lead', // the team's list
  'contacts.write', // verdicts, attempts, outcomes
  'holds.write', // holds, consents, times, opt-outs
  'holds.release',
  // ending well
  'promises.write',
  'plans.write',
  'settlements.write',
  'hardship.write',
  'approvals.decide',
  'placements.write', // give a case to an agency, take it back
  'payments.write', // book a payment, clear suspense
  // conduct
  'conduct.read', // packs, refusals, incidents, stops
  'conduct.write', // close an incident, sign an exception
  // the house
  'settings.read',
  'settings.write',
  'staff.read',
  'staff.write',
  'audit.read',
  'tokens.write',
] as const

export type Permission = (typeof permissions)[number]

/** What gives money away, books it, or lets a file change what is owed. */
const aboutMoney: readonly string[] = [
  'payments.write',
  'plans.write',
  'settlements.write',
  'approvals.decide',
  'loads.accept',
]
/** What a person answers for: a machine decides on nothing and gives nobody rights. */
const forPeople: readonly string[] = ['approvals.decide', 'staff.write', 'tokens.write']

export type TokenRefusal = 'permission_is_not_for_machines' | 'permission_is_not_ones_own'

/**
 * Why somebody with the permissions `held` may not give a machine those of `wanted`, and which. An admin
 * gives machines what they lack themselves (or nobody could connect a dialler), but money only who handles
 * it: since nobody widens their own rights, that takes two people.
 */
export function tokenRefusal(
  held: ReadonlySet<string>,
  wanted: readonly string[],
): { refusal: TokenRefusal; permissions: string[] } | null {
  const human = wanted.filter((each) => forPeople.includes(each))
  if (human.length > 0) return { refusal: 'permission_is_not_for_machines', permissions: human }
  const lacking = wanted.filter((each) => aboutMoney.includes(each) && !held.has(each))
  return lacking.length > 0 ? { refusal: 'permission_is_not_ones_own', permissions: lacking } : null
}

const caseWork: Permission[] = [
  'borrowers.read',
  'borrowers.search',
  'borrowers.unmask',
  'contacts.write',
  'holds.write',
]
const resolving: Permission[] = ['promises.write', 'plans.write', 'settlements.write', 'hardship.write']
const collecting: Permission[] = [...caseWork, ...resolving, 'worklist.work']
const leading: Permission[] = [
  ...collecting,
  'worklist.lead',
  'holds.release',
  'approvals.decide',
  'book.read',
  'staff.read',
]

/** What each role may do. */
export const roles = {
  collector: collecting,
  team_lead: leading,
  manager: [
    ...leading,
    'book.read_all',
    'loads.write',
    'loads.accept',
    'payments.write',
    'placements.write',
    'conduct.read',
    'settings.read',
  ],
  compliance: [
    'book.read',
    'book.read_all',
    'borrowers.read',
    'borrowers.search',
    'borrowers.unmask',
    'holds.write',
    'holds.release',
    'conduct.read',
    'conduct.write',
    'settings.read',
    'audit.read',
    'staff.read',
  ],
  legal: [...caseWork, 'book.read', 'book.read_all', 'conduct.read', 'holds.release', 'approvals.decide'],
  field: [...caseWork, 'promises.write', 'hardship.write', 'worklist.work'],
  // of what is placed with it an agency proposes plans and offers; a discount the lender agrees to
  agency: [
    'borrowers.read',
    'contacts.write',
    'holds.write',
    'promises.write',
    'plans.write',
    'settlements.write',
  ],
  auditor: ['book.read', 'book.read_all', 'conduct.read', 'settings.read', 'staff.read', 'audit.read'],
  admin: [
    'book.read',
    'book.read_all',
    'loads.write',
    'settings.read',
    'settings.write',
    'staff.read',
    'staff.write',
    'tokens.write',
  ],
} as const satisfies Record<string, readonly Permission[]>

export type Role = keyof typeof roles

/** What somebody with these roles may do. */
export const permissionsOf = (held: readonly Role[]): ReadonlySet<Permission> =>
  new Set(held.flatMap((role) => roles[role]))
