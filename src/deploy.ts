import { deployPacks } from './conduct/packs/pack.sql.ts'
import type { Deploy } from './platform/command.ts'

/** What every deploy brings from files into the database, in order, after the migrations. */
export const deploys: readonly Deploy[] = [deployPacks]
