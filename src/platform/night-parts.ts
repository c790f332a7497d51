import { type RawBuilder, sql } from 'kysely'

/** This line says that each borrower is a matter of its own: parts of the book may be done apart. */
const DIVISIBLE = /^-- in parts$/m

export const isDivisible = (text: string) => DIVISIBLE.test(text)

/** Where the SQL of a step may be narrowed to a part of the book, and the table that is narrowed. */
const MARKER = /and true \/\* part of (\w+) \*\//

/** Borrowers whose keys lie from … to, or one of them. */
export type Part = { from: bigint; to: bigint } | { borrower_id: string }

const LEAST_KEY = -(2n ** 63n)
const KEYS = 2n ** 64n

/** One of so many stretches of borrowers' keys: keys are digests, so equal stretches hold equal shares. */
export const stretchOf = (part: number, of: number): Part => ({
  from: LEAST_KEY + (KEYS * BigInt(part)) / BigInt(of),
  to: LEAST_KEY + (KEYS * BigInt(part + 1)) / BigInt(of) - 1n,
})

/** The SQL of a step for a part of the book. */
export const forPart = (text: string, part: Part): string =>
  text.replaceAll(new RegExp(MARKER, 'g'), (_, table: string) =>
    'from' in part
      ? `and ${table}.borrower_id between '${part.from}'::bigint and '${part.to}'::bigint`
      : `and ${table}.borrower_id = '${BigInt(part.borrower_id)}'::bigint`,
  )

/** The statements of a step, without what it tells the planner: that is meant for sets, and wrong for one. */
export const statementsOf = (text: string): string[] =>
  text.split(/;\s*$/m).filter((statement) => !/^set local /m.test(statement) && /^\w/m.test(statement))

/** The statements of a step that can be narrowed, for one loan. */
export const forLoan = (
  text: string,
  loan: { borrower_id: string; loan_no: string },
): RawBuilder<unknown>[] =>
  statementsOf(text)
    .filter((statement) => MARKER.test(statement))
    .map((statement) =>
      // What stands between two markers, and every second piece is the table of the one before.
      sql.join(
        statement.split(MARKER).map((piece, i) => {
          if (i % 2 === 0) return sql.raw(piece)
          const [borrower, number] = [sql.ref(`${piece}.borrower_id`), sql.ref(`${piece}.loan_no`)]
          return sql`and ${borrower} = ${loan.borrower_id} and ${number} = ${loan.loan_no}`
        }),
        sql.raw(''),
      ),
    )
