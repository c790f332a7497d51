import { lockLoan } from '../../book/positions/standing.sql.ts'
import { endpoint, jsonAnswer, newRoutes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { VirtualAccount, VirtualAccounts } from './virtual-account.api.ts'
import { closeVirtualAccount, openVirtualAccount, virtualAccountsOf } from './virtual-account.sql.ts'

const OfLoan = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/), loan_no: z.string() })
const OfAccount = OfLoan.extend({ account_no: z.string().regex(/^[A-Za-z0-9]{4,34}$/) })
const path = '/borrowers/{borrower_id}/loans/{loan_no}/virtual-accounts'

const list = endpoint({
  method: 'get',
  path,
  permission: 'borrowers.read',
  tags: ['bank statements'],
  summary: 'The virtual accounts of a loan, those in use first.',
  request: { params: OfLoan },
  responses: { 200: jsonAnswer(VirtualAccounts, 'The accounts.') },
})
const open = endpoint({
  method: 'put',
  path: `${path}/{account_no}`,
  permission: 'payments.write',
  tags: ['bank statements'],
  summary: 'Give the loan a virtual account: money that comes there is booked on it.',
  request: { params: OfAccount },
  responses: { 200: jsonAnswer(VirtualAccount, 'The account.') },
})
const close = endpoint({
  method: 'delete',
  path: `${path}/{account_no}`,
  permission: 'payments.write',
  tags: ['bank statements'],
  summary: 'End the use of a virtual account.',
  request: { params: OfAccount },
  responses: { 200: jsonAnswer(VirtualAccount, 'The account.') },
})

/** Virtual accounts: list, open, close. */
export const virtualAccountRoutes = () =>
  newRoutes()
    .openapi(list, async (c) => {
      const { borrower_id, loan_no } = c.req.valid('param')
      return c.json({ accounts: await virtualAccountsOf(c.var.db, borrower_id, loan_no) }, 200)
    })
    .openapi(open, async (c) => {
      const { borrower_id, loan_no, account_no } = c.req.valid('param')
      const on = c.var.clock.today()
      const account = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, borrower_id, loan_no, on)
        if (loan.status === 'sold') throw new Refused('loan_is_sold', 'A sold loan is paid at its buyer.')
        if (loan.status === 'closed') throw new Refused('loan_is_closed', 'The loan is closed.')
        return openVirtualAccount(tx, loan, account_no, on)
      })
      return c.json(account, 200)
    })
    .openapi(close, async (c) => {
      const { borrower_id, loan_no, account_no } = c.req.valid('param')
      const on = c.var.clock.today()
      const account = await c.var.db.transaction().execute(async (tx) => {
        const loan = await lockLoan(tx, borrower_id, loan_no, on)
        return closeVirtualAccount(tx, loan, account_no, on)
      })
      return c.json(account, 200)
    })
