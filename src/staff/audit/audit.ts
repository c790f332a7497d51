/** What is logged of a request: who did what to whom, why, from where. */
export type AuditEntry = {
  at: string
  staff_id: string
  /** Method and route, for instance `POST /borrowers/{borrower_id}/holds`. */
  action: string
  /** What it was done to: the values of the route, for instance `borrower_id=42`. */
  subject: string
  reason: string | null
  origin: string
  /** The borrowers whose data it wrote or showed. */
  borrowers: readonly string[]
}

// Where a page begins says nothing about what was asked; a subject fits an index.
const OF_PAGES = new Set(['cursor', 'limit'])
const SUBJECT_MAX = 1_000

/** The values of a route and its query in a fixed order, as the subject of an entry. */
export const subjectOf = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .filter(([name]) => !OF_PAGES.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
    .slice(0, SUBJECT_MAX)
