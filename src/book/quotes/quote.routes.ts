import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { addDays, earlier } from '../interest/calendar-day.ts'
import { dayCountOf } from '../interest/day-count.ts'
import { lockLoan, settingOf } from '../positions/standing.sql.ts'
import { NewQuote, PayOff, PayOffs } from './quote.api.ts'
import { insertQuote, quoteFacts, quotesOf, quoteTerms } from './quote.sql.ts'
import { quote } from './quote.ts'
import { inWords } from './quote-words.ts'

const OfLoan = z.object({ borrower_id: z.string().regex(/^-?\d{1,19}$/), loan_no: z.string() })
const path = '/borrowers/{borrower_id}/loans/{loan_no}/quotes'

const list = endpoint({
  method: 'get',
  path,
  permission: 'borrowers.read',
  tags: ['quotes'],
  summary: 'The pay-off quotes of a loan as they were told, the newest first.',
  request: { params: OfLoan },
  responses: { 200: jsonAnswer(PayOffs, 'The quotes.') },
})
const make = endpoint({
  method: 'post',
  path,
  permission: 'borrowers.read',
  tags: ['quotes'],
  summary: 'What pays the loan off on a day, every step of the sum in words; kept with its terms.',
  request: { params: OfLoan, ...jsonBody(NewQuote) },
  responses: { 201: jsonAnswer(PayOff, 'The quote.') },
})

async function told(tx: Db, about: z.infer<typeof OfLoan>, for_on: string, clock: Clock, staff_id: string) {
  const as_of = clock.today()
  const loan = await lockLoan(tx, about.borrower_id, about.loan_no, as_of)
  if (loan.status === 'sold') throw new Refused('loan_is_sold', 'A sold loan is paid off at its buyer.')
  const days = (await settingOf<number>(tx, loan, 'quote_days_max', as_of)) ?? 0
  if (for_on > addDays(as_of, days)) throw new Refused('date_is_too_far_ahead', `At most ${days} days ahead.`)
  // Of a day that has passed: what would have paid it off then, by that day's tape, terms and movements.
  const told_by = earlier(for_on, as_of)
  const known = await quoteFacts(tx, loan, told_by)
  if (!known) throw new Refused('no_such_loan', 'The book held no such loan on that day.')
  const terms = await quoteTerms(tx, loan, told_by)
  const dayCount = dayCountOf(terms.day_count)
  if (!dayCount) throw new Refused('day_count_is_unknown', `No day count is called ${terms.day_count}.`)
  const { parts, total_minor, steps, per_day_minor } = quote(known.facts, terms, dayCount, for_on)
  const words = (step: (typeof steps)[number]) => ({
    en: inWords(step, loan.currency, 'en'),
    'zh-Hans': inWords(step, loan.currency, 'zh-Hans'),
    'zh-Hant': inWords(step, loan.currency, 'zh-Hant'),
  })
  const answer = {
    loan_no: loan.loan_no,
    currency: loan.currency,
    for_on,
    good_until: for_on,
    total_minor: Number(total_minor),
    principal_minor: Number(parts.principal),
    interest_minor: Number(parts.interest),
    penalty_minor: Number(parts.penalty),
    fees_minor: Number(parts.fee),
    per_day_minor: Number(per_day_minor),
    steps: steps.map((step) => ({
      what: step.what,
      part: step.part,
      amount_minor: Number(step.amount_minor),
      words: words(step),
    })),
    doubts: known.doubts,
  }
  return insertQuote(tx, loan, answer, terms, { at: clock.now().toString(), staff_id })
}

/** Pay-off quotes: list and make. */
export const quoteRoutes = () =>
  newRoutes()
    .openapi(list, async (c) => {
      const { borrower_id, loan_no } = c.req.valid('param')
      return c.json({ quotes: await quotesOf(c.var.db, borrower_id, loan_no) }, 200)
    })
    .openapi(make, async (c) => {
      const about = c.req.valid('param')
      const { for_on } = c.req.valid('json')
      const answer = await c.var.db
        .transaction()
        .execute((tx) => told(tx, about, for_on, c.var.clock, c.var.person.staff_id))
      return c.json(answer, 201)
    })
