import { createHash } from 'node:crypto'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'

// biome-ignore lint/suspicious/noExplicitAny: queries are tagged SQL; each states its own row type.
export type Db = Kysely<any>

/** Below every other uuid. */
export const LEAST_UUID = '00000000-0000-0000-0000-000000000000'

const INT8 = 20
const DATE = 1082
const TIMESTAMPTZ = 1184

/** int8 → number: money in minor units fits; a figure beyond 2^53 must not lose its last digits silently. */
export function exactNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large to be read exactly`)
  return value
}

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return exactNumber
    if (oid === DATE) return (text: string) => text
    if (oid === TIMESTAMPTZ) return (text: string) => new Date(text).toISOString()
    return pg.types.getTypeParser(oid, format as 'text')
  },
} as pg.CustomTypesConfig

/**
 * How the sessions of this program read and write: dates as ISO, instants in UTC, no just-in-time compiler.
 */
const session = '-c datestyle=ISO,YMD -c timezone=UTC -c jit=off -c client_min_messages=warning'

/** Options with which both a pool and a single client talk to the database at `url`. */
export const clientOptions = (url: string): pg.ClientConfig => ({
  connectionString: url,
  types,
  options: session,
  application_name: 'amends',
})

/**
 * Prepares each statement under the digest of its words, so that a connection parses and plans it once: the
 * rules of who sees what make planning a small question ten times as long as answering it.
 */
class PreparingClient extends pg.Client {
  private readonly names = new Map<string, string>()

  // biome-ignore lint/suspicious/noExplicitAny: the library's own signature has a dozen shapes.
  override query(config: any, values?: any, callback?: any): any {
    if (typeof config !== 'string' || !Array.isArray(values) || values.length === 0) {
      return super.query(config, values, callback)
    }
    const name =
      this.names.get(config) ?? createHash('sha256').update(config).digest('base64url').slice(0, 32)
    this.names.set(config, name)
    return super.query({ name, text: config, values }, callback)
  }
}

/**
 * A pool of at most `max` connections to the PostgreSQL at `url`. Close it with `destroy()`. `prepared` is
 * for a program that asks the same questions all day and changes no table.
 */
export function connect(url: string, { max = 8, prepared = false } = {}): Db {
  // Statements that do not wait for each other's answers go out together: a request for a person is a
  // `begin`, its question and a `commit`, and each wait between them costs more than the question.
  const options = { ...clientOptions(url), max, pipeline: true }
  // What a connection has prepared goes with it, so those that wait are kept: planning the rules again costs
  // whoever comes after a quiet minute a third of a second.
  const pool = new pg.Pool(prepared ? { ...options, Client: PreparingClient, idleTimeoutMillis: 0 } : options)
  // A connection that breaks while it is idle is replaced by the next query; without a listener it ends the
  // program.
  pool.on('error', () => {})
  return new Kysely({ dialect: new PostgresDialect({ pool }) })
}

/** One connection for COPY, LISTEN and whatever needs a session of its own. The caller ends it. */
export async function openClient(url: string): Promise<pg.Client> {
  const client = new pg.Client(clientOptions(url))
  client.on('error', () => {})
  await client.connect()
  return client
}

/**
 * Runs `work` in a session of its own with the database at that URL, or in the session that the caller keeps
 * for much work in a row: a new one must learn every table anew.
 */
export async function inSession<T>(at: string | pg.Client, work: (client: pg.Client) => Promise<T>) {
  if (typeof at !== 'string') return work(at)
  const client = await openClient(at)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
