// Real data that lies beside the repository, in ../shared or the folder that AMENDS_SHARED names. A machine
// without it skips the tests that need it and says so; CI must have it, so there they fail instead.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(process.env['AMENDS_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', 'shared'))

/** Path of a file below the shared folder, for instance `data/taiwan/expected.json`. */
export const shared = (path: string): string => join(folder, path)

/**
 * Whether a test that needs `path` of the shared folder is to be skipped:
 * `test.skipIf(missing('data/taiwan'))`.
 */
export const missing = (path: string): boolean => !existsSync(shared(path)) && !process.env['CI']
