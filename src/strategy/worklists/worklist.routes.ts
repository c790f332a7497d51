import type { Context } from 'hono'
import {
  borrowerKey,
  type Env,
  endpoint,
  isBorrower,
  jsonAnswer,
  jsonBody,
  newRoutes,
  type Page,
  PageQuery,
  pageAsked,
  pageFrom,
  pageOf,
  type Routes,
  z,
} from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { LeftCase, NextCase, Worklist, WorklistItem, WorklistPart } from './worklist.api.ts'
import { dayOf, itemOf, keyOf, leaveCase, listOf, takeCase, takeNext } from './worklist.sql.ts'

const tags = ['worklists']
const params = isBorrower

const list = endpoint({
  method: 'get',
  path: '/worklists/mine',
  permission: 'worklist.work',
  tags,
  summary: 'The collector’s day: to do in its order, not yet, done, and how it goes',
  responses: {
    200: jsonAnswer(Worklist, 'The list; each part has its first sixty rows, the counts are whole.'),
  },
})

const rest = endpoint({
  method: 'get',
  path: '/worklists/mine/items',
  permission: 'worklist.work',
  tags,
  summary: 'One part of the collector’s list, from a cursor on',
  request: { query: PageQuery.extend({ part: WorklistPart.default('to_do') }) },
  responses: { 200: jsonAnswer(pageOf(WorklistItem), 'A page of it.') },
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

// The screen shows the next hour's work, not the whole day's.
const LIST_MAX = 60

const itemKey = z.tuple([z.string().max(40), z.number().int(), borrowerKey])

async function pageOfPart(c: Context<Env>, part: WorklistPart, page: Page<z.infer<typeof itemKey>>) {
  const rows = await listOf(c.var.db, c.var.person.staff_id, part, { ...moment(c), ...page })
  return pageFrom(rows, page.limit, (row) => [...keyOf(row)])
}

const isTaken = () => new Refused('case_is_taken', 'Somebody else is working on this case.')

/** The worklist: what needs a person today, given to one collector at a time. */
export function worklistRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(list, async (c) => {
    const of = (part: WorklistPart) => pageOfPart(c, part, { after: null, limit: LIST_MAX })
    const [to_do, not_yet, done, counts] = await Promise.all([
      of('to_do'),
      of('not_yet'),
      of('done'),
      dayOf(c.var.db, c.var.person.staff_id, moment(c)),
    ])
    const next_cursors = {
      to_do: to_do.next_cursor,
      not_yet: not_yet.next_cursor,
      done: done.next_cursor,
    }
    return c.json({ to_do: to_do.rows, not_yet: not_yet.rows, done: done.rows, next_cursors, counts }, 200)
  })
  routes.openapi(rest, async (c) => {
    const { part, ...asked } = c.req.valid('query')
    return c.json(await pageOfPart(c, part, pageAsked(asked, itemKey)), 200)
  })
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
