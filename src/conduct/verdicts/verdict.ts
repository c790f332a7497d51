/** A contact that somebody wants to make with a borrower or somebody near. Debts absent: all open loans. */
export type AskedContact = {
  channel: string
  debts?: string[] | undefined
  party?: string | undefined
  party_id?: string | undefined
  address?: string | undefined
  place?: string | undefined
  purpose?: string | undefined
  /** `lender`, `agency:NAME`, `buyer:NAME` */
  placed_by?: string | undefined
  /** Who would do it; a contact that a machine makes has nobody. */
  staff_id?: string | undefined
  visitors?: number | undefined
  automated?: boolean | undefined
  one_way?: boolean | undefined
  /** The approved text that is sent: NAME@VERSION. */
  template?: string | undefined
  /** A text of somebody's own: nobody approved it. */
  text?: string | undefined
  /** The parts of the claim that it is about; absent: all. */
  claim_parts?: string[] | undefined
}

/**
 * A rule that is not met, with its clause and from when it would be (local to the person: a day, or a
 * minute).
 */
export type RuleRefusal = {
  rule_id: string
  pack_version: string | null
  rule: string
  source: string
  force: string
  modality: string
  mark: string
  for_counsel: boolean
  evidence: unknown
  next_allowed_at: string | null
}

export type RuleAnswer = RuleRefusal & { blocks: boolean }

/**
 * The latest of days and minutes on one clock. In the hour that the end of summer time repeats a minute has
 * its offset, and only there the reading does not tell which is later.
 */
export function latest(moments: readonly string[]): string | null {
  const isWithOffset = (moment: string) => moment.length > 16
  const isLater = (a: string, b: string) =>
    isWithOffset(a) && isWithOffset(b) ? Temporal.Instant.compare(a, b) > 0 : a > b
  return moments.reduce<string | null>(
    (so_far, it) => (so_far === null || isLater(it, so_far) ? it : so_far),
    null,
  )
}

/** What the rules say: refused by any rule that blocks, warned by the others. */
export function verdictFrom(found: readonly RuleAnswer[]) {
  const told = (blocks: boolean): RuleRefusal[] =>
    found.filter((it) => it.blocks === blocks).map(({ blocks: _, ...refusal }) => refusal)
  const refusals = told(true)
  return {
    allowed: refusals.length === 0,
    refusals,
    warnings: told(false),
    /** The latest day or minute that the refusals name; null where one of them has no end in sight. */
    next_allowed_at: refusals.every((it) => it.next_allowed_at !== null)
      ? latest(refusals.map((it) => it.next_allowed_at!))
      : null,
  }
}
export type RuleVerdict = ReturnType<typeof verdictFrom>

/** Which rules two answers to the same question differ in. */
export function differences(before: readonly RuleRefusal[], after: readonly RuleRefusal[]) {
  const key = (it: RuleRefusal) => `${it.rule_id} ${it.next_allowed_at ?? ''}`
  const was = new Set(before.map(key))
  const is = new Set(after.map(key))
  return {
    refused_now: after.filter((it) => !was.has(key(it))),
    released_now: before.filter((it) => !is.has(key(it))),
  }
}
