import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import type { Db } from './database.ts'

/**
 * How a request reads and writes: as which role, with which settings of the transaction, and what is written
 * in each transaction just before it is committed.
 */
export type Access = {
  role: string
  settings: Readonly<Record<string, string>>
  /**
   * Null when nothing is written beside what the request itself does. `rows` are those of the one statement
   * that made the transaction, where it was one.
   */
  beforeCommit: ((rows: readonly unknown[]) => CompiledQuery[]) | null
  /** What was to be written before a commit is there now. */
  committed: () => void
}

const COMMIT = CompiledQuery.raw('commit')

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** `begin`, the role and the settings in one round trip; all of it ends with the transaction. */
function opening({ role, settings }: Access, isolation?: string): string {
  const level = isolation ? ` isolation level ${isolation}` : ''
  const set = Object.entries(settings).map(([name, value]) => `set local ${name} = ${literal(value)}`)
  return [`begin${level}`, ...set, `set local role ${role}`].join('; ')
}

class PersonConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection
  private readonly access: Access
  private open = false

  constructor(inner: DatabaseConnection, access: Access) {
    this.inner = inner
    this.access = access
  }

  async begin(isolation?: string) {
    await this.inner.executeQuery(CompiledQuery.raw(opening(this.access, isolation)))
    this.open = true
  }

  async commit() {
    this.open = false
    await this.together([...(this.access.beforeCommit?.([]) ?? []), COMMIT])
    this.access.committed()
  }

  async rollback() {
    this.open = false
    await this.inner.executeQuery(CompiledQuery.raw('rollback'))
  }

  /** A query outside of a transaction gets one of its own: the role is never left on the connection. */
  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.open) return this.inner.executeQuery<Row>(query)
    const begin = CompiledQuery.raw(opening(this.access))
    if (!this.access.beforeCommit) return (await this.together([begin, query, COMMIT]))[1] as QueryResult<Row>
    try {
      const result = (await this.together([begin, query]))[1] as QueryResult<Row>
      await this.together([...this.access.beforeCommit(result.rows), COMMIT])
      this.access.committed()
      return result
    } catch (error) {
      await this.rollback()
      throw error
    }
  }

  /**
   * Sends these statements without waiting in between. When one of them fails the server refuses the rest of
   * the transaction, and a commit among them takes everything back: the first error tells why.
   */
  private async together(queries: readonly CompiledQuery[]): Promise<QueryResult<unknown>[]> {
    const sent = await Promise.allSettled(queries.map((query) => this.inner.executeQuery(query)))
    for (const each of sent) if (each.status === 'rejected') throw each.reason
    return sent.map((each) => (each as PromiseFulfilledResult<QueryResult<unknown>>).value)
  }

  // biome-ignore lint/correctness/useYield: a stream of rows would outlive its transaction.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Queries for a person are not streamed.')
  }
}

class PersonDriver implements Driver {
  private readonly base: Db
  private readonly access: Access
  private readonly releases = new Map<DatabaseConnection, () => void>()

  constructor(base: Db, access: Access) {
    this.base = base
    this.access = access
  }

  async init() {}
  async destroy() {}

  acquireConnection(): Promise<DatabaseConnection> {
    return new Promise((acquired, failed) => {
      this.base
        .getExecutor()
        .provideConnection(
          (inner) =>
            new Promise<void>((released) => {
              const connection = new PersonConnection(inner, this.access)
              this.releases.set(connection, released)
              acquired(connection)
            }),
        )
        .catch(failed)
    })
  }

  async releaseConnection(connection: DatabaseConnection) {
    this.releases.get(connection)?.()
    this.releases.delete(connection)
  }

  beginTransaction(connection: DatabaseConnection, { isolationLevel }: TransactionSettings) {
    return (connection as PersonConnection).begin(isolationLevel)
  }

  commitTransaction(connection: DatabaseConnection) {
    return (connection as PersonConnection).commit()
  }

  rollbackTransaction(connection: DatabaseConnection) {
    return (connection as PersonConnection).rollback()
  }
}

/**
 * The database as one person sees it: every query runs in a transaction with the role and settings of
 * `access`, whoever wrote the query, so that row-level security answers even where a route forgets to filter.
 */
export function databaseFor(base: Db, access: Access): Db {
  return new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PersonDriver(base, access),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
}
