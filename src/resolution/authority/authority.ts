import { accept, type Decision, refuse } from '../../platform/refusal.ts'

/** From the least to the most; at `committee` two must agree. */
export const levels = ['portal', 'collector', 'team_lead', 'manager', 'committee'] as const
export type Level = (typeof levels)[number]
export type Concession = 'fee_waiver' | 'interest_waiver' | 'principal_discount' | 'plan_months'

/** A row of the grid that matches the case in question. */
export type AuthorityRule = {
  level: Level
  what: Concession
  limit_units: number
  concessions_max: number | null
  term_days_max: number | null
}

/** What is asked for: `units` are 1/10000 of the part (waiver, discount) or months (plan). */
export type Ask = {
  what: Concession
  units: number
  /** Concessions that the borrower had in the last twelve months. */
  concessions: number
  /** Days over which a settlement is paid. */
  term_days?: number
}

const rank = (level: Level) => levels.indexOf(level)

/** True when every matching row of the level allows it: the tightest wins, and no row means no authority. */
function allows(rules: readonly AuthorityRule[], level: Level, ask: Ask): boolean {
  const own = rules.filter((rule) => rule.level === level && rule.what === ask.what)
  return (
    own.length > 0 &&
    own.every(
      (rule) =>
        ask.units <= rule.limit_units &&
        (rule.concessions_max === null || ask.concessions <= rule.concessions_max) &&
        (rule.term_days_max === null || (ask.term_days ?? 0) <= rule.term_days_max),
    )
  )
}

/** The least level that may give all of `asks`; undefined when nobody may. */
export const levelNeeded = (rules: readonly AuthorityRule[], asks: readonly Ask[]): Level | undefined =>
  levels.find((level) => asks.every((ask) => allows(rules, level, ask)))

const levelOfRole: Record<string, Level> = {
  collector: 'collector',
  field: 'collector',
  agency: 'collector',
  team_lead: 'team_lead',
  legal: 'team_lead',
  manager: 'manager',
}

/** The highest level that a person's roles give; a role without authority gives none. */
export function levelOf(roles: readonly string[]): Level | undefined {
  const held = roles.flatMap((role) => levelOfRole[role] ?? [])
  return held.toSorted((a, b) => rank(b) - rank(a))[0]
}

/** What somebody let off today, and may let off in a day, in minor units; null is no limit. */
export type LetOffOn = { today_minor: number; day_limit_minor: number | null }

/** Whether so much more would go beyond what somebody may let off in a day. */
export const isBeyondDay = ({ today_minor, day_limit_minor }: LetOffOn, minor: number): boolean =>
  day_limit_minor !== null && today_minor + minor > day_limit_minor

export type Approval = { approved_by: string; level: Level; approved: boolean }
export type ApprovalRefusal =
  | 'own_request'
  | 'authority_is_missing'
  | 'own_limit_is_exceeded'
  | 'approval_was_given_already'
  | 'request_was_rejected'

/** A request that goes beyond its proposer, and what it asks of the grid: `rules` are those of today. */
export type Request = {
  proposed_by: string
  level: Level
  approvals: readonly Approval[]
  rules: readonly AuthorityRule[]
  asks: readonly Ask[]
}

/**
 * Whether one more person may decide on a request. Nobody decides on what he or she proposed; a committee is
 * two managers. Approving is asked of the approver's own authority as proposing is of the proposer's: the
 * grid's rows of the level, and the personal limit; rejecting gives nothing away.
 */
export function mayApprove(
  request: Request,
  person: { staff_id: string; level: Level | undefined; is_beyond_limit: boolean },
  approved: boolean,
): Decision<Level, ApprovalRefusal> {
  if (person.staff_id === request.proposed_by) return refuse('own_request')
  if (request.approvals.some(({ approved }) => !approved)) return refuse('request_was_rejected')
  const is_committee = request.level === 'committee'
  const { level } = person
  if (!level || rank(level) < rank(is_committee ? 'manager' : request.level)) {
    return refuse('authority_is_missing')
  }
  if (request.approvals.some(({ approved_by }) => approved_by === person.staff_id)) {
    return refuse('approval_was_given_already')
  }
  if (!approved) return accept(level)
  const given = request.asks.every((ask) => allows(request.rules, is_committee ? 'committee' : level, ask))
  if (!given) return refuse('authority_is_missing')
  return person.is_beyond_limit ? refuse('own_limit_is_exceeded') : accept(level)
}

/** Whether a request of this level needs no more approvals than it has. */
export const isApproved = (level: Level, approvals: readonly Approval[]): boolean =>
  approvals.filter(({ approved }) => approved).length >= (level === 'committee' ? 2 : 1)

/**
 * Whether the proposer's own level suffices. Machines and people without authority always need an approval.
 */
export const isOwnAuthority = (own: Level | undefined, needed: Level): boolean =>
  own !== undefined && needed !== 'committee' && rank(own) >= rank(needed)

/**
 * Whether somebody with these roles may give a discount of that level without another's word: of an agency's
 * people the lender agrees to each.
 */
export const givesAlone = (roles: readonly string[], needed: Level): boolean =>
  !roles.includes('agency') && isOwnAuthority(levelOf(roles), needed)

/** One level up; the committee has nothing above it. */
export const levelAbove = (level: Level): Level => levels[Math.min(rank(level) + 1, levels.length - 1)]!
