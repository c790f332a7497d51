import { explainDifference, hasOpenDifference, openDifferences } from '../../book/ledger/ledger.sql.ts'
import { lockBorrower } from '../../book/positions/standing.sql.ts'
import { recordFact } from '../../conduct/facts/fact.sql.ts'
import {
  borrowerKey,
  endpoint,
  jsonAnswer,
  jsonBody,
  newRoutes,
  pageAsked,
  pageFrom,
  pageQuery,
  z,
} from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { factIdOf } from '../hardship/hold.ts'
import { BalanceDifferences, Explanation } from './difference.api.ts'

const list = endpoint({
  method: 'get',
  path: '/balance-differences',
  permission: 'payments.write',
  tags: ['ledger'],
  summary: 'Loans whose tape states another balance than was expected, the largest difference first.',
  request: { query: pageQuery(200) },
  responses: { 200: jsonAnswer(BalanceDifferences, 'A page of the open differences.') },
})
const explain = endpoint({
  method: 'put',
  path: '/balance-differences/{borrower_id}/{loan_no}/{as_of}/explanation',
  permission: 'payments.write',
  tags: ['ledger'],
  summary: 'Explain a difference; contacts about the loan are possible again.',
  request: {
    params: z.object({
      borrower_id: z.string().regex(/^-?\d{1,19}$/),
      loan_no: z.string(),
      as_of: z.iso.date(),
    }),
    ...jsonBody(Explanation),
  },
  responses: { 204: { description: 'Explained.' } },
})

const differenceKey = z.tuple([z.int(), borrowerKey, z.string().max(100), z.iso.date()])

/** Differences between tape and ledger: list and explain. */
export const differenceRoutes = () =>
  newRoutes()
    .openapi(list, async (c) => {
      const page = pageAsked(c.req.valid('query'), differenceKey)
      const { rows, next_cursor } = pageFrom(await openDifferences(c.var.db, page), page.limit, (row) => [
        Math.abs(row.stated_minor - row.expected_minor),
        row.borrower_id,
        row.loan_no,
        row.as_of,
      ])
      return c.json({ differences: rows, next_cursor }, 200)
    })
    .openapi(explain, async (c) => {
      const about = c.req.valid('param')
      const { explanation } = c.req.valid('json')
      const { clock, person, db } = c.var
      const left = await db.transaction().execute(async (tx) => {
        await lockBorrower(tx, about.borrower_id)
        const by = { at: clock.now().toString(), staff: person.staff_id, explanation }
        if (!(await explainDifference(tx, about, by))) {
          throw new Refused('no_such_open_difference', 'There is no open difference of that loan and day.')
        }
        return hasOpenDifference(tx, about)
      })
      if (!left) {
        const release = {
          kind: 'balance_differs',
          fact_id: factIdOf('difference end', about.borrower_id, about.loan_no, about.as_of),
          debts: [about.loan_no],
          reason: explanation,
        }
        await recordFact(db, about.borrower_id, 'hold_releases', release, {
          clock,
          recorded_by: person.staff_id,
        })
      }
      return c.body(null, 204)
    })
