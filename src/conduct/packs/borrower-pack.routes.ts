import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { BorrowerId } from '../verdicts/verdict.api.ts'
import { lockBorrower } from '../verdicts/verdict.sql.ts'
import { BorrowerPacks, NewBorrowerPack } from './borrower-pack.api.ts'
import { bindByPack, borrowerPacks } from './borrower-pack.sql.ts'

const OfBorrower = z.object({ borrower_id: BorrowerId })

const list = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/packs',
  permission: 'borrowers.read',
  tags: ['conduct'],
  summary: 'The packs that bind a borrower beside those of the loans.',
  request: { params: OfBorrower },
  responses: { 200: jsonAnswer(BorrowerPacks, 'Each with its days, who said so and why.') },
})

const bind = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/packs',
  permission: 'conduct.write',
  tags: ['conduct'],
  summary: 'Bind a borrower by a pack too, from a day on; the same again says until when.',
  request: { params: OfBorrower, ...jsonBody(NewBorrowerPack) },
  responses: { 201: jsonAnswer(BorrowerPacks, 'The packs that bind the borrower now.') },
})

/** Packs of a borrower's own: whoever moved to another law keeps the lender's. */
export const borrowerPackRoutes = () =>
  newRoutes()
    .openapi(list, async (c) =>
      c.json({ packs: await borrowerPacks(c.var.db, c.req.valid('param').borrower_id) }, 200),
    )
    .openapi(bind, async (c) => {
      const { borrower_id } = c.req.valid('param')
      const packs = await c.var.db.transaction().execute(async (tx) => {
        await lockBorrower(tx, borrower_id, c.var.clock)
        await bindByPack(tx, borrower_id, c.req.valid('json'), c.var.person.staff_id)
        return borrowerPacks(tx, borrower_id)
      })
      return c.json({ packs }, 201)
    })
