import { decided, lockLoan } from '../../book/positions/standing.sql.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { NewPayment, Receipt } from './receipt.api.ts'
import { bookPayment, knownReceipt, receiptFacts } from './receipt.sql.ts'
import { receivePayment } from './receipt.ts'

const receive = endpoint({
  method: 'post',
  path: '/borrowers/{borrower_id}/payments',
  permission: 'payments.write',
  tags: ['payments'],
  summary: 'Book a payment or its reversal. The same number again is the same payment and changes nothing.',
  request: {
    params: z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/) }),
    ...jsonBody(NewPayment),
  },
  responses: {
    200: jsonAnswer(Receipt, 'The payment came before; nothing changed.'),
    201: jsonAnswer(Receipt, 'Booked, with what it changed.'),
  },
})

/** Payments by hand or from a machine. */
export const paymentRoutes = () =>
  newRoutes().openapi(receive, async (c) => {
    const { borrower_id } = c.req.valid('param')
    const { method, reference, directed_to, reverses, ...asked } = c.req.valid('json')
    const as_of = c.var.clock.today()
    const actor = c.var.person.staff_id
    const ask = { ...asked, reverses: reverses ?? null }
    const receipt = await c.var.db.transaction().execute(async (tx) => {
      const loan = await lockLoan(tx, borrower_id, asked.loan_no, as_of)
      const decision = decided(receivePayment(await receiptFacts(tx, loan, ask, as_of), ask))
      if (decision === 'known') return knownReceipt(tx, loan, ask.payment_no, as_of)
      const about = { method: method ?? null, reference: reference ?? null, directed_to: directed_to ?? null }
      return bookPayment(tx, loan, ask, { ...about, as_of, actor })
    })
    return receipt.is_new ? c.json(receipt, 201) : c.json(receipt, 200)
  })
