import { DatabaseSync } from 'node:sqlite'

/** Held by any number of processes at once (`shared`), or by one and then by nobody else (`alone`). */
export type Hold = 'shared' | 'alone'

/**
 * Takes the lock named by a file and answers how to let go of it; null when another process, or another part
 * of this one, is in the way. The operating system holds the lock (through SQLite, the one part of the
 * runtime that locks files), so it ends with its process however that ends, and no number of a dead process
 * can be mistaken for a living one.
 */
export function take(file: string, hold: Hold): (() => void) | null {
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    lock.exec(hold === 'alone' ? 'begin exclusive' : 'begin')
    // A transaction takes its shared lock when it first reads.
    if (hold === 'shared') lock.prepare('select count(*) from sqlite_schema').get()
    return () => lock.close()
  } catch (error) {
    lock.close()
    if ((error as { errstr?: string }).errstr === 'database is locked') return null
    throw error
  }
}
