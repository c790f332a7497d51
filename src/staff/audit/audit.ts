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
}

/** The values of a route in a fixed order, as the subject of an entry. */
export const subjectOf = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
