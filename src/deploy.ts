import { deployPacks } from './conduct/packs/pack.sql.ts'
import type { Deploy } from './platform/command.ts'
import { protectRows } from './staff/rights/row-security.sql.ts'

/** What every deploy brings from files into the database, in order, after the migrations. */
export const deploys: readonly Deploy[] = [deployPacks, protectRows]
