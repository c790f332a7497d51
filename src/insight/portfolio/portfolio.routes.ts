import type { Context } from 'hono'
import {
  type Env,
  endpoint,
  fromCursor,
  jsonAnswer,
  newRoutes,
  PageQuery,
  pageFrom,
  pageOf,
  type Routes,
  z,
} from '../../platform/http.ts'
import { exponentOf } from '../../platform/money.ts'
import { Refused } from '../../platform/refusal.ts'
import { BookStatus, Portfolio, PortfolioLoan, Rolls, Trend } from './portfolio.api.ts'
import {
  bookStatus,
  bucketNames,
  bucketSums,
  lendersSeen,
  loansOfBucket,
  rollSums,
  trendPoints,
} from './portfolio.sql.ts'
import { currencyBooks, rollsOf, trendOf } from './portfolio.ts'

const tags = ['portfolio']
const lender = z.string().max(100).optional()
const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .refine((code) => exponentOf(code) !== undefined, 'is not a currency of ISO 4217')

const status = endpoint({
  method: 'get',
  path: '/book',
  permission: null,
  tags,
  summary: 'How fresh the book is',
  responses: { 200: jsonAnswer(BookStatus, 'Newest tape, payments and night.') },
})

const portfolio = endpoint({
  method: 'get',
  path: '/portfolio',
  permission: 'book.read',
  tags,
  summary: 'The book by bucket and currency at the close of a day',
  request: { query: z.object({ as_of: z.iso.date().optional(), lender }) },
  responses: { 200: jsonAnswer(Portfolio, 'Loans and money; currencies stay apart.') },
})

const trend = endpoint({
  method: 'get',
  path: '/portfolio/trend',
  permission: 'book.read',
  tags,
  summary: 'Past-due money over time',
  request: {
    query: z.object({
      as_of: z.iso.date().optional(),
      lender,
      every_days: z.coerce.number().int().min(1).max(31).default(7),
      points: z.coerce.number().int().min(2).max(60).default(13),
    }),
  },
  responses: { 200: jsonAnswer(Trend, 'One line per currency.') },
})

const rolls = endpoint({
  method: 'get',
  path: '/portfolio/rolls',
  permission: 'book.read',
  tags,
  summary: 'Where the loans of each bucket went',
  request: { query: z.object({ from: z.iso.date(), to: z.iso.date(), currency, lender }) },
  responses: { 200: jsonAnswer(Rolls, 'The roll matrix; each row adds up.') },
})

const loans = endpoint({
  method: 'get',
  path: '/portfolio/loans',
  permission: 'book.read',
  tags,
  summary: 'The loans of one bucket, largest past-due amount first',
  request: {
    query: PageQuery.extend({ as_of: z.iso.date().optional(), lender, currency, bucket: z.string().max(40) }),
  },
  responses: { 200: jsonAnswer(pageOf(PortfolioLoan), 'A page of loans.') },
})

/** The day that is meant: the one asked for, or the newest night's, or the newest tape's. */
async function dayOf(c: Context<Env>, as_of: string | undefined): Promise<string> {
  if (as_of) return as_of
  const { night_as_of, tape_as_of } = await bookStatus(c.var.db)
  const day = night_as_of ?? tape_as_of
  if (!day) throw new Refused('book_is_empty', 'No tape has been loaded yet.')
  return day
}

/**
 * Sums over the whole book, kept until a file or a night changes it: the same question is asked by everybody.
 */
class Kept {
  private readonly answers = new Map<string, Promise<unknown>>()
  private state = ''

  async of<Answer>(c: Context<Env>, question: unknown, answer: () => Promise<Answer>): Promise<Answer> {
    const state = JSON.stringify(await bookStatus(c.var.own))
    if (state !== this.state) this.answers.clear()
    this.state = state
    const { staff_id, sees_all, lenders, portfolios, agencies, sees_handed } = c.var.person
    const scope = [sees_all, lenders, portfolios, agencies, sees_handed && staff_id]
    const key = JSON.stringify([question, scope])
    const known = this.answers.get(key) as Promise<Answer> | undefined
    if (known) return known
    const found = answer()
    this.answers.set(key, found)
    found.catch(() => this.answers.delete(key))
    return found
  }
}

/** The past-due book at a glance: buckets, trend, rolls, and the loans behind each figure. */
export function portfolioRoutes(): Routes {
  const routes = newRoutes()
  const kept = new Kept()
  routes.openapi(status, async (c) => c.json(await bookStatus(c.var.db), 200))
  routes.openapi(portfolio, async (c) => {
    const { lender = null, ...asked } = c.req.valid('query')
    const as_of = await dayOf(c, asked.as_of)
    const currencies = await kept.of(c, ['portfolio', as_of, lender], async () =>
      currencyBooks(await bucketSums(c.var.db, as_of, lender)),
    )
    return c.json({ as_of, lenders: await lendersSeen(c.var.db, c.var.person), currencies }, 200)
  })
  routes.openapi(trend, async (c) => {
    const { lender = null, every_days, points, ...asked } = c.req.valid('query')
    const question = { as_of: await dayOf(c, asked.as_of), every_days, points, lender }
    return c.json(
      await kept.of(c, ['trend', question], async () => trendOf(await trendPoints(c.var.db, question))),
      200,
    )
  })
  routes.openapi(rolls, async (c) => {
    const { lender = null, ...asked } = c.req.valid('query')
    if (asked.to < asked.from)
      throw new Refused('days_are_the_wrong_way_round', 'The second day is before the first.')
    const answer = await kept.of(c, ['rolls', asked, lender], async () =>
      rollsOf(
        await rollSums(c.var.db, { ...asked, lender }),
        asked,
        await bucketNames(c.var.db, asked.to, lender),
      ),
    )
    return c.json(answer, 200)
  })
  routes.openapi(loans, async (c) => {
    const { cursor, limit, lender = null, currency, bucket, ...asked } = c.req.valid('query')
    const after = cursor ? fromCursor(cursor, z.tuple([z.number().int(), z.string()])) : null
    const as_of = await dayOf(c, asked.as_of)
    const rows = await loansOfBucket(c.var.db, { as_of, currency, bucket, lender, after, limit })
    return c.json(
      pageFrom(rows, limit, (row) => [row.past_due_minor, row.loan_no]),
      200,
    )
  })
  return routes
}
