import { lockLoan } from '../../book/positions/standing.sql.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { planOf } from '../plans/plan.sql.ts'
import { Agreement, NewAgreement } from './agreement.api.ts'
import { agreementByNo, agreementOf, contentsOf, insertAgreement } from './agreement.sql.ts'
import { drawAgreement, LAYOUT, sha256Of } from './agreement-document.ts'

const BorrowerId = z.string().regex(/^-?\d{1,19}$/)

const draw = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/loans/{loan_no}/plans/{plan_no}/agreements',
  permission: 'plans.write',
  tags: ['agreements'],
  summary: 'Draw the agreement of a plan in a language. Drawn before, it is the same one.',
  request: {
    params: z.object({
      borrower_id: BorrowerId,
      loan_no: z.string(),
      plan_no: z.coerce.number().int().positive(),
    }),
    ...jsonBody(NewAgreement),
  },
  responses: { 201: jsonAnswer(Agreement, 'The agreement and the digest of its document.') },
})
const document = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/agreements/{agreement_no}/document',
  permission: 'borrowers.read',
  personal: true,
  tags: ['agreements'],
  summary: 'The agreement as a PDF: the same bytes as when it was drawn.',
  request: { params: z.object({ borrower_id: BorrowerId, agreement_no: z.uuid() }) },
  responses: {
    200: { description: 'The document.', content: { 'application/pdf': { schema: z.string() } } },
  },
})

/** Repayment agreements: draw, fetch. */
export const agreementRoutes = () =>
  newRoutes()
    .openapi(draw, async (c) => {
      const about = c.req.valid('param')
      const { language } = c.req.valid('json')
      const { clock, person } = c.var
      const made = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, about.borrower_id, about.loan_no, clock.today())
        const kept = await agreementOf(tx, about, language, LAYOUT)
        if (kept) {
          const { contents: _, ...agreement } = kept
          return agreement
        }
        const contents = await contentsOf(tx, loan, await planOf(tx, about), language, clock.today())
        const sha256 = sha256Of(await drawAgreement(contents, language, LAYOUT))
        const by = { at: clock.now().toString(), staff_id: person.staff_id }
        return insertAgreement(tx, about.borrower_id, { contents, language, layout: LAYOUT, sha256 }, by)
      })
      return c.json(made, 201)
    })
    .openapi(document, async (c) => {
      const { borrower_id, agreement_no } = c.req.valid('param')
      const kept = await agreementByNo(c.var.db, borrower_id, agreement_no)
      const drawn = await drawAgreement(kept.contents, kept.language, kept.layout)
      if (sha256Of(drawn) !== kept.sha256) {
        throw new Refused(
          'document_is_not_the_same',
          'The document drawn now is not the one that was signed.',
        )
      }
      return c.body(new Uint8Array(drawn), 200, {
        'content-type': 'application/pdf',
        'content-disposition': `inline; filename="agreement-${agreement_no}.pdf"`,
      })
    })
