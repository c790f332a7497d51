import type { Context } from 'hono'
import {
  type Env,
  endpoint,
  isBorrower,
  jsonAnswer,
  jsonBody,
  newRoutes,
  type Routes,
} from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { LeftCase, NextCase, Worklist } from './worklist.api.ts'
import { itemOf, leaveCase, takeCase, takeNext, worklistOf } from './worklist.sql.ts'

const tags = ['worklists']
const params = isBorrower

const list = endpoint({
  method: 'get',
  path: '/worklists/mine',
  permission: 'worklist.work',
  tags,
  summary: 'The collector’s day: to do in its order, not yet, done, and how it goes',
  responses: {
    200: jsonAnswer(Worklist, 'The list; each part has sixty rows at most, the counts are whole.'),
  },
})

const next = endpoint({
  method: 'post',
  path: '/worklists/next',
  permission: 'worklist.work',
  tags,
  summary: 'Take the next case: never the same as somebody else’s',
  responses: {
    200: jsonAnswer(NextCase, 'The case, with the collector for half an hour; null when none is free.'),
  },
})

const one = endpoint({
  method: 'get',
  path: '/worklists/items/{borrower_id}',
  permission: 'borrowers.read',
  tags,
  summary: 'Why one borrower needs a person today, and with whom the case is',
  request: { params },
  responses: { 200: jsonAnswer(NextCase, 'Null when nobody is needed today.') },
})

const take = endpoint({
  method: 'post',
  path: '/worklists/items/{borrower_id}/taking',
  permission: 'worklist.work',
  tags,
  summary: 'Take one case by hand, or keep it for another half hour',
  request: { params },
  responses: { 200: jsonAnswer(NextCase, 'Taken; null when it is on nobody’s list.') },
})

const leave = endpoint({
  method: 'post',
  path: '/worklists/items/{borrower_id}/leaving',
  permission: 'worklist.work',
  tags,
  summary: 'Leave a case: worked, later (with the time), or back to the list; always with the reason',
  request: { params, ...jsonBody(LeftCase) },
  responses: { 200: jsonAnswer(NextCase, 'As it stands now.') },
})

const moment = ({ var: { clock } }: Context<Env>) => ({ at: clock.now().toString(), on: clock.today() })

const isTaken = () => new Refused('case_is_taken', 'Somebody else is working on this case.')

/** The worklist: what needs a person today, given to one collector at a time. */
export function worklistRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(list, async (c) => c.json(await worklistOf(c.var.db, c.var.person.staff_id, moment(c)), 200))
  routes.openapi(next, async (c) =>
    c.json({ item: await takeNext(c.var.db, c.var.person.staff_id, moment(c)) }, 200),
  )
  routes.openapi(one, async (c) =>
    c.json({ item: await itemOf(c.var.db, c.req.valid('param').borrower_id, moment(c)) }, 200),
  )
  routes.openapi(take, async (c) => {
    const { borrower_id } = c.req.valid('param')
    const { staff_id } = c.var.person
    const taken = await takeCase(c.var.db, { borrower_id, staff_id, at: moment(c).at })
    const item = await itemOf(c.var.db, borrower_id, moment(c))
    if (!taken && item) throw isTaken()
    return c.json({ item }, 200)
  })
  routes.openapi(leave, async (c) => {
    const { borrower_id } = c.req.valid('param')
    const { how, reason, not_before } = c.req.valid('json')
    if ((how === 'later') !== (not_before !== undefined)) {
      throw new Refused('time_is_missing', 'A case that is put off says until when, and no other does.')
    }
    const leaving = {
      borrower_id,
      staff_id: c.var.person.staff_id,
      how,
      reason,
      not_before: not_before ?? null,
    }
    const left = await leaveCase(c.var.db, leaving, moment(c))
    if (!left && (await itemOf(c.var.db, borrower_id, moment(c)))) throw isTaken()
    return c.json({ item: left }, 200)
  })
  return routes
}
