import { lockBorrower } from '../../book/positions/standing.sql.ts'
import { checkVersion, endpoint, jsonAnswer, jsonBody, newRoutes, versionOf, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { AffordabilityStatement, NewAffordability } from './affordability.api.ts'
import { affordabilityOf, recordAffordability } from './affordability.sql.ts'

const OfBorrower = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/) })

const read = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/affordability',
  permission: 'borrowers.read',
  personal: true,
  tags: ['affordability'],
  summary: 'The newest statement of income and expenditure.',
  request: { params: OfBorrower },
  responses: { 200: jsonAnswer(AffordabilityStatement, 'The statement.') },
})

const record = endpoint({
  method: 'put',
  path: '/borrowers/{borrower_id}/affordability',
  permission: 'hardship.write',
  tags: ['affordability'],
  summary:
    'Record income and expenditure of a month, once for all loans of the borrower ' +
    '(header if-match: the ETag that was read; a statement that came meanwhile is not replaced).',
  request: { params: OfBorrower, ...jsonBody(NewAffordability) },
  responses: { 200: jsonAnswer(AffordabilityStatement, 'The statement.') },
})

/** What a borrower can afford. */
export const affordabilityRoutes = () =>
  newRoutes()
    .openapi(read, async (c) => {
      const statement = await affordabilityOf(c.var.db, c.req.valid('param').borrower_id, c.var.clock.today())
      // Nothing has a version, too: whoever states first says that nothing stood there.
      c.header('etag', `"${versionOf(statement ?? null)}"`)
      if (!statement)
        throw new Refused('statement_is_not_found', 'No statement of income and expenditure yet.')
      return c.json(statement, 200)
    })
    .openapi(record, async (c) => {
      const { borrower_id } = c.req.valid('param')
      const by = {
        on: c.var.clock.today(),
        at: c.var.clock.now().toString(),
        staff_id: c.var.person.staff_id,
      }
      const statement = await c.var.db.transaction().execute(async (tx) => {
        await lockBorrower(tx, borrower_id)
        const before = await affordabilityOf(tx, borrower_id, by.on)
        checkVersion(c, versionOf(before ?? null), { required: false })
        return recordAffordability(tx, borrower_id, c.req.valid('json'), by)
      })
      c.header('etag', `"${versionOf(statement)}"`)
      return c.json(statement, 200)
    })
