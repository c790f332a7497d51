import type { Step } from './platform/nightly.ts'

/** What happens every night, in order. Each step is the file of that name with the ending .nightly.sql. */
export const steps = [
  'book/ledger/post-payments',
  'book/ledger/compare-with-tape',
  'book/delinquency/refresh-edges',
  'book/delinquency/follow-money',
  'book/delinquency/age-loans',
  'book/delinquency/classify-risk',
  'book/cases/close-cases',
  'book/cases/open-cases',
  'conduct/facts/learn-from-book',
  'conduct/stops/stop-paid',
  'resolution/promises/close-due-promises',
  'resolution/plans/close-missed-plans',
  'resolution/settlements/expire-offers',
  'book/ledger/post-settlements',
  'conduct/facts/follow-resolution',
  'conduct/stops/stop-held',
  'conduct/incidents/judge-late-facts',
  'conduct/stops/count-planned',
  'conduct/stops/check-planned',
  'strategy/worklists/find-work',
  'strategy/worklists/fill-worklist',
  'staff/audit/seal-audit',
] as const satisfies readonly Step[]
